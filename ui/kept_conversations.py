"""The conversations that a visitor's browser keeps, as records that anybody may have written there."""

import uuid
from collections.abc import Sequence
from typing import Any

from ui.conversation import Exchange
from ui.lists import render_history

MAX_KEPT_CONVERSATIONS = 12
MAX_TITLE_CHARS = 80


def read_records(kept: object) -> list[dict[str, Any]]:
    """Of what the browser kept, the records with a name and exchanges; anything may have been written there."""
    records = kept if isinstance(kept, list) else []
    return [record for record in records if isinstance(record, dict) and record.get("id") and _first(record)]


def keep(kept: object, name: str, exchanges: Sequence[Exchange]) -> tuple[list[dict[str, Any]], str, str]:
    """What the browser shall keep now, the name of this conversation, and the list of all."""
    name = name or uuid.uuid4().hex
    record = {"id": name, "exchanges": [exchange.to_dict() for exchange in exchanges]}
    records = [record, *(other for other in read_records(kept) if other["id"] != name)][:MAX_KEPT_CONVERSATIONS]
    return records, name, list_records(records)


def list_records(records: Sequence[dict[str, Any]]) -> str:
    """The list of them as HTML, each by its first question."""
    return render_history(
        [(str(record["id"]), str(_first(record).get("question"))[:MAX_TITLE_CHARS]) for record in records]
    )


def _first(record: dict[str, Any]) -> dict[str, Any]:
    exchanges = record.get("exchanges")
    first = exchanges[0] if isinstance(exchanges, list) and exchanges else None
    return first if isinstance(first, dict) else {}
