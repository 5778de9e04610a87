"""What stands in front of the whole server: who may send a request, and how much of it is read."""

import secrets
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus import MAX_FILE_BYTES
from qa.generation import OWN_HEADER, OWN_STATUS
from ui.accounts import Account, find_user, unauthorized
from ui.arrival_routes import ARRIVALS_PATH
from ui.arrivals import MAX_RECORDING_BYTES
from ui.callers import BROWSER_COOKIE, BROWSER_KEY, USER_KEY
from ui.completions import describe_error

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
# A pasted transcript of the greatest length in any script, and the conversation beside it.
MAX_BODY_BYTES = 20 * 1024 * 1024
# Several files in one request; Gradio holds each to `MAX_FILE_BYTES`.
MAX_UPLOAD_BYTES = 8 * MAX_FILE_BYTES
UPLOAD_PATH = "/gradio_api/upload"
TOOLS_PATH = "/gradio_api/mcp"
# The page loads nothing from elsewhere, sends nothing elsewhere, and stands in no other page. Gradio's own scripts are
# partly in the page and partly made as it runs.
_POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_KEY_LIFE_S = 365 * 24 * 60 * 60
_NO_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Host:
    """A name by which the server may be called; `port` None allows any."""

    name: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "Host":
        """`NAME`, `NAME:PORT` or `[ADDRESS]:PORT`.

        :raises ValueError: when it is none of these.
        """
        parts = urlsplit(f"//{text}")
        if not parts.hostname or parts.netloc != text or parts.username is not None or any(map(str.isspace, text)):
            raise ValueError(f"{text!r} is no name of a host; expected NAME or NAME:PORT")
        return cls(parts.hostname, parts.port)


class Gate:
    """Lets through what this server's own page, or a program that is no page, sends to it under a name of its own.

    A page of another site, or of another port of this machine, is known by its Origin and by what browsers say of where
    a request comes from; a name that was made to point here (DNS rebinding) by the Host.
    """

    def __init__(self, app: ASGIApp, *, allowed: Iterable[Host] = (), accounts: Sequence[Account] = ()) -> None:
        self._app = app
        self._allowed = frozenset(allowed)
        self._accounts = accounts
        # Whoever is let in from elsewhere without a name is known again by a key that their browser keeps.
        self._gives_keys = bool(self._allowed) and not accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with what is wrong with it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await refusal(scope, receive, send)
            return
        key = None
        if self._gives_keys:
            scope[BROWSER_KEY] = HTTPConnection(scope).cookies.get(BROWSER_COOKIE)
            key = _make_key(scope)
        await _Reading(scope, receive, send, key).run(self._app)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0], scope):
            return _say(403, "this server is not called so; start it with --allow-host NAME if it shall be")
        origins = headers.getlist("origin")
        if len(origins) > 1 or not all(self._is_our_origin(origin, scope) for origin in origins):
            return _say(403, "pages of other sites cannot use this server")
        if headers.get("sec-fetch-site") in {"cross-site", "same-site"} and not _is_followed_link(scope, headers):
            return _say(403, "pages of other sites cannot use this server")
        if OWN_HEADER in headers:
            return _say(OWN_STATUS, "this is no language model, but the program that asked")
        path = scope["path"].rstrip("/")
        is_file = path in {UPLOAD_PATH, ARRIVALS_PATH, "/login"}
        if scope.get("method") not in _NO_BODY and not is_file and _has_body(headers):
            kind = headers.get("content-type", "").partition(";")[0].strip().casefold()
            if kind != "application/json":
                return _say(415, f"the body is {kind or 'of no kind'}, expected application/json")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > _limit_of(scope):
            return _too_large(scope)
        if self._accounts and path.startswith(TOOLS_PATH):
            user = find_user(headers.get("authorization", ""), self._accounts)
            if user is None:
                return unauthorized()
            scope[USER_KEY] = user
        return None

    def _is_ours(self, text: str, scope: Scope, default_port: int = 80) -> bool:
        try:
            host = Host.parse(text)
        except ValueError:
            return False
        address, port = scope.get("server") or ("", None)
        called = Host(host.name, default_port if host.port is None else host.port)
        if called.name in {*LOOPBACK_NAMES, address} and called.port == port:
            return True
        return called in self._allowed or Host(called.name, None) in self._allowed

    def _is_our_origin(self, origin: str, scope: Scope) -> bool:
        scheme, _, rest = origin.partition("://")
        return scheme in {"http", "https"} and self._is_ours(rest, scope, 443 if scheme == "https" else 80)


class _Reading:
    """A request that was let through: what it sends is counted, and what is answered gets our headers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, key: str | None) -> None:
        self._scope, self._receive, self._send, self._key = scope, receive, send, key
        self._left = _limit_of(scope)
        self._begun = False

    async def run(self, app: ASGIApp) -> None:
        try:
            await app(self._scope, self._receive_some, self._send_some)
        except Exception:
            if self._left >= 0:
                raise
        if self._left < 0 and not self._begun:
            await _too_large(self._scope)(self._scope, self._receive, self._send)

    async def _receive_some(self) -> Message:
        if self._left < 0:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return message if self._left >= 0 else {"type": "http.disconnect"}

    async def _send_some(self, message: MutableMapping[str, object]) -> None:
        if self._left < 0 and not self._begun:
            return  # what the app makes of half a body is not said
        if message["type"] == "http.response.start":
            self._begun = True
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            if self._key is not None:
                headers.append("set-cookie", self._key)
        await self._send(message)


def _make_key(scope: Scope) -> str | None:
    """The cookie for a browser that opens the page and has none yet: a key that nobody can guess."""
    if scope.get("method") != "GET" or scope["path"] != "/":
        return None
    if BROWSER_COOKIE in HTTPConnection(scope).cookies:
        return None
    return f"{BROWSER_COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={_KEY_LIFE_S}; HttpOnly; SameSite=Lax"


def _limit_of(scope: Scope) -> int:
    limits = {UPLOAD_PATH: MAX_UPLOAD_BYTES, ARRIVALS_PATH: MAX_RECORDING_BYTES}
    return limits.get(scope["path"].rstrip("/"), MAX_BODY_BYTES)


def _too_large(scope: Scope) -> Response:
    response = _say(413, f"the body has more than {_limit_of(scope):,} bytes")
    response.headers["connection"] = "close"  # nobody reads the rest
    return response


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _is_followed_link(scope: Scope, headers: Headers) -> bool:
    """Whether somebody followed a link to the page: the one thing that another site may make a browser do."""
    return (
        scope.get("method") == "GET"
        and scope["path"] == "/"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _say(status: int, message: str) -> Response:
    return JSONResponse(describe_error(message), status)
