"""Which candidates are labels: one decision for the whole text, each with its reason.

A form is taken where the evidence for it reaches the threshold. Under a form that is taken, a name that comes back is a
label; a name that occurs once is one where it stands as the others do; what only has the shape of a label ends the
turn before it and gives its words to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.identity import find_persons
from corpus.lines import Line
from corpus.speakers.evidence import WEAK_FORMS, LabelEvidence, weigh
from corpus.speakers.examiners import name_examiners
from corpus.speakers.given_names import drop_data, find_given, is_data
from corpus.speakers.grammar import LabelCandidate, find_forms
from corpus.speakers.judging import Judgement, judge, take_forms
from corpus.speakers.names import Grade, is_unknown
from corpus.speakers.page import TextPage


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
class Decision:
    """The labels of a text in order, the lines that give data and no words, and how all of it was decided."""

    labels: tuple[Label, ...]
    data_lines: frozenset[int]
    judgements: tuple[Judgement, ...]
    evidence: tuple[LabelEvidence, ...]


def decide(lines: Sequence[Line], skipped: frozenset[int] = frozenset()) -> Decision:
    """The labels that the text as a whole supports.

    :param lines: the lines in order, numbered from 0.
    :param skipped: the numbers of lines on which no label can stand, such as those of code.
    """
    page = TextPage.of(lines)
    candidates = [form for line in lines if line.number not in skipped for form in find_forms(line)]
    if not candidates:
        return Decision((), frozenset(), (), ())
    data = {number for number, label in enumerate(candidates) if is_data(label, page)}
    by_form: dict[str, list[LabelCandidate]] = {}
    for number in drop_data(candidates, data):
        by_form.setdefault(candidates[number].form, []).append(candidates[number])
    weighed = {form: weigh(form, labels, page) for form, labels in by_form.items()}
    taken = take_forms(by_form, weighed)
    judged = judge(by_form, taken, weighed, page)
    chosen = _one_a_line(judged, weighed)
    labels = [judgement.candidate for judgement in chosen.values()]
    data_lines = frozenset(candidates[number].line for number in data if candidates[number].line not in chosen)
    given = find_given([candidates[number] for number in sorted(data)], page) if labels else []
    persons = find_persons([label.name for label in labels], given=given)
    persons = name_examiners(labels, persons, lines)
    named = tuple(_name(chosen[label.line], label, person) for label, person in zip(labels, persons, strict=True))
    others = tuple(judgement for judgement in judged if chosen.get(judgement.candidate.line) is not judgement)
    doubtful = _find_doubtful(others, chosen, set(taken), page) if labels else []
    ordered = tuple(sorted((*named, *doubtful), key=lambda label: label.start))
    return Decision(ordered, data_lines, (*chosen.values(), *others), tuple(weighed.values()))


def _find_doubtful(
    others: Sequence[Judgement], chosen: dict[int, Judgement], taken: set[str], page: TextPage
) -> list[Label]:
    """The lines inside the dialogue that could be labels and were not taken: from there on nobody is named."""
    begin = next(iter(chosen))
    found: dict[int, Label] = {}
    for judgement in others:
        label = judgement.candidate
        if label.line <= begin or label.line in chosen or label.grade < Grade.NAME or label.form == "full stop":
            continue
        stands = page.begins_paragraph(label.line)
        alike = label.form in taken and (label.form not in WEAK_FORMS or stands)
        alike |= label.form.endswith("colon") and stands
        if alike and not page.breaks_a_sentence(label.line):
            found[label.line] = Label(
                None, label.name, label.form, label.line, label.start, label.start, None, label.has_text
            )
    return list(found.values())


def _one_a_line(judged: Sequence[Judgement], weighed: dict[str, LabelEvidence]) -> dict[int, Judgement]:
    """Of the candidates that were taken the best on each line, in order of the text."""
    best: dict[int, Judgement] = {}
    for judgement in judged:
        before = best.get(judgement.candidate.line)
        if judgement.taken and (before is None or _rank(judgement, weighed) > _rank(before, weighed)):
            best[judgement.candidate.line] = judgement
    return dict(sorted(best.items()))


def _rank(judgement: Judgement, weighed: dict[str, LabelEvidence]) -> tuple[float, int]:
    return weighed[judgement.candidate.form].score, judgement.candidate.end


def _name(judgement: Judgement, label: LabelCandidate, person: str | None) -> Label:
    name = None if is_unknown(label.name) else person
    return Label(name, label.name, label.form, label.line, label.start, label.end, label.start_ms, label.has_text)
