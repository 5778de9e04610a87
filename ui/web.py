"""What the server answers besides the page: its health, and chat completions in the form of OpenAI's API."""

import hmac
import json
import logging
from base64 import b64decode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from corpus import CorpusError
from index import IndexingError
from qa import QA, QAError
from ui.completions import MODEL, RequestInvalid, complete, describe_error, read_request, stream
from ui.loading import Loading

MAX_BODY_BYTES = 1024 * 1024

_log = logging.getLogger(__name__)


def make_routes(qa: QA, loading: Loading, auth: tuple[str, str] | None) -> list[Route]:
    """The routes; where the page asks for user and password, completions want them as the key "USER:PASSWORD"."""

    async def health(request: Request) -> Response:
        loading.let_begin()  # the page asks as soon as it is shown
        return JSONResponse({"status": "ok", "ready": not loading.word, "word": loading.word})

    async def models(request: Request) -> Response:
        if not _is_allowed(request, auth):
            return _unauthorized()
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "you"}]})

    async def completions(request: Request) -> Response:
        if not _is_allowed(request, auth):
            return _unauthorized()
        try:
            question, history, streaming = read_request(json.loads(await _read_body(request)))
            answers = qa.stream(question, history=history)
            # The first sentence, or the end of an answer without any, tells whether there is something to send at all.
            first = await run_in_threadpool(next, answers, None)
        except (RequestInvalid, json.JSONDecodeError, UnicodeDecodeError) as error:
            return JSONResponse(describe_error(str(error)), status_code=400)
        except (CorpusError, IndexingError, QAError) as error:
            return JSONResponse(describe_error(str(error)), status_code=422)
        except Exception:  # noqa: BLE001 - the caller gets a sentence, the log the traceback
            _log.exception("no completion")
            return JSONResponse(describe_error("something went wrong on our side", "server_error"), status_code=500)
        if streaming:
            return StreamingResponse(stream(first, answers), media_type="text/event-stream")
        return JSONResponse(complete(await run_in_threadpool(lambda: answers.answer)))

    return [
        Route("/health", health),
        Route("/v1/models", models),
        Route("/v1/chat/completions", completions, methods=["POST"]),
    ]


async def _read_body(request: Request) -> bytes:
    """The body.

    :raises RequestInvalid: when it is longer than `MAX_BODY_BYTES`.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise RequestInvalid(f"the body has more than {MAX_BODY_BYTES:,} bytes; shorten the conversation")
    return bytes(body)


def _is_allowed(request: Request, auth: tuple[str, str] | None) -> bool:
    if auth is None:
        return True
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            given = b64decode(given, validate=True).decode()
        except ValueError:
            return False
    return hmac.compare_digest(given.encode(), f"{auth[0]}:{auth[1]}".encode())


def _unauthorized() -> Response:
    return JSONResponse(
        describe_error("this server asks for a user and a password; send the key USER:PASSWORD"),
        status_code=401,
    )
