"""Files in: what is read unchanged, and what is refused with a reason."""

from pathlib import Path

import pytest

from corpus import CorpusError, Document, SourceEmpty, SourceNotFound, SourceNotText, SourceUnreadable, load

TEXT = "Anna: Où est-il ?\r\n\r\nBen: Là-bas, “près” du café.\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_text_is_the_file_decoded_and_otherwise_unchanged(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "talk.txt"
    path.write_bytes(TEXT.encode(encoding))
    document = load(path)
    assert (document.text, document.doc_id, document.source) == (TEXT, "talk", str(path))


@pytest.mark.parametrize(
    ("name", "data", "error", "words"),
    [
        ("empty.txt", b"", SourceEmpty, r"empty\.txt is empty; give a transcript"),
        ("blank.txt", b" \n\n ", SourceEmpty, r"blank\.txt has no words in it"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n\0\0\0", SourceNotText, r"photo\.txt: this is a picture: run OCR on it first"),
        ("talk.mp3", b"words", SourceNotText, r"talk\.mp3: this is a recording: have it transcribed"),
    ],
)
def test_refused_with_a_reason(tmp_path: Path, name: str, data: bytes, error: type[CorpusError], words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error, match=words):
        load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"none\.txt does not exist"):
        load(tmp_path / "none.txt")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="is a folder"):
        load(tmp_path)


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(SourceNotText, match="surrogate"):
        Document.from_text("Ha \ud83d!", doc_id="x")


def test_a_document_needs_a_name() -> None:
    with pytest.raises(ValueError, match="doc_id is empty"):
        Document.from_text("Words.", doc_id=" ")
