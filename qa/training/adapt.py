"""The small reader goes on learning, from interviews: low-rank additions to its network, and its heads.

Its weights stay as they are: what it learned before there were questions about interviews, and what ships.
"""

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch.nn import functional
from transformers import BertConfig

from index.embedding import CONFIG_FILE, WEIGHTS_FILE
from qa.training.batches import Batch, make_batches
from qa.training.low_rank import adapt, keep_state, resume
from qa.training.network import TrainableNetwork
from qa.training.packing import Assembler, Packed, measure
from qa.training.settings import TrainingSettings
from qa.training.train import choice_loss

GROUPS_FILE, ADAPTED_FILE = "adapt-groups.npz", "adapted.pt"
# The first so many sets of the groups are about interviews and talks.
OWN_SETS = 2
RANK = 32
HEADS = ("pair", "relevance_hidden", "relevance", "span")
# Of other sets, so many questions at random that prose and short answers are not forgotten, and their share of a batch.
GENERAL = {
    "friendsqa": 700,
    "squad_dev": 900,
    "qed": 500,
    "molweni": 400,
    "qmsum": 300,
    "nq_oracle": 200,
    "selqa": 150,
    "timeqa": 150,
}
GENERAL_SHARE = 0.22
SETTINGS = TrainingSettings({}, groups=24, shown=6, around_share=0.6)
STEPS = 320
PEAK_RATE = 4e-4
# The heads know what they do: they follow at half the rate.
HEADS_SHARE = 0.5
WARMUP_STEPS = 15
CHOICE_WEIGHT, PAIR_WEIGHT, SPAN_WEIGHT = 0.7, 0.3, 0.3
# Logits of the pair head spread over about twice as much as those of relevance.
_PAIR_SCALE = 2.0
# Rows that are computed at once, and what lengths are padded to: each new shape is compiled.
_ROWS, _PAD_MULTIPLE = 24, 32
CHECKPOINT_EVERY = 40
SEED = 5
_log = logging.getLogger(__name__)


def make_adapting(folder: Path, rank: int = RANK) -> TrainableNetwork:
    """The network of the reader in `folder`, of which additions and heads learn."""
    config = BertConfig.from_json_file(str(folder / CONFIG_FILE))
    config._attn_implementation = "eager"  # its backward pass is the quicker one on a CPU
    network = TrainableNetwork(config)
    weights = {name: tensor.float() for name, tensor in load_file(folder / WEIGHTS_FILE).items()}
    network.load_state_dict(weights, strict=False)
    adapt(network.bert, network.bert.encoder, rank)
    return network


def train_adapter(network: TrainableNetwork, packed: Packed, own: int, out: Path, steps: int = STEPS) -> None:
    """Show groups of the sets with numbers below `own`, as often as there is time for, and others among them.

    `out/adapted.pt` has what was learned, on the way too, and is gone on from when it is there.
    """
    optimizer = torch.optim.AdamW(
        [
            {"params": list(_learning(network, heads=False)), "share": 1.0},
            {"params": list(_learning(network, heads=True)), "share": HEADS_SHARE},
        ],
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    step = resume(network, optimizer, out / ADAPTED_FILE)
    assembler = Assembler(packed, torch.device("cpu"), _PAD_MULTIPLE)
    schedule = make_own_schedule(packed, own, steps * SETTINGS.groups)
    for batch in islice(make_batches(packed, schedule, SETTINGS, SEED), step, None):
        factor = min(1.0, (step + 1) / WARMUP_STEPS) * (1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * factor * group["share"]
        losses = _losses(network, assembler, batch)
        sum(losses).backward()  # type: ignore[union-attr]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        _log.info("step %d of %d: %s", step, steps, ", ".join(f"{loss.item():.3f}" for loss in losses))
        if step % CHECKPOINT_EVERY == 0 or step == steps:
            keep_state(network, optimizer, step, out / ADAPTED_FILE)


def make_own_schedule(packed: Packed, own: int, count: int) -> NDArray[np.int64]:
    """The numbers of `count` groups as they are shown: ours one as often as another, others spread among them."""
    chance = np.random.default_rng(SEED)
    ours, others = (np.flatnonzero((packed.source < own) == same) for same in (True, False))
    of_others = round(GENERAL_SHARE * count) if len(others) else 0

    def take(places: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
        rounds = [chance.permutation(places) for _ in range(-(-wanted // max(1, len(places))))]
        return np.concatenate([*rounds, places[:0]])[:wanted]

    shown = [take(ours, count - of_others), take(others, of_others)]
    when = np.concatenate([np.arange(len(each)) / max(1, len(each)) for each in shown])
    return np.concatenate(shown)[np.argsort(when, kind="stable")]


def _learning(network: TrainableNetwork, *, heads: bool) -> Iterator[torch.nn.Parameter]:
    for name, parameter in network.named_parameters():
        if parameter.requires_grad and (name.split(".")[0] in HEADS) is heads:
            yield parameter


def _losses(network: TrainableNetwork, assembler: Assembler, batch: Batch) -> tuple[torch.Tensor, ...]:
    """How badly each candidate is told by itself, one is chosen by either head, and short answers are pointed at."""
    order = np.argsort(measure(batch.parts), kind="stable")
    pairs, relevances, pointing = [], [], []
    for start in range(0, len(order), _ROWS):
        places = order[start : start + _ROWS]
        inputs = assembler.assemble(batch.parts[places])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = network.bert(input_ids=inputs.ids, attention_mask=inputs.mask, token_type_ids=inputs.segments)
        pair, relevance, span = network.read_states(
            output.last_hidden_state.float(), output.pooler_output.float(), inputs.text_mask
        )
        pairs.append(pair)
        relevances.append(relevance)
        short = torch.from_numpy(batch.short[places].astype(np.int64))
        targets = torch.where(short >= 0, short + inputs.text_start[:, None], -100)
        pointing += [
            functional.cross_entropy(span[..., end], targets[:, end], reduction="sum", ignore_index=-100)
            for end in (0, 1)
        ]
    pair, relevance = torch.cat(pairs), torch.cat(relevances)
    relevant, weight, group = batch.relevant[order], batch.weight[order], batch.group[order]
    telling = functional.binary_cross_entropy_with_logits(
        relevance, torch.from_numpy(relevant.astype(np.float32)), weight=torch.from_numpy(weight)
    )
    return (
        telling,
        CHOICE_WEIGHT * choice_loss(relevance, relevant, weight, group),
        PAIR_WEIGHT * choice_loss(pair / _PAIR_SCALE, relevant, weight, group),
        SPAN_WEIGHT * torch.stack(pointing).sum() / max(1, int((batch.short[:, 0] >= 0).sum())),
    )
