"""Reading in two steps: what the large network changes, and who answers while it is not there."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document, cut_passages
from index import Hit
from qa import QA, ReaderUnavailable, Reading
from qa.reading.close_network import CloseNetwork
from qa.reading.excerpt import Excerpt, excerpt_at
from qa.reading.extractive import ExtractiveReader, squash
from qa.reading.loading import load_behind
from qa.reading.reader import Evidence
from qa.reading.sparing import CLOSELY, spare
from qa.reading.two_step import BROKEN, MAKING, MISSING, CloseSettings, Mix, TwoStepReader
from tests.fakes import HashEmbedder

TEXT = """\
Ann: Where did you work?

Bob: I worked in a mill. The mill was cold. We had no heating at all until the war was over and the new owners came, \
and they were not generous men either, I can tell you that much about them and about their fathers before them too. \
It was dark.
"""


class Network(CloseNetwork):
    """Says of each text how many words it has."""

    def __init__(self, *, made: bool = True, weights: bool = True, broken: bool = False) -> None:
        self.made, self.weights, self.broken = made, weights, broken
        self.let = threading.Event()
        self.read: list[Excerpt] = []

    def is_made(self) -> bool:
        """As told."""
        return self.made

    def can_be_made(self) -> bool:
        """As told."""
        return self.weights

    def load(self) -> None:
        """At once where it is made, else when it is let."""
        if self.broken:
            raise ValueError("damaged")
        if not self.made:
            self.let.wait()

    def score(self, question: str, excerpts: Sequence[Excerpt]) -> list[float]:
        """The number of words."""
        self.read += excerpts
        return [float(len(excerpt.text.split())) for excerpt in excerpts]


class First(ExtractiveReader):
    """Finds the passages as good as they are early."""

    def __init__(self, confidence: float = 0.75) -> None:
        super().__init__(HashEmbedder())
        self.confidence = confidence

    @property
    def min_confidence(self) -> float:
        """One of its own."""
        return 0.25

    @property
    def sure_confidence(self) -> float:
        """One of its own."""
        return 0.35

    def warm_up(self) -> None:
        """Nothing to load."""

    def read(self, question: str, hits: Sequence[Hit], documents: object, **_: object) -> Reading:
        """Every hit, best first."""
        evidence = tuple(
            Evidence(hit.passage.doc_id, hit.passage.start, hit.passage.end, 5.0 - place)
            for place, hit in enumerate(hits)
        )
        return Reading(evidence, self.confidence)


MIX = Mix(first=0.5, close=2.0, slope=0.1, offset=-1.0)
SETTINGS = CloseSettings(
    passages=3, many=MIX, few=replace(MIX, first=10.0, offset=0.5), min_confidence=0.6, sure_confidence=0.7
)


@pytest.fixture
def found() -> tuple[list[Hit], dict[str, Document]]:
    document = Document.from_text(TEXT, doc_id="mill")
    passages = cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))
    return [Hit(passage, 1.0, 0.5, None) for passage in passages], {"mill": document}


def make_reader(network: Network, confidence: float = 0.75) -> TwoStepReader:
    reader = TwoStepReader(First(confidence), network)
    reader.__dict__["settings"] = SETTINGS
    return reader


def test_both_scores_rank_what_was_read_closely(found: tuple[list[Hit], dict[str, Document]]) -> None:
    hits, documents = found
    reading = make_reader(Network()).read("Where?", hits, documents)
    texts = [documents["mill"].text[each.start : each.end] for each in reading.evidence]
    assert texts[:3] == ["I worked in a mill.", "Where did you work?", "The mill was cold."]
    assert [each.score for each in reading.evidence[:3]] == [12.0, 10.5, 9.5]
    # What only the first network has read comes after, however sure that was.
    assert [each.score for each in reading.evidence[3:]] == [1.0, 0.5]
    assert reading.confidence == squash(0.1 * 12.0 - 1.0)


def test_where_little_was_found_the_scores_are_weighed_otherwise(found: tuple[list[Hit], dict[str, Document]]) -> None:
    hits, documents = found
    many = make_reader(Network()).read("Where?", hits, documents)
    few = make_reader(Network()).read("Where?", hits[:3], documents)
    assert many.evidence[0].start == hits[1].passage.start
    assert few.evidence[0].start == hits[0].passage.start
    assert few.confidence == squash(0.1 * few.evidence[0].score + 0.5)


def test_the_threshold_is_that_of_what_reads(found: tuple[list[Hit], dict[str, Document]]) -> None:
    reader = make_reader(Network())
    assert reader.min_confidence == 0.25
    reader.warm_up()
    assert reader.min_confidence == 0.6


def test_a_sparing_reader_reads_closely_only_what_may_count(found: tuple[list[Hit], dict[str, Document]]) -> None:
    network = Network()
    both = make_reader(network, confidence=0.3)
    sparing = spare(both, margin=1.26)  # 0.3 is less than 0.6, which an answer must have, by 1.253
    both.warm_up()
    assert (sparing.min_confidence, sparing.sure_confidence, sparing.note) == (0.6, 0.7, "")
    hits, documents = found
    assert len(hits) > SETTINGS.passages
    assert sparing.read("Where?", hits[:3], documents) == both.read("Where?", hits[:3], documents)
    network.read.clear()
    assert sparing.read("Where?", *found).confidence != 0.3
    assert len(network.read) == len(hits) < CLOSELY
    network.read.clear()
    assert spare(both, margin=1.2).read("Where?", *found) == both.first.read("Where?", *found)
    assert network.read == []
    small = First()
    assert spare(small, margin=1.0) is small


def test_a_reader_is_loaded_behind_whatever_is_done_meanwhile(found: tuple[list[Hit], dict[str, Document]]) -> None:
    network = Network(made=False)
    reader = make_reader(network)
    load_behind(reader).join()
    assert reader.note == MAKING
    network.let.set()
    reader.finish()
    assert reader.note == ""
    # What is wrong shows where it reads.
    missing = ExtractiveReader(HashEmbedder(), Path("nowhere"))
    load_behind(missing).join()
    with pytest.raises(ReaderUnavailable, match="nowhere"):
        missing.read("Where?", *found)


def test_the_small_one_answers_for_want_of_the_large_one(found: tuple[list[Hit], dict[str, Document]]) -> None:
    reader = make_reader(Network(made=False, weights=False))
    assert reader.note == ""
    assert reader.read("Where?", *found).confidence == 0.75
    assert reader.note == MISSING
    assert reader.min_confidence == 0.25


def test_the_small_one_answers_while_the_large_one_is_made(found: tuple[list[Hit], dict[str, Document]]) -> None:
    network = Network(made=False)
    reader = make_reader(network)
    assert reader.read("Where?", *found).confidence == 0.75
    assert reader.note == MAKING
    network.let.set()
    reader.finish()
    assert reader.note == ""
    assert reader.read("Where?", *found).confidence != 0.75


def test_a_broken_one_is_tried_once(
    found: tuple[list[Hit], dict[str, Document]], caplog: pytest.LogCaptureFixture
) -> None:
    reader = make_reader(Network(broken=True))
    assert reader.read("Where?", *found).confidence == 0.75
    assert reader.read("Where?", *found).confidence == 0.75
    assert reader.note == BROKEN
    assert [record.message for record in caplog.records] == ["the large reader cannot be used"]


def test_nothing_found_is_nothing_read() -> None:
    network = Network()
    assert make_reader(network).read("Where?", [], {}).evidence == ()
    assert network.read == []


def test_a_long_reply_is_read_with_what_was_asked(found: tuple[list[Hit], dict[str, Document]]) -> None:
    hits, documents = found
    excerpts = [excerpt_at(documents["mill"], hit.passage) for hit in hits]
    # In sight, the question is not repeated.
    assert [excerpt.asked for excerpt in excerpts] == ["", "", "", "", "Ann: Where did you work?"]
    assert excerpts[1].before == "Ann: Where did you work? Bob:"


def test_settings_that_cannot_be_read_say_where(tmp_path: Path) -> None:
    from qa import ReaderUnavailable

    with pytest.raises(ReaderUnavailable, match=r"the reader's settings .*reader\.json cannot be read"):
        _ = TwoStepReader(First(), Network(), tmp_path).settings


def test_the_default_is_both(fake_qa: QA) -> None:
    from qa import open_reader

    assert isinstance(open_reader(fake_qa.embedder), TwoStepReader)
    assert isinstance(open_reader(fake_qa.embedder, fast=True), ExtractiveReader)
