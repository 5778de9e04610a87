"""Which candidates are labels: one decision for the whole text, each with its reason.

A form is taken where the evidence for it reaches the threshold. Under a form that is taken, a name that comes back is a
label; a name that occurs once is one where it stands as the others do; what only has the shape of a label ends the
turn before it and gives its words to nobody.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.identity import find_persons, fold_name
from corpus.lines import Line
from corpus.speakers.evidence import THRESHOLD, WEAK_FORMS, Evidence, Page, weigh
from corpus.speakers.grammar import Candidate, find_forms
from corpus.speakers.names import Grade, clean_spaces, is_name, is_unknown, split_name

_MAX_GIVEN_CHARS = 300
_MAX_GIVEN_WORDS = 6
_NOT_BEHIND_A_NAME = tuple(".,;-–—…?!？！。؟।")
_ASKED = frozenset({"Q", "QUESTION", "Question"})
_EXAMINER = re.compile(r"\s*(?:[A-Z-]*EXAMINATION )?BY ((?:M(?:R|S|RS)\.? |THE )[^.:;!?]{1,40}):?\s*")
_MIN_LABELS_ALONE = 4
_MAX_ONCE = 2


@dataclass(frozen=True, slots=True)
class Label:
    """A line's claim that `name` speaks from `end` on; `line` is its number, `start` its first code point.

    `name` is the person's, the same for all labels of one person; None where nobody can tell whose the words are.
    `written` is the name as the label has it.
    """

    name: str | None
    written: str
    form: str
    line: int
    start: int
    end: int
    start_ms: int | None
    has_text: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """A candidate, whether it was taken as a label, and why or why not, in words."""

    candidate: Candidate
    taken: bool
    reason: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The labels of a text in order, the lines that give data and no words, and how all of it was decided."""

    labels: tuple[Label, ...]
    data_lines: frozenset[int]
    judgements: tuple[Judgement, ...]
    evidence: tuple[Evidence, ...]


def decide(lines: Sequence[Line], skipped: frozenset[int] = frozenset()) -> Decision:
    """The labels that the text as a whole bears out.

    :param lines: the lines in order, numbered from 0.
    :param skipped: the numbers of lines on which no label can stand, such as those of code.
    """
    page = Page.of(lines)
    candidates = [form for line in lines if line.number not in skipped for form in find_forms(line)]
    if not candidates:
        return Decision((), frozenset(), (), ())
    data = {number for number, label in enumerate(candidates) if is_data(label, page)}
    by_form: dict[str, list[Candidate]] = {}
    for number in _drop_data(candidates, data):
        by_form.setdefault(candidates[number].form, []).append(candidates[number])
    weighed = {form: weigh(form, labels, page) for form, labels in by_form.items()}
    taken = _take_forms(by_form, weighed)
    judged = _judge(by_form, taken, weighed, page)
    chosen = _one_a_line(judged, weighed)
    labels = [judgement.candidate for judgement in chosen.values()]
    data_lines = frozenset(candidates[number].line for number in data if candidates[number].line not in chosen)
    given = _find_given([candidates[number] for number in sorted(data)], page) if labels else []
    persons = find_persons([label.name for label in labels], given=given)
    persons = _name_examiners(labels, persons, lines)
    named = tuple(_name(chosen[label.line], label, person) for label, person in zip(labels, persons, strict=True))
    others = tuple(judgement for judgement in judged if chosen.get(judgement.candidate.line) is not judgement)
    doubtful = _find_doubtful(others, chosen, set(taken), page) if labels else []
    ordered = tuple(sorted((*named, *doubtful), key=lambda label: label.start))
    return Decision(ordered, data_lines, (*chosen.values(), *others), tuple(weighed.values()))


def _name_examiners(labels: Sequence[Candidate], persons: list[str | None], lines: Sequence[Line]) -> list[str | None]:
    """The persons, with whoever examines for "Q" where lines such as "BY MR. WELD:" say who does."""
    if not any(label.name in _ASKED for label in labels):
        return persons
    examining = [(line.number, match[1]) for line in lines if (match := _EXAMINER.fullmatch(line.text[:_MAX_GIVEN_CHARS]))]
    by_name = {fold_name(person): person for person in persons if person}
    named = list(persons)
    for place, label in enumerate(labels):
        before = bisect_left(examining, (label.line, ""))
        if label.name in _ASKED and before:
            name = clean_spaces(examining[before - 1][1])
            named[place] = by_name.get(fold_name(name), name)
    return named


def _find_doubtful(
    others: Sequence[Judgement], chosen: dict[int, Judgement], taken: set[str], page: Page
) -> list[Label]:
    """The lines inside the dialogue that could be labels and were not taken: from there on nobody is named."""
    begin = next(iter(chosen))
    found: dict[int, Label] = {}
    for judgement in others:
        label = judgement.candidate
        if label.line <= begin or label.line in chosen or label.grade < Grade.NAME or label.form in WEAK_FORMS:
            continue
        alike = label.form in taken or (label.form.endswith("colon") and page.begins_paragraph(label.line))
        if alike and not label.form.endswith(("alone", "full stop")) and not page.breaks_a_sentence(label.line):
            found[label.line] = Label(
                None, label.name, label.form, label.line, label.start, label.start, None, label.has_text
            )
    return list(found.values())


def is_data(label: Candidate, page: Page) -> bool:
    """Whether the line gives a name instead of words: "Presenter: Ujjwal Sharma (USA)", "INTERVIEWEE: Ana Ruiz"."""
    if not label.form.endswith("colon"):
        return False
    given = page.lines[label.line].text[label.end - label.start :]
    if len(given) > _MAX_GIVEN_CHARS or given.rstrip()[-1:] in _NOT_BEHIND_A_NAME:
        return False
    given = clean_spaces(given)
    if given[-1:] in _NOT_BEHIND_A_NAME:
        return False
    bare = split_name(given)[0].strip()
    words = bare.split()
    return 1 < len(words) <= _MAX_GIVEN_WORDS and is_name(bare) and not given.isupper() or _is_list(given)


def _is_list(given: str) -> bool:
    """Whether this is a row of names: "Ann Lee, Bob Ash and Cleo Diaz"."""
    parts = [part.strip() for part in given.replace(" and ", ", ").replace(" & ", ", ").split(",")]
    return len(parts) > 1 and all(len(part.split()) > 1 and is_name(part) for part in parts)


def _find_given(data: Sequence[Candidate], page: Page) -> list[tuple[str, str]]:
    """Initials or parts with the names that a list at the top gives them, each given once."""
    given: dict[str, set[str]] = {}
    for label in data:
        text = page.lines[label.line].text[label.end - label.start :].strip()
        given.setdefault(label.name, set()).add(text)
    return [
        (short, next(iter(names)))
        for short, names in given.items()
        if len(names) == 1 and len(short.split()) == 1 and len(short) <= 4 and _is_short_for(short, next(iter(names)))
    ]


def _is_short_for(short: str, name: str) -> bool:
    initials = "".join(word[0] for word in split_name(name)[0].split() if word[0].isalpha())
    return fold_name(initials) == fold_name(short)


def _drop_data(candidates: Sequence[Candidate], data: set[int]) -> list[int]:
    """The numbers of the candidates without those that only ever give names, and without the list of names on top."""
    speaking = {label.name for number, label in enumerate(candidates) if number not in data}
    kept = [number for number, label in enumerate(candidates) if label.name in speaking]
    first = next((place for place, number in enumerate(kept) if number not in data), len(kept))
    return kept[first:]


def _take_forms(by_form: dict[str, list[Candidate]], weighed: dict[str, Evidence]) -> list[str]:
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
        taken.append(form)
        known |= set(names)
    return taken


def _judge(
    by_form: dict[str, list[Candidate]], taken: Sequence[str], weighed: dict[str, Evidence], page: Page
) -> list[Judgement]:
    known = _find_known(by_form, taken)
    judged: list[Judgement] = []
    for form, labels in by_form.items():
        if form in taken:
            judged += _judge_form(labels, form, page)
        else:
            why = f"{form}: {weighed[form].score:.1f} of {THRESHOLD:.1f}, not a form of label here"
            for label in labels:
                is_known = form not in WEAK_FORMS and fold_name(label.name) in known and label.grade >= Grade.NAME
                fits = is_known and not page.breaks_a_sentence(label.line)
                judged.append(Judgement(label, fits, "a name that is known from other labels" if fits else why))
    return judged


def _find_known(by_form: dict[str, list[Candidate]], taken: Sequence[str]) -> set[str]:
    counts = Counter(fold_name(label.name) for form in taken for label in by_form[form])
    return {name for name, count in counts.items() if count > 1}


def _judge_form(labels: Sequence[Candidate], form: str, page: Page) -> list[Judgement]:
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
        elif page.breaks_a_sentence(label.line) and label.line - 1 not in lines:
            taken, reason = counts[key] > _MAX_ONCE, "the name comes back, though a sentence seems to run on"
        judged.append(Judgement(label, taken, reason))
    return judged


def _judge_once(
    label: Candidate, form: str, page: Page, stances: Counter[tuple[bool, bool]], begin: int
) -> tuple[bool, str]:
    """Whether a name that occurs once is a label's."""
    if form in WEAK_FORMS and form not in {"dash", "semicolon", "pipe", "tab", "time words"}:
        return False, "the name does not come back, and the form is common outside labels"
    if label.grade == Grade.LOWER and len(stances) and not label.has_clock:
        return False, "small letters, and the name does not come back"
    if page.breaks_a_sentence(label.line):
        return False, "stands within a sentence"
    if label.start < begin:
        says = label.has_text and page.says_sentence(label)
        return says, "says a sentence" if says else "stands before the dialogue and says no sentence"
    if _stance(label, page) in stances:
        return True, "stands as the labels that come back"
    return False, "does not stand as the other labels do"


def _stance(label: Candidate, page: Page) -> tuple[bool, bool]:
    """How a label stands: after an empty line or not, with words behind it or not. One text does it in few ways."""
    return page.begins_paragraph(label.line), label.has_text


def _one_a_line(judged: Sequence[Judgement], weighed: dict[str, Evidence]) -> dict[int, Judgement]:
    """Of the candidates that were taken the best on each line, in order of the text."""
    best: dict[int, Judgement] = {}
    for judgement in judged:
        before = best.get(judgement.candidate.line)
        if judgement.taken and (before is None or _rank(judgement, weighed) > _rank(before, weighed)):
            best[judgement.candidate.line] = judgement
    return dict(sorted(best.items()))


def _rank(judgement: Judgement, weighed: dict[str, Evidence]) -> tuple[float, int]:
    return weighed[judgement.candidate.form].score, judgement.candidate.end


def _name(judgement: Judgement, label: Candidate, person: str | None) -> Label:
    name = None if is_unknown(label.name) else person
    return Label(
        name, label.name, label.form, label.line, label.start, label.end, label.start_ms, label.has_text
    )
