"""Which forms of label a text has, and which candidates of them are labels, each with the reason in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.identity import find_persons, fold_name
from corpus.speakers.evidence import THRESHOLD, WEAK_FORMS, LabelEvidence
from corpus.speakers.grammar import LabelCandidate
from corpus.speakers.names import Grade
from corpus.speakers.page import TextPage

_MIN_LABELS_ALONE = 4
# Asked of a second form whose names are all others than those of a better one.
_MORE_FOR_STRANGERS = 2.0
_MAX_ONCE = 2
# Weak forms in which words stand behind the name, so that a name that occurs once can be judged by its place.
_WEAK_WITH_WORDS = frozenset({"dash", "; mark", "pipe", "tab", "time words"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A candidate, whether it was taken as a label, and why or why not, in words."""

    candidate: LabelCandidate
    taken: bool
    reason: str


def take_forms(by_form: dict[str, list[LabelCandidate]], weighed: dict[str, LabelEvidence]) -> list[str]:
    """The forms that are taken, best first; weak ones only alone or for names that a better one knows."""
    taken: list[str] = []
    known: set[str] = set()
    for form in sorted(weighed, key=lambda form: (-weighed[form].score, form)):
        if weighed[form].score < THRESHOLD:
            break
        names = Counter(fold_name(label.name) for label in by_form[form])
        returning = {name for name, count in names.items() if count > 1}
        if form == "alone" and (sum(names[name] for name in returning) < _MIN_LABELS_ALONE or len(returning) < 2):
            continue
        if form in WEAK_FORMS and len(names) > 1 and len(returning) < 2:
            continue
        if taken and form in WEAK_FORMS and len(returning & known) < max(1, len(returning) / 2):
            continue
        strange = bool(taken) and not known & set(names)
        if strange and weighed[form].score < THRESHOLD + _MORE_FOR_STRANGERS and not _has_roles(by_form[form]):
            continue
        taken.append(form)
        known |= set(names)
    return taken


def _has_roles(labels: Sequence[LabelCandidate]) -> bool:
    return sum(label.grade == Grade.ROLE for label in labels) > len(labels) / 2


def judge(
    by_form: dict[str, list[LabelCandidate]], taken: Sequence[str], weighed: dict[str, LabelEvidence], page: TextPage
) -> list[Judgement]:
    """Every candidate with the verdict on it, form by form."""
    known = _find_known(by_form, taken)
    judged: list[Judgement] = []
    for form, labels in by_form.items():
        if form in taken:
            judged += _judge_form(labels, form, page)
        else:
            why = f"{form}: {weighed[form].score:.1f} of {THRESHOLD:.1f}, not a form of label here"
            for label in labels:
                is_known = form not in WEAK_FORMS and fold_name(label.name) in known and label.grade >= Grade.NAME
                fits = is_known and not _runs_on(label, page)
                judged.append(Judgement(label, fits, "a name that is known from other labels" if fits else why))
    return judged


def _find_known(by_form: dict[str, list[LabelCandidate]], taken: Sequence[str]) -> set[str]:
    counts = Counter(fold_name(label.name) for form in taken for label in by_form[form])
    return {name for name, count in counts.items() if count > 1}


def _judge_form(labels: Sequence[LabelCandidate], form: str, page: TextPage) -> list[Judgement]:
    """The labels of a form that is taken: names that come back, and those that stand as these do."""
    persons = find_persons([label.name for label in labels])
    keys = [person or fold_name(label.name) for label, person in zip(labels, persons, strict=True)]
    counts = Counter(keys)
    returning = [label for label, key in zip(labels, keys, strict=True) if counts[key] > 1]
    stances = Counter(_stance(label, page) for label in returning or labels)
    exact = Counter(label.name for label in labels)
    begin = next((label.start for label in labels if exact[label.name] > 1), (returning or labels)[0].start)
    parts = {label.name.split()[0] for label in returning if label.name.split()[-1].isdigit()}
    lines = {label.line for label in labels}
    first: dict[str, str] = {}
    for label, key in zip(labels, keys, strict=True):
        if exact[label.name] > 1:
            first.setdefault(key, label.name)
    judged = []
    for label, key in zip(labels, keys, strict=True):
        taken, reason = True, "the name comes back"
        usual = first.get(key, label.name)
        if label.start < begin and label.name != usual and label.name.casefold() == usual.casefold():
            taken, reason = False, "a title: the labels have other capitals"
        elif counts[key] < 2:
            taken, reason = _judge_once(label, form, page, stances, begin)
            if not taken and label.name.split()[0] in parts and label.name.split()[-1].isdigit():
                taken, reason = True, "a part with another number"
        # Above the first label stand titles, which end without a mark.
        elif label is not labels[0] and _runs_on(label, page) and label.line - 1 not in lines:
            taken, reason = counts[key] > _MAX_ONCE, "the name comes back, though a sentence seems to run on"
        judged.append(Judgement(label, taken, reason))
    return judged


def _judge_once(
    label: LabelCandidate, form: str, page: TextPage, stances: Counter[tuple[bool, bool]], begin: int
) -> tuple[bool, str]:
    """Whether a name that occurs once is a label's."""
    if form in WEAK_FORMS and form not in _WEAK_WITH_WORDS:
        return False, "the name does not come back, and the form is common outside labels"
    if label.grade == Grade.LOWER and len(stances) and not label.has_clock:
        return False, "small letters, and the name does not come back"
    if _runs_on(label, page):
        return False, "stands within a sentence"
    if label.start < begin:
        says = label.has_text and page.says_sentence(label)
        return says, "says a sentence" if says else "stands before the dialogue and says no sentence"
    if _stance(label, page) in stances:
        return True, "stands as the labels that come back"
    return False, "does not stand as the other labels do"


def _runs_on(label: LabelCandidate, page: TextPage) -> bool:
    """Whether the line goes on with the sentence of the one above; a tag never does."""
    return label.form != "tag" and page.breaks_a_sentence(label.line)


def _stance(label: LabelCandidate, page: TextPage) -> tuple[bool, bool]:
    """How a label stands: after an empty line or not, with words behind it or not. One text does it in few ways."""
    return page.begins_paragraph(label.line), label.has_text
