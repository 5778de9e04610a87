"""Which groups are shown when, and which of their candidates: the batches of a training, the same every time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.training.packing import AFTER, BEFORE, Packed
from qa.training.settings import TrainingSettings


def make_schedule(packed: Packed, sources: Sequence[str], settings: TrainingSettings, seed: int) -> NDArray[np.int64]:
    """The numbers of the groups in the order in which they are shown, the same every time."""
    chance = np.random.default_rng(seed)
    shown = []
    for number, name in enumerate(sources):
        places = np.flatnonzero(packed.source == number)
        marked, unmarked = places[packed.weight[places] > 0], places[packed.weight[places] == 0]
        passes = settings.passes[name]
        shown += [np.tile(marked, passes), np.tile(unmarked, passes // 2 if settings.teacher_weight else 0)]
    schedule = np.concatenate(shown)
    chance.shuffle(schedule)
    return schedule


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of several groups: `parts` as `Assembler` takes them, their group in the batch, and what is known."""

    parts: NDArray[np.int32]
    group: NDArray[np.int64]
    relevant: NDArray[np.bool_]
    short: NDArray[np.int16]
    weight: NDArray[np.float32]


def make_batches(packed: Packed, schedule: NDArray[np.int64], settings: TrainingSettings, seed: int) -> Iterator[Batch]:
    """The batches of a schedule; each time a group comes up, other candidates of it may be shown."""
    for step in range(len(schedule) // settings.groups):
        chance = np.random.default_rng([seed, step])
        groups = schedule[step * settings.groups :][: settings.groups]
        picked = [_pick(packed, group, settings.shown, chance) for group in groups]
        candidates = np.concatenate(picked)
        sizes = [len(each) for each in picked]
        number = np.repeat(np.arange(len(groups)), sizes)
        parts = np.concatenate(
            [packed.questions[groups][number][:, None], packed.sentences[packed.sentence[candidates]]], axis=1
        )
        alone = (chance.random(len(groups)) >= settings.around_share)[number]
        parts[alone, BEFORE, 1] = parts[alone, AFTER, 1] = 0
        yield Batch(parts, number, packed.relevant[candidates], packed.short[candidates], packed.weight[groups][number])


def _pick(packed: Packed, group: np.int64, count: int, chance: np.random.Generator) -> NDArray[np.int64]:
    """The candidates that are shown this time: one that answers, if any does, and others at random."""
    start, length = packed.groups[group]
    places = np.arange(start, start + length)
    answering = places[packed.relevant[places]]
    others = places[~packed.relevant[places]]
    first = chance.permutation(answering)[:1]
    return np.concatenate([first, chance.permutation(others)[: count - len(first)]])
