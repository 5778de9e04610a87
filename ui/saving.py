"""A conversation as a file that the browser saves."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index import PassageStore
from qa import ExportInvalid
from qa.exports import check_claims, collect, leave_out, named_format
from ui.conversation import Exchange, keep_all_to_conditions
from ui.export import export_json, export_markdown, name_file
from ui.standing import read_once


def save_markdown(exchanges: Sequence[Exchange], store: PassageStore) -> dict[str, str]:
    """For reading, with the closest passages where there was no answer."""
    exchanges = _may_save(exchanges, store)
    return {
        "name": name_file(exchanges, ".md", date.today()),
        "type": "text/markdown",
        "text": export_markdown(exchanges),
    }


def save_json(exchanges: Sequence[Exchange], store: PassageStore) -> dict[str, str]:
    """For `ontherecord verify` and `ontherecord export`."""
    exchanges = _may_save(exchanges, store)
    return {
        "name": name_file(exchanges, ".json", date.today()),
        "type": "application/json",
        "text": export_json(exchanges),
    }


def save_as(exchanges: Sequence[Exchange], form: str, store: PassageStore) -> dict[str, str]:
    """In the format of that name, every quote checked against `store`.

    :raises ExportInvalid: when there is no answer yet, no such format, or a quote no longer holds.
    """
    kept = keep_all_to_conditions(exchanges, store)
    answers = [exchange.answer for exchange in kept if exchange.answer is not None]
    _require_some(answers)
    chosen = named_format(form)
    with store.reading() as view:
        exported = check_claims(collect(answers), view)
    data = base64.b64encode(chosen.write(exported)).decode()
    return {"name": name_file(exchanges, chosen.ending, date.today()), "type": chosen.media_type, "base64": data}


def _may_save(exchanges: Sequence[Exchange], store: PassageStore) -> list[Exchange]:
    """What of a conversation may leave the page, under the conditions of the collection."""
    _require_some(exchanges)
    kept = keep_all_to_conditions(exchanges, store)
    with store.reading() as view:
        once = read_once(view)
        return [each if each.answer is None else replace(each, answer=leave_out(each.answer, once)) for each in kept]


def _require_some(kept: Sequence[object]) -> None:
    if not kept:
        raise ExportInvalid("There is nothing to keep yet; ask first.")
