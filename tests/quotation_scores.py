"""The suite of quotations judged by the checker, and its figures: `python -m tests.quotation_scores`."""

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index import PassageStore, build_index, open_store
from qa import CheckedQuotation, check_draft
from tests.fakes import HashEmbedder, WordReader
from tests.quotation_suite import FALSE_KINDS, TRUE_KINDS, Article, Expected, Suite, indexed_documents

SEED = 20261127
ROUNDS = 4
ACCEPTED = frozenset({"exact", "typography", "edited"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A quotation of the suite and what the checker said of it; None where it saw no quotation there."""

    article: Article
    expected: Expected
    checked: CheckedQuotation | None

    @property
    def verdict(self) -> str:
        """The verdict, "missed" where there is none."""
        return self.checked.verdict if self.checked is not None else "missed"


def judge_suite(folder: Path, *, seed: int = SEED, rounds: int = ROUNDS) -> list[Judged]:
    """Every quotation of the suite with its verdict; the articles are written into `folder` as files."""
    documents = indexed_documents()
    embedder = HashEmbedder()
    build_index(documents, folder / "index", embedder=embedder)
    store = open_store(folder / "index")
    judged: list[Judged] = []
    for number, article in enumerate(Suite(seed, documents).articles(rounds)):
        path = folder / f"article-{number}{article.suffix}"
        path.write_bytes(article.data)
        judged += _judge(article, path, store, embedder)
    return judged


def _judge(article: Article, path: Path, store: PassageStore, embedder: HashEmbedder) -> Iterator[Judged]:
    report = check_draft(path, store, embedder=embedder, reader=WordReader())
    by_start = {quotation.start: quotation for quotation in report.quotations}
    left: defaultdict[str, list[CheckedQuotation]] = defaultdict(list)
    for quotation in report.quotations:
        left[" ".join(quotation.text.split())].append(quotation)
    for expected in article.expected:
        if expected.start is not None:
            found = by_start.get(expected.start)
            yield Judged(article, expected, found if found is not None and found.text == expected.text else None)
        else:
            same = left[" ".join(expected.text.split())]
            yield Judged(article, expected, same.pop(0) if same else None)


def figures(judged: Iterable[Judged]) -> dict[str, float]:
    """The figures of a run, shares 0 to 1 but for counts."""
    known = list(judged)
    true = [each for each in known if each.expected.kind in TRUE_KINDS]
    false = [each for each in known if each.expected.kind in FALSE_KINDS]
    told = [each for each in known if each.expected.named is not None]
    twisted = [each for each in known if each.expected.kind == "misattributed"]
    return {
        "quotations": len(known),
        "missed": sum(each.checked is None for each in known),
        "false called exact or typography": sum(each.verdict in ("exact", "typography") for each in false),
        "false called edited": sum(each.verdict == "edited" for each in false),
        "true accepted": _share(each.verdict in ACCEPTED for each in true),
        "attribution right": _share(
            each.checked is not None and each.checked.attributed_to == each.expected.named for each in told
        ),
        "misattributed found": _share(each.verdict == "misattributed" for each in twisted),
        "same verdict": _share(each.verdict == _verdict_of(each.expected) for each in known),
    }


def _verdict_of(expected: Expected) -> str:
    return "not_found" if expected.kind == "foreign" else expected.kind


def _share(outcomes: Iterable[bool]) -> float:
    known = list(outcomes)
    return sum(known) / len(known) if known else 0.0


def table(judged: Iterable[Judged]) -> str:
    """What was made of each kind, as a table in Markdown."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in judged:
        counts[each.expected.kind][each.verdict] += 1
    verdicts = sorted({verdict for row in counts.values() for verdict in row})
    lines = [f"| made as | all | {' | '.join(verdicts)} |", f"|---|---|{'---|' * len(verdicts)}"]
    for kind, row in counts.items():
        cells = [str(row[verdict] or "") for verdict in verdicts]
        lines.append(f"| {kind} | {sum(row.values())} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Print the table, the figures, and with `--misses` what was not judged as it was made."""
    with tempfile.TemporaryDirectory() as folder:
        judged = judge_suite(Path(folder))
    lines = [table(judged), "", *(f"{name}: {value:.4g}" for name, value in figures(judged).items())]
    if "--misses" in sys.argv:
        for each in judged:
            checked, expected = each.checked, each.expected
            wrong_name = expected.named is not None and (checked is None or checked.attributed_to != expected.named)
            if each.verdict != _verdict_of(expected) or wrong_name:
                named = checked.attributed_to if checked is not None else None
                lines.append(
                    f"{each.article.form}: {expected.kind} ({expected.how}) -> {each.verdict}; "
                    f"{expected.named!r} -> {named!r} (said by {expected.speaker!r}): {expected.text!r}"
                )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
