"""How long reading transcripts takes: `python -m tests.bench.reading SOURCE [--rounds N]`, by hand.

SOURCE is a folder of transcripts, or a gzipped JSON Lines file whose rows have `id` and `text`. Prints one JSON object:
the best of the rounds in seconds of processor time, and what was read. Run it with the old and the new code in one run
to compare them.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from corpus import CorpusError, Document, load


def find_sources(source: Path) -> list[Callable[[], Document]]:
    """A loader for each transcript of a folder or of a file of rows."""
    if source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.is_file())
        return [partial(load, path) for path in files]
    with gzip.open(source, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [partial(Document.from_text, row["text"], doc_id=row["id"]) for row in rows]


def read_all(sources: list[Callable[[], Document]]) -> dict[str, float]:
    """Read everything once: processor seconds, documents, characters, turns, speakers and refusals."""
    counts = {"documents": 0, "characters": 0, "turns": 0, "speakers": 0, "refused": 0}
    started = time.process_time()
    for source in sources:
        try:
            document = source()
        except CorpusError:
            counts["refused"] += 1
            continue
        counts["documents"] += 1
        counts["characters"] += len(document.text)
        counts["turns"] += len(document.turns)
        counts["speakers"] += len(document.speakers)
    return {"seconds": round(time.process_time() - started, 3), **counts}


def main() -> None:
    """Read the sources some times and print the fastest round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    sources = find_sources(arguments.source)
    rounds = [read_all(sources) for _ in range(arguments.rounds)]
    sys.stdout.write(json.dumps(min(rounds, key=lambda counts: counts["seconds"])) + "\n")


if __name__ == "__main__":
    main()
