"""The same for programs: named endpoints for `gradio_client`, which are also the tools of the MCP server."""

import functools
import inspect
import json
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import gradio as gr
from gradio.events import api

from corpus import Document
from index import list_documents as list_stored
from qa import QA, check_pasted
from ui.callers import NOBODY, holder_of, visitor_of
from ui.events import CONCURRENT_ANSWERS, CONCURRENT_UPLOADS
from ui.export_api import make_export
from ui.render import escape, format_message
from ui.service import FAULT, MAX_DRAFT_CHARS, MENDABLE, ChatService
from ui.table_api import CONCURRENT_TABLES, make_table
from ui.uploads import MAX_DOCUMENTS

MAX_FOUND = 24
T = TypeVar("T")

Endpoint = Callable[..., Any]

_log = logging.getLogger(__name__)


def add_endpoints(service: ChatService, *, as_tools: bool) -> None:
    """Add the endpoints to the `gr.Blocks` that is open.

    :param as_tools: offer the six that make good MCP tools under their own names, and list none besides.
    """
    visibility: Literal["public", "undocumented"] = "undocumented" if as_tools else "public"
    list_documents = _make_list(service)
    find_qa = functools.partial(_qa_of, service)
    endpoints: dict[str, Endpoint] = {
        "answer": _make_ask(service),
        "search": _make_search(service),
        "check": _make_check(service),
        "list": list_documents,
        "rebuild": _make_rebuild(service, list_documents),
        "table": _telling(make_table(find_qa)),
        "export": _telling(make_export(find_qa)),
    }
    for name, function in endpoints.items():
        limit = {"rebuild": CONCURRENT_UPLOADS, "table": CONCURRENT_TABLES}.get(name, CONCURRENT_ANSWERS)
        api(function, api_name=name, api_visibility=visibility, concurrency_limit=limit)
        if as_tools and name != "export":
            # Without Gradio's queue, through which it would call itself: as one client for all callers, and as nobody
            # that a password was asked of.
            api(_as_tool(function, limit), api_name=f"tool_{function.__name__}", queue=False)
    _add_chat(service, visibility)


def _make_ask(service: ChatService) -> Endpoint:
    def ask(
        question: str,
        history: list[dict[str, Any]] | None = None,
        speaker: str | None = None,
        documents: list[str] | None = None,
        shelf: str | None = None,
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Answer a question about the loaded interviews in verbatim quotes, or say that they do not answer it.

        The result has `abstained`; where it is false, `quotes` are exact slices of the transcripts, best first, each
        with `cited_text`, `speaker`, `role` ("asks": the interviewer's words, nobody's answer), `document_title`,
        `start_char_index` and `end_char_index`. Where it is true, `reason` says why, and `passages` are only the
        closest, not an answer. Quote `cited_text` as it stands, with the speaker's name.

        Args:
            question: what to ask, in a whole sentence
            history: the conversation so far, oldest first, messages {"role": "user" or "assistant", "content": text}
            speaker: quote only this speaker; a name from `list`
            documents: look only in these transcripts; values of `doc_id` from `list`
            shelf: ask your own transcripts: what `rebuild` gave you as `shelf`
            request: who asks

        """
        qa = _qa_of(service, request, shelf)
        return _told(lambda: qa.answer(question, history=history, speaker=speaker, doc_ids=documents).to_dict())

    return ask


def _make_search(service: ChatService) -> Endpoint:
    def search(
        query: str,
        top_k: int = 8,
        speaker: str | None = None,
        documents: list[str] | None = None,
        shelf: str | None = None,
        request: gr.Request | None = None,
    ) -> list[dict[str, Any]]:
        """Find the passages of the loaded interviews nearest to a query, whether or not they answer anything.

        Each is an exact slice with `text`, `speaker`, `doc_id`, `start`, `end` and a `score` (higher is better), best
        first. For an answer that is checked against the sources use `ask`.

        Args:
            query: words or a question to search for
            top_k: how many passages to return, from 1 to 24
            speaker: only what this speaker said; a name from `list`
            documents: only in these transcripts; values of `doc_id` from `list`
            shelf: search your own transcripts: what `rebuild` gave you as `shelf`
            request: who asks

        """
        if not 1 <= top_k <= MAX_FOUND:
            raise gr.Error(f"top_k is {top_k}, expected 1 to {MAX_FOUND}")
        qa = _qa_of(service, request, shelf)
        found = _told(lambda: qa.search(query, top_k=top_k, speaker=speaker, doc_ids=documents))
        return [passage.to_dict() for passage in found]

    return search


def _make_check(service: ChatService) -> Endpoint:
    def check(
        draft: str,
        documents: list[str] | None = None,
        shelf: str | None = None,
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Check every quotation in a text, such as an article or your own answer, against the loaded interviews.

        The result has `quotations` in the text's order, each with `text`, `start` and `end` in it, `attributed_to`
        (whom the text names) and a `verdict`: "exact", "typography" (exact but for quotes, spaces, dashes) and "edited"
        (with an editor's marks) may be printed; "changed", "stitched", "misattributed" and "not_found" may not.
        `speaker` is who said the words, `places` are where, `changes` and `note` say what is wrong; `nearest` is never
        a match.

        Args:
            draft: the text, plain or Markdown
            documents: hold it against these transcripts only; values of `doc_id` from `list`
            shelf: hold it against your own transcripts: what `rebuild` gave you as `shelf`
            request: who asks

        """
        if len(draft) > MAX_DRAFT_CHARS:
            raise gr.Error(f"the text has {len(draft):,} characters, at most {MAX_DRAFT_CHARS:,} are checked at once")
        qa = _qa_of(service, request, shelf)
        models: dict[str, Any] = {"embedder": qa.embedder, "reader": qa.quick_reader}
        report = _told(lambda: check_pasted(draft, qa.store, doc_ids=documents, **models)).to_dict()
        del report["draft"]  # the caller has it
        return report

    return check


def _make_list(service: ChatService) -> Endpoint:
    def list_documents(shelf: str | None = None, request: gr.Request | None = None) -> list[dict[str, Any]]:
        """List the interviews that are loaded: `doc_id`, `title`, `speakers` and the number of passages of each.

        Args:
            shelf: list your own transcripts: what `rebuild` gave you as `shelf`
            request: who asks

        """
        return [
            {
                "doc_id": info.doc_id,
                "title": info.title,
                "speakers": list(info.speakers),
                "passages": info.passage_count,
                "source_sha256": info.sha256,
            }
            for info in _told(lambda: list_stored(_qa_of(service, request, shelf).store))
        ]

    list_documents.__name__ = "list"  # as a tool is called
    return list_documents


def _make_rebuild(service: ChatService, list_documents: Endpoint) -> Endpoint:
    def rebuild(
        transcripts: dict[str, str], shelf: str | None = None, request: gr.Request | None = None
    ) -> dict[str, Any]:
        """Put new interviews, given as text, in place of those that you ask; other callers keep what they have.

        The result has `documents`, which is what `list` gives then, and `shelf`. Where `shelf` is a text, you have no
        session by which you are known: give it with each later call, or you ask what everybody asks; who has it can ask
        your transcripts, so tell nobody. Where it is null, your later calls are about the new interviews as they are.
        On a server with a shared index the interviews are replaced for everybody. Speakers are found by their labels at
        the start of a line, such as "Rosa: …".

        Args:
            transcripts: the whole text of each transcript, by the name that it shall have
            shelf: replace what is on this shelf: what `rebuild` gave you before
            request: who asks

        """
        if not 0 < len(transcripts) <= MAX_DOCUMENTS:
            raise gr.Error(f"{len(transcripts)} transcripts; give from 1 to {MAX_DOCUMENTS}, each a name and its text")
        read = _told(lambda: [Document.from_text(str(text), doc_id=name) for name, text in transcripts.items()])
        visitor = visitor_of(request)
        if shelf or (visitor == NOBODY and service.uploads.shared is None):
            token = shelf or service.uploads.new_token()
            visitor = _told(lambda: service.uploads.holder(token)) if shelf else holder_of(token)
        else:
            token = None
        _told(lambda: service.uploads.replace(visitor, read))
        return {"shelf": token, "documents": list_documents(token, request)}

    return rebuild


def _qa_of(service: ChatService, request: object | None, shelf: str | None) -> QA:
    """What the caller asks: what is on the shelf they name, else their own transcripts or what is served."""

    def find() -> QA:
        visitor = service.uploads.holder(shelf) if shelf else visitor_of(request)
        service.uploads.check(visitor)
        return service.qa_of(visitor)

    return _told(find)


def _as_tool(function: Endpoint, limit: int) -> Callable[..., str]:
    """The same with its result as JSON text, where Gradio's MCP server would show it as Python prints it.

    :param limit: how many calls are served at once, since no queue counts them.
    """
    running = threading.BoundedSemaphore(limit)

    @functools.wraps(function)
    def tool(*arguments: object, **named: object) -> str:
        with running:
            return json.dumps(function(*arguments, **named), ensure_ascii=False)

    tool.__annotations__ = {**function.__annotations__, "return": str}
    tool.__signature__ = inspect.signature(function).replace(return_annotation=str)  # type: ignore[attr-defined]
    return tool


def _add_chat(service: ChatService, visibility: Literal["public", "undocumented"]) -> None:
    """The endpoint `chat`: a message in, Markdown out as it grows; the conversation is remembered by the session."""

    def chat(
        message: str, history: list[dict[str, str]], request: gr.Request
    ) -> Iterator[tuple[str, list[dict[str, str]]]]:
        """Go on with a conversation: the answer as Markdown, growing. The server remembers what was said before.

        Args:
            message: the next question
            history: kept by the server
            request: who asks

        """
        said = ""
        try:
            visitor = visitor_of(request)
            service.uploads.check(visitor)
            stream = service.qa_of(visitor).stream(message, history=history)
            for sentence in stream:
                said = f"{said} {escape(str(sentence))}".strip()
                yield said, history
            said = format_message(stream.answer)
        except MENDABLE as error:
            said = escape(str(error))
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("no answer to %r", message)
            said = FAULT
        messages = [{"role": "user", "content": message}, {"role": "assistant", "content": said}]
        yield said, [*history, *messages]

    message = gr.Textbox(label="message", visible=False)
    said = gr.Textbox(label="answer", visible=False)
    history = gr.State([])
    gr.Button(visible=False).click(
        chat,
        [message, history],
        [said, history],
        api_name="chat",
        api_visibility=visibility,
        concurrency_limit=CONCURRENT_ANSWERS,
    )


def _telling(function: Endpoint) -> Endpoint:
    """The same, saying what a program can mend in words."""

    @functools.wraps(function)
    def tell(*arguments: object, **named: object) -> object:
        return _told(lambda: function(*arguments, **named))

    return tell


def _told(action: Callable[[], T]) -> T:
    """What `action` gives; what a program can mend is said to it in words."""
    try:
        return action()
    except (*MENDABLE, ValueError) as error:
        raise gr.Error(str(error)) from error
