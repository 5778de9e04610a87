"""The training: nine layers of the teacher go on doing what its twelve do, and learn what people marked as answers."""

import logging
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig

from index.embedder import DEFAULT_EMBEDDER, find_model
from qa.reading.encoding import Encoded, Encoder, make_batch
from qa.reading.excerpt import Excerpt
from qa.reading.network import TOKENIZER_FILE, batch_by_length
from qa.training.network import TrainableNetwork
from qa.training.pairs import Pair
from qa.training.teacher import Teacher, take_layers, take_words
from qa.training.words import find_rows

CHECKPOINT_FILE = "checkpoint.pt"
# Pairs that are sorted by length together: many, so that little is padding; not all, so that the order stays random.
POOL = 1536
# The teacher's layers that are kept: leaving out these three, found one after the other on 300 training pairs, changed
# its logits least (correlation 0.988 with those of all twelve before any training; the last layer alone: 0.9999).
LAYERS = (0, 1, 4, 5, 6, 7, 8, 9, 10)
# Positions kept of 512; the longest input of `qa.reading.encoding` has 242 tokens.
POSITIONS = 256
# The teacher's logits spread over about this much.
_LOGIT_SCALE = 4.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How the network is trained. Rates are peaks: they rise over `warmup_steps` and fall in line to nothing."""

    steps: int
    """Batches to train on, over all runs that went on from one checkpoint."""
    learning_rate: float = 1e-4
    head_learning_rate: float = 1e-3
    warmup_steps: int = 150
    weight_decay: float = 0.01
    batch_tokens: int = 3072
    """Tokens of a batch, padding included."""
    around_share: float = 0.4
    """Share of the pairs that are shown with their surroundings, 0 to 1."""
    teacher_weight: float = 2.0
    """Weight of the teacher's logit; 0 leaves the teacher out."""
    teacher_every: int = 2
    """The teacher is asked about every so many batches."""
    relevance_weight: float = 1.0
    span_weight: float = 0.75
    bfloat16: bool = field(default_factory=torch.cpu._is_avx512_bf16_supported)
    """Multiply in bfloat16, as is fast on processors that have it."""
    checkpoint_every: int = 200
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"steps is {self.steps}, expected 1 or more")


def train(
    pairs: list[Pair], weights: dict[str, torch.Tensor], out: Path, settings: TrainingSettings, *, seed: int = 5
) -> None:
    """Train `LAYERS` of a teacher with these `weights`, on the words of `out/tokenizer.json`.

    `out/checkpoint.pt` is written on the way, and gone on from when it is there.

    :raises ValueError: when there are fewer pairs than `POOL`.
    """
    if len(pairs) < POOL:
        raise ValueError(f"{len(pairs)} pairs are too few to train on, expected at least {POOL}")
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    config, encoder = load_base(out)
    base = find_model(DEFAULT_EMBEDDER) / TOKENIZER_FILE
    weights = take_words(weights, find_rows(base, out / TOKENIZER_FILE), POSITIONS)
    teacher = Teacher(weights, config).eval()
    network = make_student(weights, config)
    optimizer = _make_optimizer(network, settings)
    step = _resume(network, optimizer, out / CHECKPOINT_FILE)
    network.train()
    losses, counts = Counter[str](), Counter[str]()
    for batch in islice(_batches(pairs, encoder, settings, seed), step, settings.steps):
        done = step / settings.steps
        factor = min(1.0, (step + 1) / settings.warmup_steps) * (1 - done)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        asked = teacher if settings.teacher_weight and step % settings.teacher_every == 0 else None
        parts = _losses(network, asked, batch, settings)
        torch.stack(list(parts.values())).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        losses.update({name: float(loss.detach()) for name, loss in parts.items()})
        counts.update(parts.keys())
        if step % 25 == 0:
            means = ", ".join(f"{name} {losses[name] / count:.3f}" for name, count in counts.items())
            _log.info("step %d of %d: %s", step, settings.steps, means)
            losses.clear()
            counts.clear()
        if step % settings.checkpoint_every == 0:
            _save(network, optimizer, step, out / CHECKPOINT_FILE)
    _save(network, optimizer, step, out / CHECKPOINT_FILE)


def load_base(out: Path) -> tuple[BertConfig, Encoder]:
    """The shape of the network, that of all-MiniLM-L6-v2 but for its depth, and the encoder of `out/tokenizer.json`."""
    tokenizer = Tokenizer.from_file(str(out / TOKENIZER_FILE))
    config = BertConfig.from_pretrained(
        find_model(DEFAULT_EMBEDDER),
        num_hidden_layers=len(LAYERS),
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=POSITIONS,
        # Following a teacher needs no dropout.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    # Twice as fast to train on a CPU as PyTorch's fused attention, whose backward pass is slow with a mask.
    config._attn_implementation = "eager"
    return config, Encoder(tokenizer)


def make_student(weights: dict[str, torch.Tensor], config: BertConfig) -> TrainableNetwork:
    """`LAYERS` of the teacher under the reader's heads; its classifier becomes the pair head."""
    network = TrainableNetwork(config)
    states = {name.removeprefix("bert."): tensor for name, tensor in take_layers(weights, LAYERS).items()}
    network.bert.load_state_dict({name: states[name] for name in network.bert.state_dict() if name in states})
    with torch.no_grad():
        network.pair.weight.copy_(weights["classifier.weight"])
        network.pair.bias.copy_(weights["classifier.bias"])
    # Word embeddings stay as pretraining left them: most words occur too seldom here to be moved for the better.
    network.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return network


def load_checkpoint(out: Path) -> TrainableNetwork:
    """The network of `out/checkpoint.pt`, ready to read."""
    config, _ = load_base(out)
    network = TrainableNetwork(config)
    network.load_state_dict(torch.load(out / CHECKPOINT_FILE, weights_only=True)["network"])
    return network.eval()


_Row = tuple[Encoded, Pair]


def _batches(pairs: list[Pair], encoder: Encoder, settings: TrainingSettings, seed: int) -> Iterator[list[_Row]]:
    """Batches for ever, the same every time; from one pass to the next, other pairs show their surroundings."""
    pools = len(pairs) // POOL
    for number in count():
        chance = random.Random(f"{seed}:{number}")
        rows = []
        for pair in pairs[number % pools * POOL :][:POOL]:
            excerpt = pair.excerpt if chance.random() < settings.around_share else Excerpt(pair.excerpt.text)
            rows.append((encoder.encode(pair.question, excerpt), pair))
        batches = batch_by_length([encoded for encoded, _ in rows], settings.batch_tokens)
        chance.shuffle(batches)
        yield from ([rows[place] for place in batch] for batch in batches)


def _losses(
    network: TrainableNetwork, teacher: Teacher | None, rows: list[_Row], settings: TrainingSettings
) -> dict[str, torch.Tensor]:
    """The weighted losses of a batch, by name."""
    batch = make_batch([encoded for encoded, _ in rows])
    ids, mask, segments = (torch.from_numpy(array) for array in (batch.ids, batch.mask, batch.segments))
    # Four times as fast as single precision on processors that have bfloat16, no faster on others.
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.bfloat16):
        output = network.bert(input_ids=ids, attention_mask=mask, token_type_ids=segments)
        wanted = teacher(ids, mask, segments) if teacher else None
    pair, relevance, span = network.read_states(
        output.last_hidden_state.float(), output.pooler_output.float(), torch.from_numpy(batch.text_mask)
    )
    losses = {}
    if wanted is not None:
        losses["teacher"] = settings.teacher_weight * functional.mse_loss(pair / _LOGIT_SCALE, wanted / _LOGIT_SCALE)
    target = torch.tensor([float(each.relevant) for _, each in rows])
    weight = torch.tensor([each.weight for _, each in rows])
    marked = functional.binary_cross_entropy_with_logits(relevance, target, weight=weight)
    losses["relevance"] = settings.relevance_weight * marked
    places = [(row, *tokens) for row, (encoded, each) in enumerate(rows) if (tokens := _find_tokens(encoded, each))]
    if places:
        where, first, last = (torch.tensor(column) for column in zip(*places, strict=True))
        pointing = functional.cross_entropy(span[where, :, 0], first) + functional.cross_entropy(
            span[where, :, 1], last
        )
        losses["span"] = settings.span_weight * pointing * len(places) / len(rows)
    return losses


def _find_tokens(encoded: Encoded, pair: Pair) -> tuple[int, int] | None:
    """The first and the last token of the short answer, or None without one in sight."""
    if pair.short is None:
        return None
    start, end = pair.short
    inside = [place for place, (first, last) in enumerate(encoded.offsets) if first < end and last > start]
    return (encoded.first + inside[0], encoded.first + inside[-1]) if inside else None


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
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    _log.info("goes on from step %d", state["step"])
    return int(state["step"])
