"""A question and an excerpt into the tokens of the reader's network, in training and in use alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from index import FloatArray, IntArray
from qa.reading.excerpt import Excerpt

# In tokens. Longer questions and sentences are cut; the far ends of the surroundings are.
MAX_QUESTION_TOKENS = 40
MAX_TEXT_TOKENS = 110
MAX_BEFORE_TOKENS = 48
MAX_AFTER_TOKENS = 40
# Lengths are padded to a multiple of this, so that few shapes occur and each is compiled once.
PAD_MULTIPLE = 8


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """`[CLS] question [SEP] before text after [SEP]` as token ids.

    `question_end` is the place after the first `[SEP]`; `first` and `last` bound the tokens of the text, `last`
    exclusive; `offsets` are the code points of those tokens within the text.
    """

    ids: tuple[int, ...]
    question_end: int
    first: int
    last: int
    offsets: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Padded arrays `(n, tokens)`: ids, attention mask and segments int64; `text_mask` float32, 1 where text is."""

    ids: IntArray
    mask: IntArray
    segments: IntArray
    text_mask: FloatArray


class PairEncoder:
    """Encodes with one tokenizer, which is left without padding and cutting of its own."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._cls, self._sep = (_find_token(tokenizer, name) for name in ("[CLS]", "[SEP]"))

    def encode(self, question: str, excerpt: Excerpt) -> EncodedPair:
        """The question over the excerpt. A text without a token (a lone dash, say) gives an empty `offsets`."""
        asked, before, after = (
            self._tokenizer.encode(part, add_special_tokens=False).ids
            for part in (question, excerpt.before, excerpt.after)
        )
        text = self._tokenizer.encode(excerpt.text, add_special_tokens=False)
        head = [self._cls, *asked[:MAX_QUESTION_TOKENS], self._sep]
        first = len(head) + len(before[-MAX_BEFORE_TOKENS:])
        said = text.ids[:MAX_TEXT_TOKENS]
        ids = (*head, *before[-MAX_BEFORE_TOKENS:], *said, *after[:MAX_AFTER_TOKENS], self._sep)
        return EncodedPair(ids, len(head), first, first + len(said), tuple(text.offsets[:MAX_TEXT_TOKENS]))


def _find_token(tokenizer: Tokenizer, name: str) -> int:
    found = tokenizer.token_to_id(name)
    if found is None:
        raise ValueError(f"the tokenizer has no {name}; expected the one of a BERT model")
    return found


def make_batch(items: Sequence[EncodedPair]) -> PairBatch:
    """The items as rows, padded with zeros to a common length."""
    length = -(-max(len(item) for item in items) // PAD_MULTIPLE) * PAD_MULTIPLE
    ids = np.zeros((len(items), length), dtype=np.int64)
    mask, segments = np.zeros_like(ids), np.zeros_like(ids)
    text_mask = np.zeros(ids.shape, dtype=np.float32)
    for row, item in enumerate(items):
        ids[row, : len(item)] = item.ids
        mask[row, : len(item)] = 1
        segments[row, item.question_end : len(item)] = 1
        text_mask[row, item.first : item.last] = 1
    return PairBatch(ids, mask, segments, text_mask)
