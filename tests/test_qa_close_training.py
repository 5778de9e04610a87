"""The large network: trained and read alike, and what is fitted on top of it."""

import hashlib
import json
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import MPNetConfig, MPNetModel

from index.embedding import PublishedModel
from index.embedding.published_models import MODELS_VARIABLE
from qa.reading.close_network import (
    MAX_AFTER_TOKENS,
    MAX_ASKED_TOKENS,
    MAX_BEFORE_TOKENS,
    MAX_QUESTION_TOKENS,
    MAX_TEXT_TOKENS,
    CloseEncoder,
    CloseInput,
    CloseNetwork,
)
from qa.reading.excerpt import Excerpt
from qa.reading.network import ADAPTER_FILE
from qa.reading.two_step import CLOSE_FOLDER, Mix
from qa.training.close_fit import (
    CloseCase,
    confidence,
    fit_close,
    is_right,
    load_close_cases,
    order,
    save_close_cases,
)
from qa.training.close_groups import MAX_GOLD, SHOWN, CloseGroup, draw, mix_groups, order_groups
from qa.training.close_network import HEADS, TrainableCloseNetwork
from qa.training.close_train import pad, train_close
from qa.training.interviews import NAME
from qa.training.low_rank import save_adapter

EXCERPTS = [
    Excerpt("The mill was cold.", "Ann: Where did you work?", "It was dark."),
    Excerpt("Yes.", asked="Ann: And was it far from the town where you lived at that time?"),
]


@pytest.fixture
def encoder() -> CloseEncoder:
    return CloseEncoder(Tokenizer.from_file(str(CLOSE_FOLDER / "tokenizer.json")))


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedModel:
    """A small MPNet with random weights, where published models are kept; its configuration in `tmp_path`."""
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "models"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    config = json.loads((CLOSE_FOLDER / "config.json").read_text()) | {
        "hidden_size": 48,
        "intermediate_size": 64,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    torch.manual_seed(3)
    weights = tmp_path / "models" / "tiny" / "model.safetensors"
    weights.parent.mkdir(parents=True)
    save_file(MPNetModel(MPNetConfig(**config), add_pooling_layer=False).state_dict(), weights)
    data = weights.read_bytes()
    return PublishedModel("tiny", "MIT", weights.name, len(data), hashlib.sha256(data).hexdigest(), (), "")


def make_network(base: PublishedModel, folder: Path) -> TrainableCloseNetwork:
    config = MPNetConfig.from_json_file(str(folder / "config.json"))
    return TrainableCloseNetwork(folder / "models" / base.name / base.file, config, rank=4)


@pytest.mark.model
def test_what_was_trained_is_what_reads(base: PublishedModel, encoder: CloseEncoder, tmp_path: Path) -> None:
    network = make_network(base, tmp_path).eval()
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if name.endswith(".up"):
                tensor.copy_(torch.randn(tensor.shape) / 4)
    inputs = [encoder.encode(encoder.cut("Where?"), excerpt) for excerpt in EXCERPTS]
    with torch.no_grad():
        expected = network(*pad(inputs)).tolist()
    save_adapter(network.learned(), tmp_path / ADAPTER_FILE, HEADS)
    (tmp_path / "tokenizer.json").write_bytes((CLOSE_FOLDER / "tokenizer.json").read_bytes())
    read = CloseNetwork(tmp_path, base)
    assert read.can_be_made()
    # bfloat16 there, 8 bits here.
    assert read.score("Where?", EXCERPTS) == pytest.approx(expected, abs=0.05)
    assert abs(expected[0] - expected[1]) > 0.1
    assert read.is_made()


@pytest.mark.model
def test_an_interrupted_training_goes_on_as_if_it_had_not_been(
    base: PublishedModel, encoder: CloseEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.training.close_train.CHECKPOINT_EVERY", 1)
    inputs = tuple(encoder.encode(encoder.cut("Where?"), excerpt) for excerpt in EXCERPTS)
    group = CloseGroup((5, 6), inputs, inputs, (True, False), 1.0)
    ends = []
    for name, parts in (("whole", (3,)), ("parted", (2, 3))):
        (tmp_path / name).mkdir()
        for count in parts:
            torch.manual_seed(1)
            network = make_network(base, tmp_path)
            if count == 3 or name == "whole":
                train_close(network, [group] * 8 * 3, tmp_path / name)
            else:
                with pytest.raises(KeyboardInterrupt, match="stopped here"):
                    train_close(network, _Interrupting([group] * 8 * 3, 8 * count), tmp_path / name)
        ends.append(network.learned())
    assert all(torch.allclose(ends[0][name], ends[1][name], atol=1e-6) for name in ends[0])
    assert ends[0]["relevance.bias"].item() != 0.0


class _Interrupting(list[CloseGroup]):
    """Groups of which those from `end` on are never reached."""

    def __init__(self, groups: list[CloseGroup], end: int) -> None:
        super().__init__(groups)
        self._end = end

    def __getitem__(self, key: slice) -> list[CloseGroup]:  # type: ignore[override]
        if key.start >= self._end:
            raise KeyboardInterrupt("stopped here")
        return super().__getitem__(key)


def test_too_long_parts_are_cut_where_they_are_farthest(encoder: CloseEncoder) -> None:
    words = [f"w{number}" for number in range(200)]
    long = " ".join(words)
    found = encoder.encode(encoder.cut(long), Excerpt(long, long, long, long))
    most = MAX_QUESTION_TOKENS + MAX_ASKED_TOKENS + MAX_BEFORE_TOKENS + MAX_TEXT_TOKENS + MAX_AFTER_TOKENS
    assert len(found.ids) == most + 6
    assert found.last - found.first == MAX_TEXT_TOKENS
    assert list(found.ids[found.first : found.last]) == encoder.cut(long)[:MAX_TEXT_TOKENS]
    assert (
        list(found.ids[found.first - 1 - MAX_BEFORE_TOKENS : found.first - 1]) == encoder.cut(long)[-MAX_BEFORE_TOKENS:]
    )


def make_group(gold: int, others: int, tag: int = 0) -> CloseGroup:
    inputs = tuple(CloseInput((tag, number), 0, 1) for number in range(gold + others))
    return CloseGroup((tag,), inputs, inputs, (True,) * gold + (False,) * others, 1.0)


def test_a_group_is_shown_in_part() -> None:
    shown = draw(make_group(gold=4, others=20), random.Random(1))
    assert len(shown) == SHOWN
    assert sum(relevant for _, relevant in shown) == MAX_GOLD
    assert len({item.ids for item, _ in shown}) == SHOWN
    assert [relevant for _, relevant in draw(make_group(gold=0, others=3), random.Random(1))] == [False] * 3


def test_interviews_are_shown_in_turn_and_the_rest_among_them() -> None:
    interviews = [make_group(1, 1, tag) for tag in range(100)]
    general = [make_group(1, 1, 1000 + tag) for tag in range(450)]
    ordered = order_groups(interviews, general, 900)
    tags = [group.question[0] for group in ordered]
    assert len(tags) == 900
    assert sum(tag >= 1000 for tag in tags) == 450
    assert sum(tag >= 1000 for tag in tags[:480]) == 400
    assert {tags.count(tag) for tag in range(100)} <= {4, 5}


def make_cases(count: int = 60) -> list[CloseCase]:
    """The large network is right where it says so; the small one is right by chance."""
    chance = random.Random(2)
    cases = []
    for number in range(count):
        gold = [place == number % 5 for place in range(5)] if number % 4 else [False] * 5
        close = [3.0 + chance.random() if right else -3.0 + chance.random() for right in gold]
        first = [chance.random() for _ in gold]
        cases.append(CloseCase(NAME, any(gold), tuple(first), tuple(close), tuple(gold), found=40))
    return cases


def test_what_is_fitted_ranks_refuses_and_reads_no_more_than_it_needs(tmp_path: Path) -> None:
    assert save_close_cases(make_cases(), tmp_path / "cases.jsonl") == 60
    cases = load_close_cases(tmp_path / "cases.jsonl")
    assert cases == make_cases()
    settings = fit_close(cases)
    assert settings.passages == 8
    answerable = [case for case in cases if case.answerable]
    assert all(is_right(case, settings) for case in answerable)
    answered = [case for case in answerable if confidence(case, settings) >= settings.min_confidence]
    assert 42 <= len(answered) <= 45  # 0.92 of 45, rounded up, and what is as sure
    assert all(confidence(case, settings) < settings.min_confidence for case in cases if not case.answerable)


def test_what_was_not_read_closely_stays_behind() -> None:
    case = CloseCase(NAME, True, (3.0, 2.0, 1.0), (-1.0, 1.0, 9.0), (False, True, False), found=3)
    assert order(case, Mix(0.5, 1.0, 1.0, 0.0), 2) == [1, 0, 2]


def test_where_little_was_found_the_small_network_may_count_for_more() -> None:
    chance = random.Random(3)
    short = []
    for number in range(60):
        gold = [place == number % 5 for place in range(5)] if number % 4 else [False] * 5
        first = [2.0 + chance.random() if right else chance.random() for right in gold]
        close = [chance.random() for _ in gold]
        short.append(CloseCase("squad_dev", any(gold), tuple(first), tuple(close), tuple(gold), found=5))
    settings = fit_close([*make_cases(), *short])
    assert settings.few.first / settings.few.close > 0.5 > settings.many.first / settings.many.close
    assert all(is_right(case, settings) for case in short if case.answerable)


def test_what_goes_on_begins_with_what_was_learned(base: PublishedModel, tmp_path: Path) -> None:
    torch.manual_seed(5)
    before = make_network(base, tmp_path)
    with torch.no_grad():
        for tensor in before.learned().values():
            tensor.add_(torch.randn(tensor.shape))
    save_adapter(before.learned(), tmp_path / ADAPTER_FILE, HEADS)
    network = make_network(base, tmp_path)
    network.take(tmp_path / ADAPTER_FILE)
    kept, expected = network.learned(), before.learned()
    assert all(torch.allclose(kept[name], expected[name], atol=2e-3) for name in expected)  # half precision
    (tmp_path / "other").mkdir()
    save_adapter({"hidden.bias": torch.zeros(3)}, tmp_path / "other" / ADAPTER_FILE, HEADS)
    with pytest.raises(ValueError, match="has other layers than this network learns"):
        network.take(tmp_path / "other" / ADAPTER_FILE)


def test_a_network_that_goes_on_is_shown_all_that_is_new() -> None:
    new, known, general = ([make_group(1, 1, base + tag) for tag in range(100)] for base in (0, 1000, 2000))
    tags = [group.question[0] for group in mix_groups(new, known, general, 200)]
    assert len(tags) == 200
    assert set(range(100)) <= set(tags)
    assert sum(tag >= 2000 for tag in tags) == 24
    assert sum(1000 <= tag < 2000 for tag in tags) == 76
    assert len(set(tags)) == 200
