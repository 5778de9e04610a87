"""Who calls: what tells a visitor's transcripts and choices from another's.

A visitor is a text: the person, and before it the collection that the address of their page names, where it names one.
"""

import hashlib

from starlette.requests import Request

# Where the gate notes who is let through to the tools, in the ASGI scope.
USER_KEY = "on_the_record.user"
# Where it notes the key of a browser, on a server that gives browsers keys.
BROWSER_KEY = "on_the_record.browser"
# Who is neither logged in nor has a session: nothing is kept for them, and they ask what everybody may ask.
NOBODY = ""
# What the address of a page names a collection by.
COLLECTION_KEY = "collection"
_MAX_OPENED_CHARS = 200
# Who uses their own machine, and whoever else may open the page there.
OWNER = "owner"
# The key of a browser that the gate gives it, by which somebody without a user's name is known again.
BROWSER_COOKIE = "on-the-record-browser"


def visitor_of(request: object | None) -> str:
    """The caller: a user where the server asks for passwords, else Gradio's session; `NOBODY` where there is neither.

    Where the gate gives browsers keys, it is the browser in place of the session. The collection is the one in
    the address, where anybody may write what they like: it need not be there.

    :param request: of Gradio, whose session a page or client names itself, or of the tools, which have none.
    """
    if isinstance(request, Request):
        return _name("user", request.scope.get(USER_KEY))
    user = getattr(request, "username", None)
    scope = getattr(getattr(request, "request", None), "scope", None) or {}
    person = (
        _name("user", user)
        or _name_browser(scope.get(BROWSER_KEY))
        or _name("session", getattr(request, "session_hash", None))
    )
    return open_as(person, (getattr(request, "query_params", None) or {}).get(COLLECTION_KEY))


def visitor_of_plain(request: Request, user: str | None) -> str:
    """Who sends a request that is none of Gradio's and none of the tools', with the collection in its address.

    On one's own machine that is the owner, whatever page it comes from.

    :param user: who it is where the server asks for passwords.
    """
    named = _name("user", user)
    if not named:  # a server that gives browsers keys knows nobody but by these
        named = _name_browser(request.scope[BROWSER_KEY]) if BROWSER_KEY in request.scope else OWNER
    return open_as(named, request.query_params.get(COLLECTION_KEY))


def open_as(person: str, collection_id: str | None) -> str:
    """The person with that collection open, or with none; an id that none can have counts as none."""
    fits = collection_id and len(collection_id) <= _MAX_OPENED_CHARS and not {"/", ":"} & set(collection_id)
    return f"{collection_id}/{person}" if fits and person else person


def opened_by(visitor: str) -> str:
    """The id of the collection that the visitor has open; "" where the address names none."""
    collection_id, slash, _ = visitor.partition("/")
    return collection_id if slash and ":" not in collection_id else ""


def person_of(visitor: str) -> str:
    """The visitor without the collection: the same in all of them."""
    return visitor.partition("/")[2] if opened_by(visitor) else visitor


def keeper_of(request: object | None, *, strangers: bool) -> str:
    """Whose conversations the caller's are: a user's, the owner's, or, of strangers, one browser's; or `NOBODY`'s.

    :param strangers: callers without a user's name are not the owner of the machine, but known by their browser alone.
    """
    person = person_of(visitor_of(request))
    if is_user(person):
        return person
    if not strangers:
        return OWNER
    cookies = getattr(request, "cookies", None) or {}
    return _name_browser(cookies.get(BROWSER_COOKIE))


def holder_of(token: str) -> str:
    """Who holds a token of `ui.uploads`."""
    return _name("token", token)


def is_user(visitor: str) -> bool:
    """Whether it is a user, who stays the same from page to page."""
    return person_of(visitor).startswith("user:")


def is_browser(visitor: str) -> bool:
    """Whether it is a browser, which comes back when its page is loaded again."""
    return person_of(visitor).startswith("browser:")


def holds_token(visitor: str) -> bool:
    """Whether it is known by a token alone."""
    return person_of(visitor).startswith("token:")


def _name(kind: str, value: str | None) -> str:
    return f"{kind}:{value}" if value else NOBODY


def _name_browser(key: str | None) -> str:
    """By the hash of its key, which then stands nowhere but in the browser."""
    return _name("browser", hashlib.sha256(key.encode()).hexdigest() if key else None)
