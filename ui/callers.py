"""Who calls: what tells a visitor's transcripts and choices from another's."""

from starlette.requests import Request

# Where the gate notes who is let through to the tools, in the ASGI scope.
USER_KEY = "on_the_record.user"
# Who is neither logged in nor has a session: nothing is kept for them, and they ask what everybody may ask.
NOBODY = ""


def visitor_of(request: object | None) -> str:
    """The caller: a user where the server asks for passwords, else Gradio's session; `NOBODY` where there is neither.

    :param request: of Gradio, whose session a page or client names itself, or of the tools, which have none.
    """
    if isinstance(request, Request):
        return _name("user", request.scope.get(USER_KEY))
    user = getattr(request, "username", None)
    return _name("user", user) or _name("session", getattr(request, "session_hash", None))


def holder_of(token: str) -> str:
    """Who holds a token of `ui.uploads`."""
    return _name("token", token)


def is_user(visitor: str) -> bool:
    """Whether it is a user, who stays the same from page to page."""
    return visitor.startswith("user:")


def holds_token(visitor: str) -> bool:
    """Whether it is known by a token alone."""
    return visitor.startswith("token:")


def _name(kind: str, value: str | None) -> str:
    return f"{kind}:{value}" if value else NOBODY
