"""What an index costs by its size: `python -m tests.bench.index_sizes [--sizes 10000 100000 1000000] [--update]`.

The passages are those of the bundled interview and of tests/eval, again and again with a number behind them; their
embeddings are the real ones with seeded noise, so that no two are the same. The questions are those of tests/eval, and
recall@10 is against all cosines with the embeddings that are stored. Each size is built in a process of its own and
asked in another. Prints a table in Markdown; with `--save` the figures are kept.
"""

import argparse
import functools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from corpus import Document, Passage, Turn, bundled_interview, cut_passages, load
from corpus.passages import name_passage
from index import (
    DEFAULT_EMBEDDER,
    EVERYWHERE,
    Entry,
    FloatArray,
    SentenceEmbedder,
    SqliteStore,
    build_index,
    content_words,
    update_index,
)
from index.embedding.process_pool import embed_in_processes, make_embedder
from index.sqlite.faiss_index import TrueBest
from qa.evaluation.table import format_rows
from tests.bench.result_files import add_save_argument, save_result

_EVAL = Path(__file__).parent.parent / "eval"
_SEED = 6
# Noise of this length on a vector of length 1: a cosine of 0.82 to the passage that it was made of.
_NOISE = 0.7
_PER_DOCUMENT = 100
# The columns of the table: the key of the figures, the heading, and how they are written.
COLUMNS = {
    "passages": ("passages", "{:,}"),
    "stored_a_second": ("stored a second", "{:,.0f}"),
    "build_more_mb": ("more memory to build", "{:,.0f} MB"),
    "catalog_mb": ("catalog", "{:,.0f} MB"),
    "vectors_mb": ("vectors", "{:,.0f} MB"),
    "open_s": ("first query", "{:.2f} s"),
    "nearest_ms": ("nearest, median", "{:.1f} ms"),
    "matching_ms": ("matching by words, median", "{:.1f} ms"),
    "matching_p95_ms": ("95th percentile", "{:.1f} ms"),
    "read_mb": ("memory to read", "{:,.0f} MB"),
    "recall_at_10": ("recall@10", "{:.3f}"),
}


def main() -> int:
    """Measure what the command line names."""
    arguments = _parse()
    if arguments.build is not None:
        return _answer(_build(arguments.build, arguments.size, arguments.material))
    if arguments.ask is not None:
        return _answer(_ask(arguments.ask, arguments.material))
    with tempfile.TemporaryDirectory() as scratch:
        material = Path(scratch) / "material.npz"
        figures: dict[str, object] = {"embedding": prepare(material)}
        sizes = [_measure(size, Path(scratch), material) for size in arguments.sizes]
        figures["sizes"] = sizes
        _write(_format(sizes))
        if arguments.update:
            figures["update"] = _measure_update(Path(scratch))
    _write(json.dumps({key: figures[key] for key in figures if key != "sizes"}, indent=2))
    if arguments.save:
        save_result("index-sizes", figures)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.index_sizes", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000], metavar="PASSAGES")
    parser.add_argument("--update", action="store_true", help="also: one document changed among a thousand")
    add_save_argument(parser)
    for name, kind in (("--build", Path), ("--ask", Path), ("--material", Path), ("--size", int)):
        parser.add_argument(name, type=kind, help=argparse.SUPPRESS)
    return parser.parse_args()


def prepare(material: Path) -> dict[str, float]:
    """Embed the real passages and questions into the file `material`; passages a second, by one process and by two."""
    embedder = SentenceEmbedder()
    documents = [bundled_interview(), *(load(path) for path in sorted(_EVAL.glob("[0-9]*")))]
    texts = [
        document.text[passage.start : passage.end]
        for document in documents
        for passage in cut_passages(document, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens)
    ]
    lines = (_EVAL / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [str(json.loads(line)["question"]) for line in lines]
    asked = np.stack([embedder.embed_question(question) for question in questions])
    started = time.perf_counter()
    embeddings = embedder.embed_passages(texts)
    one = time.perf_counter() - started
    started = time.perf_counter()
    embed_in_processes(functools.partial(make_embedder, DEFAULT_EMBEDDER), texts, 2)
    two = time.perf_counter() - started
    np.savez(material, texts=texts, embeddings=embeddings, questions=questions, asked=asked)
    return {"passages": len(texts), "a second": len(texts) / one, "a second, by two processes": len(texts) / two}


def _measure(size: int, scratch: Path, material: Path) -> dict[str, float]:
    folder = scratch / f"{size}"
    built = _run("--build", folder, "--size", size, "--material", material)
    return {"passages": size, **built, **_run("--ask", folder, "--material", material)}


def _run(*arguments: object) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.index_sizes", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _build(folder: Path, size: int, material: Path) -> dict[str, float]:
    with np.load(material) as stored:
        texts, embeddings = stored["texts"].tolist(), stored["embeddings"]
    entries = list(make_entries(texts, embeddings, size))
    before = _peak_mb()
    started = time.perf_counter()
    SqliteStore(folder).write(entries, remove=(), identity=SentenceEmbedder().identity)
    seconds = time.perf_counter() - started
    bytes_by_kind = {
        "catalog_mb": sum(path.stat().st_size for path in folder.glob("catalog*")) / 1e6,
        "vectors_mb": sum(path.stat().st_size for path in folder.glob("vectors*")) / 1e6,
    }
    return {"stored_a_second": size / seconds, "build_more_mb": _peak_mb() - before, **bytes_by_kind}


def make_entries(texts: list[str], embeddings: FloatArray, size: int) -> Iterator[Entry]:
    rng = np.random.default_rng(_SEED)
    for start in range(0, size, _PER_DOCUMENT):
        places = [number % len(texts) for number in range(start, min(start + _PER_DOCUMENT, size))]
        noise = rng.standard_normal((len(places), embeddings.shape[1])) * (_NOISE / np.sqrt(embeddings.shape[1]))
        noisy = embeddings[places] + noise
        doc_id = f"document-{start}"
        lines = [f"{texts[place]} {start + number}" for number, place in enumerate(places)]
        text = "\n".join(lines)
        ends = np.cumsum([len(line) + 1 for line in lines]) - 1
        spans = [(int(end) - len(line), int(end)) for line, end in zip(lines, ends, strict=True)]
        document = Document.from_turns(text, (Turn(None, 0, len(text), "narration"),), doc_id=doc_id)
        passages = tuple(Passage(name_passage(doc_id, *span), doc_id, *span, 0, None, None) for span in spans)
        unit = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        yield Entry(document, passages, unit.astype(np.float32))


def _ask(folder: Path, material: Path) -> dict[str, float]:
    with np.load(material) as stored:
        questions, asked = stored["questions"].tolist(), stored["asked"]
    store = SqliteStore(folder)
    started = time.perf_counter()
    with store.reading() as view:
        view.nearest(asked[0], 10, EVERYWHERE)
    first = time.perf_counter() - started
    nearest, matching, found = [], [], []
    for question, embedding in zip(questions, asked, strict=True):
        with store.reading() as view:
            started = time.perf_counter()
            found.append([passage.passage_id for passage, _ in view.nearest(embedding, 10, EVERYWHERE)])
            nearest.append(time.perf_counter() - started)
            started = time.perf_counter()
            view.matching(content_words(question), 50, EVERYWHERE)
            matching.append(time.perf_counter() - started)
    memory = _peak_mb()
    with store.reading_catalog() as catalog:
        best = TrueBest(asked, 10)
        for rows, embeddings in catalog.embedding_batches():
            best.add(rows, embeddings)
        true = [{passage.passage_id for passage in catalog.passages(rows.tolist())} for rows in best.rows]
    return {
        "open_s": first,
        "nearest_ms": 1000 * statistics.median(nearest),
        "matching_ms": 1000 * statistics.median(matching),
        "matching_p95_ms": 1000 * statistics.quantiles(matching, n=20)[-1],
        "read_mb": memory,
        "recall_at_10": statistics.mean(len(set(ids) & some) / 10 for ids, some in zip(found, true, strict=True)),
    }


def _measure_update(scratch: Path) -> dict[str, float]:
    """Seconds for a full build of a thousand documents and for one of them changed, and how many times less that is."""
    talks = [
        Document.from_text("\n\n".join(_say(number, line) for line in range(10)), doc_id=f"talk-{number}")
        for number in range(1000)
    ]
    embedder = SentenceEmbedder()
    embedder.embed_question("loaded")
    full = build_index(talks, scratch / "update", embedder=embedder)
    changed = [*talks[:500], Document.from_text(_say(5000, 0), doc_id="talk-500"), *talks[501:]]
    one = update_index(changed, scratch / "update", embedder=embedder)
    return {
        "build_s": full.seconds,
        "update_s": one.seconds,
        "embedded": one.passage_count,
        "build_by_update": full.seconds / one.seconds,
    }


def _say(number: int, line: int) -> str:
    name = "Ann" if line % 2 == 0 else "Bob"
    return f"{name}: In the year {1000 + number} the harvest of field {line} was brought in by {number % 37} people."


def _format(sizes: list[dict[str, float]]) -> str:
    """The figures as a Markdown table; between two sizes stands how many times as much the larger takes."""
    rows = []
    for before, one in zip([None, *sizes], sizes, strict=False):
        if before is not None:
            rows.append([_format_ratio(before[key], one[key]) for key in COLUMNS])
        rows.append([form.format(one[key]) for key, (_, form) in COLUMNS.items()])
    return format_rows([name for name, _ in COLUMNS.values()], rows)


def _format_ratio(before: float, after: float) -> str:
    return f"×{after / before:.2g}" if before else ""


def _peak_mb() -> float:
    """The most memory that this program has had, in megabytes; the usual call counts also what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e3


def _answer(figures: dict[str, float]) -> int:
    _write(json.dumps(figures))
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
