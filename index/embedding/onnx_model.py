"""Encoders without torch: a graph made once from the weights, kept in the user's cache, run by onnxruntime."""

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from corpus import one_line
from index.embedding.kept_graph import has_kept, hash_bytes, keep, read_kept
from index.embedding.queued_telemetry import remove_queued_telemetry
from index.regular_file import require_regular
from index.types import FloatArray, IntArray, Precision

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Item = TypeVar("Item")
Text = TypeVar("Text", bound=Sized)
Output = TypeVar("Output")

WEIGHTS_FILE = "model.safetensors"
CONFIG_FILE = "config.json"
# Part of the files' names; to be raised when another graph is made of the same weights.
FORMAT_VERSION = 2
NUL = b"\0"
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
    """The encoder in a folder, a BERT or an MPNet; loaded when first used, safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        *,
        prefix: str = "",
        precision: Precision = "float32",
        weights: Path | None = None,
        weights_sha256: str | None = None,
        adapter: Path | None = None,
        cache: Path | None = None,
    ) -> None:
        """Name the folder with `config.json` and, unless `weights` names another file, `model.safetensors`.

        :param prefix: what the tensors' names start with, such as "bert.".
        :param weights: may be missing where the graph was made before, if `weights_sha256` is given.
        :param weights_sha256: what the weights must be; they are hashed only when a file is made of them then.
        :param adapter: what is added to the weights, see `index.embedding.low_rank`.
        :param cache: where such files are kept, by default in the user's cache folder.
        """
        self._folder = folder
        self._weights = weights or folder / WEIGHTS_FILE
        self._prefix = prefix
        self._precision: Precision = precision
        self._expected = weights_sha256
        self._adapter = adapter
        self._cache = cache or user_cache_path("on-the-record") / "models"
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None

    def load(self) -> None:
        """Load the model now.

        :raises OSError: when a file of it cannot be read.
        :raises ValueError: when the weights are not the ones expected, or not those of a BERT.
        """
        self._open()

    def is_made(self) -> bool:
        """Whether the graph has been kept, so that to load it takes a moment only."""
        return has_kept(self._cache, self._name)

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
        name = self._name
        session = _try_session(read_kept(self._cache, name))
        return session or _start_session(self._make_and_keep(name))

    def _make_and_keep(self, name: str) -> bytes:
        """The graph, made now, or by another process while this one waited for its turn."""
        cache = self._cache
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

    @cached_property
    def _name(self) -> str:
        """After everything that the graph is made of."""
        config = (self._folder / CONFIG_FILE).read_bytes()
        weights_sha256 = self._expected or hash_bytes(self._weights.read_bytes())
        parts = [weights_sha256.encode(), config, self._prefix.encode()]
        if self._adapter is not None:
            parts.append(hash_bytes(self._adapter.read_bytes()).encode())
        return f"encoder-{hash_bytes(NUL.join(parts))[:32]}-{self._precision}-v{FORMAT_VERSION}"

    def _make(self) -> bytes:
        """The graph, from the weights."""
        from safetensors import SafetensorError, safe_open

        from index.embedding.low_rank import AdaptedWeights, load_adapter
        from index.embedding.onnx_export import EncoderSizes, build_encoder

        sizes = EncoderSizes.from_config(json.loads((self._folder / CONFIG_FILE).read_bytes()))
        if self._expected is not None:
            with self._weights.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != self._expected:
                raise ValueError(f"{_place(self._weights)} has sha256 {found}, expected {self._expected}")
        try:
            adapter = {} if self._adapter is None else load_adapter(self._adapter)
            # One tensor at a time: all of a large model beside its graph would take more memory than answering does.
            with safe_open(self._weights, framework="np") as tensors:
                weights = AdaptedWeights(tensors, adapter)
                model = build_encoder(sizes, weights, prefix=self._prefix, precision=self._precision)
        except SafetensorError as error:
            raise ValueError(f"{_place(self._weights)} is damaged: {error}") from error
        graph: bytes = model.SerializeToString()
        return graph


def _place(path: Path) -> str:
    return f"{path.name} in {path.parent}"


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


def compute_by_length(
    items: Sequence[Text], max_tokens: int, compute: Callable[[list[Text]], Sequence[Output]]
) -> list[Output]:
    """What `compute` makes of each item, in order; those of like length share a batch, and every core has one at once.

    :param items: with their number of tokens as length, see `batch_by_length`.
    """
    batches = batch_by_length([len(item) for item in items], max_tokens)
    outputs: dict[int, Output] = {}
    computed = map_in_threads(compute, [[items[position] for position in positions] for positions in batches])
    for positions, made in zip(batches, computed, strict=True):
        outputs.update(zip(positions, made, strict=True))
    return [outputs[position] for position in range(len(items))]


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
