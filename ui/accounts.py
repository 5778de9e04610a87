"""Users and their passwords, where the server asks for them: how programs give them."""

import hmac
from base64 import b64decode
from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from ui.completions import describe_error

Account = tuple[str, str]


def find_user(authorization: str, accounts: Sequence[Account]) -> str | None:
    """Whose user and password the header gives: as `Bearer USER:PASSWORD`, or as browsers do, `Basic …`."""
    scheme, _, text = authorization.partition(" ")
    try:
        given = b64decode(text, validate=True) if scheme.casefold() == "basic" else text.encode("latin-1")
    except ValueError:
        return None
    if scheme.casefold() not in {"basic", "bearer"}:
        return None
    # All are compared, so that the time tells nothing about which of them is near.
    found = [user for user, password in accounts if hmac.compare_digest(given, f"{user}:{password}".encode())]
    return found[0] if found else None


def unauthorized() -> Response:
    """The answer to who gave none that are known."""
    return JSONResponse(
        describe_error("this server asks for a user and a password; send the key USER:PASSWORD"),
        status_code=401,
        headers={"www-authenticate": "Basic"},
    )
