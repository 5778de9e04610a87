"""A document: one source text, its turns and its speakers."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass

from corpus.errors import SourceEmpty, SourceNotText
from corpus.roles import find_speakers
from corpus.transcript import find_title, split_turns
from corpus.turn import Role, Speaker, Turn


@dataclass(frozen=True, slots=True)
class Document:
    """One source text, never changed; every offset in the program is a code point of `text`.

    `sha256` is that of `text` in UTF-8, as lower-case hex. `source` is the path or URI it came from, None for pasted
    text.
    """

    doc_id: str
    title: str
    text: str
    turns: tuple[Turn, ...]
    speakers: tuple[Speaker, ...]
    source: str | None
    sha256: str

    @classmethod
    def from_text(cls, text: str, *, doc_id: str, title: str | None = None, source: str | None = None) -> "Document":
        """The document of a plain-text or Markdown transcript, its text kept unchanged.

        :param title: None takes the headline of the text, or else `doc_id`.
        :raises SourceEmpty: when the text has no words.
        :raises SourceNotText: when it holds code points that are no characters.
        :raises ValueError: when `doc_id` is empty.
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
    ) -> "Document":
        """The document of a text whose turns are known.

        :param title: None takes `headline`, unless that is a speaker's name, or else `doc_id`.
        :raises CorpusError: as for `from_text`.
        :raises ValueError: when `doc_id` is empty.
        """
        if not doc_id.strip():
            raise ValueError("doc_id is empty; give the document a name")
        if not any(character.isalnum() for character in text):
            raise SourceEmpty(f"{source or doc_id} has no words in it; give a transcript with text")
        if not _has_utf8(text):
            raise SourceNotText(
                f"{source or doc_id} holds half of a surrogate pair, which is no character; decode the text anew"
            )
        speakers = find_speakers(text, turns)
        if headline in {speaker.name for speaker in speakers}:
            headline = None
        return cls(
            doc_id=doc_id,
            title=title or headline or doc_id,
            text=text,
            turns=turns,
            speakers=speakers,
            source=source,
            sha256=hash_text(text),
        )

    def role_of(self, speaker: str | None) -> Role | None:
        """Whether `speaker` asks or answers here; None for narration and where it is not clear."""
        return next((known.role for known in self.speakers if known.name == speaker), None)

    def turn_at(self, start: int, end: int) -> int | None:
        """The number of the turn in which the span lies whole, or None when it lies in none."""
        number = bisect_right(self.turns, start, key=lambda turn: turn.start) - 1
        return number if number >= 0 and end <= self.turns[number].end else None


def hash_text(text: str) -> str:
    """The sha256 of `text` in UTF-8, as lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
