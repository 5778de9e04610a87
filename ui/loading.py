"""What is still done behind the page, in words: the first answer waits for it."""

import logging
import threading
from collections.abc import Callable

from index import IndexingError
from qa import Opening, QAError

MODELS = "The models are still loading; the first answer waits for them."
INDEXING = "First start: the interview is being made searchable; the first answer waits."

# How long the heavy work waits for the page to be up in somebody's browser: loading libraries would slow that down.
GRACE_S = 4.0

_log = logging.getLogger(__name__)


class Loading:
    """The work and how it stands: `word` says what is being done or what went wrong, "" when all is there."""

    def __init__(self, opening: Opening | None = None) -> None:
        """What `opening` still needs; None says that all is there."""
        self._opening = opening
        self._page_is_up = threading.Event()
        self.word = "" if opening is None else INDEXING if opening.missing else MODELS

    def start(self, notify: Callable[[str], None]) -> None:
        """Make the index where it is missing and load the models, in a thread of its own.

        It begins when the page is up, and after `GRACE_S` seconds in any case.

        :param notify: called with one sentence that says what went wrong.
        """
        if self._opening is not None:
            threading.Thread(target=self._run_soon, args=(self._opening, notify), daemon=True).start()

    def let_begin(self) -> None:
        """A page is up and has asked how things stand."""
        self._page_is_up.set()

    def _run_soon(self, opening: Opening, notify: Callable[[str], None]) -> None:
        self._page_is_up.wait(GRACE_S)
        self.run(opening, notify)

    def run(self, opening: Opening, notify: Callable[[str], None]) -> None:
        """The same here and now, without waiting for a page."""
        try:
            opening.finish(self._count)
            self.word = MODELS
            opening.qa.warm_up()
        except (IndexingError, QAError) as error:
            self.word = f"No question can be answered: {error}"
            notify(self.word)
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("nothing to ask")
            self.word = "No question can be answered; the server’s log says why."
        else:
            self.word = ""

    def _count(self, done: int, of: int) -> None:
        self.word = f"{INDEXING} {done} of {of} sentences done."
