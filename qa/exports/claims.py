"""Answers and tables as parts to export, and each of their quotes held against the stored source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import Document, one_line, quote_times
from index import DocumentNotFound, PassageView
from qa.answers import AnswerRecord, Citation, Quote
from qa.answers.codec import load_records, read_records
from qa.errors import AnswersInvalid, ExportInvalid
from qa.exports.citation_line import DEFAULT_CITATION, check_template, cite, values_of
from qa.exports.records import (
    ClaimedPart,
    ExportedAnswers,
    ExportedPart,
    ExportedQuote,
    Reference,
    explain_left_out,
)
from qa.exports.references import find_reference
from qa.tables.table import NOTHING_FOUND, AnswerTable
from qa.verify import Finding, verify

# What can be exported: an answer, those of a conversation, or a table.
Exportable = AnswerRecord | Sequence[AnswerRecord] | AnswerTable
MAX_QUOTES = 100_000
_REJECTED = "What was found was looked at and rejected."


def collect(what: Exportable) -> tuple[ClaimedPart, ...]:
    """The parts of an answer, of several, or of a table."""
    if isinstance(what, AnswerRecord):
        return (_claim(what),)
    if isinstance(what, AnswerTable):
        return tuple(
            _claim_cell(row.question, cell.name, cell.quotes, cell.confidence, cell.note, cell.verdict)
            for row in what.rows
            for cell in row.cells
        )
    return tuple(_claim(answer) for answer in what)


def load_claims(path: Path) -> tuple[ClaimedPart, ...]:
    """The parts in a file of answers, conversations or tables, as JSON.

    :raises AnswersInvalid: when it cannot be read, or has none in it.
    """
    return tuple(_claim(answer, record) for record, answer in load_records(path))


def read_claims(value: object) -> tuple[ClaimedPart, ...]:
    """The parts in answers, conversations or tables, as their `to_dict` gives them.

    :raises AnswersInvalid: when there are none in it, or one cannot be read.
    """
    try:
        return tuple(_claim(answer, record) for record, answer in read_records(value))
    except RecursionError as error:
        raise AnswersInvalid("the answers are nested too deeply; give them as they were exported") from error


def _claim(answer: AnswerRecord, record: Mapping[str, Any] | None = None) -> ClaimedPart:
    """:param record: as it was saved, where a cell of a table says whom it was asked of."""
    record = record or {}
    named = record.get("asked_of") or (record.get("speaker") or record.get("title") if "found" in record else None)
    asked_of = one_line(named) if isinstance(named, str) else None
    note = record.get("note") if isinstance(record.get("note"), str) else ""
    if asked_of is not None:
        verdict = record.get("verdict")
        return _claim_cell(answer.question, asked_of, answer.quotes, answer.confidence, str(note), verdict)
    return ClaimedPart(
        question=answer.question,
        citations=answer.quotes,
        words=answer.words if answer.kind == "quotes" else answer.text,
        short=answer.short,
        probability=answer.confidence if answer.has_confidence else None,
        note=str(note),
        model=answer.model if answer.written else None,
    )


def _claim_cell(
    question: str, asked_of: str, quotes: tuple[Citation, ...], confidence: float, note: str, verdict: object
) -> ClaimedPart:
    """A cell of a table; quotes that somebody rejected do not go out as what the interview has."""
    rejected = verdict == "rejected"
    return ClaimedPart(
        question=question,
        citations=() if rejected else quotes,
        asked_of=asked_of,
        words=_REJECTED if rejected else "" if quotes else f"{NOTHING_FOUND.capitalize()}.",
        probability=confidence,
        note=note,
    )


def check_claims(
    parts: Sequence[ClaimedPart],
    view: PassageView,
    *,
    template: str = DEFAULT_CITATION,
    references: Mapping[str, Reference] | None = None,
) -> ExportedAnswers:
    """The parts with every quote read anew from the source; one that has only moved is cited where it stands now.

    :param template: of the line that cites a quote, see `check_template`.
    :param references: what is known of the interviews, by document.
    :raises ExportInvalid: when there is nothing to export, a quote no longer holds, or the template cannot be.
    """
    check_template(template)
    if not parts:
        raise ExportInvalid("there are no answers to export; ask first")
    kept = tuple(_leave_out(part, view) for part in parts)
    left_out = sum(len(part.citations) for part in parts) - sum(len(part.citations) for part in kept)
    parts = kept
    claimed = [(part, citation) for part in parts for citation in part.citations]
    if len(claimed) > MAX_QUOTES:
        raise ExportInvalid(f"there are {len(claimed):,} quotes, at most {MAX_QUOTES:,} are exported at once")
    findings = verify([citation for _, citation in claimed], view)
    _require_all_hold(findings)
    documents = {doc_id: view.document(doc_id) for doc_id in dict.fromkeys(claim.doc_id for _, claim in claimed)}
    known = {doc_id: find_reference(document, references or {}) for doc_id, document in documents.items()}
    numbered = enumerate(findings, start=1)
    exported = tuple(_export(part, numbered, documents, known, template) for part in parts)
    return ExportedAnswers(exported, documents, known, datetime.now(UTC).replace(microsecond=0), left_out)


def _leave_out(part: ClaimedPart, view: PassageView) -> ClaimedPart:
    """The part without the quotes that must not be exported, nor the words that rest on them."""
    kept = tuple(citation for citation in part.citations if _may_export(citation.doc_id, view))
    left_out = len(part.citations) - len(kept)
    if not left_out:
        return part
    return replace(part, citations=kept, words=f"{explain_left_out(left_out).capitalize()}.", short=None, model=None)


def leave_out(answer: AnswerRecord, view: PassageView) -> AnswerRecord:
    """The answer without the quotes and passages that must not be exported, nor the words that rest on them."""
    passages = tuple(passage for passage in answer.passages if _may_export(passage.doc_id, view))
    quotes = tuple(quote for quote in answer.quotes if _may_export(quote.doc_id, view))
    answer = replace(answer, passages=passages)
    if len(quotes) == len(answer.quotes):
        return answer
    return AnswerRecord(
        question=answer.question,
        standalone_question=answer.standalone_question,
        kind="quotes" if quotes else "words",
        lead=f"{explain_left_out(len(answer.quotes) - len(quotes)).capitalize()}.",
        quotes=quotes,
        confidence=answer.confidence,
        has_confidence=answer.has_confidence,
        passages=passages,
    )


def _may_export(doc_id: str, view: PassageView) -> bool:
    """Whether what the document says may be exported; one that is not there is refused later, with its reason."""
    try:
        return view.document(doc_id).may_export
    except DocumentNotFound:
        return True


def _require_all_hold(findings: Sequence[Finding]) -> None:
    broken = [finding for finding in findings if not finding.holds]
    if not broken:
        return
    citation, why = broken[0].citation, "; ".join(broken[0].differences) or broken[0].verdict
    raise ExportInvalid(
        f"nothing is exported: {len(broken)} of {len(findings)} quotes no longer hold, the first is "
        f"“{one_line(citation.text, 60)}” in {one_line(citation.doc_id, 60)} ({one_line(why, 120)}); "
        "ask again, or see with ontherecord verify what became of each"
    )


def _export(
    part: ClaimedPart,
    numbered: Iterator[tuple[int, Finding]],
    documents: Mapping[str, Document],
    known: Mapping[str, Reference],
    template: str,
) -> ExportedPart:
    quotes = []
    for citation in part.citations:
        number, finding = next(numbered)
        quote = _quote_now(citation, finding, documents[citation.doc_id])
        times = _find_times(documents[quote.doc_id], quote)
        line = cite(template, values_of(quote, known[quote.doc_id], *times))
        quotes.append(
            ExportedQuote(number, part.question, part.asked_of, quote, *times, part.probability, part.note, line)
        )
    return ExportedPart(
        question=part.question,
        asked_of=part.asked_of,
        words=part.words,
        short=part.short,
        probability=part.probability,
        note=part.note,
        model=part.model,
        quotes=tuple(quotes),
    )


def _quote_now(citation: Citation, finding: Finding, document: Document) -> Quote:
    assert finding.start is not None  # else it would not hold
    assert finding.end is not None
    return Quote.from_span(document, finding.start, finding.end, score=citation.score)


def _find_times(document: Document, quote: Quote) -> tuple[int | None, int | None]:
    """From when to when the quote is said, where words or captions have times; else its turn, until the next one."""
    try:
        times = quote_times(document, quote.start, quote.end)
    except ValueError:  # the track is damaged, as a check of the index says; the turn has a time of its own
        times = None
    if times is not None and times.how != "interpolated":
        return times.start_ms, times.end_ms
    later = (turn.start_ms for turn in document.turns[quote.turn + 1 :] if turn.start_ms is not None)
    begins = quote.start_ms
    return begins, None if begins is None else next((start_ms for start_ms in later if start_ms > begins), None)
