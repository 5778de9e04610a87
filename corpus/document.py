"""A document: one source text, its turns and its speakers."""

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from corpus.bounds import MAX_ID_CHARS, MAX_TITLE_CHARS, bound_turns, check_line, check_turns
from corpus.corrected_words import CorrectedWords, bracket_words, read_words, read_words_with_offsets
from corpus.errors import SourceEmpty, SourceNotText
from corpus.folding import Folded
from corpus.one_line import one_line
from corpus.references import read_references
from corpus.roles import find_speakers
from corpus.track import Track
from corpus.transcript import find_title, split_turns
from corpus.turn import Role, Speaker, Turn

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Document:
    """One source text, never changed; every offset in the program is a code point of `text`.

    `sha256` is that of `text` in UTF-8, as lower-case hex. `source` is the path or URI it came from, None for pasted
    text. `track` has the times of its words or captions where the source tells them. The name, the title and the
    speakers' names are visible lines of bounded length, the times and pages are such as there are; see `corpus.bounds`.

    Under the corrections of a collection, turns and speakers are the corrected ones; `words` are what was really said
    where the text has something else, in order, none over another; `has_own_turns` is False where the turns are not
    those of the source, and so are not counted as there. The text stays as it was read.

    Under the conditions of a collection, hidden characters are `corpus.FILLER`, and `sha256` is that of this text;
    `may_export` is False where what it says must go into no export.

    :raises ValueError: when one of them is not.
    """

    doc_id: str
    title: str
    text: str
    turns: tuple[Turn, ...]
    speakers: tuple[Speaker, ...]
    source: str | None
    sha256: str
    words: tuple[CorrectedWords, ...] = ()
    has_own_turns: bool = True
    track: Track | None = field(default=None, kw_only=True, repr=False)
    may_export: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        check_line("doc_id", self.doc_id, MAX_ID_CHARS)
        check_line("title", self.title, MAX_TITLE_CHARS)
        check_turns(self.turns, self.speakers)

    @classmethod
    def from_text(cls, text: str, *, doc_id: str, title: str | None = None, source: str | None = None) -> "Document":
        """The document of a plain-text or Markdown transcript, its text kept unchanged.

        :param title: None takes the headline of the text, or else `doc_id`.
        :raises SourceEmpty: when the text has no words.
        :raises SourceNotText: when it holds code points that are no characters.
        :raises ValueError: when `doc_id` is empty, too long or no visible line.
        """
        turns = split_turns(text)
        return cls.from_turns(text, turns, doc_id=doc_id, title=title, headline=find_title(text), source=source)

    @classmethod
    def from_turns(
        cls,
        text: str,
        turns: tuple[Turn, ...],
        *,
        doc_id: str,
        title: str | None = None,
        headline: str | None = None,
        source: str | None = None,
        track: Track | None = None,
    ) -> "Document":
        """The document of a text whose turns are known.

        Titles and speakers' names become visible lines, cut where they are too long; times that cannot be are left out.

        :param title: None takes `headline`, unless that is a speaker's name, or else `doc_id`.
        :raises CorpusError: as for `from_text`.
        :raises ValueError: as for `from_text`.
        """
        check_line("doc_id", doc_id, MAX_ID_CHARS)
        if not any(character.isalnum() for character in text):
            raise SourceEmpty(f"{source or doc_id} has no words in it; give a transcript with text")
        if not _has_utf8(text):
            raise SourceNotText(
                f"{source or doc_id} holds half of a surrogate pair, which is no character; decode the text again"
            )
        turns = bound_turns(turns)
        speakers = find_speakers(text, turns)
        title, headline = (one_line(line or "", MAX_TITLE_CHARS) for line in (title, headline))
        if headline in {speaker.name for speaker in speakers}:
            headline = ""
        return cls(
            doc_id=doc_id,
            title=title or headline or doc_id,
            text=text,
            turns=turns,
            speakers=speakers,
            source=source and source.encode(errors="replace").decode(),  # a file's name may be no characters
            sha256=hash_text(text),
            track=track,
        )

    def count_turns(self) -> int:
        """How many turns of speech it has: the number that is shown wherever turns are counted."""
        return sum(turn.kind == "speech" for turn in self.turns)

    def count_words(self) -> int:
        """How many words all turns but furniture have together."""
        said = (self.text[turn.start : turn.end] for turn in self.turns if turn.kind != "furniture")
        return sum(len(_WORD.findall(read_references(words))) for words in said)

    def role_of(self, speaker: str | None) -> Role | None:
        """Whether `speaker` asks or answers here; None for narration and where it is not clear."""
        return next((known.role for known in self.speakers if known.name == speaker), None)

    def turn_at(self, start: int, end: int) -> int | None:
        """The number of the turn in which the span lies whole, or None when it lies in none."""
        number = bisect_right(self.turns, start, key=lambda turn: turn.start) - 1
        return number if number >= 0 and end <= self.turns[number].end else None

    def read(self, start: int, end: int) -> str:
        """The span as a search and a reader see it: folded, with the corrected words in their place."""
        return read_words(self.text, self.words, start, end)

    def read_with_offsets(self, start: int, end: int) -> Folded:
        """As `read`, and where in `text[start:end]` each of its characters stands."""
        return read_words_with_offsets(self.text, self.words, start, end)

    def bracket(self, start: int, end: int) -> str | None:
        """The span with corrected words in square brackets, as editors write them; None where none are corrected."""
        return bracket_words(self.text, self.words, start, end)


def hash_text(text: str) -> str:
    """The sha256 of `text` in UTF-8, as lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
