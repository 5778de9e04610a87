"""The checks on written sentences, measured: how many false ones they drop, by kind, and how many true ones.

`python -m tests.bench.grounding` prints the figures and writes them to `tests/bench/results/grounding-COMMIT.json`.
The checks may be changed by what is seen in the half "choose"; what they are worth is told by "report".
"""

import argparse
import json
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.cli import show
from qa.generation.grounding import Claim, find_fault
from tests.mutations import make_mutations
from tests.true_sentences import SPLITS, Interviews, Split

RESULTS = Path(__file__).parent / "results"
SEED = 1
NOTE = "sentences and dropped are of documents that no rule of the checks was chosen by, the others of the rest"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many sentences of a kind the half "report" yields, and how many the checks drop; the same of "choose"."""

    kind: str
    false: bool
    sentences: int
    dropped: int
    choose_sentences: int
    choose_dropped: int

    @property
    def share(self) -> float:
        """The share that is dropped in the half "report"."""
        return self.dropped / self.sentences


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grounding")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the folder that the figures are written to")
    arguments = parser.parse_args()
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    commit = subprocess.run(command, check=True, capture_output=True, text=True, cwd=RESULTS.parent).stdout.strip()
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "command": parser.prog,
        "note": NOTE,
        "figures": [asdict(figures) for figures in measure(Interviews())],
    }
    text = json.dumps(record, indent=1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / f"grounding-{commit}.json").write_text(text + "\n", encoding="utf-8")
    show(text)


def measure(interviews: Interviews) -> list[Figures]:
    """The figures of every kind, and of all false and all true sentences."""
    false: dict[Split, dict[str, list[Claim]]] = {split: {} for split in SPLITS}
    for split, claims in false.items():
        for mutation in make_mutations(interviews, SEED, (split,)):
            claims.setdefault(mutation.kind, []).append(mutation.claim)
    true = {split: interviews.told(split) for split in SPLITS}
    return [*_count(false, "all false ones", false=True), *_count(true, "all true ones", false=False)]


def _count(claims: dict[Split, dict[str, list[Claim]]], name: str, *, false: bool) -> list[Figures]:
    rows = []
    for kind, told in claims["report"].items():
        report, choose = ([find_fault(each) is not None for each in of] for of in (told, claims["choose"][kind]))
        rows.append(Figures(kind, false, len(report), sum(report), len(choose), sum(choose)))
    counts = [(row.sentences, row.dropped, row.choose_sentences, row.choose_dropped) for row in rows]
    return [*rows, Figures(name, false, *(sum(column) for column in zip(*counts, strict=True)))]


if __name__ == "__main__":
    main()
