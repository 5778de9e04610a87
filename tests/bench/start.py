"""What it takes to begin: `python -m tests.bench.start [--runs 5] [--save]`.

Each run is a new process that asks the bundled interview, of which the index is built: at the command line until the
answer is printed, with the small reader (`--fast`) and with the best one; and the chat until it listens, from then
until a first page is there, and until a question is answered. Then the memory of the server, whose models are all
loaded (Linux). One run more than are counted comes first. Prints Markdown.
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gradio_client import Client

from corpus import bundled_interview
from index import SentenceEmbedder, build_index
from tests.bench.result_files import add_save_argument, save_result
from tests.bench.table_layouts import LAYOUTS
from tests.bench.whole_reader import open_whole_reader

QUESTION = "When will the port be inaugurated?"
_LISTENS_WITHIN_S = 120
ASK = "`ontherecord ask` in a new process, index built, to the printed answer"
FAST = "the same with `--fast`"
LISTENS = "`ontherecord chat`, from the start until the server listens"
PAGE = "the page's first content, after the server listens"
ANSWER = "the first answer over the server, after that"
MEMORY = "memory of the server after it, MB"


def measure(index: Path, runs: int) -> list[dict[str, Any]]:
    """What is measured, each with the median of `runs` processes and the least and the most."""
    asking = {ASK: _measure_times(lambda: _ask(index), runs), FAST: _measure_times(lambda: _ask(index, "--fast"), runs)}
    served = [_serve(index) for _ in range(runs)]
    serving = {name: [figures[name] for figures in served] for name in (LISTENS, PAGE, ANSWER, MEMORY)}
    return [
        {
            "what": name,
            "seconds": round(statistics.median(values), 2),
            "from": round(min(values), 2),
            "to": round(max(values), 2),
            "runs": runs,
        }
        for name, values in {**asking, **serving}.items()
    ]


def _measure_times(call: Callable[[], object], runs: int) -> list[float]:
    call()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return times


def _ask(index: Path, *options: str) -> None:
    program = Path(sys.executable).with_name("ontherecord")
    subprocess.run([program, "ask", QUESTION, "--index", str(index), *options], check=True, stdout=subprocess.DEVNULL)


def _serve(index: Path) -> dict[str, float]:
    port = _find_port()
    started = time.perf_counter()
    command = [sys.executable, "-m", "ui", "--index", str(index), "--port", str(port)]
    with tempfile.TemporaryDirectory() as feedback, subprocess.Popen([*command, "--feedback", feedback]) as server:
        try:
            listening = _wait_for(port) - started
            asked = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                page.read()
            shown = time.perf_counter() - asked
            client = Client(f"http://127.0.0.1:{port}", verbose=False)
            asked = time.perf_counter()
            client.predict(QUESTION, api_name="/answer")
            answered = time.perf_counter() - asked
            memory = _read_memory(server.pid)
        finally:
            server.terminate()
    return {LISTENS: listening, PAGE: shown, ANSWER: answered, MEMORY: memory}


def _find_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> float:
    """When something listens there; asked every hundredth of a second."""
    until = time.perf_counter() + _LISTENS_WITHIN_S
    while time.perf_counter() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return time.perf_counter()
        time.sleep(0.01)
    raise TimeoutError(f"nothing listens on port {port} after {_LISTENS_WITHIN_S} seconds")


def _read_memory(process: int) -> float:
    """What is resident, in MB; only Linux says so here."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.start", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    add_save_argument(parser)
    given = parser.parse_args(arguments)
    embedder = SentenceEmbedder()
    open_whole_reader(parser, embedder, fast=False)  # it is made at the first start, which is not measured here
    with tempfile.TemporaryDirectory() as folder:
        build_index([bundled_interview()], folder, embedder=embedder)
        figures = measure(Path(folder), given.runs)
    sys.stdout.write(f"{LAYOUTS['start'].make(figures)}\n")
    if given.save:
        sys.stdout.write(f"{save_result('start', figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
