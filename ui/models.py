"""Which language model phrases a visitor's answers: the server's, one of their own choice, or none."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from corpus import one_line
from qa import QA, Writer, WriterFailed, WriterInvalid, WriterSettings, open_writer
from qa.generation import LocalServer, WaySetting, find_local_servers, probe_capability
from ui.callers import NOBODY, person_of

# Beyond this many visitors with a choice of their own, that of the one who chose first is forgotten.
MAX_CHOICES = 200
# A server that a page can name must be on this machine: pages are not to make this program call others.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
WAYS: tuple[tuple[str, WaySetting], ...] = (
    ("find out by a few questions", "auto"),
    ("it points at the sentences", "point"),
    ("it writes, we locate", "locate"),
)


# While a model that was chosen is asked a few questions.
ASKING = "Asking the language model a few questions, to see what it can do…"


class Models:
    """Visitors' choices, kept in memory only; a key goes in here and never out.

    :param choosing: whether visitors may name a model.
    :param find_servers: looks for servers on this machine.
    """

    def __init__(
        self, *, choosing: bool = True, find_servers: Callable[[], Sequence[LocalServer]] = find_local_servers
    ) -> None:
        self._choosing = choosing
        self._find_servers = find_servers
        self._lock = threading.Lock()
        self._chosen: OrderedDict[str, Writer | None] = OrderedDict()

    def apply(self, visitor: str, qa: QA) -> QA:
        """`qa` with the visitor's choice, or as it is."""
        person = person_of(visitor)  # the same in every collection
        with self._lock:
            chosen = person in self._chosen
            writer = self._chosen.get(person)
        return qa.with_writer(writer) if chosen else qa

    def look_around(self, visitor: str) -> tuple[str, tuple[LocalServer, ...]]:
        """The servers that run on this machine, and in words what was found."""
        if not self._choosing or visitor == NOBODY:
            return "Here no model can be chosen.", ()
        found = tuple(self._find_servers())
        if not found:
            return (
                "No server of a language model answers on this machine at the usual ports (Ollama, LM Studio, "
                "llama.cpp). Start one, or give its address below."
            ), ()
        names = ", ".join(f"{server.name} ({len(server.models)})" for server in found)
        return f"Running on this machine, with so many models: {names}.", found

    def choose(self, visitor: str, url: str, model: str, key: str, way: str) -> str:
        """Let the model at `url` phrase this visitor's answers; gives, in words, what became of that.

        It is asked a few questions at once, so that a wrong address, name or key shows here.
        """
        if not self._choosing or visitor == NOBODY:
            return "Nothing was changed: here no model can be chosen."
        try:
            settings = WriterSettings(
                url=url.strip(),
                model=model.strip() or None,
                key=key.strip() or None,
                way=way,  # type: ignore[arg-type]  # checked by the settings
            )
            if not settings.is_server or urlsplit(settings.url).hostname not in _LOOPBACK:
                return (
                    "Here a model can be chosen whose server runs on this machine, such as http://127.0.0.1:11434/v1. "
                    "For another one, start the chat with --llm."
                )
            writer = open_writer(settings)
            capability = probe_capability(writer)
            found = replace(settings, model=writer.model, way=capability.way)
            known = open_writer(replace(found, decides="model" if capability.decides else "reader"))
        except WriterInvalid as error:
            return f"Nothing was changed: {error}."
        except WriterFailed as error:
            return f"Nothing was changed: the language model {error}."
        self._keep(visitor, known)
        return describe_writer(known)

    def choose_none(self, visitor: str) -> str:
        """Make this visitor's answers of quotes alone; gives that in words."""
        if visitor == NOBODY:
            return "Nothing was changed: who calls without a session chooses nothing."
        self._keep(visitor, None)
        return describe_writer(None)

    def forget(self, visitor: str) -> None:
        """Forget a choice."""
        with self._lock:
            self._chosen.pop(person_of(visitor), None)

    def _keep(self, visitor: str, writer: Writer | None) -> None:
        with self._lock:
            self._chosen[person_of(visitor)] = writer
            if len(self._chosen) > MAX_CHOICES:
                self._chosen.popitem(last=False)


def describe_writer(writer: Writer | None) -> str:
    """In words, who phrases the answers."""
    if writer is None:
        return "Answers are made of quotes alone."
    try:
        name = writer.model
    except WriterFailed as error:
        return f"Answers are to be phrased by a language model, but it {error}."
    means = {
        None: "",
        True: " It also says when the source does not answer.",
        False: " Our own reader chooses the quotes and says when there is no answer.",
    }[writer.decides]
    checked = "its sentences are checked, and it supplies no quotes."
    return f"Answers are phrased by the language model {one_line(name)}; {checked}{means}"
