"""The list of the transcripts that are asked: what was found in each, and finding words in one."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from corpus import Document, fold
from index import DocumentInfo
from ui.markup import render

# What was found in so many documents is remembered; of a longer list, only so many are looked into at once.
MAX_KNOWN = 5_000
MAX_LOOKED_INTO = 200
# More places of a word than this are not gone through one by one.
MAX_PLACES = 1_000
MAX_WORDS_CHARS = 200
SHOWN_SPEAKERS = 8


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A line of the list; `found` says what is in it, `notices` what is remarkable about it, each in words.

    `sha256` is that of the document's text, by which the page knows whether it can be heard.
    """

    doc_id: str
    title: str
    speakers: tuple[str, ...]
    found: str
    notices: tuple[str, ...]
    sha256: str = ""

    @property
    def shown_speakers(self) -> tuple[str, ...]:
        """The first few."""
        return self.speakers[:SHOWN_SPEAKERS]

    @property
    def further_speakers(self) -> tuple[str, ...]:
        """The others."""
        return self.speakers[SHOWN_SPEAKERS:]


class SourceRows:
    """Makes the lines, and remembers what was found; safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str, tuple[str, ...]], tuple[str, tuple[str, ...]]] = OrderedDict()

    def make(self, documents: Sequence[DocumentInfo], read: Callable[[str], Document]) -> list[SourceRow]:
        """A line for each document.

        :param read: gives the document of that `doc_id`; called for those that are not known yet.
        """
        rows = []
        left = MAX_LOOKED_INTO
        for info in documents:
            key = (info.doc_id, info.sha256, info.speakers)
            with self._lock:
                told = self._known.get(key)
            if told is None and left > 0:
                left -= 1
                told = _look_into(read(info.doc_id))
                with self._lock:
                    self._known[key] = told
                    if len(self._known) > MAX_KNOWN:
                        self._known.popitem(last=False)
            found, notices = told or (_count(len(info.speakers), "speaker"), ())
            rows.append(SourceRow(info.doc_id, info.title, info.speakers, found, notices, info.sha256))
        return rows


def render_sources(rows: Sequence[SourceRow], *, removable: bool, held_back: Sequence[str] = ()) -> str:
    """The list, each with a button to remove it where that can be done.

    :param held_back: what is kept back, in sentences.
    """
    return render("sources.html", "sources", rows, removable, held_back)


def render_removed(title: str, token: str, *, copy_deleted: bool = False) -> str:
    """That a transcript was removed, and the button that brings it back.

    :param copy_deleted: a copy of its recording was deleted, which does not come back.
    """
    return render("sources.html", "removed", title, token, copy_deleted)


def list_places(document: Document, words: str) -> dict[str, object]:
    """Where `words` stand in a document, for the page to go through: each "START-END", at most `MAX_PLACES`."""
    places = find_words(document, words)
    return {
        "doc_id": document.doc_id,
        "address": quote(document.doc_id, safe=""),
        "words": words,
        "places": [f"{start}-{end}" for start, end in places[:MAX_PLACES]],
        "more": len(places) > MAX_PLACES,
    }


def find_words(document: Document, words: str) -> list[tuple[int, int]]:
    """Where the words stand, in what is shown of the document: at most one place more than `MAX_PLACES`.

    Case, kinds of white space, ligatures and the like make no difference; corrected words are found where they stand.
    """
    asked = fold(words[:MAX_WORDS_CHARS]).split()
    if not asked:
        return []
    text = document.text
    folded = None if fold(text) == text and not document.words else document.read_with_offsets(0, len(text))
    places: list[tuple[int, int]] = []
    for match in re.finditer(r"\s+".join(map(re.escape, asked)), folded.text if folded else text, re.IGNORECASE):
        start, end = folded.to_source(*match.span()) if folded else match.span()
        if document.turn_at(start, end) is not None:
            places.append((start, end))
        if len(places) > MAX_PLACES:
            break
    return places


def _look_into(document: Document) -> tuple[str, tuple[str, ...]]:
    speakers = len(document.speakers)
    found = ", ".join(
        (
            _count(document.count_turns(), "turn"),
            _count(speakers, "speaker"),
            _count(document.count_words(), "word"),
        )
    )
    if not speakers:
        return found, ("Nobody is named in it, so no quote can say whose words it is.",)
    if speakers == 1 and document.count_turns() > 1:
        return found, ("Only one person is named in it; are there labels that were not read?",)
    return found, ()


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
