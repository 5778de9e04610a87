"""How the reader is made: small data of the real form, the real code, a teacher with random weights."""

import gzip
import json
import random
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

from corpus import Document, cut_passages
from index.embedding import DEFAULT_EMBEDDER, find_model
from qa.evaluation.metrics import calibration_error
from qa.reading.encoding import make_batch
from qa.reading.excerpt import Excerpt, excerpt_at
from qa.reading.extractive import Features
from qa.reading.network import TOKENIZER_FILE
from qa.training.__main__ import main
from qa.training.ablate import ablate
from qa.training.calibration import ANSWERED, confidence, fit, fit_weights
from qa.training.calibration_data import Case, load_cases, save_cases
from qa.training.datasets import HELD_OUT, TrainingSet, load_set, load_sets
from qa.training.groups import FEW_SENTENCES, OVERHEARD_A_DOCUMENT, Candidate, Group, GroupMaker
from qa.training.packing import AFTER, BEFORE, Assembler, Packed, Packer
from qa.training.settings import TrainingSettings
from qa.training.teacher import LAYERS as TEACHER_LAYERS
from qa.training.teacher import take_layers, take_words
from qa.training.train import (
    LAYERS,
    POSITIONS,
    load_checkpoint,
    load_config,
    load_encoder,
    make_student,
    save_config,
    train,
)
from qa.training.vocabulary import SPECIAL, find_rows, trim_words
from tests.fakes import HashEmbedder

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


def make_groups(data_set: TrainingSet) -> list[Group]:
    return list(GroupMaker(data_set, "train", HashEmbedder()).groups())


def test_groups_mark_the_sentence_with_the_answer_and_its_words(articles: TrainingSet) -> None:
    groups = make_groups(articles)
    assert len(groups) == len(articles.with_role("train"))
    answering = [each for group in groups for each in group.candidates if each.relevant]
    assert len(answering) == len(groups) / 2
    for each in answering:
        assert each.short is not None
        text = articles.documents[each.doc_id].text[each.passage.start : each.passage.end]
        assert text[slice(*each.short)] == text.split()[2]
    others = [each for group in groups for each in group.candidates if not each.relevant]
    assert len(others) > 2 * len(answering)
    assert {each.short for each in others} == {None}
    assert {group.weight for group in groups} == {1.0}


def test_groups_are_the_same_every_time(articles: TrainingSet) -> None:
    assert make_groups(articles) == make_groups(articles)


def test_of_a_long_document_what_is_most_like_the_question_is_taken(tmp_path: Path) -> None:
    sentences = [f"Sentence number {number} is about nothing." for number in range(3 * FEW_SENTENCES)]
    sentences[30], sentences[40] = "The harbour cost a fortune.", "The harbour was never paid for."
    text = " ".join(sentences)
    start = text.index("The harbour cost")
    question: dict[str, Any] = {"id": "q", "doc_id": "d", "question": "What did the harbour cost?"}
    question |= {
        "answers": ["a fortune"],
        "spans": [[start, start + 27]],
        "answerable": True,
        "split": "train",
        "meta": {},
    }
    write_set(tmp_path / "selqa", [{"id": "d", "title": "t", "text": text}], [question])
    found = replace(load_set(tmp_path, "selqa").questions[0], role="train")
    (group,) = make_groups(replace(load_set(tmp_path, "selqa"), questions=(found,)))
    texts = [text[each.passage.start : each.passage.end] for each in group.candidates]
    assert texts[0] == sentences[30]
    assert {sentences[29], sentences[31], sentences[40]} <= set(texts)
    assert len(texts) < len(sentences) / 2
    assert [each.relevant for each in group.candidates] == [True] + [False] * (len(texts) - 1)


def test_questions_overheard_in_meetings_have_candidates_of_which_nothing_is_known(tmp_path: Path) -> None:
    turns: list[dict[str, Any]] = []
    text = ""
    for number in range(2 * OVERHEARD_A_DOCUMENT):
        said = f"What shall we do about the remote number {number}?" if number % 2 else f"Number {number} is red."
        turns.append({"speaker": "AB"[number % 2], "start": len(text), "end": len(text) + len(said)})
        text += said + "\n"
    question: dict[str, Any] = {"id": "q", "doc_id": "m", "question": "What was decided?"}
    question |= {"answers": [], "spans": [[0, 15]], "answerable": True, "split": "train", "meta": {}}
    write_set(tmp_path / "qmsum", [{"id": "m", "title": "t", "text": text, "turns": turns}], [question])
    found = replace(load_set(tmp_path, "qmsum").questions[0], role="train")
    marked, *overheard = make_groups(replace(load_set(tmp_path, "qmsum"), questions=(found,)))
    assert (marked.question, 0 < marked.weight < 1) == ("What was decided?", True)
    assert len(overheard) == OVERHEARD_A_DOCUMENT
    assert {group.weight for group in overheard} == {0.0}
    assert not any(each.relevant for group in overheard for each in group.candidates)
    assert all(
        group.question not in [text[c.passage.start : c.passage.end] for c in group.candidates] for group in overheard
    )


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
    """A folder with what training starts from: the tokenizer, and the shape of the network, made narrow here."""
    folder = tmp_path_factory.mktemp("words")
    trim_words(BASE_TOKENIZER, ["a port"], folder / TOKENIZER_FILE, WORDS)
    save_config(BASE_TOKENIZER.parent, folder)
    config = json.loads((folder / "config.json").read_text())
    assert (config["num_hidden_layers"], config["vocab_size"], config["hidden_size"]) == (len(LAYERS), WORDS, 384)
    narrow = {"hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 48}
    (folder / "config.json").write_text(json.dumps(config | narrow))
    return folder


@pytest.fixture(scope="module")
def teacher_weights(few_words: Path) -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    config = BertConfig(**{**load_config(few_words).to_dict(), "num_hidden_layers": TEACHER_LAYERS})
    config.vocab_size, config.max_position_embeddings, config.num_labels = 30522, 512, 1
    return BertForSequenceClassification(config).state_dict()


def test_the_student_starts_as_the_layers_of_the_teacher_that_are_kept(
    few_words: Path, teacher_weights: dict[str, torch.Tensor]
) -> None:
    rows = find_rows(BASE_TOKENIZER, few_words / TOKENIZER_FILE)
    student = make_student(take_words(teacher_weights, rows, POSITIONS), load_config(few_words)).state_dict()
    name = "encoder.layer.{}.output.dense.weight"
    for place, layer in enumerate(LAYERS):
        assert torch.equal(student[f"bert.{name.format(place)}"], teacher_weights[f"bert.{name.format(layer)}"])
    assert torch.equal(student["pair.weight"], teacher_weights["classifier.weight"])
    words = "bert.embeddings.word_embeddings.weight"
    assert torch.equal(student[words][7], teacher_weights[words][rows[7]])
    assert len(take_layers(teacher_weights, LAYERS)) < len(teacher_weights)


@pytest.fixture(scope="module")
def trimmed_weights(few_words: Path, teacher_weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return take_words(teacher_weights, find_rows(BASE_TOKENIZER, few_words / TOKENIZER_FILE), POSITIONS)


WORDS_FIRST = ("Any", "Big", "Cold", "Dear", "Each", "Far")
SETTINGS = TrainingSettings(
    {"a set": 1}, groups=4, shown=3, rows_tokens=128, learning_rate=3e-3, bfloat16=False, checkpoint_every=2
)


def pack_random_groups(folder: Path, count: int) -> Packed:
    """Groups of a made-up set, in which what begins with "A" answers."""
    chance = random.Random(2)
    text = " ".join(f"{chance.choice(WORDS_FIRST)} port is number {chance.randrange(9)}." for _ in range(60))
    document = Document.from_text(text, doc_id="d")
    passages = cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))
    groups = []
    for _ in range(count):
        picked = chance.sample(passages, 5)
        candidates = [Candidate("d", each, text[each.start] == "A", (4, 8)) for each in picked]
        groups.append(Group("Which port?", tuple(candidates), 1.0))
    packer = Packer(load_encoder(folder))
    assert packer.add(0, {"d": document}, groups) == count
    return packer.pack()


def test_packed_rows_are_those_that_the_reader_makes(tmp_path: Path, few_words: Path) -> None:
    document = Document.from_text("Ann: What did it cost, all in all?\n\nBob: It cost 3.5 billion. A lot.", doc_id="d")
    passages = cut_passages(document, max_tokens=1, count_tokens=lambda texts: [0] * len(texts))
    short = (8, 19)
    group = Group("How much?", tuple(Candidate("d", each, True, short) for each in passages[1:]), 1.0)
    packer = Packer(load_encoder(few_words))
    packer.add(0, {"d": document}, [group])
    packer.pack().save(tmp_path / "groups.npz")
    packed = Packed.load(tmp_path / "groups.npz")
    parts = np.concatenate([packed.questions[[0, 0]][:, None], packed.sentences[packed.sentence]], axis=1)
    parts[1, [BEFORE, AFTER], 1] = 0
    inputs = Assembler(packed, torch.device("cpu")).assemble(parts)
    first, second = (excerpt_at(document, each) for each in passages[1:])
    encoder = load_encoder(few_words)
    encoded = [encoder.encode("How much?", first), encoder.encode("How much?", Excerpt(second.text))]
    batch = make_batch(encoded)
    for name in ("ids", "mask", "segments", "text_mask"):
        assert np.array_equal(getattr(inputs, name).numpy(), getattr(batch, name)), name
    assert inputs.text_start.tolist() == [each.first for each in encoded]
    places = range(packed.short[0, 0], packed.short[0, 1] + 1)
    assert "".join(first.text[slice(*encoded[0].offsets[place])] for place in places) == "3.5billion"


def test_training_goes_on_where_it_stopped(
    tmp_path: Path, few_words: Path, trimmed_weights: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("whole", "parted"):
        shutil.copytree(few_words, tmp_path / folder)
    packed = pack_random_groups(few_words, 16)
    train(packed, ("a set",), trimmed_weights, tmp_path / "whole", SETTINGS)
    clip, calls = torch.nn.utils.clip_grad_norm_, iter(range(9))

    def clip_until_stopped(*arguments: Any) -> Any:  # noqa: ANN401 it stands for torch's own
        if next(calls) == 3:
            raise KeyboardInterrupt("stopped")
        return clip(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(torch.nn.utils, "clip_grad_norm_", clip_until_stopped)
        with pytest.raises(KeyboardInterrupt, match="stopped"):
            train(packed, ("a set",), trimmed_weights, tmp_path / "parted", SETTINGS)
    train(packed, ("a set",), trimmed_weights, tmp_path / "parted", SETTINGS)
    whole, parted = (load_checkpoint(tmp_path / folder).state_dict() for folder in ("whole", "parted"))
    assert all(torch.equal(whole[name], parted[name]) for name in whole)


def test_training_learns_what_people_marked(
    tmp_path: Path, few_words: Path, trimmed_weights: dict[str, torch.Tensor], caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(few_words, tmp_path / "out")
    settings = replace(
        SETTINGS,
        passes={"a set": 40},
        rows_tokens=1024,
        head_learning_rate=3e-3,
        warmup_steps=5,
        teacher_weight=0.0,
        dropout=0.0,
        checkpoint_every=999,
    )
    with caplog.at_level("INFO"):
        train(pack_random_groups(few_words, 16), ("a set",), trimmed_weights, tmp_path / "out", settings)
    first, *_, last = (float(re.search(r"choice ([\d.]+)", line)[1]) for line in caplog.messages)  # type: ignore[index]
    assert last < first / 2
    assert "teacher" not in caplog.text


def test_too_few_groups_are_refused(tmp_path: Path, few_words: Path, trimmed_weights: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match="3 groups are too few to train on, expected at least 4"):
        train(pack_random_groups(few_words, 3), ("a set",), trimmed_weights, tmp_path, SETTINGS)


def make_cases(count: int, seed: int = 4) -> list[Case]:
    """Cases in which `relevance` tells gold from the rest and its height tells whether there is any."""
    chance = random.Random(seed)
    cases = []
    for number in range(count):
        answerable = number % 3 > 0
        scores = [chance.gauss(0, 1) for _ in range(6)]
        place_of_gold = chance.randrange(4)
        if answerable:
            scores[place_of_gold] = chance.gauss(4, 1)
        features = tuple(Features(0.0, score, chance.random()) for score in scores)
        gold = tuple(answerable and place == place_of_gold for place in range(6))
        role = ("choose", "calibrate")[number % 4 // 2]
        cases.append(Case(("eval", "friendsqa")[number % 2], role, answerable, features, features, gold))
    return cases


def test_the_fit_finds_the_feature_that_tells_and_answers_as_many_as_it_should() -> None:
    settings = fit(make_cases(600))
    assert settings.weights["relevance"] > 0.5
    assert (settings.weights["pair"], settings.weights["cosine"]) == (0.0, 0.0)
    held = make_cases(600, seed=5)
    answered = {case: confidence(case, settings) >= settings.min_confidence - 1e-4 for case in held}
    answerable = [answered[case] for case in held if case.answerable]
    assert sum(answerable) / len(answerable) == pytest.approx(ANSWERED, abs=0.03)
    assert sum(answered[case] for case in held if not case.answerable) < 0.2 * (len(held) - len(answerable))


def test_the_probability_of_an_answer_is_how_often_it_is_right() -> None:
    settings = fit(make_cases(2000))
    held = make_cases(2000, seed=5)
    sure = [confidence(case, settings) for case in held]
    assert sum(sure) / len(sure) == pytest.approx(2 / 3, abs=0.05)  # so many are answerable, and nearly all found
    error = calibration_error(sure, [case.answerable for case in held])
    assert error is not None
    assert error < 0.06


def test_an_ablation_without_the_feature_that_tells_is_worth_less() -> None:
    worth = ablate(make_cases(600))
    assert worth["everything"].best > 0.9
    assert worth["without the score of retrieval"] == worth["everything"]
    assert worth["without the relevance head"].best < 0.5
    assert worth["the score of retrieval alone"].best < 0.5
    assert worth["the score of retrieval alone"].area_under_curve < worth["everything"].area_under_curve


def test_an_ablation_is_fitted_on_other_cases_than_it_is_measured_on() -> None:
    # What tells gold in the cases to choose by tells nothing in the others, where another feature would.
    cases = [_exchange(case) if case.role == "calibrate" else case for case in make_cases(200)]
    assert fit_weights(cases)["cosine"] > 0
    assert ablate(cases)["everything"].best < 0.5


def _exchange(case: Case) -> Case:
    features = tuple(Features(0.0, each.cosine, each.relevance) for each in case.alone)
    return replace(case, alone=features, around=features)


def test_cases_are_written_and_read_back(tmp_path: Path) -> None:
    cases = make_cases(5)
    assert save_cases(cases, tmp_path / "cases.jsonl") == 5
    assert load_cases(tmp_path / "cases.jsonl") == cases


@pytest.mark.parametrize(
    ("step", "needs"), [("train", "--teacher"), ("read", "--data and --questions and --model"), ("fit", "--model")]
)
def test_a_step_without_what_it_needs_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str, needs: str
) -> None:
    monkeypatch.setattr("sys.argv", ["qa.training", step, "--out", str(tmp_path / "made")])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert f"the step {step!r} needs {needs}" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()
