"""What people see: the chat in the browser, and an answer rendered for it."""

import corpus.before_libraries  # noqa: F401 - before any library
