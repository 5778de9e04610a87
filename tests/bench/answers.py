"""How good answers are: `python -m tests.bench.answers NAME=FOLDER[:SPLIT]… [--cross-encoder FOLDER] [--save]`.

Every set is asked as by `ontherecord eval`. With `--cross-encoder`, also of a bare one: `model.onnx` and
`tokenizer.json` of ms-marco-MiniLM-L-12-v2, say, over the 20 sentences nearest by the cosine of all-MiniLM-L6-v2, with
nothing on top; with `--cosine MODEL` also of that embedding model alone; with `--both` also of the small reader alone.
`--save` keeps the figures as `tests/bench/results/NAME-COMMIT.json` after each set, so that a stopped run leaves
what it has.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from index import Embedder, Scope, SentenceEmbedder, SqliteStore, build_index, list_documents
from index.cli import progress_line, say
from qa import open_reader
from qa.evaluation.evaluate import Outcome, evaluate, summarize, summarize_parts
from qa.evaluation.metrics import area_under_curve, hits
from qa.evaluation.questions import QuestionSet, load_question_set
from tests.bench.result_files import add_save_argument, save_result
from tests.bench.whole_reader import open_whole_reader

PUBLISHED = "all-MiniLM-L6-v2"
NEAREST = 20
# What is told of a system beside ours.
OF_OTHERS = ("best", "of three", "area under curve", "right and answered", "refused")
MAX_TOKENS = 512
ROWS = 10


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A set of questions under the name that tables give it."""

    name: str
    folder: Path
    split: str | None

    @classmethod
    def parse(cls, text: str) -> "NamedSet":
        """`NAME=FOLDER` or `NAME=FOLDER:SPLIT`."""
        name, equals, place = text.partition("=")
        folder, _, split = place.partition(":")
        if not (equals and name and folder):
            raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=FOLDER or NAME=FOLDER:SPLIT")
        return cls(name, Path(folder), split or None)


class CrossEncoder:
    """A model that scores a question and a text together, in an ONNX file."""

    def __init__(self, folder: Path) -> None:
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
        self._takes = {given.name for given in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Higher is better."""
        scores: list[float] = []
        for start in range(0, len(texts), ROWS):
            encoded = self._tokenizer.encode_batch([(question, text) for text in texts[start : start + ROWS]])
            given = {
                "input_ids": [each.ids for each in encoded],
                "attention_mask": [each.attention_mask for each in encoded],
                "token_type_ids": [each.type_ids for each in encoded],
            }
            feed = {name: np.array(rows, dtype=np.int64) for name, rows in given.items() if name in self._takes}
            scores += np.asarray(self._session.run(None, feed)[0])[:, 0].tolist()
        return scores


def rank_by_cross_encoder(questions: QuestionSet, encoder: CrossEncoder) -> dict[str, float | None]:
    """What it puts first and among three, follow-ups in words that stand alone, and how its best scores part."""
    return _rank(questions, SentenceEmbedder(PUBLISHED), encoder.score)


def rank_by_cosine(questions: QuestionSet, model: str) -> dict[str, float | None]:
    """The same by an embedding model."""
    return _rank(questions, SentenceEmbedder(model), None)


def _rank(
    questions: QuestionSet, embedder: Embedder, score: Callable[[str, Sequence[str]], list[float]] | None
) -> dict[str, float | None]:
    """The same of the sentences nearest by `embedder`, in its order unless something scores them."""
    first, three = [], []
    best: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        build_index(questions.documents.values(), folder, embedder=embedder)
        store = SqliteStore(folder)
        indexed = {info.sha256: info.doc_id for info in list_documents(store)}
        for gold in questions.questions:
            document = questions.documents[gold.doc_id]
            asked = gold.standalone or gold.question
            with store.reading() as view:
                scope = Scope(doc_ids=frozenset({indexed[document.sha256]}))
                found = view.nearest(embedder.embed_question(asked), NEAREST, scope)
            nearest = [passage for passage, _ in found]
            texts = [document.text[each.start : each.end] for each in nearest]
            scores = [cosine for _, cosine in found] if score is None else score(asked, texts)
            order = sorted(range(len(nearest)), key=lambda place: -scores[place])
            best[gold.answerable].append(max(scores))
            if gold.spans:
                right = [hits(nearest[place].start, nearest[place].end, gold.spans) for place in order[:3]]
                first.append(right[0])
                three.append(any(right))
    return {
        "best": float(np.mean(first)) if first else None,
        "of three": float(np.mean(three)) if three else None,
        "area under curve": area_under_curve(best[True], best[False]),
    }


def figures_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Those of a set, to three digits, and of its kinds and styles."""
    figures: dict[str, Any] = {name: _round(value) for name, value in summarize(outcomes).items()}
    figures["unanswerable"] = sum(not outcome.gold.answerable for outcome in outcomes)
    figures["parts"] = {
        part: {name: _round(value) for name, value in values.items()}
        for part, values in summarize_parts(outcomes).items()
    }
    return figures


def _round(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, 3)


def main() -> None:
    """Ask all sets, print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=NamedSet.parse, metavar="NAME=FOLDER[:SPLIT]")
    parser.add_argument("--limit", type=int, metavar="N", help="only N questions a set, spread evenly")
    parser.add_argument("--fast", action="store_true", help="the small reader alone")
    parser.add_argument("--cross-encoder", type=Path, metavar="FOLDER")
    parser.add_argument("--cosine", action="append", default=[], metavar="MODEL", help="an embedding model, by name")
    parser.add_argument("--both", action="store_true", help="also the small reader alone")
    parser.add_argument("--name", default="answers", help="what the result is called (default: %(default)s)")
    parser.add_argument("--note", help="what the sets are, for the reader of the tables")
    add_save_argument(parser)
    arguments = parser.parse_args()
    embedder = SentenceEmbedder()
    reader = open_whole_reader(parser, embedder, fast=arguments.fast)
    encoder = CrossEncoder(arguments.cross_encoder) if arguments.cross_encoder else None
    figures: dict[str, Any] = {}
    for each in arguments.sets:
        questions = load_question_set(each.folder, split=each.split, limit=arguments.limit)
        outcomes = evaluate(questions, embedder, reader, progress_line(f"questions of {each.name}"))
        figures[each.name] = figures_of(outcomes)
        others: dict[str, dict[str, float | None]] = {}
        for model in arguments.cosine:
            others[Path(model).name] = rank_by_cosine(questions, model)
        if encoder is not None:
            others["cross-encoder"] = rank_by_cross_encoder(questions, encoder)
        if arguments.both:
            small = evaluate(questions, embedder, open_reader(embedder, fast=True), progress_line("the same, fast"))
            others["small reader"] = {name: value for name, value in summarize(small).items() if name in OF_OTHERS}
        figures[each.name]["others"] = {
            name: {figure: _round(value) for figure, value in one.items()} for name, one in others.items()
        }
        if arguments.save:
            say(str(save_result(arguments.name, figures, note=arguments.note)))
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
