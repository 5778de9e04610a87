"""The checks on written sentences, measured: how many false ones they drop, by kind, and how many true ones.

`python -m tests.bench.grounding` prints the figures and writes them to `tests/bench/results/grounding-COMMIT.json`.
The checks may be changed by what is seen in the half "choose"; what they are worth is told by "report".
"""

import argparse
import datetime
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from index.terminal import show
from qa.generation.grounding import Claim, find_fault
from tests.mutations import make_mutations
from tests.true_sentences import SPLITS, Interviews, Split

RESULTS = Path(__file__).parent / "results"
SEED = 1

# How many sentences there are, and how many of them the checks drop.
Figures = dict[str, dict[str, int]]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grounding")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the folder that the figures are written to")
    arguments = parser.parse_args()
    interviews = Interviews()
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    commit = subprocess.run(command, check=True, capture_output=True, text=True, cwd=RESULTS.parent).stdout.strip()
    record = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit,
        "command": parser.prog,
        "figures": {split: measure(interviews, split) for split in SPLITS},
    }
    text = json.dumps(record, indent=1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / f"grounding-{commit}.json").write_text(text + "\n", encoding="utf-8")
    show(text)


def measure(interviews: Interviews, split: Split) -> dict[str, Figures]:
    """The figures of one half, for false sentences and for true ones, by kind and "all" together."""
    false: dict[str, list[Claim]] = {}
    for mutation in make_mutations(interviews, SEED, (split,)):
        false.setdefault(mutation.kind, []).append(mutation.claim)
    return {"false": _count(false), "true": _count(interviews.told(split))}


def _count(claims_by_kind: dict[str, list[Claim]]) -> Figures:
    figures = {kind: _count_kind(claims) for kind, claims in claims_by_kind.items()}
    return figures | {"all": {name: sum(each[name] for each in figures.values()) for name in ("made", "dropped")}}


def _count_kind(claims: Iterable[Claim]) -> dict[str, int]:
    faults = [find_fault(claim) for claim in claims]
    return {"made": len(faults), "dropped": sum(fault is not None for fault in faults)}


if __name__ == "__main__":
    main()
