"""How long a table takes: a quarter of the interviews, half of them and all are asked, and counted."""

import gzip
import json
from pathlib import Path

from corpus import Document
from tests.bench.each import CHARS, format_figures, load_conversations, measure
from tests.fakes import HashEmbedder, WordReader


def test_a_quarter_half_and_all_are_asked() -> None:
    texts = [f"Host: Well?\n\nPerson {number}: We emigrated to Chile." for number in range(4)]
    documents = [Document.from_text(text, doc_id=f"d{number}") for number, text in enumerate(texts)]
    records = measure(documents, ["Who emigrated?", "What of potatoes?"], HashEmbedder(), WordReader())
    assert [(each["documents"], each["cells"], each["found"]) for each in records] == [(1, 2, 1), (2, 4, 2), (4, 8, 4)]
    assert records[-1]["characters"] == sum(map(len, texts))
    assert "| 4 |" in format_figures(records)


def test_what_is_asked_is_of_no_part_that_is_reported_on(tmp_path: Path) -> None:
    text = "Ann: Well? " * (CHARS[0] // 10)
    parts = [("c", "report", text), ("b", "train", text), ("a", "choose", text), ("d", "train", "Ann: Short.")]
    records = [{"id": name, "title": name, "text": said, "split": split} for name, split, said in parts]
    with gzip.open(tmp_path / "docs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, records)))
    assert [document.doc_id for document in load_conversations(tmp_path)] == ["a", "b"]
