"""What of a sentence can be checked by its words: figures and dates, names, what is denied. English, by rule."""

import re
from collections.abc import Sequence

from index.lexicon import FUNCTION_WORDS, stem
from qa.conversation.names import find_names

# A digit inside a name ("Neo4j", "1Password") is part of the name.
_TOKEN = re.compile(
    r"(?<![^\W_])(?P<digits>\d+(?:[.,:]\d+)*)(?:st|nd|rd|th|s|(?P<magnitude>k|m|bn))?(?![^\W_])"
    r"|%|[^\W\d_]+(?:['’][^\W\d_]+)*"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNITS = dict(
    zip(
        """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen""".split(),
        range(2, 20),
        strict=True,
    )
)
# What is "first" or "second" is mostly something else.
_ORDINALS = dict(
    zip("third fourth fifth sixth seventh eighth ninth tenth".split(), "3 4 5 6 7 8 9 10".split(), strict=True)
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
# Words that make another figure of the one before them, or are one. "One" and "second" are mostly something else.
_MAGNITUDES = {
    **{word: word for word in "hundred thousand million billion trillion dozen half quarter percent".split()},
    **{f"{word}s": word for word in "hundred thousand million billion trillion dozen".split()},
    **_ORDINALS,
    **{f"{word}s": figure for word, figure in _ORDINALS.items()},
    **{"%": "percent", "percentage": "percent", "halves": "half", "twice": "2", "double": "2", "triple": "3"},
    **{
        "doubled": "2",
        "doubling": "2",
        "tripled": "3",
        "thrice": "3",
    },
}
_UNITS_OF_MEASURE = """minute hour day week month year decade century cent dollar euro pound yuan yen rupee franc inch
    meter metre kilometer kilometre mile acre hectare pixel gram kilogram ton tonne litre liter gallon barrel watt
    megawatt gigawatt degree byte kilobyte megabyte gigabyte terabyte""".split()
_MEASURES = {
    **{unit: unit for unit in _UNITS_OF_MEASURE},
    **{f"{unit}s": unit for unit in _UNITS_OF_MEASURE},
    **{"seconds": "second", "centuries": "century", "inches": "inch", "feet": "foot"},
    **{"$": "dollar", "€": "euro", "£": "pound", "km": "kilometer", "kg": "kilogram"},
}
# Before a unit these count as well as a figure does.
_COUNTING = frozenset("a an one each every per few several last next".split())
_SUFFIXES = {"k": "thousand", "m": "million", "bn": "billion"}
_MONTHS = """january february march april may june july august september october november december""".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
# These are also words: they count as dates when they begin with a capital within a sentence.
_ALSO_WORDS = frozenset({"march", "may", "august"})

_NEGATIONS = frozenset(
    """not no never none nobody nothing neither nor cannot without hardly barely scarcely nowhere cant dont doesnt didnt
    wont isnt wasnt arent werent havent hasnt hadnt couldnt shouldnt wouldnt""".split()
)
# Words that deny without one of the above: they bear a denial out, and need none.
_DENYING = re.compile(
    r"refus|den(?:y|ie)|fail|lack|avoid|reject|stop|prevent|without|against|unable|impossible|unlike|absen|miss(?:ing|ed)"
    r"|exclud|forbid|prohibit|less|few|instead|rather|only|hard(?:er|ly)?|difficult|wrong|false|rare|seldom|little"
    r"|skip|quit|gave|give|ignor|free|except|zero|empty|un[a-z]{4}|in[a-z]{5}|dis[a-z]{4}|non",
)
# After these what follows did not happen (negative implicatives: Karttunen, 1971), and a few words like them.
_DENYING_WORD = re.compile(
    r"(?:refus|declin)(?:e|es|ed|ing)|(?:fail|neglect|avoid|refrain|lack)(?:s|ed|ing)?|forg[eo]t(?:s|ten|ting)?"
    r"|stop(?:s|ped)?|unable|impossible|failure|refusal|instead"
)
# What is denied by the beginning of its word: "unlikely", "insecure", "disagree".
_PREFIXED = re.compile(
    r"un(?!der|i[foqtv]|til|less)(?P<un>[a-z]{4,})|(?:in|im|ir|il|non)(?P<adjective>[a-z]{3,}(?:ble|ent|ant|ate|ct|ive|al|ure|ous))"
    r"|dis(?P<verb>(?:agree|allow|appear|approv|connect|continu|honest|lik|obey|respect|satisf|trust)[a-z]*)"
)
_CLAUSE = re.compile(
    r"[.,;:!?()“”\"—–]|\b(?:but|although|though|because|while|whereas|if|when|(?<!not )(?<!n['’]t )so)\b", re.IGNORECASE
)
_FILLER = re.compile(r",?\s*\b(?:like|you know),", re.IGNORECASE)
_ANSWERING_NO = re.compile(r"^\W*(?:no|nope)\b\s*[,.;:—–-]+|\b[Nn]o,")
# How many content words a denial reaches over.
_REACH = 1
# Texts that share so many of their words are one, but for a denial or a name.
_NEARLY = 0.7


def words_of(text: str) -> list[str]:
    """The words of `text` in small letters, with plain apostrophes."""
    return [word.replace("’", "'").lower() for word in _WORD.findall(text)]


def content_stems(text: str) -> list[str]:
    """The stems of the words that say something, in order."""
    return [stem(word) for word in words_of(text) if word not in FUNCTION_WORDS and len(word) > 1]


def find_figures(text: str) -> set[str]:
    """Numbers, magnitudes and dates in `text`, in one spelling: "twenty-five percent" and "25%" are the same."""
    figures: set[str] = set()
    tens = 0
    position_before = -1
    for position, match in enumerate(_TOKEN.finditer(text)):
        token = match.group()
        word = token.lower()
        joined = tens if position == position_before + 1 else 0
        tens, position_before = 0, position
        if match["digits"]:
            figures.add(_plain(match["digits"]))
            figures |= {_SUFFIXES[match["magnitude"]]} if match["magnitude"] else set()
        elif word in _TENS:
            tens = _TENS[word]
            figures.add(str(tens))
        elif word in _UNITS or (word == "one" and joined):
            number = _UNITS.get(word, 1)
            if joined and number < 10:
                figures.discard(str(joined))
                number += joined
            figures.add(str(number))
        elif word in _MAGNITUDES:
            figures.add(_MAGNITUDES[word])
        elif (word in _MONTHS or word in _DAYS) and (word not in _ALSO_WORDS or (token[0].isupper() and match.start())):
            figures.add(word)
    return figures


def find_units(text: str, *, counted: bool = False) -> set[str]:
    """The units of measure in `text`, in one spelling; where `counted`, only those with a number or "a" in front."""
    units = set()
    before = ""
    for token in re.findall(r"\d+|[$€£]|[^\W\d_]+", text.lower()):
        is_counted = before in _COUNTING or bool(find_figures(before)) or token in "$€£"
        if token in _MEASURES and (is_counted or not counted):
            units.add(_MEASURES[token])
        before = token
    return units


def _plain(number: str) -> str:
    """The number without what groups its digits: "1,500" is "1500"; "2,5" stays."""
    number = re.sub(r",(?=\d{3}(?:\D|$))", "", number)
    return re.sub(r"\.0+$", "", number)


def find_proper(text: str) -> list[str]:
    """The words of the names in `text`: capitalized within a sentence, or known as a name at its beginning."""
    within = [
        match.group()
        for match in _WORD.finditer(text)
        if match.group()[0].isupper() and not _begins(text, match.start()) and match.group() not in {"I"}
    ]
    leading = [word for name in find_names(text) for word in _WORD.findall(name) if word[0].isupper()]
    dates = {*_MONTHS, *_DAYS}
    found = dict.fromkeys(re.sub(r"['’]\w*$", "", word) for word in [*within, *leading])
    return [word for word in found if len(word) > 1 and word.lower() not in dates and not word[0].isdigit()]


def _begins(text: str, position: int) -> bool:
    before = text[:position].rstrip(" \t\n“\"'‘(")
    return not before or before[-1] in ".!?:"


def find_capitalized(text: str) -> list[str]:
    """The words of `text` that begin with a capital and say something, the first among them."""
    words = (re.sub(r"['’]\w*$", "", word) for word in _WORD.findall(text) if word[0].isupper())
    return [word for word in words if len(word) > 1 and word.lower() not in FUNCTION_WORDS]


def find_exchanged(text: str, source: str, known: str) -> list[str]:
    """The names in `text` that `known` has not, if `text` is nearly `source` but for them and names that are gone."""
    new = [name for name in find_capitalized(text) if not is_name_in(name, known)]
    gone = [name for name in find_capitalized(source) if not is_name_in(name, text)]
    return new if gone and is_nearly_same(_without(new, text), _without(gone, source)) else []


def _without(names: Sequence[str], text: str) -> str:
    left_out = {name.lower() for name in names}
    return " ".join(word for word in words_of(text) if word not in left_out)


def is_name_in(name: str, text: str) -> bool:
    """Whether `text` has the name, an adjective or plural of it ("Peru", "Peruvian"), or what it is the initials of."""
    wanted = stem(name.lower())
    for word in words_of(text):
        found = stem(word)
        shorter = min(len(found), len(wanted))
        if found == wanted or (shorter >= 4 and _common(found, wanted) >= max(4, shorter - 1)):
            return True
    capitals = [word[0] for word in _WORD.findall(text) if word[0].isupper()]
    return name.isupper() and len(name) <= 5 and name in "".join(capitals)


def _common(first: str, second: str) -> int:
    return next(
        (position for position, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )


def is_nearly_same(text: str, source: str) -> bool:
    """Whether the two share nearly all their words, so that only a denial, a name or who says it may part them."""
    stems, said = _stems_but_negations(text), _stems_but_negations(source)
    return stems == said or len(stems & said) >= _NEARLY * len(stems | said)


def _stems_but_negations(text: str) -> set[str]:
    words = (re.sub(r"(?<=\w)'(?:m|re|ve|ll|d|s)$", "", word) for word in words_of(text) if not is_negation(word))
    return set(content_stems(" ".join(words)))


def find_denied(text: str) -> tuple[set[str], set[str]]:
    """The stems that `text` denies, each the first content words after a denial, and those that it does not."""
    denied: set[str] = set()
    plain: set[str] = set()
    for clause in _CLAUSE.split(_FILLER.sub(" ", _ANSWERING_NO.sub("", text))):
        reach = 0
        for word in words_of(clause):
            if is_negation(word):
                reach = _REACH
            elif word not in FUNCTION_WORDS and len(word) > 1:
                (denied if reach else plain).add(stem(word))
                if prefixed := _PREFIXED.fullmatch(word):
                    (plain if reach else denied).add(stem(prefixed[prefixed.lastgroup or 0]))
                reach = max(0, reach - 1)
    return denied, plain


def is_negation(word: str) -> bool:
    """Whether the word denies what follows it."""
    return word in _NEGATIONS or word.endswith("n't")


def count_negations(text: str) -> int:
    """How often `text` denies something in so many words; the "no" of an answer to a question is none."""
    words = words_of(_ANSWERING_NO.sub("", text))
    return sum(is_negation(word) or _DENYING_WORD.fullmatch(word) is not None for word in words)


def denies(text: str) -> bool:
    """Whether `text` denies something, be it without "not": "refuses", "lacks", "unable"."""
    return any(is_negation(word) or _DENYING.match(word) for word in words_of(text))


def copied_runs(words: Sequence[str], length: int, telling: int) -> list[str]:
    """Every run of `length` of the words in which `telling` say something, joined by spaces."""
    runs = [words[position : position + length] for position in range(len(words) - length + 1)]
    return [" ".join(run) for run in runs if sum(word not in FUNCTION_WORDS for word in run) >= telling]
