"""Exporting from a program: answers, each quote checked against the index, into a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from index import Location, PassageStore, default_index_path, open_store, write_atomically
from qa.errors import ExportInvalid
from qa.exports.citation_line import DEFAULT_CITATION
from qa.exports.claims import Exportable, check_claims, collect
from qa.exports.formats import find_format
from qa.exports.records import ClaimedPart, ExportedAnswers, Reference


def export(
    what: Exportable,
    path: Path | str,
    index: Location | PassageStore | None = None,
    *,
    cite: str = DEFAULT_CITATION,
    references: Mapping[str, Reference] | None = None,
) -> ExportedAnswers:
    """Write answers or a table into a file, in the format that its name's end tells; gives what was written.

    Every quote is read anew from the index, and nothing is written where one no longer holds.

    :param what: an answer, several, or the table of `answer_each`.
    :param index: that the answers are from, or its store; None is the default one.
    :param cite: the template of the line that cites a quote, see `docs/exports.md`.
    :param references: what is known of the interviews, by document.
    :raises ExportInvalid: when a quote no longer holds, the name ends in no format, or it cannot be written there.
    :raises IndexingError: when the index cannot be read.
    """
    target = Path(path)
    find_format(target)
    place = default_index_path() if index is None else index
    store = open_store(place) if isinstance(place, str | Path) else place
    return write_export(collect(what), target, store, cite=cite, references=references)


def write_export(
    parts: Sequence[ClaimedPart],
    path: Path,
    store: PassageStore,
    *,
    cite: str = DEFAULT_CITATION,
    references: Mapping[str, Reference] | None = None,
) -> ExportedAnswers:
    """The same of parts; arguments and errors as for `export`."""
    form = find_format(path)
    with store.reading() as view:
        answers = check_claims(parts, view, template=cite, references=references)
    try:
        write_atomically(path, form.write(answers))
    except OSError as error:
        raise ExportInvalid(f"{path} cannot be written: {error.strerror or error}") from error
    return answers


def check_target(path: Path) -> Path:
    """The path, if a file in one of the formats can be written there; so that nobody waits for nothing.

    :raises ExportInvalid: when its name ends in none, or it stands in no folder.
    """
    find_format(path)
    if path.is_dir() or not path.parent.is_dir():
        raise ExportInvalid(
            f"{path} cannot be written: {'it' if path.is_dir() else path.parent} is no "
            f"{'file' if path.is_dir() else 'folder'}"
        )
    return path
