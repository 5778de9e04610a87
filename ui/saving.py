"""A conversation as a file that the browser saves."""

import base64
from collections.abc import Sequence
from datetime import date

from index import PassageStore
from qa import ExportInvalid
from qa.exports import check_claims, collect, named_format
from ui.conversation import Exchange
from ui.export import export_json, export_markdown, name_file


def save_markdown(exchanges: Sequence[Exchange]) -> dict[str, str]:
    """For reading, with the closest passages where there was no answer."""
    _require_some(exchanges)
    return {
        "name": name_file(exchanges, ".md", date.today()),
        "type": "text/markdown",
        "text": export_markdown(exchanges),
    }


def save_json(exchanges: Sequence[Exchange]) -> dict[str, str]:
    """For `ontherecord verify` and `ontherecord export`."""
    _require_some(exchanges)
    return {
        "name": name_file(exchanges, ".json", date.today()),
        "type": "application/json",
        "text": export_json(exchanges),
    }


def save_as(exchanges: Sequence[Exchange], form: str, store: PassageStore) -> dict[str, str]:
    """In the format of that name, every quote checked against `store`.

    :raises ExportInvalid: when there is no answer yet, no such format, or a quote no longer holds.
    """
    answers = [exchange.answer for exchange in exchanges if exchange.answer is not None]
    _require_some(answers)
    chosen = named_format(form)
    with store.reading() as view:
        exported = check_claims(collect(answers), view)
    data = base64.b64encode(chosen.write(exported)).decode()
    return {"name": name_file(exchanges, chosen.ending, date.today()), "type": chosen.media_type, "base64": data}


def _require_some(kept: Sequence[object]) -> None:
    if not kept:
        raise ExportInvalid("There is nothing to keep yet; ask first.")
