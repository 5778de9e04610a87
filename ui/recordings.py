"""The recordings of what is served over HTTP: which there are, parts of them, and when words of them are said.

Only what is attached is served, by its hash: no request names a path. Who may ask a transcript may hear its recording,
and nobody else: a user's own collections are looked into for that user alone.
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
    list_playable,
    locate_recording,
    open_store,
)
from ui.accounts import Account, find_user, unauthorized
from ui.callers import visitor_of_plain
from ui.completions import describe_error

PATH = "recordings"
# Gives the places of the indexes whose recordings a visitor may hear now.
Places = Callable[[str], Sequence[Location]]
MAX_WORDS = 5_000
_MAX_DIGITS = 40
_log = logging.getLogger(__name__)
# A recording may be replaced under the same name: it is asked for again, and not sent again where it is the same.
_HEADERS = {"cache-control": "private, no-cache", "content-disposition": "inline"}


def make_recording_routes(find_places: Places, accounts: tuple[Account, ...]) -> list[Route]:
    """The routes for the recordings of the indexes that whoever asks may ask on the page.

    :param accounts: who may listen: those who are logged in on the page, or send the key that completions take.
    """

    def guarded(answer: Callable[[Request, Sequence[Location]], Response]) -> Callable[[Request], Any]:
        def find_and_answer(request: Request, visitor: str) -> Response:
            return answer(request, find_places(visitor))

        async def serve(request: Request) -> Response:
            visitor = find_visitor(request, accounts)
            if visitor is None:
                return unauthorized()
            try:
                return await run_in_threadpool(find_and_answer, request, visitor)
            except IndexingError as error:  # also a recording that was moved or changed since
                return _say(404, str(error))

        return serve

    return [
        Route(f"/{PATH}", guarded(_list)),
        Route(f"/{PATH}/{{sha256:str}}", guarded(_send)),
        Route(f"/{PATH}/{{sha256:str}}/words", guarded(_find_words)),
    ]


def find_visitor(request: Request, accounts: Sequence[Account]) -> str | None:
    """Who sends the request; None where they must be one of `accounts`, and are neither logged in nor send the key."""
    if not accounts:
        return visitor_of_plain(request, None)
    user = find_user(request.headers.get("authorization", ""), accounts)
    page = request.app  # Gradio's: it knows whom it gave which cookie
    for name in (f"access-token-{page.cookie_id}", f"access-token-unsecure-{page.cookie_id}"):
        user = user or page.tokens.get(request.cookies.get(name))
    return None if user is None else visitor_of_plain(request, user)


def _list(request: Request, places: Sequence[Location]) -> Response:
    return JSONResponse({each.text_sha256: _describe(each, place) for each, place in _list_all(places)})


def _list_all(places: Sequence[Location]) -> Iterator[tuple[Recording, Location]]:
    for place in places:
        try:
            held = list_playable(place)
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


def _say(status: int, message: str) -> Response:
    return JSONResponse(describe_error(message), status_code=status)
