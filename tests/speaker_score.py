"""Compares the reading of a transcript with the right one: who says which words.

A reading is right when the persons' turns stand in order, each under the right name, with exactly their words (composed
characters, single spaces, without invisible marks, ligatures and `**`), one name a person, and nobody's words under no
name. See `tests/samples/speakers/README.md` for the rows.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from corpus import Document, Turn

TIME_TOLERANCE_S = 1.0
_MIN_RUN_OUT_OF_ORDER = 3
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"})
Row = dict[str, Any]
_Said = list[tuple[str | None, list[str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why a reading is not right (empty: it is), how many characters stand under another person, and the times."""

    reasons: tuple[str, ...]
    anothers_chars: int
    times_hit: int
    times_due: int


def fold(text: str) -> str:
    """The text as it is compared."""
    text = re.sub("\u00ad\\s*", "", text).replace("**", "").translate(_LIGATURES)
    text = "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Cf")
    return " ".join(text.split())


def split_words(text: str) -> list[str]:
    """Words and marks of a folded text; characters of scripts without spaces one by one."""
    words, run = [], ""
    for char in text:
        if char.isalnum() and not _is_unspaced(char):
            run += char
            continue
        words += [run] if run else []
        run = ""
        words += [] if char.isspace() else [char]
    return [*words, run] if run else words


def _is_unspaced(char: str) -> bool:
    return "\u0e00" <= char <= "\u0eff" or "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff"


class _Piece:
    """A turn as it was read, with the loose remarks taken out of its words."""

    def __init__(self, turn: Turn, text: str, loose: Sequence[str]) -> None:
        self.raw = turn.speaker
        self.kind = turn.kind
        self.start_s = None if turn.start_ms is None else turn.start_ms / 1000
        self.text = fold(text[turn.start : turn.end])
        for remark in loose:
            self.text = fold(self.text.replace(remark, " "))
        self.words = split_words(self.text)


class _Names:
    """Which person a name stands for."""

    def __init__(self, row: Row, turns: Sequence[Row]) -> None:
        self._persons: dict[str, str] = {}
        for turn in turns:
            for name in (turn["speaker"], *turn.get("or", ())):
                if name is not None:
                    self._persons.setdefault(self._key(name), self._key(name))
        for name, others in row.get("names", {}).items():
            for other in others:
                self._persons[self._key(other)] = self._key(name)
        self.known = set(self._persons.values())

    @staticmethod
    def _key(name: str) -> str:
        return fold(name).casefold()

    def person(self, name: str | None) -> str | None:
        return None if name is None else self._persons.get(self._key(name), self._key(name))

    def accepted(self, turn: Row) -> set[str | None]:
        return {self.person(name) for name in (turn["speaker"], *turn.get("or", ()))}


def judge_reading(row: Row, document: Document) -> Outcome:
    """The outcome for a document, against whichever right reading it comes nearest to."""
    readings = [row["turns"], *row.get("also_right", ())]
    outcomes = [_measure(row, turns, document) for turns in readings]
    return min(outcomes, key=lambda outcome: (len(outcome.reasons), outcome.anothers_chars))


def judge_file(row: Row, load: Callable[[], Document], refusal: type[Exception]) -> Outcome:
    """As `judge_reading`, for a file that may have to be refused."""
    try:
        document = load()
    except refusal as error:
        due = sum(turn["start_s"] is not None for turn in row["turns"])
        return Outcome(() if row["refused"] else (f"refused: {error}",), 0, 0, 0 if row["refused"] else due)
    if not row["turns"]:
        return Outcome(("read, though there is no transcript in it",), 0, 0, 0)
    return judge_reading(row, document)


def _measure(row: Row, turns: Sequence[Row], document: Document) -> Outcome:
    names = _Names(row, turns)
    loose = [fold(remark) for remark in row.get("loose", ())]
    pieces = [_Piece(turn, document.text, loose) for turn in document.turns]
    expected = [(word, number) for number, turn in enumerate(turns) for word in split_words(fold(turn["text"]))]
    found = [(word, number) for number, piece in enumerate(pieces) for word in piece.words]
    owners = [None if at is None else pieces[found[at][1]] for at in _align(expected, found)]
    reasons = []
    if any(
        not _is_speech(turns[number]) and (piece is None or piece.raw is not None or piece.kind == "furniture")
        for (_, number), piece in zip(expected, owners, strict=True)
    ):
        reasons.append("narration lost, changed or under a name")
    raws = {piece.raw for piece in pieces if piece.raw is not None}
    if not row.get("split_ok") and len({names.person(raw) for raw in raws}) < len(raws):
        reasons.append("one person under two names")
    holders = {
        id(piece) for (_, number), piece in zip(expected, owners, strict=True) if piece and _is_speech(turns[number])
    }
    got = _said(pieces, names, row, turns, holders)
    if not any(got == want for want in _wanted(row, turns, names)):
        reasons.append(f"speakers or words differ: {got}")
    first: dict[int, _Piece | None] = {}
    for (_, number), piece in zip(expected, owners, strict=True):
        first.setdefault(number, piece)
    due = [number for number, turn in enumerate(turns) if turn["start_s"] is not None]
    hit = sum(_is_in_time(turns[number], first.get(number)) for number in due)
    others = sum(
        len(word)
        for (word, number), piece in zip(expected, owners, strict=True)
        if piece and _is_speech(turns[number]) and _is_anothers(names, turns[number], piece)
    )
    return Outcome(tuple(reasons), others, hit, len(due))


def _is_speech(turn: Row) -> bool:
    return turn["speaker"] is not None or turn.get("kind") == "speech"


def _is_anothers(names: _Names, turn: Row, piece: _Piece) -> bool:
    person = names.person(piece.raw)
    return person is not None and person not in names.accepted(turn) and person in names.known


def _align(expected: Sequence[tuple[str, int]], found: Sequence[tuple[str, int]]) -> list[int | None]:
    """For each expected word the index of a found word equal to it, or None: in order, then what is left in runs."""
    where: list[int | None] = [None] * len(expected)
    wanted, given = [word for word, _ in expected], [word for word, _ in found]
    for e, f, size in SequenceMatcher(None, wanted, given, autojunk=False).get_matching_blocks():
        if any(word.isalnum() for word in wanted[e : e + size]):  # a full stop alone is not found
            where[e : e + size] = range(f, f + size)
    used = {index for index in where if index is not None}
    while (best := _longest_left(expected, wanted, given, where, used)) is not None:
        e, f, size = best
        where[e : e + size] = range(f, f + size)
        used |= set(range(f, f + size))
    return where


def _longest_left(
    expected: Sequence[tuple[str, int]], wanted: list[str], given: list[str], where: list[int | None], used: set[int]
) -> tuple[int, int, int] | None:
    gaps = _runs([index for index in range(len(given)) if index not in used], lambda _: 0)
    left = [index for index, at in enumerate(where) if at is None]
    best: tuple[int, int, int] | None = None
    for e_start, e_end in _runs(left, lambda index: expected[index][1]):
        for f_start, f_end in gaps:
            matcher = SequenceMatcher(None, wanted[e_start:e_end], given[f_start:f_end], autojunk=False)
            e, f, size = matcher.find_longest_match()
            enough = size >= min(_MIN_RUN_OUT_OF_ORDER, max(2, e_end - e_start))
            if enough and (best is None or size > best[2]):
                best = e_start + e, f_start + f, size
    return best


def _runs(indexes: Sequence[int], part: Callable[[int], int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index and part(index - 1) == part(index):
            runs[-1][1] = index + 1
        else:
            runs.append([index, index + 1])
    return runs


def _said(pieces: Sequence[_Piece], names: _Names, row: Row, turns: Sequence[Row], holders: set[int]) -> _Said:
    """What the reading lets be said, as (person, words); of nobody's turns only those that hold expected speech."""
    aside = [fold(text) for text in row.get("furniture", ())]
    aside += [fold(turn["text"]) for turn in turns if not _is_speech(turn)]
    said: _Said = []
    for piece in pieces:
        if piece.raw is not None:
            said.append((names.person(piece.raw), piece.words))
        elif piece.kind != "furniture" and id(piece) in holders:
            text = piece.text
            for words in sorted(aside, key=len, reverse=True):
                text = fold(text.replace(words, " ", 1))
            said.append((None, split_words(text)))
    return _merge(row, said)


def _wanted(row: Row, turns: Sequence[Row], names: _Names) -> Iterator[_Said]:
    """The sequences that are right: one for each choice among the names that a turn leaves open."""
    spoken = [turn for turn in turns if _is_speech(turn)]
    keys = [(turn["speaker"], tuple(turn.get("or", ()))) for turn in spoken]
    choices = {key: sorted(names.accepted(turn), key=str) for key, turn in zip(keys, spoken, strict=True)}
    for choice in itertools.product(*choices.values()):
        chosen = dict(zip(choices, choice, strict=True))
        yield _merge(
            row,
            [(chosen[key], split_words(fold(turn["text"]))) for key, turn in zip(keys, spoken, strict=True)],
        )


def _merge(row: Row, said: _Said) -> _Said:
    merged: _Said = []
    for person, words in said:
        if not words:
            continue
        if merged and merged[-1][0] == person and (row.get("merge_ok", True) or person is None):
            merged[-1] = person, merged[-1][1] + words
        else:
            merged.append((person, words))
    return merged


def _is_in_time(turn: Row, piece: _Piece | None) -> bool:
    return piece is not None and piece.start_s is not None and abs(piece.start_s - turn["start_s"]) <= TIME_TOLERANCE_S
