"""Groups as a few flat arrays: small on disk, quick to load, and put together into batches on any device."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from corpus import Document
from qa.reading.encoding import PAD_MULTIPLE, EncodedPair, PairEncoder
from qa.reading.excerpt import Excerpt, excerpt_at
from qa.training.groups import Group

# Parts of an input, in their order.
QUESTION, BEFORE, TEXT, AFTER = range(4)


@dataclass(frozen=True, slots=True)
class Packed:
    """Groups of all sets. `tokens` is flat; the other arrays point into it and into each other.

    `questions` `(groups, 2)` and `sentences` `(sentences, 3, 2)` are spans of `tokens`, start and length, of the
    question, and of what stands before, of the sentence, and of what stands after. `groups` `(groups, 2)` are spans of
    the candidates: `sentence` and `relevant` `(candidates,)`, and `short` `(candidates, 2)`, the first and the last
    token of the short answer in the sentence, -1 without one. `source` is the number of the group's set, `weight` that
    of its marks.
    """

    tokens: NDArray[np.uint16]
    questions: NDArray[np.int32]
    sentences: NDArray[np.int32]
    groups: NDArray[np.int32]
    source: NDArray[np.uint8]
    weight: NDArray[np.float32]
    sentence: NDArray[np.int32]
    relevant: NDArray[np.bool_]
    short: NDArray[np.int16]
    special: NDArray[np.int32]
    """The ids of `[CLS]` and `[SEP]`."""

    def save(self, path: Path) -> None:
        """Write all arrays to one compressed file."""
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> "Packed":
        """Read what `save` wrote; nothing in it is run."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})


class Packer:
    """Gathers groups, set after set; a sentence that several questions share is kept once."""

    def __init__(self, encoder: PairEncoder) -> None:
        """Encode as the reader does."""
        self._encoder = encoder
        self._tokens: list[NDArray[np.uint16]] = []
        self._length = 0
        self._questions: list[tuple[int, int]] = []
        self._sentences: list[list[tuple[int, int]]] = []
        self._positions: dict[tuple[int, str], tuple[int, EncodedPair]] = {}
        self._groups: list[tuple[int, int]] = []
        self._source: list[int] = []
        self._weight: list[float] = []
        self._candidates: list[tuple[int, bool, int, int]] = []

    def add(self, source: int, documents: dict[str, Document], groups: Iterable[Group]) -> int:
        """Add the groups of the set with the number `source`; how many there were."""
        before = len(self._groups)
        for group in groups:
            encoded = self._encoder.encode(group.question, Excerpt(""))
            self._questions.append(self._keep(encoded.ids[1 : encoded.question_end - 1]))
            self._groups.append((len(self._candidates), len(group.candidates)))
            self._source.append(source)
            self._weight.append(group.weight)
            for candidate in group.candidates:
                key = (source, candidate.passage.passage_id)
                if key not in self._positions:
                    self._positions[key] = self._add_sentence(
                        excerpt_at(documents[candidate.doc_id], candidate.passage)
                    )
                position, sentence = self._positions[key]
                self._candidates.append((position, candidate.relevant, *_find_tokens(sentence, candidate.short)))
        return len(self._groups) - before

    def pack(self) -> Packed:
        """Everything that was added."""
        sentence, relevant, first, last = zip(*self._candidates, strict=True)
        special = self._encoder.encode("", Excerpt("")).ids
        return Packed(
            tokens=np.concatenate(self._tokens),
            questions=np.array(self._questions, dtype=np.int32),
            sentences=np.array(self._sentences, dtype=np.int32),
            groups=np.array(self._groups, dtype=np.int32),
            source=np.array(self._source, dtype=np.uint8),
            weight=np.array(self._weight, dtype=np.float32),
            sentence=np.array(sentence, dtype=np.int32),
            relevant=np.array(relevant, dtype=np.bool_),
            short=np.stack([first, last], axis=1).astype(np.int16),
            special=np.array(special[:2], dtype=np.int32),
        )

    def _add_sentence(self, excerpt: Excerpt) -> tuple[int, EncodedPair]:
        encoded = self._encoder.encode("", excerpt)
        parts = (
            encoded.ids[encoded.question_end : encoded.first],
            encoded.ids[encoded.first : encoded.last],
            encoded.ids[encoded.last : -1],
        )
        self._sentences.append([self._keep(part) for part in parts])
        return len(self._sentences) - 1, encoded

    def _keep(self, ids: tuple[int, ...]) -> tuple[int, int]:
        start = self._length
        self._tokens.append(np.array(ids, dtype=np.uint16))
        self._length += len(ids)
        return start, len(ids)


def _find_tokens(encoded: EncodedPair, short: tuple[int, int] | None) -> tuple[int, int]:
    """The first and the last token of the short answer, counted in the sentence, or -1 without one in sight."""
    if short is None:
        return -1, -1
    inside = [
        position for position, (first, last) in enumerate(encoded.offsets) if first < short[1] and last > short[0]
    ]
    return (inside[0], inside[-1]) if inside else (-1, -1)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Rows of a batch `(n, tokens)`: ids, attention mask, segments int64, `text_mask` float32; `text_start` `(n,)`."""

    ids: torch.Tensor
    mask: torch.Tensor
    segments: torch.Tensor
    text_mask: torch.Tensor
    text_start: torch.Tensor


class Assembler:
    """Puts rows together from packed parts, on the device where they will be read."""

    def __init__(self, packed: Packed, device: torch.device, pad_multiple: int = PAD_MULTIPLE) -> None:
        """Copy the tokens to `device`; rows are padded to a multiple of so many."""
        self._pad_multiple = pad_multiple
        self._tokens = torch.from_numpy(packed.tokens.astype(np.int32)).to(device)
        self._cls, self._sep = (int(token) for token in packed.special)
        self._device = device

    def assemble(self, parts: NDArray[np.int32]) -> Inputs:
        """Rows of the parts `(n, 4, 2)`: spans of the tokens of question, before, text and after, in that order."""
        lengths = measure(parts)
        width = -(-int(lengths.max()) // self._pad_multiple) * self._pad_multiple
        spans = torch.from_numpy(parts.astype(np.int64)).to(self._device)
        starts, sizes = spans[..., 0], spans[..., 1]
        # Where each part begins in its row: [CLS] question [SEP] before text after [SEP].
        begin = torch.cumsum(sizes, dim=1) - sizes + torch.tensor([1, 2, 2, 2], device=self._device)
        positions = torch.arange(width, device=self._device)[None, :]
        last = (begin[:, AFTER] + sizes[:, AFTER])[:, None]
        question_end = begin[:, BEFORE, None]
        ids = torch.where(positions == 0, self._cls, 0)
        ids = torch.where((positions == question_end - 1) | (positions == last), self._sep, ids)
        inside = {}
        for part in (QUESTION, BEFORE, TEXT, AFTER):
            offset = positions - begin[:, part, None]
            inside[part] = (offset >= 0) & (offset < sizes[:, part, None])
            found = self._tokens[(starts[:, part, None] + offset).clamp(0, len(self._tokens) - 1)]
            ids = torch.where(inside[part], found, ids)
        mask = positions <= last
        return Inputs(
            ids.long(),
            mask.long(),
            ((positions >= question_end) & mask).long(),
            inside[TEXT].float(),
            begin[:, TEXT],
        )


def measure(parts: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many tokens the rows of these parts have, special ones included."""
    lengths: NDArray[np.int64] = parts[..., 1].sum(axis=1, dtype=np.int64) + 3
    return lengths
