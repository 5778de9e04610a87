"""Why a text is read as it is: its turns, and for each possible label whether it was taken and the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document
from corpus.load import load_file
from corpus.roles import find_speakers
from corpus.speakers.evidence import THRESHOLD
from corpus.transcript import read_transcript

_SHOWN_CHARS = 60
# In these the text that is read is the file's own, so that its labels can be shown line by line.
_OWN_TEXT_FORMATS = frozenset({"text", "md"})


@dataclass(frozen=True, slots=True)
class FormReport:
    """A form of label that occurs in a text, how likely its labels are labels, and what speaks for and against it."""

    form: str
    score: float
    taken: bool
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class LabelReport:
    """A possible label: its line (counted from 1), form and name as written, the person, and the reason in words."""

    line: int
    form: str
    written: str
    person: str | None
    taken: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the labels of a text were decided: the forms, best first, and every candidate in order of the text."""

    forms: tuple[FormReport, ...]
    labels: tuple[LabelReport, ...]


def explain(text: str) -> Explanation:
    """Why each possible label of a transcript in plain text or Markdown was taken or left."""
    reading = read_transcript(text)
    persons = {label.line: label.name for label in reading.decision.labels}
    numbers = _number_lines(text, [line.start for line in reading.lines])
    forms = sorted(reading.decision.evidence, key=lambda evidence: (-evidence.score, evidence.form))
    chosen = {judgement.candidate.form for judgement in reading.decision.judgements if judgement.taken}
    return Explanation(
        tuple(
            FormReport(evidence.form, evidence.score, evidence.form in chosen, evidence.reasons) for evidence in forms
        ),
        tuple(
            LabelReport(
                numbers[judgement.candidate.line],
                judgement.candidate.form,
                judgement.candidate.name,
                persons.get(judgement.candidate.line) if judgement.taken else None,
                judgement.taken,
                judgement.reason,
            )
            for judgement in sorted(
                reading.decision.judgements, key=lambda judgement: (judgement.candidate.start, judgement.candidate.form)
            )
        ),
    )


def describe_file(path: str | Path) -> Iterator[str]:
    """The turns, speakers and decisions of a file as lines to print.

    :raises CorpusError: when the file cannot be read; see `corpus.load`.
    """
    loaded = load_file(path)
    size, turns = f"{len(loaded.document.text):,} characters", f"{loaded.document.count_turns()} turns of speech"
    yield f"{path}: {loaded.format}, {size}, {turns}"
    yield from describe_turns(loaded.document)
    if loaded.format in _OWN_TEXT_FORMATS:
        yield from describe_labels(explain(loaded.document.text))
    else:
        yield "labels: this format names its speakers itself, or its text was taken out of the file"


def describe_turns(document: Document) -> Iterator[str]:
    """The speakers with their roles, and a line a turn: place, time, speaker, first words."""
    speakers = find_speakers(document.text, document.turns)
    named = ", ".join(f"{speaker.name} ({speaker.role or 'role not clear'})" for speaker in speakers)
    yield f"speakers: {named or 'nobody is named'}"
    for number, turn in enumerate(document.turns):
        time = "" if turn.start_ms is None else f" at {turn.start_ms / 1000:.1f} s"
        words = " ".join(document.text[turn.start : turn.end][: 2 * _SHOWN_CHARS].split())[:_SHOWN_CHARS]
        who = turn.speaker or ("speaker not known" if turn.kind == "speech" else turn.kind)
        yield f"  {number:>4} {turn.start}-{turn.end}{time} {who}: {words}"


def describe_labels(explanation: Explanation) -> Iterator[str]:
    """The forms with their evidence, and a line for each possible label."""
    for form in explanation.forms:
        sums = ", ".join(f"{weight:+.1f} {reason}" for reason, weight in form.reasons)
        verdict = "taken" if form.taken else "left"
        yield f"form “{form.form}” {verdict}: {form.score:.1f} of {THRESHOLD:.1f} ({sums})"
    for label in explanation.labels:
        who = f" as {label.person}" if label.person and label.person != label.written else ""
        yield f"  line {label.line}: {'taken' if label.taken else 'left'} “{label.written}”{who}: {label.reason}"


def _number_lines(text: str, starts: list[int]) -> list[int]:
    """The lines, counted from 1, on which the code points `starts` (rising) lie."""
    numbers, line, at = [], 1, 0
    for start in starts:
        passed = text[at:start]
        line += passed.count("\n") + passed.count("\r") - passed.count("\r\n")
        at = start
        numbers.append(line)
    return numbers
