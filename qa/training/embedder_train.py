"""The training of the embedder's adapter: a question comes to lie nearer to what answers it than to the rest of a talk.

Contrastive, within one conversation at a time: all its questions share what they are held against, so that a batch
costs little. What is hard for the published model is shown most.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import BertModel

from qa.evaluation.metrics import hits
from qa.training.datasets import TrainingSet
from qa.training.groups import cut_whole
from qa.training.low_rank import adapt, learned

RANK = 16
# The rate falls as if every question were shown so often, but it stops half-way: what answers was then found among 32
# for 0.96 of the questions of “choose”, and after a third as much for 0.95; the loss went on falling, this did not.
PLANNED_PASSES, PASSES = 8, 4
PEAK_RATE = 5e-4
WARMUP_STEPS = 20
# Cosines are divided by this (Chen et al., 2020, "A simple framework for contrastive learning", call it temperature).
TEMPERATURE = 0.05
QUESTIONS_A_STEP = 20
MAX_GOLD = 4
# Of the passages that the published model puts nearest to a question, so many at random are shown beside what answers.
NEAREST, SHOWN = 24, 8
MAX_TOKENS = 96
_ROWS, _PAD_MULTIPLE = 32, 16
SEED = 4
ADAPTED_FILE = "embedder.pt"
_log = logging.getLogger(__name__)

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in tokens: its passages, and its questions, each with the places of what answers it."""

    passages: tuple[Ids, ...]
    questions: tuple[tuple[Ids, tuple[int, ...]], ...]


class TrainableEmbedder(nn.Module):
    """A BERT with low-rank additions; a text is the mean of its states, of unit length."""

    def __init__(self, folder: Path, rank: int = RANK) -> None:
        """Start from the published model in `folder`."""
        super().__init__()
        self.body = BertModel.from_pretrained(
            str(folder), add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        adapt(self.body, self.body.encoder, rank)

    def forward(self, texts: Sequence[Ids]) -> torch.Tensor:
        """The embeddings of `texts`, `(n, width)`, in their order."""
        order = sorted(range(len(texts)), key=lambda position: -len(texts[position]))
        parts = [order[start : start + _ROWS] for start in range(0, len(order), _ROWS)]
        rows = torch.cat([self._embed([texts[position] for position in part]) for part in parts])
        return rows[torch.argsort(torch.tensor(order))]

    def _embed(self, texts: Sequence[Ids]) -> torch.Tensor:
        length = -(-len(texts[0]) // _PAD_MULTIPLE) * _PAD_MULTIPLE
        ids = torch.zeros((len(texts), length), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
            mask[row, : len(text)] = 1
        with torch.autocast(ids.device.type, dtype=torch.bfloat16):
            states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        shown = mask.unsqueeze(-1).float()
        return functional.normalize((states.float() * shown).sum(1) / shown.sum(1), dim=-1)


def make_talks(data_set: TrainingSet, role: str, tokenizer: Tokenizer) -> list[Talk]:
    """The conversations of a set that have answerable questions of `role`."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    talks = []
    for doc_id, document in data_set.documents.items():
        passages = cut_whole(document)
        questions = []
        for question in data_set.with_role(role):
            if question.doc_id == doc_id and question.answerable:
                gold = [place for place, each in enumerate(passages) if hits(each.start, each.end, question.spans)]
                if gold:
                    questions.append((tuple(tokenizer.encode(question.text).ids), tuple(gold)))
        if questions:
            texts = (document.text[passage.start : passage.end] for passage in passages)
            talks.append(Talk(tuple(tuple(tokenizer.encode(text).ids) for text in texts), tuple(questions)))
    return talks


def train_embedder(network: TrainableEmbedder, talks: Sequence[Talk], out: Path, passes: int = PASSES) -> None:
    """Show every question `passes` times; `out/embedder.pt` has what was learned at the end."""
    chance = random.Random(SEED)
    with torch.no_grad():
        published = [network(talk.passages) for talk in talks]
    steps = [step for _ in range(passes) for step in _order(talks, chance)]
    planned = len(steps) * PLANNED_PASSES / PASSES
    parameters = [tensor for tensor in network.parameters() if tensor.requires_grad]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.01)
    for number, (place, questions) in enumerate(steps):
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1.0, (number + 1) / WARMUP_STEPS) * (1 - number / planned)
        loss = _loss(network, talks[place], questions, published[place], chance)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        _log.info("step %d of %d: %.3f", number + 1, len(steps), loss.item())
    torch.save(learned(network), out / ADAPTED_FILE)


def _order(talks: Sequence[Talk], chance: random.Random) -> Iterator[tuple[int, list[int]]]:
    """One pass: for each step a talk, and the places of its questions that are shown."""
    steps = []
    for place, talk in enumerate(talks):
        questions = chance.sample(range(len(talk.questions)), len(talk.questions))
        count = max(1, round(len(questions) / QUESTIONS_A_STEP))
        steps += [(place, questions[part::count]) for part in range(count)]
    chance.shuffle(steps)
    yield from steps


def _loss(
    network: TrainableEmbedder, talk: Talk, places: Sequence[int], published: torch.Tensor, chance: random.Random
) -> torch.Tensor:
    """How badly what answers is chosen among what is shown, in the mean over the questions."""
    questions = [talk.questions[place] for place in places]
    asked = network([ids for ids, _ in questions])
    shown = {place for _, gold in questions for place in gold[:MAX_GOLD]}
    for cosines in asked.detach() @ published.T:
        nearest = cosines.topk(min(NEAREST, len(cosines))).indices.tolist()
        shown.update(chance.sample(nearest, min(SHOWN, len(nearest))))
    order = sorted(shown)
    scores = asked @ network([talk.passages[place] for place in order]).T / TEMPERATURE
    answers = torch.tensor([[place in gold for place in order] for _, gold in questions])
    right = torch.logsumexp(scores.masked_fill(~answers, -torch.inf), dim=1)
    return (torch.logsumexp(scores, dim=1) - right).mean()
