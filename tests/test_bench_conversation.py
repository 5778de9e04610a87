"""The measure of conversations, on fakes: that it measures, and that what it remembers is what was embedded."""

import gzip
import json
from pathlib import Path

import numpy as np

from tests.bench.cache import CachedEmbedder
from tests.bench.conversation import measure_alone, measure_canard, measure_interviews
from tests.fakes import HashEmbedder

EVAL = Path(__file__).parent / "eval"


def test_nearness_finds_what_words_alone_do_not(tmp_path: Path) -> None:
    figures = measure_interviews(EVAL, CachedEmbedder(HashEmbedder(), tmp_path), "choose")
    assert figures["questions"] == 15
    assert figures["our rewrite and nearness"] > 2 * figures["as asked"]


def test_stand_alone_questions_keep_their_passages(tmp_path: Path) -> None:
    figures = measure_alone(EVAL, CachedEmbedder(HashEmbedder(), tmp_path), "choose", 97)
    assert figures["questions"] == 97
    assert figures["found"] > 0
    assert figures["lost"] <= 0.02


def test_a_dialogue_is_searched_by_every_way_to_ask(tmp_path: Path) -> None:
    records = []
    for name in "Anna Boris Clara Daniel Esther Felix Greta Hugo Irma Jakob".split():
        exchanges = [("Who was it?", f"It was {name}."), ("Why did she?", f"Rye was what {name} liked.")]
        for number, (question, answer) in enumerate(exchanges):
            meta = {
                "history": list(exchanges[0]) if number else [],
                "rewrite": f"Why did {name} like rye?",
                "topic": [name, "Life"],
            }
            record = {"id": f"{name}{number}", "doc_id": name, "question": question, "answers": [answer], "meta": meta}
            records.append(record)
    with gzip.open(tmp_path / "questions.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    figures = measure_canard(tmp_path, CachedEmbedder(HashEmbedder(), tmp_path), "choose", 100)
    assert 0 < figures["questions"] < 10
    assert figures["our rewrite"] == figures["human rewrite"] == 1.0
    assert figures["as asked"] < 1.0


def test_what_was_embedded_is_remembered(tmp_path: Path) -> None:
    inner = HashEmbedder()
    first = CachedEmbedder(inner, tmp_path)
    embeddings, question = first.embed_passages(["one two", "three"]), first.embed_question("one?")
    counts = first.count_tokens(["one two"])
    first.save()
    inner.embedded.clear()
    again = CachedEmbedder(inner, tmp_path)
    assert np.array_equal(again.embed_passages(["three", "one two"]), embeddings[::-1])
    assert np.array_equal(again.embed_question("one?"), question)
    assert again.count_tokens(["one two"]) == counts == [4]
    assert inner.embedded == []
