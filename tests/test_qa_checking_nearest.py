"""What is nearest to reported speech, chosen by a reader, and to words that nobody said."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from corpus import Document, bundled_interview
from index import FloatArray, Hit, PassageStore, SentenceEmbedder, build_index, open_store
from qa import ReaderUnavailable, Reading, check_draft
from qa.checking.check import check_text
from qa.checking.nearest import CHOICES, MAX_READ_CLAUSES, NearestPassages
from tests.fakes import HashEmbedder, WordReader

TALK = (
    "Ann: When did the harvest fail?\n\n"
    "Bob: The harvest failed in spring. The river was dry. It had not rained for a year, and nobody wanted rain.\n\n"
    "Ann: And then the rain came to the river and the harvest."
)
OTHER = "Ann: And then?\n\nBob: The harvest was good, the river was full, and it rained in spring.\n\nAnn: Well."
REPORTED = "Bob said that the harvest was lost for want of rain."


class LastReader(WordReader):
    """Prefers what was found last, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """The last alone."""
        self.asked.append((question, len(hits)))
        return super().read(question, hits[-1:], documents, embedding=embedding)


class MissingReader(WordReader):
    """Has no network."""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """Says so."""
        raise ReaderUnavailable("no network is there")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PassageStore:
    folder = tmp_path_factory.mktemp("nearest")
    talks = [Document.from_text(TALK, doc_id="talk"), Document.from_text(OTHER, doc_id="other")]
    build_index(talks, folder, embedder=HashEmbedder())
    return open_store(folder)


def test_the_reader_chooses_among_what_the_speaker_said(store: PassageStore) -> None:
    reader = LastReader()
    (quotation,) = check_draft(REPORTED, store, embedder=HashEmbedder(), reader=reader).quotations
    ((asked, found),) = reader.asked
    assert asked == "the harvest was lost for want of rain"
    assert 1 < found <= CHOICES
    assert quotation.nearest is not None
    assert quotation.nearest.speaker == "Bob"
    alone = check_text(REPORTED, store, nearest=NearestPassages(store, HashEmbedder())).quotations[0].nearest
    assert alone is not None
    assert quotation.nearest.text != alone.text


def test_nearest_is_looked_for_in_the_documents_named_alone(store: PassageStore) -> None:
    for doc_id in ("talk", "other"):
        report = check_draft(REPORTED, store, embedder=HashEmbedder(), reader=WordReader(), doc_ids=[doc_id])
        nearest = report.quotations[0].nearest
        assert nearest is not None
        assert nearest.doc_id == doc_id


def test_without_its_network_what_was_found_first_is_nearest_and_the_reason_is_told(store: PassageStore) -> None:
    nearest = NearestPassages(store, HashEmbedder(), MissingReader())
    (quotation,) = check_text(REPORTED, store, nearest=nearest).quotations
    assert quotation.nearest is not None
    assert nearest.problem == "what is nearest to reported speech was not read: no network is there"


def test_of_very_many_clauses_the_first_are_read(store: PassageStore) -> None:
    reader = LastReader()
    draft = "\n\n".join([REPORTED] * (MAX_READ_CLAUSES + 3))
    quotations = check_draft(draft, store, embedder=HashEmbedder(), reader=reader).quotations
    assert len(reader.asked) == MAX_READ_CLAUSES
    assert all(quotation.nearest is not None for quotation in quotations)


def test_what_is_not_found_has_the_passage_that_shares_most_words(store: PassageStore) -> None:
    draft = "“Every harvest after the war was eaten by locusts before a single cart had left the field,” said Bob."
    (quotation,) = check_text(draft, store).quotations
    assert quotation.verdict == "not_found"
    assert quotation.nearest is not None
    assert "harvest" in quotation.nearest.text
    assert quotation.places == ()


@pytest.mark.model
def test_the_bundled_reader_finds_the_passage_in_other_words(tmp_path: Path, embedder: SentenceEmbedder) -> None:
    build_index([bundled_interview()], tmp_path, embedder=embedder)
    draft = "Balarezo said that the harbour has to obey the country's laws."
    (quotation,) = check_draft(draft, tmp_path, embedder=embedder).quotations
    assert quotation.nearest is not None
    assert "must comply with Peruvian national law" in quotation.nearest.text
