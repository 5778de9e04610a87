"""The corrections of a collection laid over a document: other turns, other names, other words; the same text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from corpus.bounds import MAX_NAME_CHARS
from corpus.corrected_words import CorrectedWords
from corpus.corrections.anchor import find_anchor
from corpus.corrections.record import Correction
from corpus.document import Document
from corpus.roles import find_speakers, role_in_name
from corpus.sentences import strip_span
from corpus.turn import Kind, Role, Speaker, Turn

# What a correction does to a document: it holds; its place is gone from the changed text, or could be several; or there
# is nobody (any more) of the name that it is about.
Effect = Literal["applied", "lost", "idle"]
_PARTING = frozenset({"reassign", "drop"})


@dataclass(frozen=True, slots=True)
class Layout:
    """A document with everything corrected but the names: `document` has turns, roles and words as corrected.

    Its speakers have the names of the source, those whom a correction brought in new ones; `names` has those who are
    shown under another name. A change of name alone so leaves everything else as it is, also what is stored.
    """

    document: Document
    names: dict[str, str]
    effects: dict[str, Effect]

    def show(self) -> Document:
        """The document as everybody sees it."""
        if not self.names:
            return self.document
        turns = tuple(replace(turn, speaker=self._name(turn.speaker)) for turn in self.document.turns)
        roles: dict[str, Role | None] = {}
        for speaker in self.document.speakers:
            name = self.names.get(speaker.name, speaker.name)
            roles[name] = roles.get(name) or speaker.role
        speakers = tuple(Speaker(name, role) for name, role in roles.items())
        return replace(self.document, turns=turns, speakers=speakers)

    def _name(self, speaker: str | None) -> str | None:
        return None if speaker is None else self.names.get(speaker, speaker)


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrections of a collection, in the order in which they were made."""

    records: tuple[Correction, ...] = ()

    def of(self, doc_id: str) -> list[Correction]:
        """Those that can concern this document."""
        return [record for record in self.records if record.doc_id in (None, doc_id)]

    def changes(self, doc_id: str) -> bool:
        """Whether anything in this document but a name may be another one."""
        return any(record.doc_id == doc_id and record.kind != "rename" for record in self.records)

    def parts(self, doc_id: str) -> bool:
        """Whether other turns may be somebody's in this document than the source says."""
        return any(record.doc_id == doc_id and record.kind in _PARTING for record in self.records)

    def lay_out(self, document: Document) -> Layout:
        """The document, as it was read, with its corrections in it."""
        return _lay_out(document, self.of(document.doc_id))

    def show_name(self, doc_id: str, speaker: str) -> str:
        """What somebody is called in a document in which nobody's turns are another's (see `parts`)."""
        for record in self.records:
            if record.kind == "rename" and record.doc_id in (None, doc_id) and record.speaker == speaker:
                speaker = record.to or speaker
        return speaker

    def find_names(self, doc_id: str | None, shown: Iterable[str]) -> frozenset[str]:
        """The names in the source of all who are called one of `shown`, in such a document.

        :param doc_id: None for the documents that have no corrections of their own.
        """
        wanted = set(shown)
        renames = [record for record in self.records if record.kind == "rename" and record.doc_id in (None, doc_id)]
        names = wanted | {record.speaker for record in renames if record.speaker is not None}
        return frozenset(name for name in names if _follow(name, renames) in wanted)


def _follow(name: str, renames: Iterable[Correction]) -> str:
    for record in renames:
        if record.speaker == name:
            name = record.to or name
    return name


def _lay_out(document: Document, records: Sequence[Correction]) -> Layout:
    sheet = _Sheet(document, list(document.turns))
    effects: dict[str, Effect] = {record.id: sheet.apply(record) for record in records}
    for name in sheet.names.values():
        if (role := role_in_name(name)) is not None:
            sheet.roles.update(dict.fromkeys(sheet.called(name), role) | sheet.roles)
    turns = tuple(sheet.turns)
    speakers = find_speakers(document.text, turns) if turns != document.turns else document.speakers
    speakers = _set_roles(speakers, sheet)
    words = tuple(sorted(sheet.words, key=lambda each: each.start))
    laid = replace(document, turns=turns, speakers=speakers, words=words, has_own_turns=turns == document.turns)
    within = tuple(each for each in words if laid.turn_at(each.start, each.end) is not None)
    names = {name: shown for name, shown in sheet.names.items() if shown != name}
    return Layout(replace(laid, words=within), names, effects)


def _set_roles(speakers: Sequence[Speaker], sheet: "_Sheet") -> tuple[Speaker, ...]:
    """The speakers with the roles that somebody gave them; once one is known to ask, all others answer."""
    if not sheet.roles:
        return tuple(speakers)
    roles = {speaker.name: sheet.roles.get(speaker.name, speaker.role) for speaker in speakers}
    if "asks" in sheet.roles.values():
        roles = {name: role or "answers" for name, role in roles.items()}
    return tuple(Speaker(name, role) for name, role in roles.items())


@dataclass(slots=True)
class _Sheet:
    """A document while its corrections are applied, one after the other.

    A speaker goes by the name in the source; `names` has what those are called by now who were renamed.
    """

    document: Document
    turns: list[Turn]
    names: dict[str, str] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    words: list[CorrectedWords] = field(default_factory=list)

    def called(self, shown: str | None) -> list[str]:
        """Who is called so by now, in order of first words."""
        speakers = dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker is not None)
        return [name for name in speakers if self.names.get(name, name) == shown]

    def apply(self, record: Correction) -> Effect:
        if record.at is not None:
            place = find_anchor(self.document.text, self.document.sha256, record.at)
            if place is None:
                return "lost"
            if record.kind == "words":
                return self._correct(*place, record.to or "")
            return self._reassign(*place, record.to)
        speakers = self.called(record.speaker)
        if not speakers:
            return "idle"
        if record.kind == "rename":
            self.names.update(dict.fromkeys(speakers, record.to or ""))
        elif record.kind == "role":
            role: Role = "asks" if record.to == "asks" else "answers"
            self.roles.update(dict.fromkeys(speakers, role))
        else:
            self._drop(frozenset(speakers))
        return "applied"

    def _correct(self, start: int, end: int, text: str) -> Effect:
        if self.document.turn_at(start, end) is None:
            return "lost"
        self.words = [each for each in self.words if each.end <= start or end <= each.start]
        self.words.append(CorrectedWords(start, end, text))
        return "applied"

    def _reassign(self, start: int, end: int, to: str | None) -> Effect:
        speaker = None if to is None else self._find_speaker(to)
        parted = [part for turn in self.turns for part in _part(self.document.text, turn, start, end, speaker)]
        changed = parted != self.turns
        self.turns = parted
        return "applied" if changed else "idle"

    def _find_speaker(self, shown: str) -> str:
        """The name in the source of somebody who is called so, or one that nobody there has."""
        known = self.called(shown)
        if known:
            return known[0]
        taken = {turn.speaker for turn in (*self.turns, *self.document.turns)}
        name, number = shown, 2
        while name in taken:
            end = f" ({number})"
            name, number = shown[: MAX_NAME_CHARS - len(end)] + end, number + 1
        self.names[name] = shown
        return name

    def _drop(self, speakers: frozenset[str]) -> None:
        """Give the turns of `speakers`, labels included, to whoever spoke before."""
        for number, turn in enumerate(self.turns):
            if turn.speaker not in speakers:
                continue
            before = self.turns[number - 1] if number else None
            label = strip_span(self.document.text, before.end if before else 0, turn.end)
            said = replace(turn, start=label[0] if label else turn.start)
            if before is None or before.speaker is None:
                self.turns[number] = replace(said, speaker=None, kind="narration")
            else:
                self.turns[number] = replace(said, speaker=before.speaker, kind=before.kind)


def _part(text: str, turn: Turn, start: int, end: int, speaker: str | None) -> Iterator[Turn]:
    """The turn with what stands between `start` and `end` given to `speaker`: one to three turns."""
    kind: Kind = "narration" if speaker is None else "speech"
    if turn.kind == "furniture" or (turn.speaker, turn.kind) == (speaker, kind):
        yield turn
        return
    if end <= turn.start or turn.end <= start:
        yield turn
        return
    spans = ((turn.start, max(turn.start, start)), (max(turn.start, start), min(turn.end, end)), (end, turn.end))
    given = replace(turn, speaker=speaker, kind=kind)
    for number, (first, last) in enumerate(spans):
        span = strip_span(text, first, last) if first < last else None
        if span is None:
            continue
        part = given if number == 1 else turn
        # Only the first words of a turn are known to be said at its time.
        start_ms = turn.start_ms if span[0] == turn.start else None
        yield replace(part, start=span[0], end=span[1], start_ms=start_ms)
