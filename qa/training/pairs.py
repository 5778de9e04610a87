"""Questions and documents into pairs of question and sentence, with what is known about each."""

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Document, Passage, cut_passages
from index import content_words
from qa.measuring.metrics import hits
from qa.reading.excerpt import Excerpt, excerpt_at
from qa.training.sources import Span, TrainingQuestion, TrainingSet

# How many questions of each set, at most, and how often an answerable one is used, each time beside other sentences:
# dialogue is rare in these sets and is what the reader is for.
QUESTIONS = {
    "squad_dev": 9000,
    "squadshifts": 9000,
    "qamr": 4000,
    "qed": 900,
    "nq_oracle": 2500,
    "selqa": 1000,
    "friendsqa": 800,
    "molweni": 1800,
    "qmsum": 1300,
    "timeqa": 1200,
    "policyqa": 600,
    "fairytaleqa": 1000,
}
REPEATS = {"friendsqa": 5, "qmsum": 3, "molweni": 2, "qed": 3, "selqa": 3, "fairytaleqa": 3, "nq_oracle": 2}
# Gold of meetings is a whole stretch of talk: one sentence of it answers only perhaps, a short one hardly.
COARSE_SETS = {"qmsum": 0.4}
MIN_COARSE_WORDS = 5
MAX_SHORT_CHARS = 150
# A hard negative is one of so many sentences that share most with the question.
NEAREST = 6
NEAREST_ELSEWHERE = 3
SEED = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a sentence; `relevant` as people marked it, with a `weight` of 0 where that is not known.

    `short` is the span of the short answer within `excerpt.text`.
    """

    source: str
    question: str
    excerpt: Excerpt
    relevant: bool
    weight: float
    short: Span | None


def make_pairs(data_set: TrainingSet, seed: int = SEED) -> list[Pair]:
    """The pairs of a set's training questions: gold sentences, near ones that do not answer, neighbours, strangers."""
    return list(_PairMaker(data_set, random.Random(f"{seed}:{data_set.name}")).pairs())


class _PairMaker:
    def __init__(self, data_set: TrainingSet, chance: random.Random) -> None:
        self._set = data_set
        self._chance = chance
        questions = data_set.with_role("train")
        self._ids = sorted({question.doc_id for question in questions})
        self._passages = {doc_id: _cut(data_set.documents[doc_id]) for doc_id in self._ids}
        self._words = {
            doc_id: [Counter(content_words(_text(data_set.documents[doc_id], passage))) for passage in passages]
            for doc_id, passages in self._passages.items()
        }
        frequencies = Counter(word for bags in self._words.values() for bag in bags for word in bag)
        total = sum(len(bags) for bags in self._words.values())
        self._idf = {word: math.log(1 + total / count) for word, count in frequencies.items()}
        chance.shuffle(questions)
        self._questions = questions[: QUESTIONS[data_set.name]]

    def pairs(self) -> Iterator[Pair]:
        for question in self._questions:
            gold = self._gold(question)
            for _ in range(REPEATS.get(self._set.name, 1) if question.answerable else 1):
                for doc_id, place in dict.fromkeys(self._pick(question, gold)):
                    yield self._pair(question, doc_id, place, doc_id == question.doc_id and place in gold)

    def _gold(self, question: TrainingQuestion) -> list[int]:
        passages = self._passages[question.doc_id]
        places = range(len(passages)) if question.answerable else ()
        return [place for place in places if hits(passages[place].start, passages[place].end, question.spans)]

    def _pick(self, question: TrainingQuestion, gold: list[int]) -> Iterator[tuple[str, int]]:
        home = question.doc_id
        if gold:
            yield home, self._chance.choice(gold)
        near = self._nearest(question.text, home, set(gold), NEAREST)
        yield from ((home, place) for place in self._chance.sample(near, min(2, len(near))))
        if not question.answerable and near:
            # What looks most like the answer and is none.
            yield home, near[0]
        if gold and self._chance.random() < 0.5:
            neighbour = self._chance.choice(gold) + self._chance.choice((-1, 1))
            if 0 <= neighbour < len(self._passages[home]) and neighbour not in gold:
                yield home, neighbour
        if self._chance.random() < 0.5:
            siblings = [each for each in self._set.groups[question.group] if each != home and each in self._passages]
            other = self._chance.choice(siblings if siblings and self._chance.random() < 0.7 else self._ids)
            near = self._nearest(question.text, other, set(), NEAREST_ELSEWHERE) if other != home else []
            if near:
                yield other, self._chance.choice(near)

    def _nearest(self, question: str, doc_id: str, without: set[int], count: int) -> list[int]:
        """The places of the sentences that share most with the question, by TF-IDF; ties in random order."""
        asked = set(content_words(question))

        def share(place: int) -> float:
            bag = self._words[doc_id][place]
            common = sum(self._idf.get(word, 0.0) for word in asked if word in bag)
            return common / math.sqrt(4 + bag.total()) + 1e-3 * self._chance.random()

        places = [place for place in range(len(self._words[doc_id])) if place not in without]
        return sorted(places, key=share, reverse=True)[:count]

    def _pair(self, question: TrainingQuestion, doc_id: str, place: int, relevant: bool) -> Pair:
        document, passage = self._set.documents[doc_id], self._passages[doc_id][place]
        excerpt = excerpt_at(document, passage)
        weight = 1.0
        if relevant and self._set.name in COARSE_SETS:
            known = len(excerpt.text.split()) >= MIN_COARSE_WORDS
            weight = COARSE_SETS[self._set.name] if known else 0.0
        short = next(
            (
                (start - passage.start, end - passage.start)
                for start, end in question.short_spans
                if relevant and passage.start <= start < end <= passage.end and end - start <= MAX_SHORT_CHARS
            ),
            None,
        )
        return Pair(self._set.name, question.text, excerpt, relevant, weight, short)


def _cut(document: Document) -> list[Passage]:
    # No sentence is too long here: the encoder cuts what the network cannot see.
    return cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))


def _text(document: Document, passage: Passage) -> str:
    return document.text[passage.start : passage.end]
