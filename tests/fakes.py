"""Small real implementations of the seams; what they give depends on the text alone."""

import functools
import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from corpus import Document
from index import EmbedderIdentity, FloatArray, Hit, Progress, content_words
from qa import Evidence, Reading

DIM = 64


class HashEmbedder:
    """Each content word adds its own fixed direction: texts that share words are near each other."""

    def __init__(self, name: str = "hash-words", max_tokens: int = 256) -> None:
        self.identity = EmbedderIdentity(name, hashlib.sha256(name.encode()).hexdigest())
        self.max_tokens = max_tokens
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words, and two special tokens."""
        return [len(text.split()) + 2 for text in texts]

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Rows of unit length; what was embedded is noted in `embedded`."""
        self.embedded.extend(texts)
        if progress is not None:
            progress(len(texts), len(texts))
        return np.stack([_embed(text) for text in texts]) if texts else np.zeros((0, DIM), dtype=np.float32)

    def embed_question(self, question: str) -> FloatArray:
        """As for a passage."""
        return _embed(question)


# Real scores are log-odds: between what answers well and what does not at all lie several.
SCALE = 4.0


class WordReader:
    """Scores a passage by the share of the question's content words in it; sure when it has them all."""

    min_confidence = 0.5
    sure_confidence = 0.5
    note = ""

    def warm_up(self) -> None:
        """Nothing to load."""

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        *,
        embedding: FloatArray | None = None,
    ) -> Reading:
        """Every hit as evidence, best first."""
        asked = set(content_words(question))
        evidence = []
        for hit in hits:
            passage = hit.passage
            said = set(content_words(documents[passage.doc_id].text[passage.start : passage.end]))
            share = len(asked & said) / max(1, len(asked))
            evidence.append(Evidence(passage.doc_id, passage.start, passage.end, SCALE * share))
        evidence.sort(key=lambda found: (-found.score, found.doc_id, found.start))
        return Reading(tuple(evidence), evidence[0].score / SCALE if evidence else 0.0)


def _embed(text: str) -> FloatArray:
    vector = np.full(DIM, 1e-3)
    for word in content_words(text):
        vector += _direction(word)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@functools.cache
def _direction(word: str) -> npt.NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIM)
