"""BERT models without torch: a graph made once from the weights, kept in the user's cache, run by onnxruntime."""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from corpus import one_line
from index.embedding.kept_graph import hash_bytes, keep, read_kept
from index.embedding.queued_telemetry import remove_queued_telemetry
from index.regular_file import require_regular
from index.types import FloatArray, IntArray, Precision

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Item = TypeVar("Item")
Output = TypeVar("Output")

WEIGHTS_FILE = "model.safetensors"
CONFIG_FILE = "config.json"
# Part of the files' names; to be raised when another graph is made of the same weights.
FORMAT_VERSION = 1
# To make a file takes a second or two; a process that has waited this long makes one in memory.
_LOCK_TIMEOUT_S = 60

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A batch of token ids padded to a common length: ids, attention mask and segments, each `(n, tokens)` int64."""

    ids: IntArray
    mask: IntArray
    segments: IntArray


class OnnxModel:
    """The BERT encoder in a folder; loaded when first used, safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        *,
        prefix: str = "",
        precision: Precision = "float32",
        weights_sha256: str | None = None,
        cache: Path | None = None,
    ) -> None:
        """Name the folder with `model.safetensors` and `config.json`.

        :param prefix: what the tensors' names start with, such as "bert.".
        :param weights_sha256: what the weights must be; they are hashed only when a file is made of them then.
        :param cache: where such files are kept, by default in the user's cache folder.
        """
        self._folder = folder
        self._prefix = prefix
        self._precision: Precision = precision
        self._expected = weights_sha256
        self._cache = cache
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None

    def load(self) -> None:
        """Load the model now.

        :raises OSError: when a file of it cannot be read.
        :raises ValueError: when the weights are not the ones expected, or not those of a BERT.
        """
        self._open()

    def states(self, tokens: Tokens) -> FloatArray:
        """The last hidden states, `(n, tokens, width)`; those of padding mean nothing. One thread computes."""
        feed = {"ids": tokens.ids, "mask": tokens.mask, "segments": tokens.segments}
        (states,) = self._open().run(None, feed)
        return np.asarray(states, dtype=np.float32)

    def _open(self) -> "InferenceSession":
        with self._lock:
            if self._session is None:
                self._session = self._start()
            return self._session

    def _start(self) -> "InferenceSession":
        """A session of the graph; should what is kept be none after all, of one that is made now."""
        cache, name = self._cache or user_cache_path("on-the-record") / "models", self._name()
        session = _try_session(read_kept(cache, name))
        return session or _start_session(self._make_and_keep(cache, name))

    def _make_and_keep(self, cache: Path, name: str) -> bytes:
        """The graph, made now, or by another process while this one waited for its turn."""
        try:
            cache.mkdir(parents=True, exist_ok=True)
            lock = cache / f"{name}.lock"
            require_regular(lock)
            with FileLock(lock, timeout=_LOCK_TIMEOUT_S):
                kept = read_kept(cache, name)
                if kept is None or _try_session(kept) is None:
                    kept = self._make()
                    keep(cache, name, kept)
                return kept
        except (OSError, Timeout) as error:
            _log.info("a model is made in memory at each start, since it cannot be cached in %s: %s", cache, error)
            return self._make()

    def _name(self) -> str:
        """After everything that the graph is made of."""
        config = (self._folder / CONFIG_FILE).read_bytes()
        weights_sha256 = self._expected or hash_bytes((self._folder / WEIGHTS_FILE).read_bytes())
        source = hash_bytes(b"\0".join([weights_sha256.encode(), config, self._prefix.encode()]))
        return f"bert-{source[:32]}-{self._precision}-v{FORMAT_VERSION}"

    def _make(self) -> bytes:
        """The graph, from the weights."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        from index.embedding.onnx_export import BertSizes, build_bert

        data = (self._folder / WEIGHTS_FILE).read_bytes()
        if self._expected is not None and (found := hash_bytes(data)) != self._expected:
            raise ValueError(f"{WEIGHTS_FILE} in {self._folder} has sha256 {found}, expected {self._expected}")
        try:
            weights = load(data)
        except SafetensorError as error:
            raise ValueError(f"{WEIGHTS_FILE} in {self._folder} is damaged: {error}") from error
        config = json.loads((self._folder / CONFIG_FILE).read_bytes())
        model = build_bert(BertSizes.from_config(config), weights, prefix=self._prefix, precision=self._precision)
        graph: bytes = model.SerializeToString()
        return graph


def map_in_threads(
    function: Callable[[Item], Output], items: Sequence[Item], *, threads: int | None = None
) -> Iterator[Output]:
    """What `function` makes of each item, in order; so many at once, by default as many as there are cores."""
    threads = min(threads or usable_cores(), len(items))
    if threads < 2:
        yield from map(function, items)
        return
    executor = ThreadPoolExecutor(threads)
    try:
        yield from executor.map(function, items)
    finally:
        executor.shutdown(cancel_futures=True)  # an interrupt does not wait for batches that have not begun


def batch_by_length(lengths: Sequence[int], max_tokens: int) -> list[list[int]]:
    """The positions of texts of these lengths, in batches of at most `max_tokens` with their padding (or of one text).

    The longest come first: at the end no thread then waits long for another.
    """
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda position: -lengths[position]):
        if not batches or (len(batches[-1]) + 1) * lengths[batches[-1][0]] > max_tokens:
            batches.append([])
        batches[-1].append(position)
    return batches


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_session(graph: bytes) -> "InferenceSession":
    import onnxruntime

    remove_queued_telemetry()
    options = onnxruntime.SessionOptions()
    # One thread a call, and several calls at once: no thread waits for others after each of a hundred small steps,
    # and a library that spins while it waits would take the time from the rest of the program.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _try_session(graph: bytes | None) -> "InferenceSession | None":
    """A session of what is kept; None where that is no graph that takes tokens."""
    if graph is None:
        return None
    try:
        session = _start_session(graph)
    except Exception as error:  # noqa: BLE001 - the library's errors have nothing in common; it is made again
        _log.warning("a kept model cannot be used and is made again: %s", one_line(str(error)))
        return None
    takes = {taken.name for taken in session.get_inputs()}
    return session if takes == {"ids", "mask", "segments"} and len(session.get_outputs()) == 1 else None
