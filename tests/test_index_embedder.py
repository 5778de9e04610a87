"""The real embedder: the published weights, unit length, order kept, and what sentence-transformers gives."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from corpus import bundled_interview, cut_passages, load
from index import EmbedderUnavailable, FloatArray, SentenceEmbedder
from index.embedding import load_adapter
from index.embedding.embedder import ADAPTER_FILE, PUBLISHED_EMBEDDER, PUBLISHED_WEIGHTS_SHA256, find_model
from index.embedding.low_rank import AdaptedWeights
from index.embedding.onnx_encoder import OnnxEncoder
from qa.evaluation.metrics import hits
from qa.evaluation.questions import load_question_set

EVAL = Path(__file__).parent / "eval"
LONG = "The harbour master counted every ship that came in from the north that year. " * 40

pytestmark = pytest.mark.model


def nearest_ten(embeddings: FloatArray) -> list[set[int]]:
    cosines = embeddings @ embeddings.T
    np.fill_diagonal(cosines, -1.0)
    return [set(row.tolist()) for row in np.argsort(-cosines, axis=1)[:, :10]]


def test_the_published_weights_are_those_that_were_published() -> None:
    published = SentenceEmbedder(PUBLISHED_EMBEDDER)
    assert published.identity.weights_sha256 == PUBLISHED_WEIGHTS_SHA256
    assert str(published.identity) == "all-MiniLM-L6-v2 (53aa51172d14)"


def test_what_was_learned_makes_it_another_embedder(embedder: SentenceEmbedder) -> None:
    assert embedder.identity.name == "all-MiniLM-L6-v2+interviews"
    assert embedder.identity.weights_sha256 not in {PUBLISHED_WEIGHTS_SHA256, hash_file(ADAPTER_FILE)}
    published = SentenceEmbedder(PUBLISHED_EMBEDDER)
    assert share_found(embedder) >= share_found(published) + 0.1


def share_found(embedder: SentenceEmbedder) -> float:
    """Of the questions about a conversation that was not learned from, those with an answer among the eight nearest."""
    questions = load_question_set(EVAL, split="choose")
    document = questions.documents["09_se_unlocked_interview"]
    passages = cut_passages(document, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens)
    embeddings = embedder.embed_passages([document.text[each.start : each.end] for each in passages])
    found = []
    for gold in questions.questions:
        if gold.doc_id == document.doc_id and gold.spans and not gold.history:
            nearest = np.argsort(-(embeddings @ embedder.embed_question(gold.question)))[:8]
            found.append(any(hits(passages[place].start, passages[place].end, gold.spans) for place in nearest))
    assert len(found) >= 20
    return float(np.mean(found))


def hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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


def test_the_light_path_gives_what_sentence_transformers_gives(embedder: SentenceEmbedder, tmp_path: Path) -> None:
    # A folder, so not on the light path: the published model with what was learned added to its weights.
    folder = tmp_path / "merged"
    shutil.copytree(find_model(PUBLISHED_EMBEDDER), folder)
    with safe_open(folder / "model.safetensors", framework="np") as published:
        merged = dict(AdaptedWeights(published, load_adapter(ADAPTER_FILE)))
    save_file(merged, folder / "model.safetensors")
    oracle = SentenceEmbedder(str(folder))
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


def test_the_same_text_twice_and_progress(embedder: SentenceEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    rows = embedder.embed_passages(["Yes.", "A ship of iron.", "yes.", "Yes."], lambda *done: seen.append(done))
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
    shutil.copytree(find_model(PUBLISHED_EMBEDDER), folder)
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
