"""The checks on written sentences, measured: how many false ones they drop, by kind, and how many true ones.

`python -m tests.bench.grounding` prints the figures; with `--save` they are kept.
The checks may be changed by what is seen in the half "choose"; what they are worth is told by "report".
"""

import argparse
import json
from dataclasses import asdict, dataclass

from index.cli import show
from qa.generation.grounding import Claim, find_fault
from tests.bench.result_files import add_save_argument, save_result
from tests.mutations import make_mutations
from tests.true_sentences import SPLITS, Interviews, Split

SEED = 1
NOTE = (
    "sentences and dropped are of documents that the rules added on 2026-11-27 were not chosen by, the others of the "
    "rest; older rules were chosen on other false sentences of both halves, the bundled interview excepted"
)


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
    """Measure and print; keep the figures where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.grounding")
    add_save_argument(parser)
    arguments = parser.parse_args()
    figures = [asdict(row) for row in measure(Interviews())]
    show(json.dumps(figures, indent=1))
    if arguments.save:
        save_result("grounding", figures, note=NOTE)


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
