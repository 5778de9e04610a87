"""What the server answers besides the page: its health, and chat completions in the form of OpenAI's API."""

import logging
import uuid
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from corpus import CorpusError
from index import IndexingError
from qa import QA, QAError
from ui.accounts import Account, find_user, unauthorized
from ui.arrival_routes import make_arrival_routes
from ui.arrivals import Arrivals
from ui.completions import MODEL, RequestInvalid, complete, describe_error, parse_body, read_request, stream
from ui.loading import Loading
from ui.recordings import Places, make_recording_routes

MAX_BODY_BYTES = 1024 * 1024

_log = logging.getLogger(__name__)


def make_routes(
    qa: QA,
    loading: Loading,
    auth: Sequence[Account],
    recordings: Places | None = None,
    arrivals: Arrivals | None = None,
) -> list[Route]:
    """The routes; where the page asks for user and password, completions want them as the key "USER:PASSWORD".

    :param recordings: the places of the indexes whose recordings can be heard; None serves none.
    :param arrivals: takes the recordings that visitors bring; None takes none.
    """

    def is_allowed(request: Request) -> bool:
        return not auth or find_user(request.headers.get("authorization", ""), auth) is not None

    run = uuid.uuid4().hex  # another one tells a page that the server was started again, and has forgotten it

    async def health(request: Request) -> Response:
        loading.let_begin()  # the page asks as soon as it is shown
        word = loading.word or qa.note
        return JSONResponse({"status": "ok", "ready": not loading.word, "word": word, "run": run})

    async def models(request: Request) -> Response:
        if not is_allowed(request):
            return unauthorized()
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "you"}]})

    async def completions(request: Request) -> Response:
        return await _complete(request, qa) if is_allowed(request) else unauthorized()

    return [
        Route("/health", health),
        Route("/v1/models", models),
        Route("/v1/chat/completions", completions, methods=["POST"]),
        *(make_arrival_routes(arrivals, tuple(auth)) if arrivals is not None else ()),
        *(make_recording_routes(recordings, tuple(auth)) if recordings is not None else ()),
    ]


async def _complete(request: Request, qa: QA) -> Response:
    """The completion, or in the same form what is wrong with the request."""
    try:
        question, history, streaming = read_request(parse_body(await _read_body(request)))
        answers = qa.stream(question, history=history)
        # The first sentence, or the end of an answer without any, tells whether there is something to send at all.
        first = await run_in_threadpool(next, answers, None)
        if streaming:
            return StreamingResponse(stream(first, answers), media_type="text/event-stream")
        return JSONResponse(complete(await run_in_threadpool(lambda: answers.answer)))
    except RequestInvalid as error:
        return JSONResponse(describe_error(str(error)), status_code=400)
    except (CorpusError, IndexingError, QAError) as error:
        return JSONResponse(describe_error(str(error)), status_code=422)
    except Exception:  # noqa: BLE001 - the caller gets a sentence, the log the traceback
        _log.exception("no completion")
        return JSONResponse(describe_error("something went wrong on our side", "server_error"), status_code=500)


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
