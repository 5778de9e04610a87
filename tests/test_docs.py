"""The documents hold together: tables as measured, links that lead somewhere, paths that exist, a short README."""

import re
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.bench.result_files import load_results
from tests.bench.table_layouts import LAYOUTS
from tests.bench.tables import fill_tables, find_tables
from tests.conftest import ROOT
from ui.cli import COMMANDS

MAX_LINES = {"README.md": 150, "CONTRIBUTING.md": 150}
MAX_CHARS = 120
DOCUMENTS = (
    *("README.md", "CONTRIBUTING.md", "qa/reading/model/README.md", "tests/eval/README.md", "tests/samples/README.md"),
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)|(?:src|srcset)=\"(?P<picture>[^\"]+)\"")
# A file or, with a slash at the end, a folder of the project, as `qa/pipeline.py` or `qa/reading/`.
_PATH = re.compile(r"`((?:corpus|index|qa|ui|tests|docs)/(?:[\w.-]+/)*(?:[\w-]+\.(?:py|md|txt|json|html))?)`")
# A module that is run, as in "python -m tests.bench.peers".
_MODULE = re.compile(r"python -m ((?:corpus|index|qa|ui|tests)(?:\.\w+)*)")
# A command of the program, as in "ontherecord ask".
_COMMAND = re.compile(r"ontherecord ([a-z]+)")
_TABLE = re.compile(r"<!-- table: .*?<!-- end -->", re.DOTALL)
_CODE = re.compile(r"```.*?```", re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def find_links(text: str) -> Iterator[str]:
    """The targets of links and pictures, but for code."""
    for link in _LINK.finditer(_CODE.sub("", text)):
        yield link["target"] or link["picture"]


def find_anchors(text: str) -> set[str]:
    """What can stand behind "#" in a link to a document: its headings, as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", _CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(name: str, target: str) -> bool:
    """Whether a link in the document `name` leads nowhere; links to other sites are not followed."""
    if "://" in target:
        return False
    file, _, anchor = target.partition("#")
    path = (ROOT / name).parent / file if file else ROOT / name
    return not path.exists() or bool(anchor and anchor not in find_anchors(path.read_text(encoding="utf-8")))


def test_there_are_documents_with_links_and_paths() -> None:
    assert {"docs/README.md", "docs/architecture.md"} < set(DOCUMENTS)
    assert sum(len(list(find_links(read(name)))) for name in DOCUMENTS) > 60
    assert sum(len(_PATH.findall(read(name))) for name in DOCUMENTS) > 60


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_tables_are_what_was_measured(name: str) -> None:
    text = read(name)
    assert fill_tables(text, load_results()) == text, "run: python -m tests.bench.tables"


def test_every_table_is_shown_and_every_result_is_in_a_table() -> None:
    shown = {table for name in DOCUMENTS for table in find_tables(read(name))}
    assert shown == set(LAYOUTS)
    newest = {source.partition("@")[0] for layout in LAYOUTS.values() for source in layout.sources}
    assert {result.name for result in load_results()} == newest


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    assert [target for target in find_links(read(name)) if is_broken(name, target)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_exists(name: str) -> None:
    assert [path for path in _PATH.findall(read(name)) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_module_that_is_run_exists(name: str) -> None:
    ran = set(_MODULE.findall(_TABLE.sub("", read(name))))  # a result names the module that was run then
    assert [module for module in ran if find_spec(module) is None] == []


def test_every_command_of_the_program_is_explained_and_no_other() -> None:
    assert {command for name in DOCUMENTS for command in _COMMAND.findall(read(name))} == set(COMMANDS)


@pytest.mark.parametrize("name", MAX_LINES)
def test_what_everybody_reads_is_short(name: str) -> None:
    lines = read(name).splitlines()
    assert len(lines) <= MAX_LINES[name]
    assert [line for line in lines if len(line) > MAX_CHARS] == []


def test_every_page_is_on_the_map() -> None:
    linked = {(ROOT / "docs" / target.partition("#")[0]).resolve() for target in find_links(read("docs/README.md"))}
    pages = {path for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"}
    assert {path.name for path in pages - linked} == set()


@pytest.mark.parametrize(
    ("target", "broken"),
    [
        ("docs/index.md", False),
        ("docs/index.md#what-is-stored-and-what-is-derived", False),
        ("docs/index.md#nowhere", True),
        ("docs/nowhere.md", True),
        ("#use", False),
        ("https://example.org/nowhere", False),
    ],
)
def test_broken_links_are_found(target: str, broken: bool) -> None:
    assert is_broken("README.md", target) is broken


def test_paths_are_found_in_backticks_only() -> None:
    text = "`qa/pipeline.py`, `ui/`, `tests/eval/README.md`, qa/none.py, `NAME-COMMIT.json`, `qa eval`, `corpus.load`"
    assert _PATH.findall(text) == ["qa/pipeline.py", "ui/", "tests/eval/README.md"]
