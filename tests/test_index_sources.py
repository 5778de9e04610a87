"""Files and folders taken in: every document is read or refused by name, other files are named as passed over."""

import io
from pathlib import Path

import pytest

from corpus.formats.known import READABLE
from index.sources import format_table, read_sources

TALK = "Ann: When?\n\nBob: In 1987.\n"


def test_a_folder_gives_every_document_in_it_and_names_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "talk.txt").write_text(TALK, encoding="utf-8")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")
    (tmp_path / "program.py").write_text("pass", encoding="utf-8")
    (tmp_path / "deep" / "talk.MP3").write_bytes(b"ID3")
    (tmp_path / ".hidden.txt").write_text(TALK, encoding="utf-8")
    report = read_sources([tmp_path])
    assert [document.doc_id for document in report.documents] == ["talk"]
    assert [refusal.path.name for refusal in report.refused] == ["old.doc"]
    assert str(report.refused[0].error).endswith("old.doc: this is a document of Word 97 to 2003: save it as .docx")
    assert [str(passed.error) for passed in report.passed_over] == [
        f"{tmp_path / 'deep' / 'talk.MP3'}: this is a recording: have it transcribed (ontherecord index transcribe "
        "does so on your own machine; it needs: pip install 'on-the-record[audio]') and give the transcript",
        f"{tmp_path / 'program.py'} is a .py file; expected is {READABLE}; save the transcript as one of these",
    ]
    table = "\n".join(format_table(report))
    assert "program.py  passed over: " in table
    assert "talk.MP3    passed over: " in table
    rows = [row.split() for row in format_table(report)]
    assert rows[0] == ["file", "format", "turns", "speakers", "words"]
    assert ["talk.txt", "text", "2", "2", "3"] in rows


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("pass", encoding="utf-8")
    (refusal,) = read_sources([tmp_path]).refused
    assert str(refusal.error) == f"{tmp_path} holds no file in a format that is read; name the files"


def test_a_pattern_and_text_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(TALK.replace("Ann", "Cleo")))
    report = read_sources([tmp_path / "t*.txt", Path("-"), tmp_path / "*.pdf"], pasted_name="years")
    assert [document.doc_id for document in report.documents] == ["talk", "years"]
    assert [speaker.name for speaker in report.documents[1].speakers] == ["Cleo", "Bob"]
    (refusal,) = report.refused
    assert str(refusal.error) == f"no file matches {tmp_path}/*.pdf; check the pattern"
