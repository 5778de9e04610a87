"""Quotes as W3C Web Annotations (JSON-LD): what is selected by its words and by its place, tagged with the question."""

import base64
import binascii
import json
import uuid
from typing import Any

from qa.answers import Citation, citation_from_dict
from qa.errors import AnswersInvalid
from qa.exports.places import without_corrections
from qa.exports.records import ExportedAnswers, ExportedQuote

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# The name of a text by its hash (RFC 6920): it says which one was annotated, and nothing of where it is kept.
_HASH = "ni:///sha-256;"


def write_annotations(answers: ExportedAnswers) -> bytes:
    """A page of annotations; positions are code points, as the Web Annotation Data Model has them."""
    made_at = answers.made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    page = {
        "@context": _CONTEXT,
        "type": "AnnotationPage",
        "id": _name("page", *(_key(exported) for exported in answers.quotes)),
        "items": [{**_annotate(exported), "created": made_at} for exported in answers.quotes],
    }
    return (json.dumps(page, ensure_ascii=False, indent=2) + "\n").encode()


def _annotate(exported: ExportedQuote) -> dict[str, Any]:
    quote = exported.quote
    body = [
        {"type": "TextualBody", "purpose": "tagging", "value": exported.question},
        {"type": "TextualBody", "purpose": "describing", "value": exported.citation},
    ]
    if quote.corrected is not None:
        body.append({"type": "TextualBody", "purpose": "editing", "value": quote.corrected})
    if exported.note:
        body.append({"type": "TextualBody", "purpose": "commenting", "value": exported.note})
    source = {
        "id": _HASH + base64.urlsafe_b64encode(bytes.fromhex(quote.source_sha256)).decode().rstrip("="),
        "type": "Text",
        "format": "text/plain",
        "dcterms:identifier": quote.doc_id,
        "dcterms:title": quote.title,
    }
    selectors = [
        {"type": "TextQuoteSelector", "exact": quote.text, "prefix": quote.prefix, "suffix": quote.suffix},
        {"type": "TextPositionSelector", "start": quote.start, "end": quote.end},
    ]
    spoken = {} if quote.speaker is None else {"dcterms:creator": quote.speaker}
    return {
        "id": _name("annotation", _key(exported)),
        "type": "Annotation",
        "motivation": "tagging",
        "body": body,
        "target": {"source": source, "selector": selectors, **spoken},
    }


def _key(exported: ExportedQuote) -> str:
    quote = exported.quote
    return f"{quote.source_sha256} {quote.doc_id} {quote.start} {quote.end} {exported.question}"


def _name(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(("urn:on-the-record", *parts))).urn


def read_annotations(data: bytes) -> list[Citation]:
    """The quotes of a page, a list or a single annotation; what they do not say is not claimed.

    :raises AnswersInvalid: when there are none that name a document, words and a place.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise AnswersInvalid(f"it is no JSON ({error}); export it again as .jsonld") from error
    items = found.get("items", [found]) if isinstance(found, dict) else found
    try:
        return [_read(item["target"]) for item in items]
    except (TypeError, KeyError, AttributeError, ValueError, binascii.Error) as error:
        raise AnswersInvalid(
            f"an annotation lacks its document, words or place ({error!r:.100}); export it again as .jsonld"
        ) from error


def _read(target: dict[str, Any]) -> Citation:
    selectors = {selector["type"]: selector for selector in target["selector"]}
    words, position, source = selectors["TextQuoteSelector"], selectors["TextPositionSelector"], target["source"]
    record = {
        "cited_text": words["exact"],
        "doc_id": source["dcterms:identifier"],
        "start_char_index": position["start"],
        "end_char_index": position["end"],
        "prefix": words.get("prefix", ""),
        "suffix": words.get("suffix", ""),
    }
    if "dcterms:title" in source:
        record["document_title"] = source["dcterms:title"]
    if "dcterms:creator" in target:
        record["speaker"] = target["dcterms:creator"]
    if str(source.get("id", "")).startswith(_HASH):
        coded = source["id"].removeprefix(_HASH)
        record["source_sha256"] = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).hex()
    return without_corrections(citation_from_dict(record))
