"""The suite of quotations judged by this program and by others: `python -m tests.bench.quotations [--save]`.

The others are told each quotation alone, as they can be: whether they would have seen it in the article, and whose they
take it to be, is not asked of them. Those that are not importable are left out; put them on PYTHONPATH, not into the
environment of this program.
"""

import argparse
import ast
import importlib
import importlib.util
import logging
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.result_files import add_save_argument, save_result
from tests.quotation_scores import ACCEPTED, Judged, figures, judge_suite
from tests.quotation_suite import FALSE_KINDS, TRUE_KINDS, indexed_documents

# One round of all forms for the others, of which some take a second for what they do not find.
PEER_ROUNDS = 1
OURS = "this program"
Accepts = Callable[[str], bool]


def main() -> int:
    """Print the figures, and keep them where `--save` says so."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quotations", description=__doc__)
    add_save_argument(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        judged = judge_suite(Path(folder))
        (Path(folder) / "peers").mkdir()
        few = judge_suite(Path(folder) / "peers", rounds=PEER_ROUNDS)
        texts = [document.text for document in indexed_documents()]
        checkers = {OURS: _score(few, [each.verdict in ACCEPTED for each in few])}
        for name, make in PEERS.items():
            accepts = make(texts, Path(folder))
            if accepts is not None:
                checkers[name] = _score(few, [accepts(each.expected.text) for each in few])
    measured = {"verdicts": _count(judged), "figures": figures(judged), "checkers": checkers}
    sys.stdout.write(f"{measured}\n")
    if arguments.save:
        sys.stdout.write(f"{save_result('quotations', measured)}\n")
    return 0


def _count(judged: Iterable[Judged]) -> dict[str, dict[str, int]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in judged:
        counts[each.expected.kind][each.verdict] += 1
    return {kind: dict(row) for kind, row in counts.items()}


def _score(judged: Sequence[Judged], accepted: Sequence[bool]) -> dict[str, float]:
    """The share of each group of quotations that a checker lets pass."""

    def share(kinds: Sequence[str]) -> float:
        passed = [yes for each, yes in zip(judged, accepted, strict=True) if each.expected.kind in kinds]
        return sum(passed) / len(passed)

    return {
        "quotations": len(judged),
        "exact": share(["exact"]),
        "typography": share(["typography"]),
        "edited": share(["edited"]),
        "true": share(TRUE_KINDS),
        "false": share(FALSE_KINDS),
        "misattributed": share(["misattributed"]),
    }


def _quotecheck(texts: Sequence[str], folder: Path) -> Accepts | None:
    module = _find("quotecheck")
    return None if module is None else lambda words: any(module.check(words, text).ok for text in texts)


def _grounded_check(texts: Sequence[str], folder: Path) -> Accepts | None:
    module = _find("grounded")
    if module is None:
        return None
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"source-{number}.txt")
        paths[-1].write_text(text, encoding="utf-8")
    sources = module.load([str(path) for path in paths])
    return lambda words: not module.verify([_claim(module, words)], sources).failures


def _claim(module: Any, words: str) -> Any:  # noqa: ANN401 - a record of the other program
    found = module.extract(f'"{words}"', kinds={module.Kind.QUOTE})
    return found[0] if found else module.Claim(module.Kind.QUOTE, words, 0, len(words))


def _verbatim_core(texts: Sequence[str], folder: Path) -> Accepts | None:
    module = _find("verbatim_core.extractors")
    if module is None:
        return None
    logging.getLogger("verbatim_core").setLevel(logging.ERROR)
    extractor = object.__new__(module.LLMSpanExtractor)  # its check of spans alone, without the model
    extractor.span_match_mode = "exact"
    return lambda words: any(extractor._verify_spans([words], text) for text in texts)


def _etot_motif(texts: Sequence[str], folder: Path) -> Accepts | None:
    """Its rule that quotes match; the module around it needs a key, so that the two functions are taken out of it."""
    spec = importlib.util.find_spec("synth")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "agents.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wanted = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in ("_norm", "quote_matches")]
    names: dict[str, Any] = {"re": importlib.import_module("re")}
    exec(compile(ast.Module(body=list(wanted), type_ignores=[]), str(path), "exec"), names)
    return lambda words: any(names["quote_matches"](words, text) for text in texts)


def _find(name: str) -> Any:  # noqa: ANN401 - another program
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


PEERS: dict[str, Callable[[Sequence[str], Path], Accepts | None]] = {
    "quotecheck 0.1.0": _quotecheck,
    "grounded-check 0.1.2": _grounded_check,
    "verbatim-core 0.2.8, exact": _verbatim_core,
    "etot-motif 0.5.0": _etot_motif,
}


if __name__ == "__main__":
    sys.exit(main())
