"""What has been heard of a recording so far, kept in a file that a crash leaves whole: listening goes on from there."""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from index.audio.recognise import HeardWord
from index.audio.voices import EMBEDDING_SIZE
from index.regular_file import append_regular, read_regular, require_regular
from index.types import FloatArray

# A day of speech with its voices has some 60 MB.
_MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HeardStretch:
    """Words of one voice without a long pause, and the voice's embedding `(256,)`, None where it was not made."""

    words: tuple[HeardWord, ...]
    embedding: FloatArray | None


@dataclass(frozen=True, slots=True)
class HeardPart:
    """What was heard of a recording up to `end_ms`, and in which language (None: nobody spoke yet)."""

    end_ms: int
    language: str | None
    stretches: tuple[HeardStretch, ...]


class PartialFile:
    """A line of JSON for each part, behind one that says of which recording and by whom."""

    def __init__(self, path: Path, head: Mapping[str, object]) -> None:
        """:param head: what must be the same for listening to go on."""
        self._path = path
        self._head = head

    def read(self) -> list[HeardPart]:
        """The parts so far; none where the file is of another recording or model, and it is begun anew then.

        A line that was not written whole ends what is read.

        :raises OSError: when it cannot be read or begun.
        """
        require_regular(self._path)
        lines = read_regular(self._path, _MAX_BYTES).split(b"\n") if self._path.exists() else []
        parts: list[HeardPart] = []
        try:
            if lines and json.loads(lines[0]) == dict(self._head):
                for line in lines[1:]:
                    parts.append(_read_part(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            pass  # it was cut off there
        self._begin(parts)
        return parts

    def append(self, part: HeardPart) -> None:
        """Keep a part; when this returns, it is kept.

        :raises OSError: when it cannot be written.
        """
        append_regular(self._path, _line(_write_part(part)))

    def remove(self) -> None:
        """Delete the file: the transcript has all of it."""
        self._path.unlink(missing_ok=True)

    def _begin(self, parts: Sequence[HeardPart]) -> None:
        with self._path.open("wb") as file:
            file.write(b"".join(map(_line, (dict(self._head), *map(_write_part, parts)))))
            file.flush()
            os.fsync(file.fileno())


def _line(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _write_part(part: HeardPart) -> dict[str, object]:
    stretches = [
        {
            "words": [astuple(word) for word in stretch.words],
            "voice": None
            if stretch.embedding is None
            else b64encode(stretch.embedding.astype("<f2").tobytes()).decode(),
        }
        for stretch in part.stretches
    ]
    return {"end_ms": part.end_ms, "language": part.language, "stretches": stretches}


def _read_part(record: dict[str, object]) -> HeardPart:
    stretches = record["stretches"]
    if not isinstance(stretches, list) or type(record["end_ms"]) is not int:
        raise TypeError("no part of what was heard")
    language = record["language"]
    return HeardPart(record["end_ms"], None if language is None else str(language), tuple(map(_read_one, stretches)))


def _read_one(record: dict[str, object]) -> HeardStretch:
    words, voice = record["words"], record["voice"]
    if not isinstance(words, list) or not words:
        raise TypeError("a stretch without words")
    embedding = None
    if voice is not None:
        embedding = np.frombuffer(b64decode(str(voice)), dtype="<f2").astype(np.float32).reshape(EMBEDDING_SIZE)
    heard = (HeardWord(str(text), int(start), int(end), float(sure)) for text, start, end, sure in words)
    return HeardStretch(tuple(heard), embedding)
