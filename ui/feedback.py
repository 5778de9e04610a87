"""What people thought of answers and quotes, as JSON lines that `ontherecord eval` can read.

The folder is a question set: `questions.jsonl` has a line for each verdict that says what is right (a good answer, a
good quote, rightly not answered) and for each that says which words are no answer, `docs.jsonl` the texts that those
are about. `feedback.jsonl` has every verdict, also those on a speaker or on a silence.
"""

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import Document
from index import append_regular, require_regular
from qa.answers import Citation
from ui.conversation import Exchange

LIKE = "good"
# PastQuote of a quote, or of an answer, these say that its words do not answer.
REJECTIONS = ("wrong quote", "not an answer")
WRONGLY_SILENT = "should have answered"
VERDICTS_ON_ANSWER = (LIKE, "not an answer", WRONGLY_SILENT)
VERDICTS_ON_QUOTE = (LIKE, "wrong quote", "wrong speaker", "not an answer")
# A folder that has grown to this is full of something else than a person's verdicts.
MAX_FILE_BYTES = 64 * 1024 * 1024


class FeedbackNotKept(Exception):
    """A verdict that cannot be written down; the message says why."""


class FeedbackLog:
    """Appends verdicts to the files of one folder; safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()

    def keep(
        self,
        exchange: Exchange,
        what: str,
        verdict: str,
        document: Document | None,
        history: list[str],
        *,
        note: str = "",
    ) -> dict[str, Any]:
        """Write down a verdict on a quote, named by its number, or on the "answer"; gives the line of `feedback.jsonl`.

        :param document: the text that the verdict is about; without it no question for measuring is made of it.
        :param history: the questions asked before, oldest first.
        :param note: why, in the person's own words.
        :raises FeedbackNotKept: when the folder cannot be written.
        """
        answer = exchange.answer
        assert answer is not None  # only what was answered can be judged
        quotes = answer.quotes if what == "answer" else (answer.quotes[int(what) - 1],)
        record = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": exchange.question,
            "history": history,
            "about": what,
            "verdict": verdict,
            "abstained": answer.abstained,
            "confidence": answer.confidence if answer.has_confidence else None,
            "quotes": [quote.to_dict() for quote in quotes],
            **({"note": note} if note else {}),
        }
        try:
            with self._lock:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._append("feedback.jsonl", record)
                if document is not None and (verdict == LIKE or (verdict in REJECTIONS and quotes)):
                    self._add_document(document)
                    self._append("questions.jsonl", _to_gold(record, quotes, document))
        except OSError as error:
            raise FeedbackNotKept(f"the verdict is not kept: {error.strerror or error}") from error
        return record

    def _append(self, name: str, record: dict[str, Any]) -> None:
        path = self.folder / name
        if path.exists() and path.stat().st_size > MAX_FILE_BYTES:
            raise FeedbackNotKept(f"{name} is full ({MAX_FILE_BYTES:,} bytes); move it elsewhere")
        append_regular(path, (json.dumps(record, ensure_ascii=False) + "\n").encode(errors="replace"))

    def _add_document(self, document: Document) -> None:
        name = _name(document)
        path = self.folder / "docs.jsonl"
        if path.exists():
            require_regular(path)
            with path.open(encoding="utf-8") as file:
                if any(json.loads(line)["id"] == name for line in file):
                    return
        self._append("docs.jsonl", {"id": name, "title": document.title, "text": document.text})


def _to_gold(record: dict[str, Any], quotes: Sequence[Citation], document: Document) -> dict[str, Any]:
    quotes = [quote for quote in quotes if quote.doc_id == document.doc_id]
    spans = [[quote.start, quote.end] for quote in quotes]
    gold: dict[str, Any] = {
        "id": f"{record['at']} {record['about']}",
        "doc_id": _name(document),
        "question": record["question"],
        "meta": {"history": record["history"]},
    }
    if record["verdict"] != LIKE:
        return gold | {"rejected": spans}
    gold["meta"]["speaker"] = quotes[0].speaker or "narration" if quotes else None
    answers = [quote.text for quote in quotes]
    return gold | {"answerable": not record["abstained"], "spans": spans, "answers": answers}


def _name(document: Document) -> str:
    """Two visitors may each have a document of this name."""
    return f"{document.doc_id}-{document.sha256[:12]}"
