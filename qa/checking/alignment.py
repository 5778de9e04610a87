"""Words against words: where a quotation comes nearest to a source, and what differs there, word by word."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexicon import FUNCTION_WORDS
from qa.checking.comparable import UNSPACED, WORD, lower
from qa.checking.records import Change, WordChange

# So many words are compared all with all; longer quotations in parts, between the words that are the same.
MAX_ALIGNED_WORDS = 200
MAX_CHANGES = 40
# A word of this many letters or fewer says little alone.
_SHORT_CHARS = 3
_LIGHT = 0.4
_LEFT_OUT = 0.7
_FREE = 0.01
# Of words in another order, so much must be there for them to be those of the source.
_NEARLY_ALL = 0.94
# That one word stands for another costs a little more than what they count, so that words in order go first.
_EXCHANGED = 0.02
_NEGATIONS = frozenset(
    """not no never none nobody nothing nowhere neither nor cannot without no nunca jamás nada nadie ningún ninguna ni
    sin nicht kein keine keinen keiner nie niemals nichts niemand ohne ne pas jamais rien aucun aucune personne non
    mai niente nessuno senza nie nigdy не нет никогда 不 没 沒 无 無 非 未""".split()
)
_NUMBER_WORDS = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy
    eighty ninety hundred thousand million billion trillion half twice dozen dos tres cuatro cinco diez cien mil
    millones zwei drei vier fünf zehn hundert tausend millionen milliarden deux trois quatre cinq dix cent mille
    millions milliards 一 二 三 四 五 六 七 八 九 十 百 千 万 亿""".split()
)
_CJK = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words of a quotation laid beside those of a source from `start` to before `end`.

    `pairs` has for each step the numbers of a word of the quotation and of the source, either None where one has none.
    `similarity` is 0 to 1, higher is better, words that say little counting less.
    """

    start: int
    end: int
    pairs: tuple[tuple[int | None, int | None], ...]
    similarity: float


def weigh(word: str) -> float:
    """What a word counts: less when it stands in nearly every sentence."""
    if word in _NEGATIONS or word[0].isdigit() or _CJK.match(word):
        return 1.0
    return _LIGHT if word in FUNCTION_WORDS or len(word) <= _SHORT_CHARS else 1.0


def align(quoted: Sequence[str], source: Sequence[str], free_after: frozenset[int] = frozenset()) -> Alignment:
    """The cheapest way to make all of `quoted` of a part of `source`; both have words, at most `MAX_ALIGNED_WORDS`.

    :param free_after: behind which words of the quotation words of the source may be left out, since a mark says so;
        0 is before the first.
    """
    quoted_weights, source_weights = [weigh(word) for word in quoted], [weigh(word) for word in source]
    previous = [0.0] * (len(source) + 1)
    steps: list[bytearray] = []
    for row, (word, weight) in enumerate(zip(quoted, quoted_weights, strict=True), start=1):
        left_out = _FREE if row in free_after else _LEFT_OUT
        current = [previous[0] + weight]
        taken = bytearray(b"\x01")
        best = current[0]
        for column, other in enumerate(source):
            other_weight = source_weights[column]
            across = previous[column] + (0.0 if word == other else (weight + other_weight) / 2 + _EXCHANGED)
            added, omitted = previous[column + 1] + weight, best + left_out * other_weight
            if across <= added and across <= omitted:
                best, step = across, 0
            elif added <= omitted:
                best, step = added, 1
            else:
                best, step = omitted, 2
            current.append(best)
            taken.append(step)
        steps.append(taken)
        previous = current
    end = min(range(len(previous)), key=previous.__getitem__)
    pairs = _trace(steps, end)
    return _finish(pairs, quoted, source, free_after)


def align_long(quoted: Sequence[str], source: Sequence[str], free_after: frozenset[int] = frozenset()) -> Alignment:
    """As `align`, for quotations of any length: one part after the other, each looked for behind the one before."""
    if len(quoted) <= MAX_ALIGNED_WORDS:
        return align(quoted, source, free_after)
    pairs: list[tuple[int | None, int | None]] = []
    at = 0
    for first in range(0, len(quoted), MAX_ALIGNED_WORDS):
        part = quoted[first : first + MAX_ALIGNED_WORDS]
        window = source[at : at + 2 * MAX_ALIGNED_WORDS]
        if not window:
            pairs += [(first + row, None) for row in range(len(part))]
            continue
        found = align(part, window, frozenset(place - first for place in free_after))
        if first and found.start:
            pairs += [(None, at + column) for column in range(found.start)]
        pairs += [
            (row if row is None else first + row, column if column is None else at + column)
            for row, column in found.pairs
        ]
        at += found.end
    return _finish(pairs, quoted, source, free_after)


def find_reordered(quoted: Sequence[str], source: Sequence[str]) -> tuple[int, int] | None:
    """From where to where `source` has the words of `quoted` in another order, all or nearly all of them."""
    size = len(quoted) + 1
    whole = sum(map(weigh, quoted))
    left = Counter(quoted)
    known = 0.0
    best, at = _NEARLY_ALL * whole, -1
    for end, word in enumerate(source):
        left[word] -= 1
        known += weigh(word) if left[word] >= 0 else 0.0
        if end >= size:
            gone = source[end - size]
            known -= weigh(gone) if left[gone] >= 0 else 0.0
            left[gone] += 1
        if known > best:
            best, at = known, end
    if at < 0:
        return None
    start, end = max(0, at + 1 - size), at + 1
    while source[start] not in quoted:
        start += 1
    return start, end


def _trace(steps: Sequence[bytearray], end: int) -> list[tuple[int | None, int | None]]:
    pairs: list[tuple[int | None, int | None]] = []
    row, column = len(steps), end
    while row > 0:
        step = steps[row - 1][column]
        if step == 0:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif step == 1:
            row -= 1
            pairs.append((row, None))
        else:
            column -= 1
            pairs.append((None, column))
    return pairs[::-1]


def _finish(
    pairs: Sequence[tuple[int | None, int | None]],
    quoted: Sequence[str],
    source: Sequence[str],
    free_after: frozenset[int],
) -> Alignment:
    known = [column for _, column in pairs if column is not None]
    if not known:
        return Alignment(0, 1, tuple(pairs), 0.0)
    matched = left_out = 0.0
    last = 0
    for row, column in pairs:
        last = row + 1 if row is not None else last
        if row is not None and column is not None and quoted[row] == source[column]:
            matched += weigh(quoted[row])
        elif column is not None and row is None and last not in free_after:
            left_out += weigh(source[column])
    whole = sum(map(weigh, quoted)) + left_out / 2
    return Alignment(known[0], known[-1] + 1, tuple(pairs), matched / whole)


def describe(
    pairs: Sequence[tuple[int | None, int | None]],
    quoted: Sequence[str],
    source: Sequence[str],
    free_after: frozenset[int] = frozenset(),
) -> tuple[WordChange, ...]:
    """What differs, in the order of the quotation; the words are given as they are written, capitals kept."""
    groups: list[tuple[list[str], list[str], bool]] = []
    open_group: tuple[list[str], list[str], bool] | None = None
    last = 0
    for row, column in pairs:
        last = row + 1 if row is not None else last
        same = row is not None and column is not None and lower(quoted[row]) == lower(source[column])
        if same or (row is None and last in free_after):
            open_group = None
            continue
        if open_group is None:
            open_group = ([], [], last <= 1)
            groups.append(open_group)
        if column is not None:
            open_group[0].append(source[column])
        if row is not None:
            open_group[1].append(quoted[row])
    moved = _find_moved(groups, pairs, source)
    if moved is not None:
        return (WordChange("order", _join(source[slice(*moved)]), _join(quoted)),)
    return tuple(
        WordChange(_classify(said_words, written_words), _join(said_words), _join(written_words))
        for said_words, written_words, _ in groups[:MAX_CHANGES]
    )


def _find_moved(
    groups: Sequence[tuple[list[str], list[str], bool]],
    pairs: Sequence[tuple[int | None, int | None]],
    source: Sequence[str],
) -> tuple[int, int] | None:
    """From where to where the source has exactly the words of the quotation in another order; None where it has not."""
    said = sorted(lower(word) for group in groups for word in group[0])
    written = sorted(lower(word) for group in groups for word in group[1])
    known = [column for _, column in pairs if column is not None]
    if not known or not written:
        return None
    start, end = known[0], known[-1] + 1
    if len(said) > 1 and said == written:
        return start, end
    # What is added may stand right beside what was compared.
    count = len(written)
    if not said and sorted(map(lower, source[end : end + count])) == written:
        return start, end + count
    if not said and start >= count and sorted(map(lower, source[start - count : start])) == written:
        return start - count, end
    return None


def describe_typing(quoted: str, source: str) -> tuple[WordChange, ...]:
    """What differs between two folded texts whose words are the same: capitals inside, and punctuation."""
    ours, theirs = list(WORD.finditer(lower(quoted))), list(WORD.finditer(lower(source)))
    changes: list[WordChange] = []
    if len(ours) != len(theirs):
        return ()
    before_ours = before_theirs = 0
    for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        written, said = quoted[our.start() : our.end()], source[their.start() : their.end()]
        between = quoted[before_ours : our.start()].strip(), source[before_theirs : their.start()].strip()
        if number and between[0] != between[1]:
            around = changes_around(source, theirs, number), changes_around(quoted, ours, number)
            changes.append(WordChange("punctuation", *around))
        elif written != said and number:
            changes.append(WordChange("case", said, written))
        before_ours, before_theirs = our.end(), their.end()
    return tuple(changes[:MAX_CHANGES])


def changes_around(text: str, words: Sequence[re.Match[str]], number: int) -> str:
    """The words on either side of what stands before the word of that number, and that."""
    return text[words[number - 1].start() : words[number].end()]


def _classify(said: Sequence[str], written: Sequence[str]) -> Change:
    everything = [*said, *written]
    small = [lower(word) for word in everything]
    if any(_is_negation(word) for word in small) and (
        sum(map(_is_negation, map(lower, said))) != sum(map(_is_negation, map(lower, written)))
    ):
        return "negation"
    if any(character.isdigit() for word in everything for character in word) or _NUMBER_WORDS & set(small):
        return "number"
    if any(word[0].isupper() and word != "I" for word in everything):
        return "name"
    return "word"


def _is_negation(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


def _join(words: Sequence[str]) -> str:
    return "".join(words) if words and all(_CJK.match(word) for word in words) else " ".join(words)
