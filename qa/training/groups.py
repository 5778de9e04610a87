"""Questions with sentences that may answer them, and what is known about each: what the network learns from."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corpus import Document, Passage, cut_passages
from index import Embedder, FloatArray, content_words
from qa.evaluation.metrics import hits
from qa.training.datasets import Span, TrainingQuestion, TrainingSet

# Gold of meetings is a whole stretch of talk: one sentence of it answers only perhaps, a short one hardly.
COARSE_SETS = {"qmsum": 0.4}
MIN_COARSE_WORDS = 5
MAX_SHORT_CHARS = 150
# Of longer documents, the sentences most like the question are taken by either way of retrieval, and some at random.
FEW_SENTENCES = 16
NEAREST_BY_WORDS = 5
NEAREST_BY_MEANING = 8
AT_RANDOM = 2
MAX_GOLD = 4
# Sentences of another document, of the same article where there is one.
STRANGERS = 2
# Questions that people put to each other in meetings, taken as if asked about them: only the teacher says what answers.
OVERHEARD_SETS = ("qmsum",)
OVERHEARD_A_DOCUMENT = 60
MIN_OVERHEARD_WORDS, MAX_OVERHEARD_WORDS = 5, 25
SEED = 7


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, whether people marked it, and the span of the short answer within it."""

    doc_id: str
    passage: Passage
    relevant: bool
    short: Span | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A question with its candidates. `weight` is how much the marks count, 0 to 1; at 0, nothing is known of them."""

    question: str
    candidates: tuple[Candidate, ...]
    weight: float


class GroupMaker:
    """Makes the groups of one set; its long documents are embedded when likeness is asked for."""

    def __init__(self, data_set: TrainingSet, role: str, embedder: Embedder, seed: int = SEED) -> None:
        """Take the questions of `role`, in random order."""
        self._set = data_set
        self._chance = random.Random(f"{seed}:{data_set.name}")
        self._embedder = embedder
        self._questions = data_set.with_role(role)
        self._chance.shuffle(self._questions)
        self._ids = sorted({question.doc_id for question in self._questions})
        self._passages = {doc_id: cut_whole(data_set.documents[doc_id]) for doc_id in self._ids}
        self._words = {
            doc_id: [Counter(content_words(self._text(doc_id, passage))) for passage in passages]
            for doc_id, passages in self._passages.items()
        }
        frequencies = Counter(word for bags in self._words.values() for bag in bags for word in bag)
        total = sum(len(bags) for bags in self._words.values())
        self._idf = {word: math.log(1 + total / count) for word, count in frequencies.items()}
        self._embeddings: dict[str, FloatArray] = {}

    def marked_groups(self) -> Iterator[Group]:
        """The groups of the questions."""
        for question in self._questions:
            gold = self._gold(question)
            if gold or not question.answerable:
                yield self._group(question, gold)

    def groups(self) -> Iterator[Group]:
        """The groups of the questions, then those of which nothing is known."""
        yield from self.marked_groups()
        if self._set.name in OVERHEARD_SETS:
            for doc_id in self._ids:
                yield from self._overhear(doc_id)

    def _gold(self, question: TrainingQuestion) -> list[int]:
        passages = self._passages[question.doc_id]
        positions = range(len(passages)) if question.answerable else ()
        return [
            position for position in positions if hits(passages[position].start, passages[position].end, question.spans)
        ]

    def _group(self, question: TrainingQuestion, gold: list[int]) -> Group:
        home = question.doc_id
        coarse = self._set.name in COARSE_SETS
        shown = [position for position in gold if not coarse or self._words_of(home, position) >= MIN_COARSE_WORDS]
        shown = self._chance.sample(shown, min(MAX_GOLD, len(shown)))
        candidates = [self._mark(question, position) for position in shown]
        candidates += [
            Candidate(home, self._passages[home][position], False) for position in self._others(question, gold)
        ]
        candidates += self._strangers(question)
        return Group(question.text, tuple(candidates), COARSE_SETS.get(self._set.name, 1.0))

    def _mark(self, question: TrainingQuestion, position: int) -> Candidate:
        passage = self._passages[question.doc_id][position]
        short = next(
            (
                (start - passage.start, end - passage.start)
                for start, end in question.short_spans
                if passage.start <= start < end <= passage.end and end - start <= MAX_SHORT_CHARS
            ),
            None,
        )
        return Candidate(question.doc_id, passage, True, short)

    def _others(self, question: TrainingQuestion, gold: list[int]) -> list[int]:
        """Places in the question's document that are no gold: all of them where there are few."""
        home = question.doc_id
        free = set(range(len(self._passages[home]))) - set(gold)
        positions = sorted(free)
        if len(positions) <= FEW_SENTENCES:
            return positions
        picked = self._by_words(question.text, home, positions)[:NEAREST_BY_WORDS]
        picked += self._by_meaning(question.text, home, positions)[:NEAREST_BY_MEANING]
        picked += [position + step for position in gold[:MAX_GOLD] for step in (-1, 1) if position + step in free]
        picked += self._chance.sample(positions, AT_RANDOM)
        return list(dict.fromkeys(picked))

    def _strangers(self, question: TrainingQuestion) -> list[Candidate]:
        siblings = [
            each for each in self._set.groups[question.group] if each != question.doc_id and each in self._passages
        ]
        other = self._chance.choice(siblings if siblings and self._chance.random() < 0.7 else self._ids)
        if other == question.doc_id:
            return []
        near = self._by_words(question.text, other, range(len(self._passages[other])))[:STRANGERS]
        return [Candidate(other, self._passages[other][position], False) for position in near]

    def _overhear(self, doc_id: str) -> Iterator[Group]:
        passages = self._passages[doc_id]
        asked = [
            position
            for position, passage in enumerate(passages)
            if self._text(doc_id, passage).endswith("?")
            and MIN_OVERHEARD_WORDS <= self._words_of(doc_id, position) <= MAX_OVERHEARD_WORDS
        ]
        for position in self._chance.sample(asked, min(OVERHEARD_A_DOCUMENT, len(asked))):
            question = self._text(doc_id, passages[position])
            positions = [each for each in range(len(passages)) if each != position]
            near = self._by_meaning(question, doc_id, positions)[:NEAREST_BY_MEANING]
            near += self._by_words(question, doc_id, positions)[:NEAREST_BY_WORDS]
            following = [each for each in range(position + 1, position + 4) if each < len(passages)]
            candidates = [Candidate(doc_id, passages[each], False) for each in dict.fromkeys([*near, *following])]
            yield Group(question, tuple(candidates), 0.0)

    def _by_words(self, question: str, doc_id: str, positions: "list[int] | range") -> list[int]:
        """The positions, those first whose words share most with the question's, by TF-IDF; ties in random order."""
        asked = set(content_words(question))

        def share(position: int) -> float:
            bag = self._words[doc_id][position]
            common = sum(self._idf.get(word, 0.0) for word in asked if word in bag)
            return common / math.sqrt(4 + bag.total()) + 1e-3 * self._chance.random()

        return sorted(positions, key=share, reverse=True)

    def _by_meaning(self, question: str, doc_id: str, positions: list[int]) -> list[int]:
        """The positions, those first whose embeddings are nearest to the question's."""
        if doc_id not in self._embeddings:
            texts = [self._text(doc_id, passage) for passage in self._passages[doc_id]]
            self._embeddings[doc_id] = self._embedder.embed_passages(texts).astype(np.float16)
        cosines = self._embeddings[doc_id].astype(np.float32) @ self._embedder.embed_question(question)
        return [positions[each] for each in np.argsort(-cosines[positions], kind="stable")]

    def _words_of(self, doc_id: str, position: int) -> int:
        return len(self._text(doc_id, self._passages[doc_id][position]).split())

    def _text(self, doc_id: str, passage: Passage) -> str:
        return self._set.documents[doc_id].text[passage.start : passage.end]


def cut_whole(document: Document) -> list[Passage]:
    """The sentences of a document, none too long: the encoder cuts what the network cannot see."""
    return cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))
