"""A file from somebody else is read in a process of its own: what takes too much is refused, and the rest goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import CorpusError, SourceEmpty, SourceTooLarge, load_file, load_prose
from corpus.guarded_reading import GuardedReader

TALK = "Ann: When?\n\nBob: In 1987.\n"


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return path


@pytest.fixture
def reader() -> Iterator[GuardedReader]:
    reader = GuardedReader()
    yield reader
    reader.close()


def test_it_reads_what_is_read_without_a_guard(reader: GuardedReader, talk: Path) -> None:
    assert reader.load(talk) == load_file(talk)
    assert reader.load(talk).document.turns[1].speaker == "Bob"


def test_a_refusal_is_the_same_refusal(reader: GuardedReader, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    with pytest.raises(SourceEmpty, match=r"empty\.txt is empty; give a transcript with text"):
        reader.load(tmp_path / "empty.txt")
    with pytest.raises(CorpusError, match=r"none\.txt does not exist"):
        reader.load(tmp_path / "none.txt")


def test_what_takes_too_long_is_ended_and_the_next_file_is_read(talk: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("Ann: When? Bob: In May, we think. " * 600_000, encoding="utf-8")
    reader = GuardedReader(time_limit_s=0.5)
    try:
        with pytest.raises(SourceTooLarge, match=r"long\.txt takes longer than 0 seconds to read; split it"):
            reader.load(long)
        reader._time_limit_s = 60.0
        assert reader.load(talk) == load_file(talk)
    finally:
        reader.close()


def test_what_takes_too_much_memory_is_refused_and_the_next_file_is_read(talk: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(b"Ann: When?\n" * 2_000_000)
    reader = GuardedReader(memory_limit_bytes=700 * 1024**2)
    try:
        with pytest.raises(SourceTooLarge, match=r"large\.txt takes more memory to read than a transcript does"):
            reader.load(large)
        assert reader.load(talk) == load_file(talk)
    finally:
        reader.close()


def test_running_text_is_read_by_the_same_process(reader: GuardedReader, talk: Path, tmp_path: Path) -> None:
    article = tmp_path / "article.md"
    article.write_text("> “In May,” said Bob.\n", encoding="utf-8")
    assert reader.load_prose(article) == load_prose(article)
    assert reader.load(talk) == load_file(talk)
    article.write_bytes(b"")
    with pytest.raises(SourceEmpty, match=r"article\.md is empty"):
        reader.load_prose(article)
