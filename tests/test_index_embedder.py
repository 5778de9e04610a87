"""The real embedder: the published weights, unit length, order kept, and what sentence-transformers gives."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus import bundled_interview, cut_passages, load
from index import EmbedderUnavailable, FloatArray, SentenceEmbedder
from index.embedding.embedder import DEFAULT_EMBEDDER, DEFAULT_WEIGHTS_SHA256, find_model
from index.embedding.onnx_encoder import OnnxEncoder

EVAL = Path(__file__).parent / "eval"
LONG = "The harbour master counted every ship that came in from the north that year. " * 40

pytestmark = pytest.mark.model


def nearest_ten(embeddings: FloatArray) -> list[set[int]]:
    cosines = embeddings @ embeddings.T
    np.fill_diagonal(cosines, -1.0)
    return [set(row.tolist()) for row in np.argsort(-cosines, axis=1)[:, :10]]


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


def test_the_light_path_gives_what_sentence_transformers_gives(embedder: SentenceEmbedder) -> None:
    oracle = SentenceEmbedder(str(find_model(DEFAULT_EMBEDDER)))  # a folder, so not on the light path
    documents = [bundled_interview(), load(EVAL / "09_se_unlocked_interview.txt")]
    texts = [
        document.text[passage.start : passage.end]
        for document in documents
        for passage in cut_passages(document, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens)
    ][:500]
    texts += [LONG, "Où est le château ? 昨天 🚢", "a", " "]
    # Each once: of two with the same words, either may come first.
    texts = list(dict.fromkeys(texts))
    assert len(texts) > 300
    light, expected = embedder.embed_passages(texts), oracle.embed_passages(texts)
    assert np.abs(light - expected).max() < 1e-4
    kept = [len(ours & theirs) for ours, theirs in zip(nearest_ten(light), nearest_ten(expected), strict=True)]
    assert np.mean(kept) / 10 >= 0.98
    assert embedder.count_tokens(texts) == oracle.count_tokens(texts)
    assert embedder.max_tokens == oracle.max_tokens
    question = "How much faster will cargo reach Shanghai?"
    assert np.abs(embedder.embed_question(question) - oracle.embed_question(question)).max() < 1e-4
    assert embedder.identity.weights_sha256 == oracle.identity.weights_sha256


def test_the_same_text_twice_and_progress(embedder: SentenceEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    rows = embedder.embed_passages(["Yes.", "No.", "yes.", "Yes."], lambda *done: seen.append(done))
    assert np.array_equal(rows[0], rows[3])
    assert np.array_equal(rows[0], rows[2])  # the model does not tell capitals apart
    assert not np.allclose(rows[0], rows[1], atol=0.1)
    assert seen[-1] == (4, 4)


def test_a_text_has_one_embedding_whatever_it_is_embedded_with(embedder: SentenceEmbedder) -> None:
    alone = embedder.embed_passages(["The river dried up."])[0]
    among = embedder.embed_passages([LONG, *(f"Ship number {number}." for number in range(90)), "The river dried up."])
    assert np.abs(among[-1] - alone).max() < 1e-5


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(find_model(DEFAULT_EMBEDDER), folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    encoder = OnnxEncoder(folder, "0" * 64)
    with pytest.raises(EmbedderUnavailable, match=r"has sha256 .*, expected 0000.*; reinstall the package"):
        encoder.embed_question("Why?")


def test_a_question_asked_again_is_not_embedded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = SentenceEmbedder()
    first = embedder.embed_question("Who built the bridge?")
    monkeypatch.setattr(embedder, "_loaded", None)
    monkeypatch.setattr(embedder, "_load", None)
    assert embedder.embed_question("Who built the bridge?") is first
    assert not first.flags.writeable
