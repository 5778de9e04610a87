"""The files and folders named on the command line, each read or refused, so that a bad one never stops the rest."""

import glob
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import (
    MAX_FILE_BYTES,
    CorpusError,
    Document,
    LoadedFile,
    SourceNotFound,
    SourceNotText,
    SourceTooLarge,
    SourceUnreadable,
    load_file,
    one_line,
    pass_over,
)

STANDARD_INPUT = Path("-")
_HEADER = ("file", "format", "turns", "speakers", "words")
_MAX_REASON_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not read, and why, in one sentence that names it.

    `passed_over`: it is in a folder that was named, and by its own name no document (a program, a recording).
    """

    path: Path
    error: CorpusError
    passed_over: bool = False


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of each file, in order."""

    results: tuple[tuple[Path, LoadedFile | Refusal], ...]

    @property
    def documents(self) -> list[Document]:
        """The documents of the files that could be read."""
        return [result.document for _, result in self.results if isinstance(result, LoadedFile)]

    @property
    def refused(self) -> list[Refusal]:
        """The files that could not."""
        return [result for _, result in self.results if isinstance(result, Refusal) and not result.passed_over]

    @property
    def passed_over(self) -> list[Refusal]:
        """The files in folders that are no documents by their names."""
        return [result for _, result in self.results if isinstance(result, Refusal) and result.passed_over]


def read_sources(
    paths: Iterable[Path], *, pasted_name: str = "pasted", load: Callable[[Path], LoadedFile] = load_file
) -> SourceReport:
    """Read the files, see `list_files`; refusals are kept, not raised.

    :param pasted_name: the `doc_id` of what is read from standard input, which the path `-` stands for.
    :param load: reads one file; that of a `GuardedReader` for files from somebody else.
    """
    results: list[tuple[Path, LoadedFile | Refusal]] = []
    for path in paths:
        if path == STANDARD_INPUT:
            results.append((path, _read_pasted(pasted_name)))
            continue
        try:
            results.extend((file, _load(file, load)) for file in list_files(path))
            results.extend((refusal.path, refusal) for refusal in _list_passed_over(path))
        except CorpusError as error:
            results.append((path, Refusal(path, error)))
            results.extend((refusal.path, refusal) for refusal in _list_passed_over(path))
        except (OSError, ValueError) as error:  # a name that no file can have, a folder that goes while it is listed
            reason = f"{one_line(str(path))} cannot be looked up: {error}"
            results.append((path, Refusal(path, SourceUnreadable(one_line(reason, _MAX_REASON_CHARS)))))
    return SourceReport(tuple(results))


def list_files(path: Path) -> list[Path]:
    """The files that `path` names: itself, the documents in a folder however deep, or what a pattern matches, sorted.

    Patterns are for where no shell has resolved them: `*`, `?`, `[…]`, and `**` for folders however deep.

    :raises CorpusError: when a folder holds no document, or a pattern matches nothing.
    """
    if path.is_dir():
        files = list(_list_folder(path))
        if not files:
            raise SourceUnreadable(f"{path} holds no file in a format that is read; name the files")
        return files
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    matches = sorted(Path(match) for match in glob.glob(str(path), recursive=True))
    if not matches:
        raise SourceNotFound(f"no file matches {path}; check the pattern")
    return [file for match in matches for file in (_list_folder(match) if match.is_dir() else [match])]


def format_table(report: SourceReport) -> list[str]:
    """A row a file in columns: its name, format, turns, speakers and words, or the reason why it was refused."""
    rows = [_HEADER, *(_format_row(path, result) for path, result in report.results)]
    widths = [max(_width(row[column]) for row in rows if len(row) == len(_HEADER)) for column in range(len(_HEADER))]
    widths[0] = max(_width(row[0]) for row in rows)
    return [_pad(row, widths) for row in rows]


def _list_folder(folder: Path, *, passed_over: bool = False) -> Iterator[Path]:
    """The documents below the folder, or all other files, known by their names, sorted; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and (pass_over(path) is not None) is passed_over:
            yield path


def _list_passed_over(path: Path) -> Iterator[Refusal]:
    """The files in the folders that `path` names which are no documents, each with the reason."""
    matches = glob.glob(str(path), recursive=True) if glob.has_magic(str(path)) and not path.exists() else [path]
    for folder in sorted(Path(match) for match in matches):
        for file in _list_folder(folder, passed_over=True) if folder.is_dir() else ():
            reason = pass_over(file)
            if reason is not None:
                yield Refusal(file, reason, passed_over=True)


def _read_pasted(name: str) -> LoadedFile | Refusal:
    try:
        text = sys.stdin.read(MAX_FILE_BYTES + 1)  # characters, of which there are no more than bytes
        if len(text) > MAX_FILE_BYTES:
            raise SourceTooLarge(f"the standard input has more than {MAX_FILE_BYTES:,} characters; split it")
        return LoadedFile(Document.from_text(text, doc_id=name), "text")
    except CorpusError as error:
        return Refusal(STANDARD_INPUT, error)
    except UnicodeDecodeError:
        return Refusal(STANDARD_INPUT, SourceNotText("the standard input is not UTF-8 text; paste text"))
    except ValueError as error:
        return Refusal(STANDARD_INPUT, SourceUnreadable(f"the text cannot have the name that --name gives it: {error}"))


def _load(path: Path, load: Callable[[Path], LoadedFile]) -> LoadedFile | Refusal:
    try:
        return load(path)
    except CorpusError as error:
        return Refusal(path, error)


def _format_row(path: Path, result: LoadedFile | Refusal) -> tuple[str, ...]:
    if isinstance(result, Refusal):
        outcome = "passed over" if result.passed_over else "refused"
        return one_line(path.name), one_line(f"{outcome}: {result.error}", _MAX_REASON_CHARS)
    document = result.document
    counts = (document.count_turns(), len(document.speakers), document.count_words())
    return one_line(path.name), result.format, *map(str, counts)


def _pad(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)]
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
