"""What a text shows for and against one form of label being the labels of a dialogue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.speakers.grammar import LabelCandidate
from corpus.speakers.names import Grade, split_name
from corpus.speakers.page import TextPage, ends_sentence, is_asked, is_spoken

THRESHOLD = 3.0
# How likely a form is a label by itself, before the text is looked at.
_BASE = {
    "tag": 4.0,
    "bold colon": 2.0,
    "colon": 1.0,
    "time": 1.5,
    "bold time": 2.0,
    "bold time words": 1.0,
    "clock, alone": 1.0,
    "{ bracket": 0.0,
    "[ bracket colon": 1.5,
    "( bracket colon": 1.5,
    "【 bracket colon": 1.5,
    "[ bracket time": 1.5,
    "( bracket time": 1.0,
    "< bracket": 0.0,
    "full stop": 0.0,
    "time words": 0.0,
    "tab": 0.0,
    "heading": 0.0,
    "bold": 0.0,
    "alone": -2.0,
}
_OTHER_BASE = -1.0
# These shapes are common outside labels too.
WEAK_FORMS = frozenset(
    {
        "[ bracket",
        "( bracket",
        "{ bracket",
        "< bracket",
        "【 bracket",
        "「 bracket",
        "bold",
        "heading",
        "alone",
        "dash",
        "pipe",
    }
    | {"; mark", "tab", "time words"}
)
_MIN_WEIGHED_TURNS = 4
# The words of so many labels tell enough.
_MAX_WEIGHED_TURNS = 200
_MIN_SAID_WORDS = 3
_MAX_WORDS_A_SECOND = 9.0
_MOST = 0.6


@dataclass(frozen=True, slots=True)
class LabelEvidence:
    """The score of a form and the reasons for it, each in words with its weight; taken from `THRESHOLD` on."""

    form: str
    score: float
    reasons: tuple[tuple[str, float], ...]


def weigh(form: str, labels: Sequence[LabelCandidate], page: TextPage) -> LabelEvidence:
    """The evidence for a form of which the text has these candidates, in order."""
    names = [split_name(label.name)[0].casefold() for label in labels]
    counts = Counter(names)
    returning = {name for name, count in counts.items() if count > 1}
    led = {label.line for label in labels}
    said = [page.said_after(label, led) for label in labels[:_MAX_WEIGHED_TURNS]]
    reasons = [(f"“{form}” by itself", _BASE.get(form, _OTHER_BASE))]

    def note(words: str, weight: float, holds: bool) -> None:
        if holds:
            reasons.append((words, weight))

    roles = {name for name, label in zip(names, labels, strict=True) if label.grade == Grade.ROLE}
    switches = sum(before != after for before, after in pairwise(names))
    asks = any(map(is_asked, said))
    spoken = 0 if asks else sum(map(is_spoken, said))
    paragraphs = page.count_paragraphs(labels[0].line, labels[-1].line)
    note("a name comes back", 1.5, bool(returning))
    note("two names come back", 1.5, len(returning) > 1)
    note("names that say a part, a title or a number", 1.0, bool(roles & (returning or set(counts))))
    note("the names alternate", 1.0, len(counts) > 1 and switches >= len(labels) // 2)
    note("questions are asked", 1.0, asks)
    note("people speak to each other", 1.0, not asks and spoken >= max(1, len(said) // 4))
    note("most paragraphs begin so", 1.0, len(labels) >= _MOST * paragraphs)
    note("nothing but names and sentences", 2.0, _is_regular(labels, names, said, paragraphs))
    note("with times that rise", 1.0, _rises(labels))
    alone = len(counts) == 1
    note("only one name", -2.0, alone and not (roles and len(names[0]) > 1))
    note("stands at the top", 1.5, alone and _is_at_top(labels[0], page))
    note("a full name", 0.5, alone and len(labels[0].name.split()) > 1)
    small = sum(words[:1].islower() for words in said) > _MOST * len(said)
    note("what follows begins in small letters", -2.0, small and labels[0].name[0].isupper() and not asks)
    lonely = not returning and len(counts) > 2 - bool(paragraphs > 2 * len(labels))
    note("no name comes back and nobody asks", -3.5, lonely and not (asks or roles))
    note("nobody asks or is spoken to", -2.0, form in WEAK_FORMS and not asks and not spoken)
    note("items of a list under headings", -3.5, not asks and _is_record(labels, names, page))
    note("no words follow", -6.0, sum(map(_has_words, said)) < _MOST * len(said))
    note("faster than anybody speaks", -4.0, _is_too_fast(labels, page))
    note("small letters only", -1.5, sum(label.grade == Grade.LOWER for label in labels) > len(labels) / 2)
    return LabelEvidence(form, sum(weight for _, weight in reasons), tuple(reasons))


def _has_words(said: str) -> bool:
    unspaced = len(said) > _MIN_SAID_WORDS and said[len(said) // 2] >= "\u0e00"  # Thai, Chinese, Korean …
    return len(said.split()) >= _MIN_SAID_WORDS or unspaced or ends_sentence(said)


def _rises(labels: Sequence[LabelCandidate]) -> bool:
    times = [label.start_ms for label in labels if label.start_ms is not None]
    rising = sum(before <= after for before, after in pairwise(times))
    return len(times) >= max(2, _MOST * len(labels)) and rising >= 0.9 * (len(times) - 1)


def _is_regular(labels: Sequence[LabelCandidate], names: Sequence[str], said: Sequence[str], paragraphs: int) -> bool:
    """Whether every paragraph is led by one of a few names in capitals, never the same twice, and says a sentence."""
    if len(labels) < max(_MIN_WEIGHED_TURNS, paragraphs) or len(set(names)) > len(names) // 2:
        return False
    changing = all(before != after for before, after in pairwise(names))
    return changing and all(map(ends_sentence, said)) and all(label.name[0].isupper() for label in labels)


def _is_at_top(label: LabelCandidate, page: TextPage) -> bool:
    """Whether only a title stands above."""
    return page.count_paragraphs(0, label.line - 1) <= 1 and (label.line == 0 or page.begins_paragraph(label.line))


def _is_record(labels: Sequence[LabelCandidate], names: Sequence[str], page: TextPage) -> bool:
    """Whether the same names come in the same order again and again, as the keys of records do."""
    distinct = list(dict.fromkeys(names))
    period = len(distinct)
    periodic = all(name == distinct[number % period] for number, name in enumerate(names))
    if not periodic or len(labels) < 2 * period:
        return False
    bullets = sum(label.bullet for label in labels) > len(labels) / 2
    headed = any(
        line.text.startswith("#") for label in labels for line in page.lines[max(0, label.line - 2) : label.line]
    )
    short = sum(len(page.said_after(label).split()) <= _MIN_SAID_WORDS for label in labels)
    return (bullets and headed) or (period > 2 and short >= _MOST * len(labels))


def _is_too_fast(labels: Sequence[LabelCandidate], page: TextPage) -> bool:
    """Whether most stretches between two times have more words than their seconds let anybody say."""
    rates = []
    for before, after in pairwise(labels):
        if before.start_ms is None or after.start_ms is None or after.line != before.line + 1 or not before.has_text:
            continue
        seconds = (after.start_ms - before.start_ms) / 1000
        rates.append(len(page.said_after(before).split()) > _MAX_WORDS_A_SECOND * max(seconds, 0.3))
    return len(rates) > 1 and sum(rates) >= _MOST * len(rates)
