"""Measuring a `QA` on question sets, beside the two plain ways of finding a sentence."""

import statistics
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus import Document
from index import Embedder, Progress, Scope, build_index, content_words, list_documents
from qa.answers import Quote
from qa.evaluation.metrics import area_under_curve, calibration_error, exact_match, hits, paired_bootstrap, token_f1
from qa.evaluation.questions import GoldQuestion, QuestionSet
from qa.evaluation.table import format_rows
from qa.pipeline import QA
from qa.reading.reader import Reader

OF_FIRST = 3
NARRATION = "narration"
# What is told of the questions of each kind and style.
OF_PARTS = (
    *("questions", "best", "of three", "items quoted", "all items quoted"),
    *("right and answered", "answered", "refused"),
)
MEDIAN_MS = "median ms"
# What an answer is timed by, in the order in which it happens.
STAGES = ("embed", "retrieve", "read", "compose")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question; `…_first` and `…_three`: whether the first, or one of the first three, hits gold."""

    gold: GoldQuestion
    ours_first: bool
    ours_three: bool
    cosine_first: bool
    cosine_three: bool
    bm25_first: bool
    bm25_three: bool
    abstained: bool
    confidence: float
    short_f1: float
    short_exact: float
    speaker_right: bool | None
    violations: int
    timings_ms: dict[str, float]
    rejected_again: bool
    items_quoted: float | None
    """The share of the items that a quote of the answer holds; None for a question without any."""
    standalone_first: bool | None
    """As `ours_first` for a follow-up asked in words that stand alone; None for any other question."""


def evaluate(
    questions: QuestionSet, embedder: Embedder, reader: Reader, progress: Progress | None = None
) -> list[Outcome]:
    """Ask every question of its own document only; the index is made for the set and thrown away.

    :param progress: called with how many questions are done, of how many.
    """
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        build_index(questions.documents.values(), folder, embedder=embedder)
        qa = QA.open(folder, embedder=embedder, reader=reader)
        # The same text under two names is one document of the index.
        indexed = {info.sha256: info.doc_id for info in list_documents(qa.store)}
        for done, gold in enumerate(questions.questions, start=1):
            document = questions.documents[gold.doc_id]
            outcomes.append(_ask(qa, gold, document, indexed[document.sha256], embedder))
            if progress is not None:
                progress(done, len(questions.questions))
    return outcomes


def _ask(qa: QA, gold: GoldQuestion, document: Document, doc_id: str, embedder: Embedder) -> Outcome:
    history = [{"role": "user", "content": question} for question in gold.history]
    findings = qa.find(gold.question, history=history, doc_ids=[doc_id])
    answer = qa.compose(gold.question, findings)
    # What would be quoted if it had to answer: finding is measured apart from abstaining.
    evidence = [(found.start, found.end) for found in findings.reading.evidence[:OF_FIRST]]
    with qa.store.reading() as view:
        scope = Scope(doc_ids=frozenset({doc_id}))
        nearest = view.nearest(embedder.embed_question(findings.standalone), OF_FIRST, scope)
        matching = view.matching(content_words(findings.standalone), OF_FIRST, scope)
    ours = _first_and_three(evidence, gold)
    cosine = _first_and_three([(passage.start, passage.end) for passage, _ in nearest], gold)
    bm25 = _first_and_three([(passage.start, passage.end) for passage, _ in matching], gold)
    right = gold.answers if gold.answerable else ()
    short = "" if answer.abstained else answer.short or answer.quotes[0].text
    return Outcome(
        gold=gold,
        ours_first=ours[0],
        ours_three=ours[1],
        cosine_first=cosine[0],
        cosine_three=cosine[1],
        bm25_first=bm25[0],
        bm25_three=bm25[1],
        abstained=answer.abstained,
        confidence=answer.confidence,
        short_f1=token_f1(short, right),
        short_exact=exact_match(short, right),
        speaker_right=_is_speaker_right(document, evidence[0], gold) if ours[0] and gold.speakers else None,
        violations=sum(document.text[quote.start : quote.end] != quote.text for quote in answer.quotes),
        timings_ms=dict(answer.timings_ms),
        rejected_again=any(hits(quote.start, quote.end, gold.rejected) for quote in answer.quotes),
        items_quoted=_mean(any(hits(quote.start, quote.end, item) for quote in answer.quotes) for item in gold.items),
        standalone_first=_is_right_alone(qa, gold, doc_id),
    )


def _is_right_alone(qa: QA, gold: GoldQuestion, doc_id: str) -> bool | None:
    if gold.standalone is None or not gold.spans:
        return None
    evidence = qa.find(gold.standalone, doc_ids=[doc_id]).reading.evidence[:1]
    return any(hits(found.start, found.end, gold.spans) for found in evidence)


def _first_and_three(spans: Sequence[tuple[int, int]], gold: GoldQuestion) -> tuple[bool, bool]:
    found = [hits(start, end, gold.spans) for start, end in spans[:OF_FIRST]]
    return (bool(found) and found[0], any(found))


def _is_speaker_right(document: Document, span: tuple[int, int], gold: GoldQuestion) -> bool:
    return (Quote.from_span(document, *span, score=0.0).speaker or NARRATION) in gold.speakers


def summarize(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """The figures of a set, in the order in which they are shown; None where a set has nothing to measure."""
    # What somebody judged wrong tells whether it is quoted again, and nothing of what would be right.
    rejected = [outcome.rejected_again for outcome in outcomes if outcome.gold.rejected]
    everything = outcomes
    outcomes = [outcome for outcome in outcomes if not outcome.gold.rejected]
    answerable = [outcome for outcome in outcomes if outcome.gold.answerable]
    placed = [outcome for outcome in answerable if outcome.gold.spans]
    unanswerable = [outcome for outcome in outcomes if not outcome.gold.answerable]
    follow_ups = [outcome for outcome in placed if outcome.standalone_first is not None]
    attributed = [outcome.speaker_right for outcome in placed if outcome.speaker_right is not None]
    answered = [outcome for outcome in outcomes if not outcome.abstained]
    items = [outcome.items_quoted for outcome in answerable if outcome.items_quoted is not None]
    low, high = (
        paired_bootstrap([o.ours_first for o in placed], [o.cosine_first for o in placed]) if placed else (None, None)
    )
    return {
        "questions": len(everything),
        "best": _mean(outcome.ours_first for outcome in placed),
        "of three": _mean(outcome.ours_three for outcome in placed),
        "cosine best": _mean(outcome.cosine_first for outcome in placed),
        "cosine of three": _mean(outcome.cosine_three for outcome in placed),
        "BM25 best": _mean(outcome.bm25_first for outcome in placed),
        "BM25 of three": _mean(outcome.bm25_three for outcome in placed),
        "best minus cosine, low": low,
        "best minus cosine, high": high,
        "short F1": _mean(outcome.short_f1 for outcome in outcomes),
        "short exact": _mean(outcome.short_exact for outcome in outcomes),
        "answered": _mean(not outcome.abstained for outcome in answerable),
        "right and answered": _mean(outcome.ours_first and not outcome.abstained for outcome in placed),
        "refused": _mean(outcome.abstained for outcome in unanswerable),
        "wrong among answered": _mean(not outcome.ours_first for outcome in answered),
        "area under curve": area_under_curve(
            [outcome.confidence for outcome in answerable], [outcome.confidence for outcome in unanswerable]
        ),
        "calibration error": calibration_error(
            [outcome.confidence for outcome in outcomes], [outcome.ours_first for outcome in outcomes]
        ),
        "speaker right": _mean(attributed),
        "items quoted": _mean(items),
        "all items quoted": _mean(share == 1.0 for share in items),
        "follow-ups best": _mean(outcome.ours_first for outcome in follow_ups),
        "follow-ups best, asked alone": _mean(bool(outcome.standalone_first) for outcome in follow_ups),
        "rejected quotes quoted again": _mean(rejected),
        "quote violations": sum(outcome.violations for outcome in everything),
        MEDIAN_MS: statistics.median(outcome.timings_ms["total"] for outcome in everything),
        **{
            f"{MEDIAN_MS}, {stage}": statistics.median(outcome.timings_ms[stage] for outcome in everything)
            for stage in STAGES
        },
    }


def summarize_parts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float | None]]:
    """The chief figures of the questions of each kind and each style that the set names."""
    parts: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for part in (outcome.gold.kind, outcome.gold.style):
            if part is not None:
                parts.setdefault(part, []).append(outcome)
    return {
        part: {name: figure for name, figure in summarize(parts[part]).items() if name in OF_PARTS}
        for part in sorted(parts)
    }


def format_table(figures: dict[str, dict[str, float | None]]) -> str:
    """A Markdown table: a row a figure, a column a set."""
    names = next(iter(figures.values()))
    rows = [[name, *(_format_figure(name, of_set[name]) for of_set in figures.values())] for name in names]
    return format_rows(["", *figures], rows)


def format_parts(parts: dict[str, dict[str, float | None]]) -> str:
    """A Markdown table: a row a kind or style of questions, a column a figure."""
    rows = [[part, *(_format_figure(name, figures[name]) for name in OF_PARTS)] for part, figures in parts.items()]
    return format_rows(["", *OF_PARTS], rows)


def _format_figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in {"questions", "quote violations", MEDIAN_MS}:
        return f"{value:.0f}"
    return f"{value:.1f}" if name.startswith(MEDIAN_MS) else f"{value:.3f}"


def _mean(values: Iterable[bool | float]) -> float | None:
    values = list(values)
    return sum(values) / len(values) if values else None
