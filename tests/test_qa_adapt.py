"""The small reader goes on learning from interviews: what is shown, what is learned, and that it reads so."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from corpus import Document, cut_passages
from qa.reading.encoding import make_batch
from qa.reading.excerpt import Excerpt
from qa.reading.network import ADAPTER_FILE, TOKENIZER_FILE, load_reader
from qa.training import adapt, interviews
from qa.training.groups import Candidate, Group
from qa.training.interviews import TALK_QUESTIONS, load_talks
from qa.training.low_rank import learned, save_adapter
from qa.training.network import TrainableNetwork, save_network
from qa.training.packing import Packed, Packer
from qa.training.train import load_config, load_encoder, save_config
from qa.training.vocabulary import trim_words
from tests.test_qa_training import BASE_TOKENIZER, WORDS

TALK = "Ann: Where was it?\n\nBob: It was in the port. I liked it.\n\nAnn: And what came of it?"


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of data with one talk, about the first two turns of which two questions are asked."""
    about = TALK[: TALK.index("\n\nAnn: And")]
    where = [about.index("It was"), about.index(" I liked")]
    asked: dict[str, list[dict[str, Any]]] = {
        "conversations": [{"id": "a", "chars": len(about), "sha256": Document.from_text(about, doc_id="a").sha256}],
        "questions": [
            {"id": "a-1", "doc_id": "a", "question": "where?", "spans": [where], "meta": {"type": "fact"}},
            {
                "id": "a-2",
                "doc_id": "a",
                "question": "And why?",
                "spans": [],
                "meta": {"type": "followup", "standalone": "Why in the port?", "history": ["where?"]},
            },
        ],
    }
    monkeypatch.setattr(interviews, "TALK_QUESTIONS", tmp_path)
    for name, records in asked.items():
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (tmp_path / "talks").mkdir()
    documents = [{"id": "a", "title": "A", "text": TALK}, {"id": "b", "title": "B", "text": "Nobody asks of this."}]
    with gzip.open(tmp_path / "talks" / "docs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(document) + "\n" for document in documents)
    return tmp_path


def test_questions_about_talks_are_asked_of_as_much_as_was_read(talks: Path) -> None:
    found = load_talks(talks)
    assert [(doc_id, document.text) for doc_id, document in found.documents.items()] == [
        ("a", TALK[: TALK.index("\n\nAnn: And")])
    ]
    assert [(each.text, each.answerable) for each in found.with_role("train")] == [
        ("where?", True),
        ("Why in the port?", False),
        ("And why? (“where?”)", False),
    ]
    (start, end) = found.questions[0].spans[0]
    assert found.documents["a"].text[start:end] == "It was in the port."


def test_a_talk_with_another_text_is_refused(talks: Path) -> None:
    path = talks / "talks" / "docs.jsonl.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"port", b"town")))
    with pytest.raises(ValueError, match=r"a of .*talks is not the text that was asked about"):
        load_talks(talks)


def test_the_questions_that_ship_are_whole() -> None:
    read = [
        [json.loads(line) for line in (TALK_QUESTIONS / name).read_text(encoding="utf-8").splitlines()]
        for name in ("conversations.jsonl", "questions.jsonl")
    ]
    chars = {each["id"]: each["chars"] for each in read[0]}
    assert len(chars) == len(read[0]) == 32
    assert len({each["id"] for each in read[1]}) == len(read[1]) == 1293
    for each in read[1]:
        assert (each["meta"]["type"] == "unanswerable") is (not each["spans"]), each["id"]
        assert all(0 <= start < end <= chars[each["doc_id"]] for start, end in each["spans"]), each["id"]
        if each["meta"]["type"] == "followup":
            assert each["meta"]["standalone"], each["id"]
            assert each["meta"]["history"], each["id"]


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """The folder of a small reader with random weights."""
    folder = tmp_path / "reader"
    folder.mkdir()
    trim_words(BASE_TOKENIZER, ["a port"], folder / TOKENIZER_FILE, WORDS)
    save_config(BASE_TOKENIZER.parent, folder)
    config = json.loads((folder / "config.json").read_text())
    narrow = {"hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 48, "num_hidden_layers": 2}
    (folder / "config.json").write_text(json.dumps(config | narrow))
    torch.manual_seed(3)
    save_network(TrainableNetwork(load_config(folder)), folder)
    return folder


def pack(folder: Path) -> Packed:
    """Groups of two sets of our own and one other: what has a "port" answers."""
    packer = Packer(load_encoder(folder))
    for number in range(3):
        document = Document.from_text("A port. No town here. The port is big. Rain fell. Nobody came.", doc_id="d")
        passages = cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))
        said = [document.text[each.start : each.end] for each in passages]
        candidates = tuple(
            Candidate("d", each, "port" in words, (2, 6) if number == 2 and words == "A port." else None)
            for each, words in zip(passages, said, strict=True)
        )
        packer.add(number, {"d": document}, [Group(f"Which port {question}?", candidates, 1.0) for question in "abc"])
    return packer.pack()


def test_each_of_the_own_groups_is_shown_as_often_as_another(reader: Path) -> None:
    packed = pack(reader)
    shown = adapt.make_own_schedule(packed, own=2, count=100).tolist()
    counts = [shown.count(group) for group in range(9)]
    assert len(shown) == 100
    assert sum(counts[6:]) == 22
    assert set(counts[:6]) == {13}
    # Spread, none only at the end.
    assert sum(group >= 6 for group in shown[:50]) == pytest.approx(11, abs=1)


@pytest.mark.model
def test_what_was_learned_is_what_reads(reader: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    excerpt = Excerpt("the port was cold.", "ann: where did you work?", "it was dark.")
    encoded = load_encoder(reader).encode("where?", excerpt)
    before = load_reader(reader, "float32")[0].score(make_batch([encoded]))
    network = adapt.make_adapting(reader, rank=4)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if tensor.requires_grad:
                tensor.add_(torch.randn(tensor.shape) / 4)
                assert name.endswith((".up", ".down")) or name.split(".")[0] in adapt.HEADS
    save_adapter(learned(network), reader / ADAPTER_FILE, adapt.HEADS)
    batch = make_batch([encoded])
    with torch.no_grad():
        rows = (torch.from_numpy(each) for each in (batch.ids, batch.mask, batch.segments))
        pair, relevance, span = network.float().eval()(*rows, torch.from_numpy(batch.text_mask))
    after = load_reader(reader, "float32")[0].score(batch)
    assert after.pair.tolist() == pytest.approx(pair.tolist(), abs=0.02)  # half precision in the file
    assert after.relevance.tolist() == pytest.approx(relevance.tolist(), abs=0.02)
    assert np.allclose(after.start, span[..., 0].numpy(), atol=0.05)
    assert abs(after.pair[0] - before.pair[0]) > 0.1
    assert abs(after.relevance[0] - before.relevance[0]) > 0.02


@pytest.mark.model
def test_an_interrupted_adaptation_goes_on_as_if_it_had_not_been(
    reader: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapt, "CHECKPOINT_EVERY", 1)
    packed = pack(reader)

    def learn(out: Path) -> dict[str, torch.Tensor]:
        torch.manual_seed(1)
        network = adapt.make_adapting(reader, rank=4)
        adapt.train_adapter(network, packed, 2, out, steps=3)
        return learned(network)

    whole, parted = tmp_path / "whole", tmp_path / "parted"
    whole.mkdir()
    parted.mkdir()
    expected = learn(whole)
    clip, calls = torch.nn.utils.clip_grad_norm_, iter(range(9))

    def clip_until_stopped(*arguments: Any) -> Any:  # noqa: ANN401 it stands for torch's own
        if next(calls) == 2:
            raise KeyboardInterrupt("stopped")
        return clip(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(torch.nn.utils, "clip_grad_norm_", clip_until_stopped)
        with pytest.raises(KeyboardInterrupt, match="stopped"):
            learn(parted)
    found = learn(parted)
    assert all(torch.allclose(found[name], expected[name], atol=1e-6) for name in expected)
    assert any(tensor.any() for name, tensor in expected.items() if name.endswith(".up"))
