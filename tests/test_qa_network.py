"""The reader's network and what goes into it: the real code on a tiny network with random weights."""

import shutil

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig

from index.embedding import DEFAULT_EMBEDDER, find_model
from index.embedding.onnx_model import batch_by_length
from qa.reading.encoding import (
    MAX_AFTER_TOKENS,
    MAX_BEFORE_TOKENS,
    MAX_QUESTION_TOKENS,
    MAX_TEXT_TOKENS,
    PairEncoder,
    make_batch,
)
from qa.reading.excerpt import Excerpt
from qa.reading.network import (
    MAX_SHORT_TOKENS,
    TOKENIZER_FILE,
    ReaderNetwork,
    find_short,
    load_reader,
    score_excerpts,
)
from qa.training.network import TrainableNetwork, save_network

EXCERPT = Excerpt("It cost 3.5 billion.", before="Ann: And the port?", after="A lot.")


@pytest.fixture(scope="module")
def encoder() -> PairEncoder:
    return PairEncoder(Tokenizer.from_file(str(find_model(DEFAULT_EMBEDDER) / "tokenizer.json")))


@pytest.fixture(scope="module")
def trained() -> TrainableNetwork:
    torch.manual_seed(1)
    config = BertConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48)
    return TrainableNetwork(config).eval()


@pytest.fixture(scope="module")
def network(trained: TrainableNetwork, tmp_path_factory: pytest.TempPathFactory) -> ReaderNetwork:
    """What reads with the weights of `trained`."""
    folder = tmp_path_factory.mktemp("model")
    save_network(trained, folder)
    shutil.copy(find_model(DEFAULT_EMBEDDER) / TOKENIZER_FILE, folder)
    return load_reader(folder, "float32")[0]


def test_question_then_surroundings_then_the_end(encoder: PairEncoder) -> None:
    encoded = encoder.encode("How much?", EXCERPT)
    asked = encoder.encode("How much?", Excerpt(""))
    assert encoded.ids[: encoded.question_end] == asked.ids[: asked.question_end]
    assert encoded.question_end == 5  # [CLS] how much ? [SEP]
    assert encoded.first == 5 + 6  # ann : and the port ?
    assert [EXCERPT.text[start:end] for start, end in encoded.offsets] == ["It", "cost", "3", ".", "5", "billion", "."]
    assert encoded.last == encoded.first + 7
    assert len(encoded) == encoded.last + 3 + 1  # a lot . [SEP]


def test_what_is_too_long_is_cut_and_the_text_stays_in_sight(encoder: PairEncoder) -> None:
    encoded = encoder.encode("why " * 100, Excerpt("port " * 300, before="sea " * 100, after="land " * 100))
    assert encoded.question_end == MAX_QUESTION_TOKENS + 2
    assert encoded.first - encoded.question_end == MAX_BEFORE_TOKENS
    assert encoded.last - encoded.first == len(encoded.offsets) == MAX_TEXT_TOKENS
    assert len(encoded) - encoded.last == MAX_AFTER_TOKENS + 1


def test_a_batch_is_padded_and_says_where_the_text_is(encoder: PairEncoder) -> None:
    long, short = encoder.encode("How much?", EXCERPT), encoder.encode("How?", Excerpt("Yes."))
    batch = make_batch([long, short])
    assert batch.ids.shape == (2, 24)
    assert batch.mask.sum(axis=1).tolist() == [len(long), len(short)]
    assert np.flatnonzero(batch.text_mask[0]).tolist() == list(range(long.first, long.last))
    assert batch.segments[1].sum() == len(short) - short.question_end
    assert not batch.ids[1, len(short) :].any()


def test_batches_hold_no_more_than_the_tokens_allowed_and_every_item_once(encoder: PairEncoder) -> None:
    items = [encoder.encode("Why?", Excerpt("word " * count)) for count in (1, 60, 3, 60, 2, 100)]
    batches = batch_by_length([len(item) for item in items], 140)
    assert sorted(place for batch in batches for place in batch) == list(range(6))
    assert [len(batch) * max(len(items[place]) for place in batch) <= 140 for batch in batches] == [True] * len(batches)


def test_a_score_does_not_depend_on_what_is_read_beside_it(network: ReaderNetwork, encoder: PairEncoder) -> None:
    pairs = [("How much?", EXCERPT), ("How much did the whole of it cost?", Excerpt("word " * 80)), ("Why?", EXCERPT)]
    together = score_excerpts(network, encoder, pairs)
    alone = [score_excerpts(network, encoder, [pair])[0] for pair in pairs]
    for one, other in zip(together, alone, strict=True):
        assert one.pair == pytest.approx(other.pair, abs=1e-5)
        assert one.relevance == pytest.approx(other.relevance, abs=1e-5)
        assert one.short == other.short


def test_nothing_to_read(network: ReaderNetwork, encoder: PairEncoder) -> None:
    assert score_excerpts(network, encoder, []) == []


def test_a_text_without_a_token_has_no_short_answer(network: ReaderNetwork, encoder: PairEncoder) -> None:
    assert score_excerpts(network, encoder, [("Why?", Excerpt("\u200b"))])[0].short is None


def test_the_short_answer_is_the_best_span_that_is_not_too_long(encoder: PairEncoder) -> None:
    encoded = encoder.encode("Why?", Excerpt("word " * 40))
    start, end = np.zeros(len(encoded), dtype=np.float32), np.zeros(len(encoded), dtype=np.float32)
    start[encoded.first] = start[encoded.first + 20] = 5.0
    end[encoded.first + 21] = 3.0
    end[encoded.first + MAX_SHORT_TOKENS] = 9.0  # one token too far from the first start
    short, score = find_short(encoded, start, end)
    assert short == (20 * 5, (MAX_SHORT_TOKENS + 1) * 5 - 1)
    assert score == pytest.approx(14.0)


def test_what_reads_gives_what_was_trained(
    network: ReaderNetwork, trained: TrainableNetwork, encoder: PairEncoder
) -> None:
    batch = make_batch([encoder.encode("How much?", EXCERPT), encoder.encode("Why?", Excerpt("Nobody knows."))])
    logits = network.score(batch)
    with torch.inference_mode():
        arrays = (batch.ids, batch.mask, batch.segments, batch.text_mask)
        pair, relevance, span = trained(*(torch.from_numpy(array) for array in arrays))
    # The weights were kept in half precision.
    np.testing.assert_allclose(logits.pair, pair.numpy(), atol=2e-3)
    np.testing.assert_allclose(logits.relevance, relevance.numpy(), atol=2e-3)
    np.testing.assert_allclose(logits.start, span[..., 0].numpy(), atol=2e-3)
    np.testing.assert_allclose(logits.end, span[..., 1].numpy(), atol=2e-3)
