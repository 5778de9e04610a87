"""Recordings that visitors bring to the page: each is attached to a transcript, or listened to, in the background.

One is listened to at a time on the whole server, in a process of its own; the others wait. A recording lies in a folder
of its visitor's until it is done with, beside what was heard of it so far: what was stopped, or interrupted with the
server, goes on where it was.
"""

import logging
import queue
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from corpus import CorpusError
from index import IndexingError
from index.audio.apart import INSTALL, HearingOrder, HearingProcess, HearingStopped, can_hear
from ui.arrival_adding import add, align, attach, find_own, has_times
from ui.arrival_tasks import ACTIVE, Errand, Hearing, Task, clean_name, keep_task, read_task
from ui.callers import NOBODY, open_as, opened_by, person_of
from ui.shelves import AWAY_S, UploadRefused
from ui.uploads import Uploads

# Eight hours of speech as a good mp3 have half of it, one and a half as a WAV file all of it.
MAX_RECORDING_BYTES = 1_000_000_000
# Recordings of one visitor, and of all, that are not done with.
MAX_TASKS = 5
MAX_ALL_TASKS = 50
NOT_INSTALLED = f"What listens to recordings is not installed here. Run {INSTALL} and start this program again."
FAULT = "Something went wrong on our side; the server’s log has the details. Try again."

_log = logging.getLogger(__name__)


class Arrivals:
    """All of them; safe to call from several threads."""

    def __init__(
        self,
        uploads: Uploads,
        *,
        begin: Callable[[HearingOrder], Hearing] = HearingProcess,
        is_installed: Callable[[], bool] = can_hear,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """:param begin: begins to listen."""
        self.uploads, self.clock, self.is_installed = uploads, clock, is_installed
        self._begin = begin
        self._lock = threading.RLock()
        self._tasks: dict[str, Task] = {}
        self._waiting: queue.Queue[Task] = queue.Queue()
        self._worker: threading.Thread | None = None

    def list(self, visitor: str) -> list[Task]:
        """The visitor's, oldest first, with those that a server which is gone left."""
        if person_of(visitor) == NOBODY:
            return []
        folder = self.uploads.workplace(visitor).folder
        with self._lock:
            for path in sorted(folder.glob("*")):
                if path.name not in self._tasks and (noted := read_task(path)) is not None:
                    errand, owner, whole = noted
                    if owner.exists():
                        continue  # it comes just now, or another server has it
                    if not whole:
                        shutil.rmtree(path, ignore_errors=True)
                        continue
                    left = Task(path, open_as(person_of(visitor), errand.collection_id), errand)
                    left.set("stopped", "The server stopped in the middle; what was heard is kept.")
                    self._tasks[left.task_id] = left
            found = [task for task in self._tasks.values() if task.folder.parent == folder]
            for task in found:
                task.seen = self.clock()
        return found

    def expect(self, visitor: str, errand: Errand, size: int) -> Task:
        """A place for a recording that is about to come, in a folder of its own.

        :param size: how many bytes are said to come.
        :raises UploadRefused: when it cannot be taken, saying why.
        :raises IndexingError: when it is to be that of a document that is not there.
        """
        if not self.is_installed():
            raise UploadRefused(NOT_INSTALLED)
        if person_of(visitor) == NOBODY:
            raise UploadRefused("who is not known has no transcripts of their own here; open the page first")
        name = clean_name(errand.name)
        if not 0 < size <= MAX_RECORDING_BYTES:
            raise UploadRefused(
                f"{name} has {size:,} bytes, expected 1 to {MAX_RECORDING_BYTES:,}; save it as mp3, or use the command "
                "line: ontherecord index transcribe"
            )
        if errand.doc_id is not None:
            find_own(self.uploads, visitor, errand.doc_id)
        self._let_go()
        own = [task for task in self.list(visitor) if task.state != "done"]
        with self._lock:
            everybodys = [task for task in self._tasks.values() if task.state != "done"]
        if len(own) >= MAX_TASKS or len(everybodys) >= MAX_ALL_TASKS:
            raise UploadRefused(f"{len(own) or 'many'} recordings wait here already; let them be done, or discard some")
        workplace = self.uploads.workplace(visitor)
        workplace.require_room(size)
        folder = workplace.folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        task = Task(folder, visitor, replace(errand, name=name, collection_id=opened_by(visitor)))
        task.folder.mkdir(mode=0o700, parents=True)
        keep_task(task, workplace.owner, whole=False)
        return task

    def drop(self, task: Task) -> None:
        """Forget one that did not come whole."""
        shutil.rmtree(task.folder, ignore_errors=True)

    def start(self, task: Task) -> None:
        """Do what is to be done with a recording that has come: at once, where it need not be listened to."""
        keep_task(task, self.uploads.workplace(task.visitor).owner, whole=True)
        task.seen = self.clock()
        with self._lock:
            self._tasks[task.task_id] = task
        self._begin_again(task)

    def stop(self, visitor: str, task_id: str) -> None:
        """Stop one of the visitor's; what was heard is kept.

        :raises UploadRefused: when there is none of that id.
        """
        task = self._find(visitor, task_id)
        with self._lock:
            if task.state == "waiting":
                task.set("stopped", "Stopped.")
            elif task.hearing is not None:
                task.hearing.stop()

    def resume(self, visitor: str, task_id: str) -> None:
        """Go on with one of the visitor's that was stopped or refused.

        :raises UploadRefused: when there is none of that id, or nothing can be listened to here.
        """
        task = self._find(visitor, task_id)
        if not self.is_installed():
            raise UploadRefused(NOT_INSTALLED)
        with self._lock:
            if task.state not in {"stopped", "refused"}:
                return
            task.set("waiting", "")
        self._begin_again(task)

    def discard(self, visitor: str, task_id: str) -> None:
        """Forget one of the visitor's, and delete what is left of it here; what was added stays.

        :raises UploadRefused: when there is none of that id, or it is being worked on.
        """
        task = self._find(visitor, task_id)
        with self._lock:
            if task.state in {"hearing", "adding"}:
                raise UploadRefused("it is being worked on; stop it first")
            self._forget(task)

    def _forget(self, task: Task) -> None:
        task.state = "gone"
        self._tasks.pop(task.task_id, None)
        shutil.rmtree(task.folder, ignore_errors=True)

    def _let_go(self) -> None:
        """Forget what is done, and what visitors left who do not come back, after a while."""
        since = self.clock() - AWAY_S
        with self._lock:
            for task in list(self._tasks.values()):
                is_over = task.state == "done" or self.uploads.is_temporary(task.visitor)
                if task.state not in ACTIVE and is_over and task.seen < since:
                    self._forget(task)

    def _find(self, visitor: str, task_id: str) -> Task:
        for task in self.list(visitor):
            if task.task_id == task_id:
                return task
        raise UploadRefused("there is no such recording any more")

    def _begin_again(self, task: Task) -> None:
        try:
            doc_id = task.errand.doc_id
            is_timed = doc_id is not None and has_times(find_own(self.uploads, task.visitor, doc_id)[0])
        except (IndexingError, UploadRefused) as error:  # the transcript was removed meanwhile
            task.set("refused", _tell(error, task))
            return
        if is_timed:
            self._do(task, self._attach)
            return
        with self._lock:
            task.set("waiting", "Waiting until it is its turn to be heard.")
            self._waiting.put(task)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="arrivals", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while True:
            self._do(self._waiting.get(), self._hear)
            self._waiting.task_done()

    def wait(self) -> None:
        """Until none waits to be listened to, or is."""
        self._waiting.join()

    def _do(self, task: Task, work: Callable[[Task], str | None]) -> None:
        """Do it; however that ends, the task says so."""
        try:
            words = work(task)
            if words is not None:
                task.set("done", words)
                shutil.rmtree(task.folder, ignore_errors=True)
        except HearingStopped:
            task.set("stopped", "Stopped; what was heard is kept.")
        except (CorpusError, IndexingError, UploadRefused, OSError) as error:
            task.set("refused", _tell(error, task))
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("no use of a recording")
            task.set("refused", FAULT)
        finally:
            task.hearing = None

    def _attach(self, task: Task) -> str:
        task.set("adding", "Looking at it…")
        return attach(self.uploads, task)

    def _hear(self, task: Task) -> str | None:
        """Listen, where that is not done yet, and add what was heard; None when it was stopped before."""
        errand = task.errand
        with self._lock:
            if task.state != "waiting":
                return None
            task.set("hearing", "Looking at it…")
            task.done_s = task.total_s = 0
            if not task.heard.exists():
                voices = errand.voice_count if errand.doc_id is None else 0
                task.hearing = self._begin(HearingOrder(str(task.recording), str(task.heard), errand.language, voices))
        if task.hearing is not None:
            task.hearing.follow(
                lambda done, total: task.note(done, total, self.clock()), lambda said: task.set("hearing", f"{said}…")
            )
        task.hearing = None
        task.set("adding", "Making it searchable…")
        return add(self.uploads, task) if errand.doc_id is None else align(self.uploads, task)


def _tell(error: Exception, task: Task) -> str:
    """What is wrong, without the place where the server keeps the recording, which is nobody's business."""
    return str(error).replace(f"{task.folder}/", "").replace(str(task.folder), task.errand.name)
