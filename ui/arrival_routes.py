"""Recordings that come to the server over HTTP, and how it stands with them; each visitor sees their own."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from index import IndexingError
from ui.accounts import Account, unauthorized
from ui.arrival_tasks import ACTIVE, SUFFIXES, Errand, Task
from ui.arrivals import MAX_RECORDING_BYTES, NOT_INSTALLED, Arrivals
from ui.completions import describe_error
from ui.kept_uploads import KeptUploads
from ui.recordings import find_visitor
from ui.shelves import UploadRefused

ARRIVALS_PATH = "/recordings/tasks"
MAX_VOICES = 20
_BLOCK_BYTES = 1 << 20
_MAX_DOC_ID_CHARS = 1_000


def make_arrival_routes(arrivals: Arrivals, accounts: tuple[Account, ...]) -> list[Route]:
    """The routes; they stand before those of `ui.recordings`, whose addresses are the hashes of recordings."""

    def guarded(answer: Callable[[Arrivals, Request, str], Awaitable[Response]]) -> Callable[[Request], object]:
        async def serve(request: Request) -> Response:
            visitor = find_visitor(request, accounts)
            if visitor is None:
                return unauthorized()
            try:
                return await answer(arrivals, request, arrivals.uploads.settle(visitor))
            except (UploadRefused, IndexingError) as error:
                with suppress(ClientDisconnect):
                    async for _ in request.stream():  # a browser that is still sending would not read the answer
                        pass
                return JSONResponse(describe_error(str(error)), status_code=422)

        return serve

    one = f"{ARRIVALS_PATH}/{{task_id:str}}"
    return [
        Route(ARRIVALS_PATH, guarded(_list), methods=["GET"]),
        Route(ARRIVALS_PATH, guarded(_receive), methods=["POST"]),
        Route(one, guarded(_change(Arrivals.discard)), methods=["DELETE"]),
        Route(f"{one}/stop", guarded(_change(Arrivals.stop)), methods=["POST"]),
        Route(f"{one}/resume", guarded(_change(Arrivals.resume)), methods=["POST"]),
    ]


async def _list(arrivals: Arrivals, request: Request, visitor: str) -> Response:
    tasks = await run_in_threadpool(arrivals.list, visitor)
    return JSONResponse(
        {
            "note": "" if arrivals.is_installed() else NOT_INSTALLED,
            "limit": MAX_RECORDING_BYTES,
            "endings": SUFFIXES,
            "tasks": [_describe(arrivals, task) for task in tasks],
        }
    )


async def _receive(arrivals: Arrivals, request: Request, visitor: str) -> Response:
    """Take a recording in, the body of the request, and begin what is to be done with it."""
    given = request.query_params
    errand = Errand(
        name=given.get("name", ""),
        doc_id=given.get("document", "")[:_MAX_DOC_ID_CHARS] or None,
        language=_read_language(given.get("language", "")),
        voice_count=_read_count(given.get("voices", "")),
    )
    length = request.headers.get("content-length", "")
    size = int(length[:20]) if length.isdecimal() else 0
    task = await run_in_threadpool(arrivals.expect, visitor, errand, size)
    try:
        await _write(request, task, size)
    except ClientDisconnect:
        arrivals.drop(task)
        return Response(status_code=400)
    except BaseException:
        arrivals.drop(task)
        raise
    await run_in_threadpool(arrivals.start, task)
    return JSONResponse(_describe(arrivals, task), status_code=201)


async def _write(request: Request, task: Task, size: int) -> None:
    """Write the body beside the note of the task, never more than was said."""
    with task.recording.open("xb") as file:
        block, written = bytearray(), 0
        async for part in request.stream():
            block += part
            if len(block) >= _BLOCK_BYTES:
                written += await run_in_threadpool(file.write, bytes(block))
                block.clear()
            if written + len(block) > size:
                raise UploadRefused(f"{task.errand.name} is longer than it was said to be")
        written += file.write(block)
    if written != size:
        raise UploadRefused(f"{task.errand.name} did not come whole; try again")


def _change(change: Callable[[Arrivals, str, str], None]) -> Callable[[Arrivals, Request, str], Awaitable[Response]]:
    async def answer(arrivals: Arrivals, request: Request, visitor: str) -> Response:
        await run_in_threadpool(change, arrivals, visitor, request.path_params["task_id"])
        return await _list(arrivals, request, visitor)

    return answer


def _describe(arrivals: Arrivals, task: Task) -> dict[str, object]:
    return {
        "id": task.task_id,
        "name": task.errand.name,
        "state": task.state,
        "active": task.state in ACTIVE,
        "words": task.describe(arrivals.clock()),
        "done": task.done_s if task.state in {"hearing", "stopped"} else 0,
        "total": task.total_s if task.state in {"hearing", "stopped"} else 0,
        "collection": _find_collection(arrivals, task) if task.state == "done" else "",
    }


def _find_collection(arrivals: Arrivals, task: Task) -> str:
    """The collection in which its transcript is; "" where there are none, or it is gone."""
    uploads = arrivals.uploads
    try:
        return uploads.opened(task.visitor).collection_id if isinstance(uploads, KeptUploads) else ""
    except UploadRefused:
        return ""


def _read_language(text: str) -> str | None:
    """A code as "en"; None for what is none."""
    return text.lower() if text.isascii() and text.isalpha() and 2 <= len(text) <= 3 else None


def _read_count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= MAX_VOICES else None
