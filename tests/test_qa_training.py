"""How the reader is made: small data of the real form, the real code, a teacher with random weights."""

import gzip
import json
import random
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

from index.embedder import DEFAULT_EMBEDDER, find_model
from qa.measuring.metrics import calibration_error
from qa.reading.excerpt import Excerpt
from qa.reading.extractive import Features
from qa.reading.network import TOKENIZER_FILE
from qa.training.ablate import ablate
from qa.training.cases import Case, load_cases, save_cases
from qa.training.fit import ANSWERED, confidence, fit
from qa.training.pairs import Pair, make_pairs
from qa.training.sources import HELD_OUT, TrainingSet, load_set, load_sets
from qa.training.teacher import LAYERS as TEACHER_LAYERS
from qa.training.teacher import take_layers, take_words
from qa.training.train import LAYERS, POOL, POSITIONS, TrainingSettings, load_base, load_checkpoint, make_student, train
from qa.training.words import SPECIAL, find_rows, trim_words

SENTENCES = ("The port of {0} was opened in {1}.", "It cost {1} million.", "Nobody lives there now.")


def write_set(folder: Path, documents: Iterable[dict[str, Any]], questions: Iterable[dict[str, Any]]) -> None:
    folder.mkdir(parents=True)
    for name, records in (("docs", documents), ("questions", questions)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)


def write_articles(data: Path, name: str, count: int) -> None:
    """`count` articles of three sentences, with a question that the second answers and one that none does."""
    documents: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for number in range(count):
        text = " ".join(SENTENCES).format(f"Town{number}", 1000 + number)
        start = text.index("It cost")
        span = [start + 8, start + 12]
        meta = {"article": f"Town{number}"}
        documents.append({"id": f"{name}:{number}", "title": f"Town{number}", "text": text, "meta": meta})
        shared = {"doc_id": f"{name}:{number}", "split": "dev", "meta": {}}
        questions += [
            {"id": f"a{number}", "question": f"What did the port of Town{number} cost?", "answerable": True}
            | {"answers": [text[span[0] : span[1]]], "spans": [span]}
            | shared,
            {"id": f"u{number}", "question": "Who built the port?", "answerable": False, "answers": [], "spans": []}
            | shared,
        ]
    write_set(data / name, documents, questions)


@pytest.fixture
def articles(tmp_path: Path) -> TrainingSet:
    write_articles(tmp_path, "squad_dev", 60)
    return load_set(tmp_path, "squad_dev")


def test_all_questions_of_a_group_have_one_role_and_every_role_occurs(articles: TrainingSet) -> None:
    roles: dict[str, set[str]] = {}
    for question in articles.questions:
        roles.setdefault(question.group, set()).add(question.role)
    assert {len(each) for each in roles.values()} == {1}
    shares = {role: len(articles.with_role(role)) / 120 for role in ("train", "choose", "calibrate", "report")}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["train"] == pytest.approx(1 - sum(HELD_OUT["squad_dev"]), abs=0.12)


def test_an_article_held_out_in_one_set_is_not_trained_on_in_another(tmp_path: Path) -> None:
    for name in ("squad_dev", "timeqa"):
        write_articles(tmp_path, name, 60)
    first, second = load_sets(tmp_path, ("squad_dev", "timeqa"))
    trained = {question.group for each in (first, second) for question in each.with_role("train")}
    held_out = {question.group for each in (first, second) for question in each.questions if question.role != "train"}
    assert trained
    assert not trained & held_out


def test_only_the_splits_that_may_be_trained_on_are(tmp_path: Path) -> None:
    write_articles(tmp_path, "friendsqa", 20)
    path = tmp_path / "friendsqa" / "questions.jsonl.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"dev"', b'"test"')))
    assert {question.role for question in load_set(tmp_path, "friendsqa").questions} == {"report"}


def test_gold_on_a_speakers_label_becomes_what_is_said(tmp_path: Path) -> None:
    text = "Ross: Hi. I am here."
    document = {"id": "d", "title": "t", "text": text, "turns": [{"speaker": "Ross", "start": 6, "end": 20}]}
    question = {"id": "q", "doc_id": "d", "question": "Who is here?", "answers": ["Ross"], "spans": [[0, 4]]}
    write_set(tmp_path / "friendsqa", [document], [question | {"answerable": True, "split": "dev", "meta": {}}])
    found = load_set(tmp_path, "friendsqa").questions[0]
    assert (found.spans, found.short_spans) == (((6, 20),), ())


def test_pairs_mark_the_sentence_with_the_answer_and_its_words(articles: TrainingSet) -> None:
    pairs = make_pairs(articles)
    answering = [pair for pair in pairs if pair.relevant]
    assert len(answering) == len(articles.with_role("train")) / 2
    for pair in answering:
        assert pair.short is not None
        assert pair.excerpt.text[slice(*pair.short)] == pair.excerpt.text.split()[2]
    others = [pair for pair in pairs if not pair.relevant]
    assert len(others) > 2 * len(answering)
    assert {pair.short for pair in others} == {None}


def test_pairs_are_the_same_every_time(articles: TrainingSet) -> None:
    assert make_pairs(articles) == make_pairs(articles)


BASE_TOKENIZER = find_model(DEFAULT_EMBEDDER) / TOKENIZER_FILE
WORDS = 300


def test_only_frequent_word_pieces_are_kept_and_no_english_word_becomes_unknown(tmp_path: Path) -> None:
    trim_words(BASE_TOKENIZER, ["The harbour of Chancay.", "The harbour, again."], tmp_path / TOKENIZER_FILE, WORDS)
    base, trimmed = Tokenizer.from_file(str(BASE_TOKENIZER)), Tokenizer.from_file(str(tmp_path / TOKENIZER_FILE))
    assert trimmed.get_vocab_size() == WORDS
    assert [trimmed.token_to_id(token) is None for token in SPECIAL] == [False] * len(SPECIAL)
    assert trimmed.encode("The harbour!", add_special_tokens=False).tokens == ["the", "harbour", "!"]
    rare = trimmed.encode("Xylophones", add_special_tokens=False)
    assert "[UNK]" not in rare.tokens
    assert len(rare) == len("xylophones")
    rows = find_rows(BASE_TOKENIZER, tmp_path / TOKENIZER_FILE)
    assert [base.id_to_token(row) for row in rows] == [trimmed.id_to_token(number) for number in range(WORDS)]


@pytest.fixture(scope="module")
def few_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tokenizer that training starts from."""
    folder = tmp_path_factory.mktemp("words")
    trim_words(BASE_TOKENIZER, ["a port"], folder / TOKENIZER_FILE, WORDS)
    return folder


@pytest.fixture(scope="module")
def teacher_weights(few_words: Path) -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    config = BertConfig(**{**load_base(few_words)[0].to_dict(), "num_hidden_layers": TEACHER_LAYERS})
    config.vocab_size, config.max_position_embeddings, config.num_labels = 30522, 512, 1
    return BertForSequenceClassification(config).state_dict()


def test_the_student_starts_as_the_layers_of_the_teacher_that_are_kept(
    few_words: Path, teacher_weights: dict[str, torch.Tensor]
) -> None:
    rows = find_rows(BASE_TOKENIZER, few_words / TOKENIZER_FILE)
    student = make_student(take_words(teacher_weights, rows, POSITIONS), load_base(few_words)[0]).state_dict()
    name = "encoder.layer.{}.output.dense.weight"
    for place, layer in enumerate(LAYERS):
        assert torch.equal(student[f"bert.{name.format(place)}"], teacher_weights[f"bert.{name.format(layer)}"])
    assert torch.equal(student["pair.weight"], teacher_weights["classifier.weight"])
    words = "bert.embeddings.word_embeddings.weight"
    assert torch.equal(student[words][7], teacher_weights[words][rows[7]])
    assert len(take_layers(teacher_weights, LAYERS)) < len(teacher_weights)


def make_random_pairs(count: int) -> list[Pair]:
    chance = random.Random(2)
    excerpts = [
        Excerpt(f"{chance.choice('abcdef')} port {chance.randrange(9)}", before="Ann: So?") for _ in range(count)
    ]
    return [Pair("made up", "Which port?", each, "a" in each.text, 1.0, (2, 6)) for each in excerpts]


def test_training_goes_on_where_it_stopped(
    tmp_path: Path, few_words: Path, teacher_weights: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("whole", "parted"):
        shutil.copytree(few_words, tmp_path / folder)
    pairs, settings = make_random_pairs(POOL), TrainingSettings(steps=4, batch_tokens=256, checkpoint_every=2)
    train(pairs, teacher_weights, tmp_path / "whole", settings)
    clip, calls = torch.nn.utils.clip_grad_norm_, iter(range(9))

    def clip_until_stopped(*arguments: Any) -> Any:  # noqa: ANN401 it stands for torch's own
        if next(calls) == 3:
            raise KeyboardInterrupt
        return clip(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(torch.nn.utils, "clip_grad_norm_", clip_until_stopped)
        with pytest.raises(KeyboardInterrupt):
            train(pairs, teacher_weights, tmp_path / "parted", settings)
    train(pairs, teacher_weights, tmp_path / "parted", settings)
    whole, parted = (load_checkpoint(tmp_path / folder).state_dict() for folder in ("whole", "parted"))
    assert all(torch.equal(whole[name], parted[name]) for name in whole)
    rows = find_rows(BASE_TOKENIZER, few_words / TOKENIZER_FILE)
    start = make_student(take_words(teacher_weights, rows, POSITIONS), load_base(few_words)[0]).state_dict()
    moved = {name for name in whole if not torch.equal(whole[name], start[name])}
    assert "bert.encoder.layer.0.output.dense.weight" in moved
    assert "bert.embeddings.word_embeddings.weight" not in moved


def test_too_little_to_train_on(tmp_path: Path, teacher_weights: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match="10 pairs are too few to train on, expected at least"):
        train(make_random_pairs(10), teacher_weights, tmp_path, TrainingSettings(steps=1))


def make_cases(count: int) -> list[Case]:
    """Cases in which `pair_alone` tells gold from the rest and its height tells whether there is any."""
    chance = random.Random(4)
    cases = []
    for number in range(count):
        answerable = number % 3 > 0
        scores = [chance.gauss(0, 1) for _ in range(6)]
        place_of_gold = chance.randrange(4)
        if answerable:
            scores[place_of_gold] = chance.gauss(4, 1)
        features = tuple(Features(score, 0.0, 0.0, 0.0, chance.random(), 0.0) for score in scores)
        gold = tuple(answerable and place == place_of_gold for place in range(6))
        role = ("choose", "calibrate")[number % 4 // 2]
        cases.append(Case(("eval", "friendsqa")[number % 2], role, answerable, 4, features, gold))
    return cases


def test_the_fit_finds_the_feature_that_tells_and_answers_as_many_as_it_should() -> None:
    cases = make_cases(600)
    settings = fit(cases)
    assert settings.first_weights["pair_alone"] > 0.5
    assert "pair_around" not in settings.first_weights
    assert settings.weights["pair_alone"] > 0.5
    assert abs(settings.weights["cosine"]) < 0.5
    held = [case for case in cases if case.role == "calibrate"]
    answered = {case: confidence(case, settings) >= settings.min_confidence - 1e-4 for case in held}
    answerable = [answered[case] for case in held if case.answerable]
    assert sum(answerable) / len(answerable) == pytest.approx(ANSWERED, abs=0.02)
    assert sum(answered[case] for case in held if not case.answerable) < 0.2 * (len(held) - len(answerable))


def test_the_probability_of_an_answer_is_how_often_it_is_right() -> None:
    cases = make_cases(2000)
    settings = fit(cases)
    held = [case for case in cases if case.role == "calibrate"]
    sure = [confidence(case, settings) for case in held]
    assert sum(sure) / len(sure) == pytest.approx(2 / 3, abs=0.05)  # so many are answerable, and nearly all found
    error = calibration_error(sure, [case.answerable for case in held])
    assert error is not None
    assert error < 0.06


def test_an_ablation_without_the_feature_that_tells_is_worth_less() -> None:
    worth = ablate(make_cases(600))
    assert worth["everything"].best > 0.9
    assert worth["without the score of retrieval"].best == pytest.approx(worth["everything"].best, abs=0.05)
    assert worth["the score of retrieval alone"].best < 0.5
    assert worth["the score of retrieval alone"].area_under_curve < worth["everything"].area_under_curve


def test_cases_are_written_and_read_back(tmp_path: Path) -> None:
    cases = make_cases(5)
    assert save_cases(cases, tmp_path / "cases.jsonl") == 5
    assert load_cases(tmp_path / "cases.jsonl") == cases
