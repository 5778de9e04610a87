"""Reading files from somebody else: in a process of its own, which may take so much time and memory and no more."""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError, SourceTooLarge
from corpus.load import LoadedFile, load_file
from corpus.prose import Prose, load_prose

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_READERS: dict[str, Callable[[str], Any]] = {"transcript": load_file, "prose": load_prose}
# A day of speech is read in a second or two; a PDF may take a minute by its own limit.
TIME_LIMIT_S = 90.0
# Of address space, which is more than what is used: the libraries of all formats take some 400 MB of it.
MEMORY_LIMIT_BYTES = 3 * 1024**3


class GuardedReader:
    """Reads files one after the other in another process; safe to share between threads.

    The process is started with the first file and kept. One that takes too long or too much is ended, and the next file
    gets a new one, so that a hostile file costs its sender an upload and the program nothing.
    """

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S, memory_limit_bytes: int = MEMORY_LIMIT_BYTES) -> None:
        self._time_limit_s = time_limit_s
        self._memory_limit_bytes = memory_limit_bytes
        self._lock = threading.Lock()
        self._worker: tuple[BaseProcess, Connection] | None = None

    def load(self, path: Path) -> LoadedFile:
        """As `corpus.load_file`.

        :raises CorpusError: as `load_file` does.
        :raises SourceTooLarge: also when reading it takes too much time or memory.
        """
        loaded: LoadedFile = self._read("transcript", path)
        return loaded

    def load_prose(self, path: Path) -> Prose:
        """As `corpus.load_prose`; raises as `load`."""
        prose: Prose = self._read("prose", path)
        return prose

    def _read(self, what: str, path: Path) -> Any:  # noqa: ANN401 - what the reader of that name gives
        with self._lock:
            _, connection = self._worker or self._start()
            try:
                connection.send((what, str(path)))
                if not connection.poll(self._time_limit_s):
                    self._end()
                    limit = f"{self._time_limit_s:.0f} seconds"
                    raise SourceTooLarge(f"{path} takes longer than {limit} to read; split it, or save it as text")
                outcome = connection.recv()
            except (EOFError, OSError) as error:
                self._end()
                raise SourceTooLarge(
                    f"{path} takes more memory to read than a transcript does; split it, or save it as text"
                ) from error
        if isinstance(outcome, CorpusError):
            raise outcome
        return outcome

    def close(self) -> None:
        """End the process; the next file would start another one."""
        with self._lock:
            self._end()

    def _start(self) -> "tuple[BaseProcess, Connection]":
        import multiprocessing  # only a program that guards pays for it

        # A new interpreter: this one has threads, which a copy of it would not survive.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._memory_limit_bytes), daemon=True)
        process.start()
        theirs.close()  # so that its end is seen when the process ends
        self._worker = process, ours
        return self._worker

    def _end(self) -> None:
        if self._worker is None:
            return
        process, connection = self._worker
        self._worker = None
        connection.close()
        process.kill()
        process.join()


def _serve(connection: "Connection", memory_limit_bytes: int) -> None:
    """Read each file that is named, until nobody names one any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one is interrupted too, and ends it
    _limit_memory(memory_limit_bytes)
    with suppress(EOFError, OSError):
        while True:
            connection.send(_try(*connection.recv()))


def _try(what: str, path: str) -> Any:  # noqa: ANN401 - what was read, or the refusal
    try:
        return _READERS[what](path)
    except CorpusError as error:
        return type(error)(str(error))  # without what it was raised from, which may not be sent
    except MemoryError:
        return SourceTooLarge(f"{path} takes more memory to read than a transcript does; split it, or save it as text")


def _limit_memory(limit_bytes: int) -> None:
    """Let this process take so much and no more, on systems that know such limits."""
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
