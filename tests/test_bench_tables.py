"""Results as files, and the tables that are made from them."""

import json
import re
from pathlib import Path

import pytest

from tests.bench import tables
from tests.bench.result_files import Result, ResultInvalid, find_result, load_results, save_result
from tests.bench.table_layouts import LAYOUTS
from tests.bench.tables import TableUnknown, fill_tables, make_table

OLD = Result("passages-read", "2026-01-01", "aaaaaaa", "python -m tests", [])
NEW = Result(
    "passages-read",
    "2026-02-01T10:30Z",
    "bbbbbbb",
    None,
    [{"passages": 12, "answer_among_them": 0.871}, {"passages": 16, "answer_among_them": None}],
    machine="a laptop",
    note="questions of a kind",
)
TABLE = """\
| passages read | the answer is among them |
|---|---|
| 12 | 0.87 |
| 16 | – |

<sub>Questions of a kind. Measured 2026-02-01 at `bbbbbbb` on a laptop: by hand.</sub>"""


def write(folder: Path, result: Result, name: str | None = None) -> None:
    record = {key: getattr(result, key) for key in Result.__slots__}
    (folder / (name or f"{result.name}-{result.commit}.json")).write_text(json.dumps(record), encoding="utf-8")


def test_results_come_newest_first(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    write(tmp_path, NEW)
    results = load_results(tmp_path)
    assert results == [NEW, OLD]
    assert find_result(results, "passages-read") == NEW
    assert find_result(results, "passages-read@aaaaaaa") == OLD
    with pytest.raises(KeyError, match="no result is named 'passages-read@ccccccc'; there are passages-read"):
        find_result(results, "passages-read@ccccccc")


def test_a_result_is_named_by_what_it_holds(tmp_path: Path) -> None:
    write(tmp_path, OLD, "passages-read-ddddddd.json")
    with pytest.raises(ResultInvalid, match=r"passages-read-ddddddd\.json holds the result 'passages-read' of commit"):
        load_results(tmp_path)


def test_a_name_that_is_not_given_is_that_of_the_file(tmp_path: Path) -> None:
    record = {"date": "2026-01-01", "commit": "abc", "command": "python -m tests", "figures": 1}
    (tmp_path / "some-run-abc.json").write_text(json.dumps(record), encoding="utf-8")
    assert load_results(tmp_path) == [Result("some-run", "2026-01-01", "abc", "python -m tests", 1)]


def test_a_result_has_all_its_fields(tmp_path: Path) -> None:
    (tmp_path / "some-aaaaaaa.json").write_text('{"name": "some"}', encoding="utf-8")
    with pytest.raises(ResultInvalid, match=r"some-aaaaaaa\.json is no result: .*'date'"):
        load_results(tmp_path)


def test_what_is_saved_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", f"{tmp_path}/talks/", f"--peers={tmp_path}/env", "--rounds", "3", "a/b"])
    path = save_result("some", {"seconds": 1.5}, folder=tmp_path / "results", note="a note")
    (result,) = load_results(tmp_path / "results")
    assert path.name == f"some-{result.commit}.json"
    assert (result.name, result.figures, result.note) == ("some", {"seconds": 1.5}, "a note")
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", result.date)
    assert result.command is not None
    assert result.command.endswith(" talks --peers=env --rounds 3 a/b")


def test_a_block_is_filled_and_the_rest_stays() -> None:
    text = "before\n<!-- table: passages-read -->\nold\n<!-- end -->\nafter\n"
    filled = f"before\n<!-- table: passages-read -->\n{TABLE}\n<!-- end -->\nafter\n"
    assert fill_tables(text, [NEW, OLD]) == filled
    assert fill_tables(filled, [NEW, OLD]) == filled
    assert fill_tables(text.replace("\nold", ""), [NEW]) == filled


def test_a_table_that_nobody_makes_is_refused() -> None:
    with pytest.raises(TableUnknown, match="no layout makes the table 'nothing'"):
        make_table("nothing", [NEW])


def test_captions_fit_the_page() -> None:
    results = load_results()
    captions = [line for name in LAYOUTS for line in make_table(name, results).splitlines() if line[:1] != "|"]
    assert max(map(len, captions)) <= 120


def test_check_writes_nothing_and_fails_where_a_block_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "README.md"
    page.write_text("<!-- table: passages-read -->\nold\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    monkeypatch.setattr(tables, "load_results", lambda: [NEW])
    monkeypatch.setattr("sys.argv", ["tables", "--check"])
    assert tables.main() == 1
    assert "old" in page.read_text(encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["tables"])
    assert tables.main() == 0
    assert page.read_text(encoding="utf-8") == f"<!-- table: passages-read -->\n{TABLE}\n<!-- end -->\n"
    monkeypatch.setattr("sys.argv", ["tables", "--check"])
    assert tables.main() == 0
    assert capsys.readouterr().out == "stale: README.md\nrewritten: README.md\n"
