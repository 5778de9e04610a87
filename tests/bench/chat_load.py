"""`python -m tests.bench.chat_load`: many visitors ask the chat at once, each about a transcript of their own.

Serves the chat on the loopback interface with the real models, and gives as JSON how many answers there were, errors,
answers from another visitor's transcript (must be 0), and the median and 95th percentile of the waiting time. With
`--save` the figures are kept.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gradio_client import Client

from corpus import bundled_interview
from index import SentenceEmbedder, build_index
from qa import QA
from tests.bench.result_files import add_save_argument, save_result
from ui.app import build_app, launch

FRUITS = "apples pears plums cherries quinces medlars figs olives almonds walnuts".split()
REBUILD_TIMEOUT_S = 120


@dataclass(slots=True)
class Visit:
    """What one visitor met: milliseconds an answer, what went wrong, answers from somebody else's transcript."""

    waits_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed_up: int = 0


def main() -> int:
    """Run the visitors and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    add_save_argument(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embedder = SentenceEmbedder()
        build_index([bundled_interview()], Path(folder) / "index", embedder=embedder)
        qa = QA.open(Path(folder) / "index", embedder=embedder)
        qa.warm_up()
        app = build_app(qa, feedback=Path(folder) / "feedback")
        address = launch(app, qa)
        visits = run(address, arguments.visitors, arguments.seconds)
        app.close(verbose=False)
    figures = {"seconds": arguments.seconds, **summarize(visits)}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    if arguments.save:
        save_result("chat-load", figures)
    return 1 if figures["errors"] or figures["mixed_up"] else 0


def run(address: str, visitors: int, seconds: float) -> list[Visit]:
    """All visitors at once, each in a thread, until the time is over; they start together once all have uploaded."""
    visits = [Visit() for _ in range(visitors)]
    together = threading.Barrier(visitors)
    threads = [
        threading.Thread(target=_visit, args=(address, number, seconds, together, visit))
        for number, visit in enumerate(visits)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return visits


def _visit(address: str, number: int, seconds: float, together: threading.Barrier, visit: Visit) -> None:
    name = f"visitor-{number}"
    talk = "\n\n".join(
        f"Ann: How many {fruit} were there?\n\nBob: There were {number * 100 + place} {fruit} in the cellar."
        for place, fruit in enumerate(FRUITS)
    )
    try:
        client = Client(address, verbose=False)
        client.predict({name: talk}, api_name="/rebuild")
        together.wait(REBUILD_TIMEOUT_S)
        end = time.monotonic() + seconds
        asked = 0
        while time.monotonic() < end:
            fruit = FRUITS[asked % len(FRUITS)]
            started = time.perf_counter()
            answer = client.predict(f"How many {fruit} were in the cellar?", api_name="/answer")
            visit.waits_ms.append((time.perf_counter() - started) * 1000)
            visit.mixed_up += any(passage["doc_id"] != name for passage in answer["passages"])
            asked += 1
    except Exception as error:  # noqa: BLE001 - counted, whatever it is
        visit.errors.append(repr(error))
        together.abort()


def summarize(visits: Sequence[Visit]) -> dict[str, object]:
    """The figures of all visits together."""
    waits = sorted(wait for visit in visits for wait in visit.waits_ms)
    return {
        "visitors": len(visits),
        "answers": len(waits),
        "errors": [error for visit in visits for error in visit.errors],
        "mixed_up": sum(visit.mixed_up for visit in visits),
        "median_ms": round(statistics.median(waits), 1) if waits else None,
        "p95_ms": round(waits[int(0.95 * (len(waits) - 1))], 1) if waits else None,
    }


if __name__ == "__main__":
    sys.exit(main())
