"""What the large network learns from: groups of tokens, and the order in which they are shown."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index import Embedder
from qa.reading.close_network import CloseEncoder, CloseInput
from qa.reading.excerpt import excerpt_at, sentence_at
from qa.training.datasets import TrainingSet, load_sets, sample
from qa.training.groups import Candidate, GroupMaker
from qa.training.interviews import load_interviews, load_talks

# Questions of other sets, at random: so many teach what a question and an answer are, and that prose is no talk.
GENERAL = {"friendsqa": 300, "squad_dev": 250, "qed": 180, "molweni": 120, "qmsum": 80, "nq_oracle": 60}
# So many of them stand at the beginning, where the network has learned nothing yet, with some interviews among them.
FIRST_GENERAL, FIRST_INTERVIEWS = 400, 80
# The first 120 of the 400 steps were made with eight; six show as much of what is hard in three quarters of the time.
SHOWN = 6
MAX_GOLD = 2
# Groups that are shown without surroundings, so that the sentence itself is read too.
ALONE_SHARE = 0.15
# The share of general ones where a network that has learned goes on: so many, so that it forgets nothing.
GENERAL_SHARE = 0.12
# How soon the chance falls of being shown: candidates most like the question stand first in a group.
_NEARNESS = 8
SEED = 3


@dataclass(frozen=True, slots=True)
class CloseGroup:
    """A question and its candidates in tokens, with surroundings and without, and which of them answer."""

    question: tuple[int, ...]
    around: tuple[CloseInput, ...]
    alone: tuple[CloseInput, ...]
    relevant: tuple[bool, ...]
    weight: float


def make_talk_groups(data: Path, embedder: Embedder, encoder: CloseEncoder) -> list[CloseGroup]:
    """The groups of our questions about talks."""
    return _encode(load_talks(data), embedder, encoder)


def make_groups(data: Path, embedder: Embedder, encoder: CloseEncoder) -> tuple[list[CloseGroup], list[CloseGroup]]:
    """The groups of the interviews' part "train", and those of `GENERAL`."""
    interviews = _encode(load_interviews(data, "train", with_history=True), embedder, encoder)
    general = [
        group
        for name, count in GENERAL.items()
        for group in _encode(sample(load_sets(data, (name,))[0], count, SEED), embedder, encoder)
    ]
    return interviews, general


def _encode(data_set: TrainingSet, embedder: Embedder, encoder: CloseEncoder) -> list[CloseGroup]:
    groups = []
    for group in GroupMaker(data_set, "train", embedder).marked_groups():
        question = encoder.cut(group.question)

        def encode(candidate: Candidate, *, around: bool, question: Sequence[int] = question) -> CloseInput:
            document = data_set.documents[candidate.doc_id]
            excerpt = excerpt_at if around else sentence_at
            return encoder.encode(question, excerpt(document, candidate.passage))

        groups.append(
            CloseGroup(
                tuple(question),
                tuple(encode(each, around=True) for each in group.candidates),
                tuple(encode(each, around=False) for each in group.candidates),
                tuple(each.relevant for each in group.candidates),
                group.weight,
            )
        )
    return groups


def order_groups(interviews: Sequence[CloseGroup], general: Sequence[CloseGroup], count: int) -> list[CloseGroup]:
    """`count` groups in the order in which they are shown: general ones first, then spread among the interviews."""
    chance = random.Random(SEED)
    general = chance.sample(general, len(general))
    rounds = [chance.sample(interviews, len(interviews)) for _ in range(1 + count // max(1, len(interviews)))]
    shown = [group for each in rounds for group in each]
    first = [*general[:FIRST_GENERAL], *shown[:FIRST_INTERVIEWS]]
    rest, shown = list(general[FIRST_GENERAL:]), shown[FIRST_INTERVIEWS:]
    ordered = chance.sample(first, len(first))
    left = max(0, count - len(ordered) - len(rest))
    every = max(1, left // max(1, len(rest)))
    for number, group in enumerate(shown[:left], start=1):
        ordered.append(group)
        if number % every == 0 and rest:
            ordered.append(rest.pop())
    return ordered[:count]


def mix_groups(
    new: Sequence[CloseGroup], known: Sequence[CloseGroup], general: Sequence[CloseGroup], count: int
) -> list[CloseGroup]:
    """`count` groups for a network that goes on: the new ones, some general ones, and for the rest those it knows."""
    chance = random.Random(SEED + 1)
    new = chance.sample(new, min(count, len(new)))
    general = chance.sample(general, min(round(GENERAL_SHARE * count), count - len(new), len(general)))
    known = chance.sample(known, min(count - len(new) - len(general), len(known)))
    together = [*new, *general, *known]
    return chance.sample(together, len(together))


def draw(group: CloseGroup, chance: random.Random) -> list[tuple[CloseInput, bool]]:
    """`SHOWN` candidates: at most `MAX_GOLD` that answer, of the others rather those that stand first."""
    gold = [number for number, relevant in enumerate(group.relevant) if relevant]
    others = [number for number, relevant in enumerate(group.relevant) if not relevant]
    gold = chance.sample(gold, min(MAX_GOLD, len(gold)))
    others.sort(key={each: chance.random() * (1 + place / _NEARNESS) for place, each in enumerate(others)}.__getitem__)
    inputs = group.alone if chance.random() < ALONE_SHARE else group.around
    return [(inputs[number], group.relevant[number]) for number in [*gold, *others[: SHOWN - len(gold)]]]
