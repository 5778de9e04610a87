"""The training of the large network: what is added to published weights learns to tell the sentence that answers."""

import logging
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn import functional

from qa.reading.close_network import PAD, CloseInput
from qa.training.close_groups import CloseGroup, draw
from qa.training.close_network import TrainableCloseNetwork
from qa.training.low_rank import keep_state, resume

CHECKPOINT_FILE = "close.pt"
GROUPS_A_STEP = 8
ROWS = 16
# Lengths are padded to a multiple of this: each new shape is compiled.
PAD_MULTIPLE = 32
PEAK_RATE, HEAD_PEAK_RATE = 4e-4, 1e-3
# Of a network that has learned and goes on: the share of these rates.
GOING_ON = 0.6
WARMUP_STEPS = 30
# The weight of choosing among a group beside that of telling for each candidate by itself.
CHOICE_WEIGHT = 0.7
CHECKPOINT_EVERY = 40
_log = logging.getLogger(__name__)


def train_close(
    network: TrainableCloseNetwork, groups: Sequence[CloseGroup], out: Path, *, share: float = 1.0, seed: int = 1000
) -> None:
    """Show the groups, `GROUPS_A_STEP` a step; `out/close.pt` is written on the way, and gone on from where it is.

    :param share: of the peak rates.
    """
    steps = len(groups) // GROUPS_A_STEP
    parameters = [tensor for tensor in network.parameters() if tensor.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in network.named_parameters() if p.requires_grad and n.startswith("body.")]},
            {"params": [p for n, p in network.named_parameters() if not n.startswith("body.")]},
        ],
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    step = resume(network, optimizer, out / CHECKPOINT_FILE)
    while step < steps:
        factor = share * min(1.0, (step + 1) / WARMUP_STEPS) * (1 - step / steps)
        for group, peak in zip(optimizer.param_groups, (PEAK_RATE, HEAD_PEAK_RATE), strict=True):
            group["lr"] = peak * factor
        chance = random.Random(seed + step)
        losses = _losses(network, groups[step * GROUPS_A_STEP : (step + 1) * GROUPS_A_STEP], chance)
        sum(losses).backward()  # type: ignore[union-attr]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        _log.info("step %d of %d: telling %.3f, choosing %.3f", step, steps, *(loss.item() for loss in losses))
        if step % CHECKPOINT_EVERY == 0 or step == steps:
            keep_state(network, optimizer, step, out / CHECKPOINT_FILE)


def _losses(
    network: TrainableCloseNetwork, groups: Sequence[CloseGroup], chance: random.Random
) -> tuple[torch.Tensor, torch.Tensor]:
    """How badly each candidate is told by itself, and how badly one that answers is chosen among its group."""
    shown = [(number, *drawn) for number, group in enumerate(groups) for drawn in draw(group, chance)]
    shown.sort(key=lambda each: len(each[1].ids))
    logits = torch.cat(
        [network(*pad([item for _, item, _ in shown[start : start + ROWS]])) for start in range(0, len(shown), ROWS)]
    )
    relevant = torch.tensor([float(answers) for _, _, answers in shown])
    weight = torch.tensor([groups[number].weight for number, _, _ in shown])
    telling = functional.binary_cross_entropy_with_logits(logits, relevant, weight=weight)
    choosing = []
    for number in range(len(groups)):
        within = torch.tensor([each == number for each, _, _ in shown])
        right = relevant[within] > 0
        if right.any():
            scores = logits[within]
            choosing.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0))
    chosen = torch.stack(choosing).mean() if choosing else logits.sum() * 0
    return telling, CHOICE_WEIGHT * chosen


def pad(items: Sequence[CloseInput]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, mask and text mask, `(n, tokens)` each."""
    length = -(-max(len(item.ids) for item in items) // PAD_MULTIPLE) * PAD_MULTIPLE
    ids = torch.full((len(items), length), PAD)
    mask, text_mask = torch.zeros_like(ids), torch.zeros(ids.shape)
    for row, item in enumerate(items):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        mask[row, : len(item.ids)] = 1
        text_mask[row, item.first : item.last] = 1
    return ids, mask, text_mask
