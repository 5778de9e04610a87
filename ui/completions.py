"""Chat completions in the form of OpenAI's API: requests read, replies made, with the citations beside the text."""

import json
import time
import uuid
from collections.abc import Iterator
from itertools import chain
from typing import Any

from qa import Answer, AnswerStream, WrittenSentence
from qa.answers import compose_quotes

MODEL = "on-the-record"


class RequestInvalid(ValueError):
    """A request that is not of the form; the message says what was expected."""


def parse_body(body: bytes) -> object:
    """What the JSON of a request says.

    :raises RequestInvalid: when it is none, or holds what no answer could repeat.
    """
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
        # Half of a surrogate pair is no character: nothing that holds one can be looked up or sent.
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise RequestInvalid("the body holds half of a surrogate pair, which is no character") from error
    except RecursionError as error:
        raise RequestInvalid("the body is nested too deep") from error
    except ValueError as error:
        raise RequestInvalid(str(error)) from error
    return found


def read_request(body: object) -> tuple[str, list[dict[str, Any]], bool]:
    """The question, the messages before it, and whether to stream.

    :raises RequestInvalid: when there is no list of messages that ends in one of the user's, or one has no form.
    """
    if not isinstance(body, dict):
        raise RequestInvalid("the body is no JSON object; expected {'messages': [{'role': 'user', 'content': '…'}]}")
    messages, streaming = body.get("messages"), body.get("stream")
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise RequestInvalid("'messages' is missing or empty; expected [{'role': 'user', 'content': '…'}]")
    if not isinstance(streaming, bool | None):
        raise RequestInvalid(f"'stream' is {streaming!r:.40}, expected true or false")
    *history, last = messages
    if last.get("role") != "user":
        raise RequestInvalid(f"the last message has the role {last.get('role')!r:.40}, expected 'user'")
    return (
        _text(last.get("content")),
        [message for message in history if message.get("role") != "system"],
        bool(streaming),
    )


def complete(answer: Answer) -> dict[str, Any]:
    """The reply to a request that does not stream; `citations` are numbered as "[1]", "[2]" in the text."""
    return {
        **_head("chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": answer.text, "citations": _citations(answer)},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        **_verdict(answer),
    }


def stream(first: WrittenSentence | None, sentences: AnswerStream) -> Iterator[str]:
    """The reply as server-sent events: each sentence as it is written, the rest of the text, the citations, the end.

    :param first: the sentence that was taken from `sentences` already; None when there was none.
    """
    head = _head("chat.completion.chunk")
    delta: dict[str, Any] = {"role": "assistant"}
    written: list[WrittenSentence] = []
    for sentence in chain([first] if first else [], sentences):
        content = f"{' ' if written else ''}{sentence}"
        yield _event({**head, "choices": [{"index": 0, "delta": {**delta, "content": content}, "finish_reason": None}]})
        delta = {}
        written.append(sentence)
    answer = sentences.answer
    # Where the model broke off, its sentences are no part of the answer, which says so.
    rest = compose_quotes(answer.quotes) if written and answer.written == tuple(written) else answer.text
    content = f"\n\n{rest}" if written else rest
    yield _event({**head, "choices": [{"index": 0, "delta": {**delta, "content": content}, "finish_reason": None}]})
    last = {"index": 0, "delta": {"citations": _citations(answer)}, "finish_reason": "stop"}
    yield _event({**head, "choices": [last], **_verdict(answer)})
    yield "data: [DONE]\n\n"


def describe_error(message: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    """An error as clients of that API expect it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _citations(answer: Answer) -> list[dict[str, Any]]:
    return [quote.to_dict() for quote in answer.quotes]


def _verdict(answer: Answer) -> dict[str, Any]:
    return {"abstained": answer.abstained, "reason": answer.reason, "confidence": answer.confidence}


def _event(record: dict[str, Any]) -> str:
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"


def _text(content: object) -> str:
    """The text of a message, whose content may be parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    return " ".join(text for text in texts if isinstance(text, str))


def _refuse_constant(name: str) -> object:
    raise RequestInvalid(f"the body holds {name}, which is no JSON")
