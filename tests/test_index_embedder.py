"""The real embedder: the published weights, unit length, order kept."""

from pathlib import Path

import numpy as np
import pytest

from index import EmbedderUnavailable, SentenceEmbedder
from index.embedder import DEFAULT_WEIGHTS_SHA256

pytestmark = pytest.mark.model


def test_the_weights_are_the_published_ones(embedder: SentenceEmbedder) -> None:
    assert embedder.identity.weights_sha256 == DEFAULT_WEIGHTS_SHA256
    assert str(embedder.identity) == "all-MiniLM-L6-v2 (53aa51172d14)"


def test_rows_in_the_order_of_the_texts_whatever_their_length(embedder: SentenceEmbedder) -> None:
    texts = ["A short one.", "A much longer sentence about the weather in the mountains of Peru. " * 3, "Ships."]
    rows = embedder.embed_passages(texts)
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    for text, row in zip(texts, rows, strict=True):
        assert float(row @ embedder.embed_question(text)) == pytest.approx(1.0, abs=1e-4)


def test_no_texts(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)
    assert embedder.count_tokens([]) == []


def test_tokens_are_counted_beyond_the_window(embedder: SentenceEmbedder) -> None:
    assert embedder.max_tokens == 256
    assert embedder.count_tokens(["ship", "ship " * 1000]) == [3, 1002]


def test_a_folder_without_weights(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"no \.safetensors weights"):
        _ = SentenceEmbedder(str(tmp_path)).identity
