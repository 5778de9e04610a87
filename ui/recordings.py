"""The recordings of what is served over HTTP: which there are, parts of them, and when words of them are said.

Only what is attached is served, by its hash: no request names a path. Whoever may see the page may hear them.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from corpus import timed_words
from index import (
    IndexDamaged,
    IndexingError,
    Location,
    Recording,
    RecordingRefused,
    list_recordings,
    locate_recording,
    open_store,
)
from ui.accounts import Account, find_user, unauthorized
from ui.completions import describe_error

PATH = "recordings"
# The indexes whose recordings may be heard now.
Places = Callable[[], Sequence[Location]]
MAX_WORDS = 5_000
_MAX_DIGITS = 40
_log = logging.getLogger(__name__)
# A recording may be replaced under the same name: it is asked for again, and not sent again where it is the same.
_HEADERS = {"cache-control": "private, no-cache", "content-disposition": "inline"}


def make_recording_routes(find_places: Places, accounts: tuple[Account, ...]) -> list[Route]:
    """The routes for the recordings of the indexes that may be asked on the page, wherever these are at the time.

    :param accounts: who may listen: those who are logged in on the page, or send the key that completions take.
    """

    def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            if accounts and not _is_known(request, accounts):
                return unauthorized()
            try:
                return await run_in_threadpool(answer, request)
            except IndexingError as error:  # also a recording that was moved or changed since
                return _say(404, str(error))

        return serve

    return [
        Route(f"/{PATH}", guarded(lambda request: _list(find_places()))),
        Route(f"/{PATH}/{{sha256:str}}", guarded(lambda request: _send(request, find_places()))),
        Route(f"/{PATH}/{{sha256:str}}/words", guarded(lambda request: _find_words(request, find_places()))),
    ]


def _list(places: Sequence[Location]) -> Response:
    return JSONResponse({each.text_sha256: _describe(each, place) for each, place in _list_all(places)})


def _list_all(places: Sequence[Location]) -> Iterator[tuple[Recording, Location]]:
    for place in places:
        try:
            held = list_recordings(place)
        except IndexDamaged as error:  # those of the other collections can be heard all the same
            _log.warning("%s", error)
            continue
        yield from ((recording, place) for recording in held)


def _send(request: Request, places: Sequence[Location]) -> Response:
    """The recording, or the part of it that the request asks for."""
    recording, location = _find(request, places)
    return FileResponse(locate_recording(recording, location), media_type=recording.media_type, headers=_HEADERS)


def _find_words(request: Request, places: Sequence[Location]) -> Response:
    """The words of a stretch of the transcript that have times: where they begin and end in it, and in the sound."""
    source, start, end = (request.query_params.get(name, "") for name in ("source", "start", "end"))
    recording, location = _find(request, places, source)
    if not (start.isdecimal() and end.isdecimal() and len(start + end) < _MAX_DIGITS):
        return _say(400, "expected start and end, the place of the words in characters")
    with open_store(location).reading() as view:
        document = view.document(recording.doc_id)
    if document.sha256 != recording.text_sha256:
        raise RecordingRefused(f"the transcript of {recording.name} is another one now; attach the recording again")
    timed = timed_words(document, int(start), int(end))[:MAX_WORDS]
    return JSONResponse([[word.start, word.end, word.start_ms, word.end_ms] for word in timed])


def _describe(recording: Recording, location: Location) -> dict[str, str | None]:
    """What the page needs to know of a recording, and why it cannot be played, where that is so."""
    try:
        locate_recording(recording, location)
        problem = None
    except RecordingRefused as error:
        problem = str(error)
    return {"address": f"{PATH}/{recording.sha256}", "name": recording.name, "problem": problem}


def _find(request: Request, places: Sequence[Location], source: str | None = None) -> tuple[Recording, Location]:
    """The recording that a request names, and whose it is; with `source`, of the transcript whose text has this hash.

    :raises RecordingRefused: when none is attached that has this hash.
    """
    sha256 = request.path_params["sha256"]
    for recording, place in _list_all(places):
        if recording.sha256 == sha256 and source in (None, recording.text_sha256):
            return recording, place
    raise RecordingRefused("no such recording is attached to a transcript here")


def _is_known(request: Request, accounts: tuple[Account, ...]) -> bool:
    """Whether the request comes from somebody who is logged in on Gradio's page, or sends the key."""
    if find_user(request.headers.get("authorization", ""), accounts) is not None:
        return True
    page = request.app  # Gradio's: it knows whom it gave which cookie
    names = (f"access-token-{page.cookie_id}", f"access-token-unsecure-{page.cookie_id}")
    return any(page.tokens.get(request.cookies.get(name)) is not None for name in names)


def _say(status: int, message: str) -> Response:
    return JSONResponse(describe_error(message), status_code=status)
