"""Reading in two steps: a small network over all that was found, then a large one over the likeliest few."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import Document
from index import Embedder, FloatArray, Hit
from qa.reading.excerpt import excerpt_at
from qa.reading.extractive import ExtractiveReader, read_settings, squash
from qa.reading.reader import Reader, Reading

if TYPE_CHECKING:
    from qa.reading.close_network import CloseNetwork

# The adapter, the tokenizer, what was fitted to both networks, and the large one's model card.
CLOSE_FOLDER = Path(__file__).parent / "close"
MISSING = "The small reader answers, for want of the large one: run “ontherecord fetch”."
MAKING = "The small reader answers, while the large one is being made ready."
BROKEN = "The small reader answers: the large one cannot be used, and the log says why."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mix:
    """Two scores into one, of which a difference is one in log-odds, and the best of these into a probability."""

    first: float
    close: float
    slope: float
    offset: float

    def score(self, first: float, close: float) -> float:
        """The weighted sum of what both networks say of a passage."""
        return self.first * first + self.close * close

    def to_probability(self, score: float) -> float:
        """The probability that a passage of this score answers, where it is the best."""
        return squash(self.slope * score + self.offset)


@dataclass(frozen=True, slots=True)
class CloseSettings:
    """What is fitted to both networks, on questions that neither was trained on.

    `passages` is how many the large one reads. `few` holds where no more than these were found, a short text or all of
    it, and `many` elsewhere: in a paragraph of prose the small network is right more often than in an hour of talk. The
    rest is as in `ReaderSettings`.
    """

    passages: int
    many: Mix
    few: Mix
    min_confidence: float
    sure_confidence: float

    @classmethod
    def from_record(cls, *, many: dict[str, float], few: dict[str, float], **rest: float) -> "CloseSettings":
        """What `dataclasses.asdict` made of it.

        :raises TypeError: when it is of another form.
        """
        return cls(many=Mix(**many), few=Mix(**few), **rest)  # type: ignore[arg-type]  # passages is a whole number

    def mix(self, found: int) -> Mix:
        """What holds where so many passages were found."""
        return self.few if found <= self.passages else self.many


def open_reader(embedder: Embedder, *, fast: bool = False) -> Reader:
    """The best reader that there is, for passages that `embedder` embedded; the small network alone when `fast`."""
    first = ExtractiveReader(embedder)
    return first if fast else TwoStepReader(first)


class TwoStepReader:
    """A `Reader` that answers at once with its first step, and with both as soon as the large network is ready."""

    def __init__(
        self, first: ExtractiveReader, network: "CloseNetwork | None" = None, folder: Path = CLOSE_FOLDER
    ) -> None:
        """Read with `first`, then with the network in `folder`, or with `network`."""
        self._first = first
        self._given = network
        self._folder = folder
        self._lock = threading.Lock()
        self._ready = False
        self._making = False
        self._maker: threading.Thread | None = None
        self.note = ""
        """Why the small network answers alone; "" where it does not, or nothing has been read yet."""

    @property
    def first(self) -> ExtractiveReader:
        """The first step alone, which takes a fraction of the time."""
        return self._first

    @cached_property
    def settings(self) -> CloseSettings:
        """What was fitted to both.

        :raises ReaderUnavailable: when the file is missing or not of the form.
        """
        return read_settings(self._folder, CloseSettings.from_record)

    @cached_property
    def _network(self) -> "CloseNetwork":
        # Only who reads pays for what runs it.
        from qa.reading.close_network import CloseNetwork

        return self._given or CloseNetwork(self._folder)

    @property
    def min_confidence(self) -> float:
        """The threshold that was fitted to what reads now."""
        return self.settings.min_confidence if self._ready else self._first.min_confidence

    @property
    def sure_confidence(self) -> float:
        """That which was fitted to what reads now."""
        return self.settings.sure_confidence if self._ready else self._first.sure_confidence

    def warm_up(self) -> None:
        """Load both now; a large network that is still to be made is made behind."""
        self._first.warm_up()
        self._begin()

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """What was read closely, by the scores of both; then the rest, bounded by the lowest of those."""
        reading = self._first.read(question, hits, documents, embedding=embedding)
        return self.read_closely(question, reading, hits, documents)

    def read_closely(
        self,
        question: str,
        reading: Reading,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        most: int | None = None,
    ) -> Reading:
        """What both steps make of `hits`, of which `reading` is what the first makes; that, as long as it is alone.

        :param most: how many passages are read closely, by default as many as are set.
        """
        if not reading.evidence or not self._begin():
            return reading
        settings = self.settings
        mix = settings.mix(len(reading.evidence))
        passages = {(hit.passage.doc_id, hit.passage.start, hit.passage.end): hit.passage for hit in hits}
        closely = settings.passages if most is None else most
        near, far = reading.evidence[:closely], reading.evidence[closely:]
        excerpts = [excerpt_at(documents[each.doc_id], passages[each.doc_id, each.start, each.end]) for each in near]
        scores = self._network.score(question, excerpts)
        read = [replace(each, score=mix.score(each.score, score)) for each, score in zip(near, scores, strict=True)]
        read.sort(key=lambda each: (-each.score, each.doc_id, each.start))
        bound = read[-1].score
        read += [replace(each, score=min(bound, mix.first * each.score)) for each in far]
        return Reading(tuple(read), mix.to_probability(read[0].score))

    def finish(self) -> None:
        """Wait until the large network is ready, or cannot be."""
        self.warm_up()
        if self._maker is not None:
            self._maker.join()

    def _begin(self) -> bool:
        """Whether the large network is ready, which it is made as soon as it can be."""
        with self._lock:
            if self._ready or self._making or self.note == BROKEN:
                return self._ready
            try:
                made = self._network.is_made()
            except OSError:
                self._give_up()
                return False
            if made:
                self._load()
            elif self._network.can_be_made():
                self._making, self.note = True, MAKING
                self._maker = threading.Thread(target=self._make, daemon=True)
                self._maker.start()
            else:
                self.note = MISSING
            return self._ready

    def _make(self) -> None:
        self._load()
        self._making = False

    def _load(self) -> None:
        try:
            self._network.load()
        except Exception:  # noqa: BLE001 - the small one goes on answering, whatever is wrong
            self._give_up()
        else:
            self._ready, self.note = True, ""

    def _give_up(self) -> None:
        _log.exception("the large reader cannot be used")
        self.note = BROKEN
