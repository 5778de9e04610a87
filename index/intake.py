"""The files and folders named on the command line, each read or refused, so that a bad one never stops the rest."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import CorpusError, Document, SourceUnreadable
from corpus.formats.detect import REFUSED_SUFFIXES, SUFFIXES
from corpus.load import LoadedFile, load_file

_HEADER = ("file", "format", "turns", "speakers", "words")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not read, and why, in one sentence that names it."""

    path: Path
    error: CorpusError


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of each file, in order."""

    results: tuple[tuple[Path, LoadedFile | Refusal], ...]

    @property
    def documents(self) -> list[Document]:
        """The documents of the files that could be read."""
        return [result.document for _, result in self.results if isinstance(result, LoadedFile)]

    @property
    def refused(self) -> list[Refusal]:
        """The files that could not."""
        return [result for _, result in self.results if isinstance(result, Refusal)]


def take_in(paths: Iterable[Path]) -> Intake:
    """Read the files, and those in the folders, that are in formats which are read; refusals are kept, not raised."""
    results: list[tuple[Path, LoadedFile | Refusal]] = []
    for path in paths:
        files = list(_list_folder(path)) if path.is_dir() else [path]
        if not files:
            results.append((path, Refusal(path, _find_nothing(path))))
        results.extend((file, _load(file)) for file in files)
    return Intake(tuple(results))


def format_table(intake: Intake) -> list[str]:
    """A row a file in columns: its name, format, turns, speakers and words, or the reason why it was refused."""
    rows = [_HEADER, *(_format_row(path, result) for path, result in intake.results)]
    widths = [max(_width(row[column]) for row in rows if len(row) == len(_HEADER)) for column in range(len(_HEADER))]
    widths[0] = max(_width(row[0]) for row in rows)
    return [_pad(row, widths) for row in rows]


def _list_folder(folder: Path) -> Iterator[Path]:
    """The documents below the folder, told by the ends of their names, sorted; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix and path.suffix.lower() in SUFFIXES | REFUSED_SUFFIXES and path.is_file():
            yield path


def _find_nothing(folder: Path) -> CorpusError:
    return SourceUnreadable(f"{folder} holds no file in a format that is read; name the files")


def _load(path: Path) -> LoadedFile | Refusal:
    try:
        return load_file(path)
    except CorpusError as error:
        return Refusal(path, error)


def _format_row(path: Path, result: LoadedFile | Refusal) -> tuple[str, ...]:
    if isinstance(result, Refusal):
        return path.name, f"refused: {result.error}"
    document = result.document
    spoken = [turn for turn in document.turns if turn.kind != "furniture"]
    words = sum(len(_WORD.findall(document.text, turn.start, turn.end)) for turn in spoken)
    return path.name, result.format, f"{len(spoken)}", f"{len(document.speakers)}", f"{words}"


def _pad(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
