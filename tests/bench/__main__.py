"""All that is measured of speed, one after the other: `python -m tests.bench DATA --peers FOLDER`.

DATA is a folder with the sets `interviews` and `qmsum`, FOLDER as for `tests.bench.peers`. Each benchmark is a process
of its own on a machine that does nothing else meanwhile; what it measured is kept in `tests/bench/results`, from which
`python -m tests.bench.tables` makes the tables of the documents. To measure only some of them: `--only NAME…`.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from index.cli import say

ROOT = Path(__file__).parent.parent.parent


def list_benchmarks(data: Path, peers: Path) -> dict[str, list[str]]:
    """The arguments of each, by its name."""
    interviews = str(data / "interviews")
    return {
        "answer_time": [],
        "start": [],
        "listing": [],
        "collection": [interviews],
        "each": [interviews],
        "index_sizes": ["--update"],
        "chat_load": [],
        "milvus": [],
        "peers": [str(data / "qmsum"), "--peers", str(peers), "--picture", str(ROOT / "ui" / "assets" / "peers.svg")],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; the exit status is how many failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--peers", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    given = parser.parse_args(arguments)
    benchmarks = list_benchmarks(given.data.resolve(), given.peers.resolve())
    chosen = given.only or list(benchmarks)
    if unknown := sorted(set(chosen) - set(benchmarks)):
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(benchmarks)}")
    failed = 0
    for name in chosen:
        say(f"{name} …")
        done = subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *benchmarks[name], "--save"], cwd=ROOT)
        failed += done.returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
