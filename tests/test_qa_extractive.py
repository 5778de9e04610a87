"""The trained reader: the real code on a tiny network with random weights."""

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig

from corpus import Document
from index import Hit, retrieve
from index.embedding import DEFAULT_EMBEDDER, WEIGHTS_FILE, find_model
from qa import QA, ExtractiveReader, ReaderUnavailable
from qa.reading.extractive import SETTINGS_FILE, ReaderSettings, score_features
from qa.reading.network import TOKENIZER_FILE
from qa.training.network import TrainableNetwork, save_network
from tests.fakes import HashEmbedder

WEIGHTS = {"pair": 1.0, "relevance": 2.0, "cosine": 3.0}
QUESTION = "How much faster will cargo reach Shanghai?"


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(1)
    config = BertConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48)
    save_network(TrainableNetwork(config), folder)
    shutil.copy(find_model(DEFAULT_EMBEDDER) / TOKENIZER_FILE, folder)
    settings = ReaderSettings(WEIGHTS, 0.1, -0.5, 0.4, 0.6)
    (folder / SETTINGS_FILE).write_text(json.dumps(asdict(settings)))
    return folder


@pytest.fixture
def found(fake_qa: QA) -> tuple[list[Hit], dict[str, Document]]:
    """The passages of the bundled interview for `QUESTION`, the last as if only its words had been found."""
    with fake_qa.store.reading() as view:
        hits = retrieve(view, QUESTION, HashEmbedder().embed_question(QUESTION), top_k=20)
        documents = {hit.passage.doc_id: view.document(hit.passage.doc_id) for hit in hits}
    return [*hits[:-1], replace(hits[-1], cosine=None)], documents


def test_what_is_read_twice_stands_before_what_is_read_once(
    tiny_model: Path, found: tuple[list[Hit], dict[str, Document]]
) -> None:
    hits, documents = found
    reader = ExtractiveReader(HashEmbedder(), tiny_model, reread=lambda scores: len(scores) // 4)
    candidates = reader.read_passages(QUESTION, hits, documents)
    assert [candidate.around is not None for candidate in candidates] == [True] * 5 + [False] * (len(hits) - 5)
    first = [score_features(candidate.alone, WEIGHTS) for candidate in candidates]
    assert first == sorted(first, reverse=True)
    evidence = reader.read(QUESTION, hits, documents).evidence
    starts = [each.start for each in evidence]
    assert set(starts[:5]) == {candidate.hit.passage.start for candidate in candidates[:5]}
    assert starts[5:] == [candidate.hit.passage.start for candidate in candidates[5:]]
    assert [each.score for each in evidence] == sorted((each.score for each in evidence), reverse=True)
    bound = evidence[4].score
    assert [each.score for each in evidence[5:]] == [min(bound, score) for score in first[5:]]


def test_the_score_joins_both_readings_by_the_weights(
    tiny_model: Path, found: tuple[list[Hit], dict[str, Document]]
) -> None:
    reader = ExtractiveReader(HashEmbedder(), tiny_model)
    scores = {each.start: each.score for each in reader.read(QUESTION, *found).evidence}
    twice = [each for each in reader.read_passages(QUESTION, *found) if each.around is not None]
    assert len(twice) >= 4
    for candidate in twice:
        alone, around = candidate.alone, candidate.around
        assert around is not None
        assert alone.pair != around.pair
        assert alone.cosine == around.cosine
        ours = (alone.pair + 2 * alone.relevance) / 3 + 2 * (around.pair + 2 * around.relevance) / 3 + 3 * alone.cosine
        assert scores[candidate.hit.passage.start] == pytest.approx(ours)


def test_short_answers_lie_inside_their_passages(
    tiny_model: Path, found: tuple[list[Hit], dict[str, Document]]
) -> None:
    evidence = ExtractiveReader(HashEmbedder(), tiny_model).read(QUESTION, *found).evidence
    assert len(evidence) > 1
    assert all(each.short and each.start <= each.short[0] < each.short[1] <= each.end for each in evidence)


def test_a_passage_found_by_its_words_alone_gets_its_cosine(
    tiny_model: Path, found: tuple[list[Hit], dict[str, Document]]
) -> None:
    hits, documents = found
    passage = hits[-1].passage
    read = ExtractiveReader(HashEmbedder(), tiny_model).read_passages(QUESTION, hits, documents)
    features = next(each.alone for each in read if each.hit.passage == passage)
    embedder = HashEmbedder()
    text = documents[passage.doc_id].text[passage.start : passage.end]
    expected = embedder.embed_passages([text])[0] @ embedder.embed_question(QUESTION)
    assert features.cosine == pytest.approx(float(expected), abs=1e-6)


def test_nothing_found_is_nothing_read(tiny_model: Path) -> None:
    reading = ExtractiveReader(HashEmbedder(), tiny_model).read(QUESTION, [], {})
    assert (reading.evidence, reading.confidence) == ((), 0.0)


@pytest.mark.parametrize("text", ["", "[]", '{"weights": {}}', "{"])
def test_settings_that_are_none_are_refused(tiny_model: Path, tmp_path: Path, text: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / SETTINGS_FILE).write_text(text)
    with pytest.raises(ReaderUnavailable, match=rf"the reader's settings .*{SETTINGS_FILE} cannot be read"):
        _ = ExtractiveReader(HashEmbedder(), folder).min_confidence


@pytest.mark.parametrize("name", [WEIGHTS_FILE, TOKENIZER_FILE, "config.json"])
def test_a_model_that_is_cut_off_is_refused(tiny_model: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ReaderUnavailable, match=r"the reader's model in .* cannot be loaded"):
        ExtractiveReader(HashEmbedder(), folder).warm_up()
