"""Exported answers read back: the counterpart of `to_dict`, and the only place that knows how they are kept.

It goes by what it needs and passes over keys that it does not know, so that a file of another version can be read.
What it gives are claims: `confirm` holds them against the sources.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from corpus import Kind, Role, one_line
from index import DocumentNotFound, PassageView
from qa.answers.citations import CITATION_KEYS, Citation, Quote, RetrievedPassage, WrittenSentence
from qa.answers.records import AnswerRecord
from qa.answers.text import NOT_ANSWERED, NOT_ANSWERED_HERE, AnswerKind
from qa.errors import AnswersInvalid, QuoteInvalid

T = TypeVar("T")
# A conversation has a hundred exchanges at most; this is that of a thousand.
MAX_ANSWERS_BYTES = 64 * 1024 * 1024
# Under which keys the passages of an answer have what citations have under others.
_PASSAGE_KEYS = {"text": "text", "start": "start", "end": "end"}
_MISSING = object()
# Far beyond every place, time and score.
_MAX_NUMBER = 1e15


def load_answers(path: Path) -> list[AnswerRecord]:
    """The answers in a file: what `to_dict` gives, one, a list of them, JSON lines, a conversation's export, a table.

    :raises AnswersInvalid: when the file is missing, is no JSON or has no answers in it.
    """
    return [answer for _, answer in load_records(path)]


def load_records(path: Path) -> list[tuple[dict[str, Any], AnswerRecord]]:
    """The answers in a file, each with the object that it is read from; raises as `load_answers` does."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_ANSWERS_BYTES + 1)
        if len(data) > MAX_ANSWERS_BYTES:
            raise AnswersInvalid(f"{path} has more than the {MAX_ANSWERS_BYTES:,} bytes that are read; split it")
        return read_records(_parse(data.decode("utf-8")))
    except AnswersInvalid as error:
        raise AnswersInvalid(f"{path}: {error}") from error
    except RecursionError as error:
        raise AnswersInvalid(f"{path} is nested too deeply; give a file of answers exported as JSON") from error
    except (OSError, UnicodeDecodeError) as error:
        raise AnswersInvalid(f"{path} cannot be read: {error}; give a file of answers exported as JSON") from error


def read_records(value: object) -> list[tuple[dict[str, Any], AnswerRecord]]:
    """The answers in what JSON gave, each with the object that it is read from.

    :raises AnswersInvalid: when there are none in it, or one cannot be read.
    """
    found = list(_find_answers(value))
    if not found:
        raise AnswersInvalid("it has no answers in it; expected objects with a list of quotes")
    return [(record, from_dict(record)) for record in found]


def _parse(text: str) -> list[object]:
    """The JSON values in a text: one, or one a line."""
    try:
        return [_parse_one(text)]
    except ValueError:
        try:
            return [_parse_one(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise AnswersInvalid(f"it is no JSON: {error}; give a file of answers exported as JSON") from error


def _parse_one(text: str) -> object:
    return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_read_pairs)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _read_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; with a key twice it says one thing to this program, and another to the next one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"an object has the same key twice, among {', '.join(found)!r:.100}")
    return found


def from_dict(record: object) -> AnswerRecord:
    """The answer in what `to_dict` gave, of this version or an earlier one.

    :raises AnswersInvalid: when a value has another type than expected, or a quote lacks its words or its place.
    """
    answer = _as(dict, record, "an answer")
    quotes = tuple(citation_from_dict(quote) for quote in _get(answer, "quotes", list))
    kind = _read_kind(answer, has_quotes=bool(quotes))
    text = _get(answer, "text", str, "")
    return AnswerRecord(
        question=(question := _get(answer, "question", str, "")),
        standalone_question=_get(answer, "standalone_question", str, question),
        kind=kind,
        lead=_get(answer, "lead", str, text if kind == "words" else ""),
        notice=_get(answer, "notice", str, None),
        short=_get(answer, "short", str, None),
        quotes=quotes,
        reason=_get(answer, "reason", str, None),
        confidence=_get(answer, "confidence", float, 0.0),
        has_confidence=_get(answer, "has_confidence", bool, True),
        passages=tuple(_read_passage(passage) for passage in _get(answer, "passages", list, [])),
        timings_ms=_read_numbers(answer, "timings_ms", float),
        written=tuple(_read_sentence(sentence) for sentence in _get(answer, "written", list, [])),
        model=_get(answer, "model", str, None),
        dropped=_read_numbers(answer, "dropped", int),
    )


def citation_from_dict(record: object) -> Citation:
    """The citation in what `to_dict` gave; what another program left out of it is filled in as not known.

    :raises AnswersInvalid: when it lacks its words or its place.
    """
    return _read_citation(_as(dict, record, "a quote"), CITATION_KEYS)


def confirm(citation: Citation, view: PassageView, *, any_hash: bool = False) -> Citation:
    """The `Quote` of the same words at the same place of the same text in `view`; else the citation, which is none.

    Whose they are, and in which words they are shown, is said as the sources and their corrections have it now.

    :param any_hash: the rest of the text may be another one, as it is where something of it is hidden since.
    """
    try:
        quote = Quote.from_span(view.document(citation.doc_id), citation.start, citation.end, score=citation.score)
    except (DocumentNotFound, QuoteInvalid):
        return _claim(citation)
    same = quote.text == citation.text and (any_hash or quote.source_sha256 == citation.source_sha256)
    return quote if same else _claim(citation)


def _claim(citation: Citation) -> Citation:
    """What a citation says, of which nothing is confirmed (any more)."""
    return Citation(**{each.name: getattr(citation, each.name) for each in fields(Citation)})


def confirm_answer(answer: AnswerRecord, view: PassageView) -> AnswerRecord:
    """The answer with each of its citations confirmed where its words hold."""
    return replace(
        answer,
        quotes=tuple(confirm(quote, view) for quote in answer.quotes),
        passages=tuple(replace(passage, quote=confirm(passage.quote, view)) for passage in answer.passages),
    )


def read_quoted_words(value: object) -> Iterator[tuple[str, str | None, str | None]]:
    """The words, the speaker and the document of the quotes that a message of a conversation carries.

    What has not their form is passed over: without it, a question is still understood by its words.
    """
    for quote in value if isinstance(value, list | tuple) else ():
        if isinstance(quote, Mapping) and isinstance(quote.get("cited_text"), str):
            yield quote["cited_text"], _text_or_none(quote.get("speaker")), _text_or_none(quote.get("doc_id"))


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _find_answers(value: object) -> Iterator[dict[str, Any]]:
    """Every object with a list of quotes, however deep: a conversation's export holds its answers in exchanges."""
    if isinstance(value, dict):
        if isinstance(value.get("quotes"), list):
            yield value
        elif isinstance(value.get("cells"), list):  # of a table, where the row has the question
            yield from ({**cell, "question": value.get("question", "")} for cell in _find_answers(value["cells"]))
        else:
            for inner in value.values():
                yield from _find_answers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _find_answers(inner)


def _read_kind(answer: dict[str, Any], *, has_quotes: bool) -> AnswerKind:
    """The kind; of an answer of an earlier version, which names none, the one that its text shows."""
    if has_quotes:
        return "quotes"
    named = answer.get("kind")
    refuses = str(answer.get("text", NOT_ANSWERED)).startswith((NOT_ANSWERED, NOT_ANSWERED_HERE))
    if named == "words" or (named is None and not refuses):
        return "words"
    return "abstention"


def _read_citation(record: dict[str, Any], keys: Mapping[str, str]) -> Citation:
    doc_id = _get(record, keys["doc_id"], str)
    return Citation(
        text=_get(record, keys["text"], str),
        doc_id=doc_id,
        title=_get(record, keys["title"], str, doc_id),
        start=_get(record, keys["start"], int),
        end=_get(record, keys["end"], int),
        speaker=_get(record, keys["speaker"], str, None),
        score=_get(record, keys["score"], float, 0.0),
        turn=_get(record, keys["turn"], int, 0),
        kind=_one_of(get_args(Kind), record.get(keys["kind"])) or "speech",
        role=_one_of(get_args(Role), record.get(keys["role"])),
        start_ms=_get(record, keys["start_ms"], int, None),
        page=_get(record, keys["page"], int, None),
        prefix=_get(record, keys["prefix"], str, ""),
        suffix=_get(record, keys["suffix"], str, ""),
        source_sha256=_get(record, keys["source_sha256"], str, ""),
        corrected=_get(record, keys["corrected"], str, None),
        media_fragment=_get(record, keys["media_fragment"], str, None),
        timing=_get(record, keys["timing"], str, None),
        maker=_get(record, keys["maker"], str, None),
        doubtful=_get(record, keys["doubtful"], str, None),
        # Who says nothing of corrections, as an earlier version, says that there are none.
        unstated=frozenset(name for name, key in keys.items() if key not in record) - {"corrected"},
    )


def _one_of(allowed: tuple[Any, ...], value: object) -> Any:  # noqa: ANN401 - one of `allowed`, or None
    return value if value in allowed else None


def _read_passage(value: object) -> RetrievedPassage:
    record = _as(dict, value, "a passage")
    return RetrievedPassage(
        passage_id=_get(record, "passage_id", str, ""),
        quote=_read_citation(record, {**CITATION_KEYS, **_PASSAGE_KEYS}),
        cosine=_get(record, "cosine", float, None),
        bm25=_get(record, "bm25", float, None),
    )


def _read_sentence(value: object) -> WrittenSentence:
    record = _as(dict, value, "a written sentence")
    numbers = tuple(_as(int, number, "the number of a quote") for number in _get(record, "quotes", list))
    return WrittenSentence(_get(record, "text", str), numbers)


def _read_numbers(answer: dict[str, Any], key: str, kind: type[T]) -> dict[str, T]:
    return {str(name): _as(kind, value, f"{key}: {name!s:.40}") for name, value in _get(answer, key, dict, {}).items()}


def _get(record: dict[str, Any], key: str, kind: type[T], default: Any = _MISSING) -> Any:  # noqa: ANN401 - of `kind`
    """The value at `key`; `default`, where there is one, for a key that is missing or null."""
    value = record.get(key)
    if value is None and default is not _MISSING:
        return default
    return _as(kind, value, f"{key!r}")


def _as(kind: type[T], value: Any, what: str) -> T:  # noqa: ANN401 - checked right here
    """`value`, which must be of `kind`, finite and of characters; a whole number serves as a float."""
    if kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_NUMBER:
        return float(value)  # type: ignore[return-value]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise AnswersInvalid(f"{what} is {_describe(value)}, expected {kind.__name__}; export the answer again")
    if isinstance(value, int | float) and not abs(value) <= _MAX_NUMBER:
        raise AnswersInvalid(f"{what} is {_describe(value)}; export the answer again")
    if isinstance(value, str) and not _is_text(value):
        raise AnswersInvalid(f"{what} holds half of a surrogate pair, which is no character; export the answer again")
    return value


def _describe(value: object) -> str:
    """A value in a few characters: the whole of it may be of any size and depth."""
    if isinstance(value, dict | list):
        return f"a {type(value).__name__}"
    if isinstance(value, int | float) and not abs(value) <= _MAX_NUMBER:
        return "no number that can be"
    return one_line(repr(value), 60)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
