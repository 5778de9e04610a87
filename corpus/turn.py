"""A turn: one stretch of a text, and who said it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["speech", "narration", "furniture"]
Role = Literal["asks", "answers"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of `Document.text` said by one speaker, or by none.

    `start` and `end` are code points, `end` exclusive; the label is not included, nor is white space
    at either end. `narration` is text outside the dialogue (headline, introduction, headings);
    `furniture` is what the page or the export added ("Leave a Reply") and is never quoted.
    One speaker may have several turns in a row where a time mark, a rule or a new page stands between them.
    `start_ms` is the time in the recording at which it begins, in milliseconds; `page` is the page, counted from 1,
    on which every sentence of it begins. Either is None where the source does not tell.
    """

    speaker: str | None
    start: int
    end: int
    kind: Kind = "speech"
    start_ms: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks, under the name in the labels, and whether they ask or answer (None: neither is clear)."""

    name: str
    role: Role | None = None
