"""Answers with a language model beside the extractive ones, on question sets: what is gained, what is dropped.

`python -m tests.bench.written SET… --llm URL` asks a server that runs; `--small` starts SmolLM2 (development group).
Every question is a line in `--out`, so that a run that is interrupted goes on where it was. A reply can take
longer than the usual two minutes on a busy machine: set `$ONTHERECORD_LLM_TIMEOUT`.
"""

import argparse
import contextlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from corpus import Document
from index import SentenceEmbedder, build_index, list_documents
from index.cli import progress_line, show
from qa import QA, Answer, Quote, WriterSettings, open_writer
from qa.evaluation.evaluate import OF_FIRST
from qa.evaluation.metrics import hits
from qa.evaluation.questions import GoldQuestion, QuestionSet, load_question_set
from qa.evaluation.table import format_rows
from qa.generation.capability_probe import find_capability
from qa.generation.writer_settings import add_llm_arguments, read_settings
from tests.small_model import find_small_model, llama_server


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one question; `right` is whether one of the first three quotes hits gold, `right_first` the first.

    A wrong speaker is one that is not that of the turn in which the quote's place lies. `text` is what was shown.
    """

    question_set: str
    question_id: str
    answerable: bool
    plain_right: bool
    plain_right_first: bool
    plain_abstained: bool
    right: bool
    right_first: bool
    abstained: bool
    path: str
    sentences: int
    dropped: dict[str, int]
    notice: str | None
    violations: int
    wrong_speakers: int
    milliseconds: float
    text: str


def main() -> None:
    """Measure, and print a table."""
    arguments = _make_parser().parse_args()
    out: Path = arguments.out
    done = [Row(**json.loads(line)) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []
    embedder = SentenceEmbedder()
    with _settings(arguments) as settings:
        settings = _find_out(settings)
        show(f"{settings.model}: way {settings.way}, {settings.decides} decides")
        for folder in arguments.sets:
            questions = load_question_set(folder, split=arguments.split, limit=arguments.limit)
            known = {row.question_id for row in done if row.question_set == questions.name}
            left = [gold for gold in questions.questions if gold.question_id not in known]
            with out.open("a", encoding="utf-8") as file:
                for row in _measure(replace(questions, questions=tuple(left)), settings, embedder):
                    done.append(row)
                    file.write(json.dumps(asdict(row)) + "\n")
                    file.flush()
    names = [folder.name for folder in arguments.sets]
    show(format_table({name: [row for row in done if row.question_set == name] for name in names}))


def _find_out(settings: WriterSettings) -> WriterSettings:
    writer = open_writer(settings)
    capability = find_capability(writer)
    found = replace(settings, model=writer.model, way=capability.way)
    return replace(found, decides="model" if capability.decides else "reader")


def _measure(questions: QuestionSet, settings: WriterSettings, embedder: SentenceEmbedder) -> Iterator[Row]:
    progress = progress_line(f"questions of {questions.name}")
    with tempfile.TemporaryDirectory() as folder:
        build_index(questions.documents.values(), folder, embedder=embedder)
        plain = QA.open(folder, embedder=embedder)
        qa = plain.with_writer(open_writer(settings))
        indexed = {info.sha256: info.doc_id for info in list_documents(plain.store)}
        for number, gold in enumerate(questions.questions, start=1):
            document = questions.documents[gold.doc_id]
            history = [{"role": "user", "content": question} for question in gold.history]
            doc_ids = [indexed[document.sha256]]
            before = plain.answer(gold.question, history=history, doc_ids=doc_ids)
            after = qa.answer(gold.question, history=history, doc_ids=doc_ids)
            yield _compare(questions.name, gold, document, before, after)
            progress(number, len(questions.questions))


def _compare(name: str, gold: GoldQuestion, document: Document, plain: Answer, answer: Answer) -> Row:
    right, plain_right = _hits(answer, gold), _hits(plain, gold)
    return Row(
        question_set=name,
        question_id=gold.question_id,
        answerable=gold.answerable,
        plain_right=any(plain_right),
        plain_right_first=bool(plain_right and plain_right[0]),
        plain_abstained=plain.abstained,
        right=any(right),
        right_first=bool(right and right[0]),
        abstained=answer.abstained,
        path=answer.route,
        sentences=len(answer.written),
        dropped=dict(answer.dropped),
        notice=answer.notice,
        violations=sum(document.text[quote.start : quote.end] != quote.text for quote in answer.quotes),
        wrong_speakers=sum(_find_speaker(document, quote) != quote.speaker for quote in answer.quotes),
        milliseconds=answer.timings_ms["total"],
        text=answer.text,
    )


def _hits(answer: Answer, gold: GoldQuestion) -> list[bool]:
    # A model may quote more than the extractive path, which so must not gain by that.
    return [hits(quote.start, quote.end, gold.spans) for quote in answer.quotes[:OF_FIRST]]


def _find_speaker(document: Document, quote: Quote) -> str | None:
    turn = document.turn_at(quote.start, quote.end)
    return None if turn is None else document.turns[turn].speaker


def format_table(rows_by_set: dict[str, Sequence[Row]]) -> str:
    """A Markdown table: a column a set."""
    figures = {name: _figures(rows) for name, rows in rows_by_set.items() if rows}
    names = next(iter(figures.values()), {})
    return format_rows(["", *figures], [[name, *(of_set[name] for of_set in figures.values())] for name in names])


def _figures(rows: Sequence[Row]) -> dict[str, str]:
    answerable = [row for row in rows if row.answerable]
    others = [row for row in rows if not row.answerable]
    dropped = sum((Counter(row.dropped) for row in rows), Counter[str]())
    return {
        "questions (unanswerable)": f"{len(rows)} ({len(others)})",
        "right and answered, extractive": _share([row.plain_right_first for row in answerable]),
        "right and answered, with the model": _share([row.right_first for row in answerable]),
        "gained, lost": f"{sum(row.right_first > row.plain_right_first for row in answerable)}, "
        f"{sum(row.right_first < row.plain_right_first for row in answerable)}",
        "right among the first three, extractive": _share([row.plain_right for row in answerable]),
        "right among the first three, with the model": _share([row.right for row in answerable]),
        "unanswerable refused, extractive": _share([row.plain_abstained for row in others]),
        "unanswerable refused, with the model": _share([row.abstained for row in others]),
        "answers phrased": _share([row.path == "written" for row in rows]),
        "fell back with a notice": _share([row.notice is not None for row in rows]),
        "sentences shown": str(sum(row.sentences for row in rows)),
        "sentences dropped": ", ".join(f"{reason} {count}" for reason, count in dropped.most_common()) or "0",
        "quotes that are not the source's": str(sum(row.violations for row in rows)),
        "wrong speakers on quotes": str(sum(row.wrong_speakers for row in rows)),
        "median seconds": f"{sorted(row.milliseconds for row in rows)[len(rows) // 2] / 1000:.1f}",
    }


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values)}/{len(values)} ({sum(values) / len(values):.2f})" if values else "–"


@contextlib.contextmanager
def _settings(arguments: argparse.Namespace) -> Iterator[WriterSettings]:
    weights = find_small_model() if arguments.small else arguments.weights
    if weights is not None:
        with llama_server(weights, context_tokens=arguments.context, threads=arguments.threads) as url:
            yield replace(_read(arguments, url), model=weights.stem)
    else:
        yield _read(arguments, arguments.llm)


def _read(arguments: argparse.Namespace, url: str | None) -> WriterSettings:
    settings = read_settings(os.environ, url=url, model=arguments.model)
    if settings is None:
        raise SystemExit("name a server with --llm, a GGUF file with --weights, or say --small")
    return replace(settings, reply_tokens=arguments.reply_tokens)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.written")
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--split")
    parser.add_argument("--limit", type=int)
    parser.add_argument(
        "--out", type=Path, required=True, help="a JSON line a question; what is there is not done again"
    )
    parser.add_argument("--small", action="store_true", help="start SmolLM2-135M on this machine")
    parser.add_argument("--weights", type=Path, help="start this GGUF file on this machine")
    parser.add_argument("--context", type=int, default=8192, help="the window of the model that is started")
    parser.add_argument("--reply-tokens", type=int, default=160)
    parser.add_argument(
        "--threads",
        type=int,
        default=2,
        help="threads of the model that is started; more than there are idle cores make it far slower",
    )
    add_llm_arguments(parser)
    return parser


if __name__ == "__main__":
    main()
