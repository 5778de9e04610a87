"""Files and folders taken in: every document is read or refused by name, other files are named as passed over."""

import io
from pathlib import Path

import pytest

from corpus.formats.known import EXPECTED
from index.intake import format_table, take_in

TALK = "Ann: When?\n\nBob: In 1987.\n"


def test_a_folder_gives_every_document_in_it_and_names_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "talk.txt").write_text(TALK, encoding="utf-8")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")
    (tmp_path / "program.py").write_text("pass", encoding="utf-8")
    (tmp_path / "deep" / "talk.MP3").write_bytes(b"ID3")
    (tmp_path / ".hidden.txt").write_text(TALK, encoding="utf-8")
    intake = take_in([tmp_path])
    assert [document.doc_id for document in intake.documents] == ["talk"]
    assert [refusal.path.name for refusal in intake.refused] == ["old.doc"]
    assert str(intake.refused[0].error).endswith("old.doc: this is a document of Word 97 to 2003: save it as .docx")
    assert [str(passed.error) for passed in intake.passed_over] == [
        f"{tmp_path / 'deep' / 'talk.MP3'}: this is a recording: have it transcribed (noScribe and Whisper do so on "
        "your own machine) and give the transcript",
        f"{tmp_path / 'program.py'} is a .py file; expected is {EXPECTED}; save the transcript as one of these",
    ]
    told = "\n".join(format_table(intake))
    assert "program.py  passed over: " in told
    assert "talk.MP3    passed over: " in told
    rows = [row.split() for row in format_table(intake)]
    assert rows[0] == ["file", "format", "turns", "speakers", "words"]
    assert ["talk.txt", "text", "2", "2", "3"] in rows


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("pass", encoding="utf-8")
    (refusal,) = take_in([tmp_path]).refused
    assert str(refusal.error) == f"{tmp_path} holds no file in a format that is read; name the files"


def test_a_pattern_and_text_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(TALK.replace("Ann", "Cleo")))
    intake = take_in([tmp_path / "t*.txt", Path("-"), tmp_path / "*.pdf"], pasted_name="years")
    assert [document.doc_id for document in intake.documents] == ["talk", "years"]
    assert [speaker.name for speaker in intake.documents[1].speakers] == ["Cleo", "Bob"]
    (refusal,) = intake.refused
    assert str(refusal.error) == f"no file matches {tmp_path}/*.pdf; check the pattern"
