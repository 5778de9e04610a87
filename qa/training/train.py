"""The training: nine layers of the teacher go on doing what its twelve do, and learn what people marked as answers."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig

from qa.reading.encoding import PairEncoder
from qa.reading.network import TOKENIZER_FILE
from qa.training.batches import Batch, make_batches, make_schedule
from qa.training.network import TrainableNetwork
from qa.training.packing import Assembler, Packed, measure
from qa.training.settings import TrainingSettings
from qa.training.teacher import Teacher, take_layers

CHECKPOINT_FILE = "checkpoint.pt"
CONFIG_FILE = "config.json"
# The teacher's layers that are kept: leaving out these three, found one after the other on 300 training pairs, changed
# its logits least (correlation 0.988 with those of all twelve before any training; the last layer alone: 0.9999).
LAYERS = (0, 1, 4, 5, 6, 7, 8, 9, 10)
# Positions kept of 512; the longest input of `qa.reading.encoding` has 242 tokens.
POSITIONS = 256
# The teacher's logits spread over about this much.
_LOGIT_SCALE = 4.0
_log = logging.getLogger(__name__)


def train(
    packed: Packed,
    sources: Sequence[str],
    weights: dict[str, torch.Tensor],
    out: Path,
    settings: TrainingSettings,
    *,
    seed: int = 5,
    max_steps: int | None = None,
) -> None:
    """Train `LAYERS` of a teacher with these `weights`, which are those of the words of `out/tokenizer.json`.

    `out/checkpoint.pt` is written on the way, and gone on from when it is there.

    :param sources: the names of the sets, by their numbers in `packed`.
    :param max_steps: end sooner, with the rates of a run that is as short as that.
    :raises ValueError: when there are fewer groups than one batch.
    """
    schedule = make_schedule(packed, sources, settings, seed)
    steps = min(len(schedule) // settings.groups, max_steps or len(schedule))
    if steps == 0:
        raise ValueError(f"{len(schedule)} groups are too few to train on, expected at least {settings.groups}")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # Its attention is prepared again for every shape of batch, of which there are hundreds here.
    torch.backends.cuda.enable_cudnn_sdp(False)
    torch.manual_seed(seed)
    config = load_config(out, settings.dropout)
    teacher = Teacher(weights, config).eval().to(device) if settings.teacher_weight else None
    network = make_student(weights, config).to(device)
    optimizer = _make_optimizer(network, settings)
    step = _resume(network, optimizer, out / CHECKPOINT_FILE)
    network.train()
    assembler = Assembler(packed, device)
    losses: dict[str, torch.Tensor] = {}
    counts = Counter[str]()
    for batch in islice(make_batches(packed, schedule, settings, seed), step, steps):
        factor = min(1.0, (step + 1) / settings.warmup_steps) * (1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        torch.manual_seed(seed * 1_000_003 + step)  # so that a run that goes on drops the same states
        parts = _losses(network, teacher, assembler, batch, settings)
        torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        for name, loss in parts.items():
            losses[name] = losses.get(name, torch.zeros((), device=device)) + loss.detach()
        counts.update(parts.keys())
        if step % 25 == 0:
            means = ", ".join(f"{name} {float(losses[name]) / count:.3f}" for name, count in counts.items())
            _log.info("step %d of %d: %s", step, steps, means)
            losses.clear()
            counts.clear()
        if step % settings.checkpoint_every == 0:
            _save(network, optimizer, step, out / CHECKPOINT_FILE)
    _save(network, optimizer, step, out / CHECKPOINT_FILE)


def save_config(base: Path, out: Path) -> None:
    """Write the shape of the network to `out`: that of the BERT in `base`, but for its depth and its words."""
    config = BertConfig.from_pretrained(
        base,
        num_hidden_layers=len(LAYERS),
        vocab_size=Tokenizer.from_file(str(out / TOKENIZER_FILE)).get_vocab_size(),
        max_position_embeddings=POSITIONS,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    (out / CONFIG_FILE).write_text(config.to_json_string(use_diff=False), encoding="utf-8")


def load_config(out: Path, dropout: float = 0.0) -> BertConfig:
    """The shape of the network, from `out/config.json`."""
    config = BertConfig.from_json_file(str(out / CONFIG_FILE))
    config.hidden_dropout_prob = dropout
    # On a CPU, eager attention trains twice as fast as PyTorch's fused one, whose backward pass is slow with a mask.
    config._attn_implementation = "sdpa" if torch.cuda.is_available() else "eager"
    return config


def load_encoder(out: Path) -> PairEncoder:
    """The encoder of `out/tokenizer.json`."""
    return PairEncoder(Tokenizer.from_file(str(out / TOKENIZER_FILE)))


def make_student(weights: dict[str, torch.Tensor], config: BertConfig) -> TrainableNetwork:
    """`LAYERS` of the teacher under the reader's heads; its classifier becomes the pair head."""
    network = TrainableNetwork(config)
    states = {name.removeprefix("bert."): tensor for name, tensor in take_layers(weights, LAYERS).items()}
    network.bert.load_state_dict({name: states[name] for name in network.bert.state_dict() if name in states})
    with torch.no_grad():
        network.pair.weight.copy_(weights["classifier.weight"])
        network.pair.bias.copy_(weights["classifier.bias"])
    # Embeddings stay as pretraining left them: most words occur too seldom here to be moved for the better.
    network.bert.embeddings.requires_grad_(False)
    return network


def load_checkpoint(out: Path) -> TrainableNetwork:
    """The network of `out/checkpoint.pt`, ready to read."""
    network = TrainableNetwork(load_config(out))
    network.load_state_dict(torch.load(out / CHECKPOINT_FILE, weights_only=True, map_location="cpu")["network"])
    return network.eval()


def _losses(
    network: TrainableNetwork,
    teacher: Teacher | None,
    assembler: Assembler,
    batch: Batch,
    settings: TrainingSettings,
) -> dict[str, torch.Tensor]:
    """The weighted losses of a batch, by name."""
    device = next(network.parameters()).device
    lengths = measure(batch.parts)
    order = np.argsort(lengths, kind="stable")
    pairs, relevances, wanted, pointing = [], [], [], []
    for rows in _part(lengths[order], settings.rows_tokens):
        places = order[rows]
        inputs = assembler.assemble(batch.parts[places])
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=settings.bfloat16):
            output = network.bert(input_ids=inputs.ids, attention_mask=inputs.mask, token_type_ids=inputs.segments)
            if teacher is not None:
                wanted.append(teacher(inputs.ids, inputs.mask, inputs.segments))
        pair, relevance, span = network.read_states(
            output.last_hidden_state.float(), output.pooler_output.float(), inputs.text_mask
        )
        pairs.append(pair)
        relevances.append(relevance)
        short = torch.from_numpy(batch.short[places].astype(np.int64)).to(device)
        # Rows without a short answer have a target that counts for nothing.
        targets = torch.where(short >= 0, short + inputs.text_start[:, None], -100)
        pointing += [
            functional.cross_entropy(span[..., end], targets[:, end], reduction="sum", ignore_index=-100)
            for end in (0, 1)
        ]
    pair, relevance = torch.cat(pairs), torch.cat(relevances)
    losses = {}
    if wanted:
        error = functional.mse_loss(pair / _LOGIT_SCALE, torch.cat(wanted) / _LOGIT_SCALE)
        losses["teacher"] = settings.teacher_weight * error
    relevant, weight = batch.relevant[order], batch.weight[order]
    loss = functional.binary_cross_entropy_with_logits(
        relevance,
        torch.from_numpy(relevant.astype(np.float32)).to(device),
        weight=torch.from_numpy(weight).to(device),
        reduction="sum",
    )
    losses["relevance"] = settings.relevance_weight * loss / max(1.0, float(weight.sum()))
    choosing = choice_loss(relevance, relevant & (weight > 0), weight, batch.group[order])
    losses["choice"] = settings.choice_weight * choosing
    losses["span"] = settings.span_weight * torch.stack(pointing).sum() / max(1, int((batch.short[:, 0] >= 0).sum()))
    return losses


def choice_loss(
    relevance: torch.Tensor, answers: NDArray[np.bool_], weight: NDArray[np.float32], group: NDArray[np.int64]
) -> torch.Tensor:
    """Cross-entropy of the candidate that answers among those of its group; groups without one do not count."""
    device = relevance.device
    groups = torch.from_numpy(group).to(device)
    sums = torch.zeros(int(group.max()) + 1, device=device).index_add(0, groups, relevance.exp())
    gold = torch.from_numpy(np.flatnonzero(answers)).to(device)
    each = sums[groups[gold]].log() - relevance[gold]
    counted = torch.from_numpy(weight[answers]).to(device)
    return (each * counted).sum() / max(1.0, float(weight[answers].sum()))


def _part(lengths: NDArray[np.int64], max_tokens: int) -> Iterator[slice]:
    """Slices of rows, shortest first, of at most `max_tokens` each with their padding."""
    start = 0
    for end in range(1, len(lengths) + 1):
        if end == len(lengths) or (end + 1 - start) * lengths[end] > max_tokens:
            yield slice(start, end)
            start = end


def _make_optimizer(network: TrainableNetwork, settings: TrainingSettings) -> torch.optim.Optimizer:
    body: list[torch.nn.Parameter] = []
    heads: list[torch.nn.Parameter] = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            (body if name.startswith("bert.") else heads).append(parameter)
    return torch.optim.AdamW(
        [
            {"params": body, "peak": settings.learning_rate},
            {"params": heads, "peak": settings.head_learning_rate},
        ],
        lr=settings.learning_rate,
        betas=(0.9, 0.98),
        weight_decay=settings.weight_decay,
        fused=True,
    )


def _save(network: TrainableNetwork, optimizer: torch.optim.Optimizer, step: int, path: Path) -> None:
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    partial = path.with_suffix(".part")
    torch.save(state, partial)
    partial.replace(path)


def _resume(network: TrainableNetwork, optimizer: torch.optim.Optimizer, path: Path) -> int:
    """Steps so far, after loading the checkpoint; 0 without one."""
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True, map_location="cpu")
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    _log.info("goes on from step %d", state["step"])
    return int(state["step"])
