"""Whose voice it is: stretches of speech into embeddings, and these into as many voices as there are."""

from collections.abc import Callable, Sequence

import numpy as np

from index.audio.decode import SAMPLE_RATE
from index.audio.weights import VOICE_ENCODER, fetch_weights
from index.types import FloatArray

# What the encoder was trained on: Generalized End-to-End loss for speaker verification (Wan and others, 2018).
_WINDOW, _HOP, _MELS = 400, 160, 40
_FRAMES = 160
_STEP = 80
_LOUDNESS_DB = -30.0
EMBEDDING_SIZE = 256
# Stretches are one voice up to this cosine distance between the means of their embeddings.
SAME_VOICE = 0.25
# So many of the longest stretches make the voices, the others join the nearest: pairs grow with the square.
_MAX_STRETCHES = 2_000


class VoiceEncoder:
    """The voice encoder of Resemblyzer: `(256,)` of unit length for a stretch of speech."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """Load the weights, fetched where they are missing.

        :raises ModelUnavailable: when they cannot be had.
        """
        import torch

        path = fetch_weights(VOICE_ENCODER, say) / VOICE_ENCODER.files[0].name
        state = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
        self._lstm = torch.nn.LSTM(_MELS, EMBEDDING_SIZE, 3, batch_first=True).eval()
        self._linear = torch.nn.Linear(EMBEDDING_SIZE, EMBEDDING_SIZE).eval()
        for name, part in (("lstm.", self._lstm), ("linear.", self._linear)):
            part.load_state_dict({key[len(name) :]: value for key, value in state.items() if key.startswith(name)})
        from faster_whisper.feature_extractor import FeatureExtractor

        self._filters = np.asarray(FeatureExtractor.get_mel_filters(SAMPLE_RATE, _WINDOW, _MELS), dtype=np.float32)

    def embed(self, samples: FloatArray) -> FloatArray:
        """The embedding `(256,)` of a stretch of speech `(n,)`: the mean of those of its parts of 1.6 seconds."""
        import torch

        mels = self._find_mels(samples)
        starts = range(0, max(1, len(mels) - _FRAMES // 2), _STEP)
        short = _FRAMES - min(_FRAMES, len(mels) - starts[-1])
        mels = np.pad(mels, ((0, short), (0, 0)))
        parts = np.stack([mels[start : start + _FRAMES] for start in starts])
        with torch.inference_mode():
            _, (hidden, _) = self._lstm(torch.from_numpy(parts))
            found = torch.relu(self._linear(hidden[-1])).numpy()
        found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return _normalize(found.mean(axis=0))

    def _find_mels(self, samples: FloatArray) -> FloatArray:
        """The mel spectrogram `(frames, 40)`, not of logarithms, of the sound at the loudness of the training."""
        loudness = float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0
        if loudness > 0:
            samples = samples * max(1.0, 10 ** (_LOUDNESS_DB / 20) / loudness)
        padded = np.pad(samples, _WINDOW // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
        window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        power = np.square(np.abs(np.fft.rfft(frames * window, axis=1))).astype(np.float32)
        return np.asarray(power @ self._filters.T, dtype=np.float32)


def tell_voices(embeddings: FloatArray, seconds: Sequence[float], count: int | None = None) -> list[int]:
    """The number of the voice of each stretch, from 0 on in order of their first words.

    :param embeddings: `(n, 256)`, each of unit length.
    :param seconds: how long each stretch is: the longer, the surer its embedding.
    :param count: how many voices there are; None finds it out.
    """
    if not len(embeddings):
        return []
    weights = np.asarray(seconds, dtype=np.float32)
    longest = np.sort(np.argsort(-weights, kind="stable")[:_MAX_STRETCHES])
    centers = _cluster(embeddings[longest], weights[longest], count)
    nearest = np.argmax(embeddings @ centers.T, axis=1)
    order = list(dict.fromkeys(nearest.tolist()))
    return [order.index(number) for number in nearest.tolist()]


def _cluster(embeddings: FloatArray, weights: FloatArray, count: int | None) -> FloatArray:
    """The means `(k, 256)` of the clusters: the two nearest are joined until no two are near, or `count` are left."""
    sums = embeddings * weights[:, None]
    alive = np.ones(len(sums), dtype=bool)
    means = np.array([_normalize(row) for row in sums])
    cosines = means @ means.T
    np.fill_diagonal(cosines, -2.0)
    while alive.sum() > (count or 1):
        at = int(np.argmax(cosines))
        one, other = divmod(at, len(sums))
        if count is None and cosines[one, other] < 1 - SAME_VOICE:
            break
        sums[one] += sums[other]
        alive[other] = False
        means[one] = _normalize(sums[one])
        cosines[one] = cosines[:, one] = np.where(alive, means @ means[one], -2.0)
        cosines[one, one] = -2.0
        cosines[other] = cosines[:, other] = -2.0
    return np.asarray(means[alive], dtype=np.float32)


def _normalize(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
