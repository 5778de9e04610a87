"""What people see: the chat in the browser, and an answer rendered for it."""

import corpus  # noqa: F401 - before any library
