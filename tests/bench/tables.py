"""The tables of the documents, made from what was measured: `python -m tests.bench.tables [--check]`.

Rewrites in README.md and docs/ what stands between `<!-- table: NAME -->` and `<!-- end -->`, so that nobody types a
figure. With `--check` nothing is written, and the exit code is 1 when a block is not what the results give.
"""

import argparse
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.result_files import Result, find_result, load_results
from tests.bench.table_layouts import LAYOUTS

ROOT = Path(__file__).parent.parent.parent
_BLOCK = re.compile(r"(<!-- table: (?P<name>[\w.-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_CAPTION_CHARS = 120


class TableUnknown(Exception):
    """A document asks for a table that no layout makes."""


def main() -> int:
    """Rewrite the documents, or check them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tables", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when something would change")
    arguments = parser.parse_args()
    results = load_results()
    stale = []
    for path in list_documents():
        text = path.read_text(encoding="utf-8")
        made = fill_tables(text, results)
        if made != text:
            stale.append(path)
            if not arguments.check:
                path.write_text(made, encoding="utf-8")
    for path in stale:
        sys.stdout.write(f"{'stale' if arguments.check else 'rewritten'}: {path.relative_to(ROOT)}\n")
    return 1 if arguments.check and stale else 0


def list_documents() -> list[Path]:
    """The documents that may hold tables."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def find_tables(text: str) -> Iterator[str]:
    """The names of the tables in a document, in order."""
    for block in _BLOCK.finditer(text):
        yield block["name"]


def fill_tables(text: str, results: Sequence[Result]) -> str:
    """`text` with the table in each block made anew.

    :raises TableUnknown: when a block names a table that there is no layout for.
    :raises KeyError: when nothing was measured for one.
    """
    return _BLOCK.sub(lambda block: f"{block[1]}{make_table(block['name'], results)}\n{block[3]}", text)


def make_table(name: str, results: Sequence[Result]) -> str:
    """The table in Markdown, and under it when, where and how its figures were measured."""
    if name not in LAYOUTS:
        raise TableUnknown(f"no layout makes the table {name!r}; there are {', '.join(LAYOUTS)}")
    layout = LAYOUTS[name]
    sources = [find_result(results, source) for source in layout.sources]
    captions = "\n".join(dict.fromkeys(_write_caption(source) for source in sources))
    return f"{layout.make(*(source.figures for source in sources))}\n\n{captions}"


def _write_caption(result: Result) -> str:
    note = f"{result.note[:1].upper()}{result.note[1:]}. " if result.note is not None else ""
    how = "by hand" if result.command is None else f"`{result.command}`"
    where = "" if result.machine is None else f" on {result.machine}"
    sentence = f"{note}Measured {result.date[:10]} at `{result.commit}`{where}: {how}."
    return textwrap.fill(f"<sub>{sentence}</sub>", _CAPTION_CHARS, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    sys.exit(main())
