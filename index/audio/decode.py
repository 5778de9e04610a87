"""The sound of a recording as numbers, in blocks that fit into memory however long it is."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from index.audio.media import open_media
from index.errors import RecordingRefused
from index.types import FloatArray

SAMPLE_RATE = 16_000
# In seconds. Each block takes some 20 MB, and is work of a minute or less for the base model.
BLOCK_S = 300


def decode_blocks(path: Path, *, start_ms: int = 0, block_s: float = BLOCK_S) -> Iterator[tuple[int, FloatArray]]:
    """The sound from `start_ms` on: when each block begins, in milliseconds, and its samples `(n,)` in -1 to 1.

    One channel, `SAMPLE_RATE` a second. The last block may be short; none is empty.

    :raises RecordingRefused: when it is no recording, or is damaged further on.
    """
    import av

    length, skip = round(block_s * SAMPLE_RATE), start_ms * SAMPLE_RATE // 1000
    parts: list[FloatArray] = []
    held, begins = 0, skip
    with open_media(path) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        try:
            for frame in chain(container.decode(audio=0), (None,)):  # None: what the resampler still holds
                for converted in resampler.resample(frame):
                    samples = converted.to_ndarray().reshape(-1).astype(np.float32)
                    left_out = min(skip, len(samples))
                    skip -= left_out
                    parts.append(samples[left_out:])
                    held += len(samples) - left_out
                while held >= length:
                    whole = np.concatenate(parts)
                    yield begins * 1000 // SAMPLE_RATE, whole[:length]
                    parts, held, begins = [whole[length:]], held - length, begins + length
        except av.FFmpegError as error:
            raise RecordingRefused(f"{path} is damaged after {begins // SAMPLE_RATE:,} seconds; convert it") from error
    if held:
        yield begins * 1000 // SAMPLE_RATE, np.concatenate(parts)
