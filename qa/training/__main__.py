"""`python -m qa.training STEP`: train the reader, step by step."""

import argparse
import hashlib
import json
import logging
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import MPNetConfig

from index import SentenceEmbedder
from index.cli import show
from index.embedding import CONFIG_FILE, DEFAULT_EMBEDDER, MPNET, WEIGHTS_FILE, fetch, find_model
from qa.evaluation.table import format_rows
from qa.reading.close_network import CloseEncoder, CloseNetwork
from qa.reading.extractive import SETTINGS_FILE, ExtractiveReader, ReaderSettings
from qa.reading.network import ADAPTER_FILE, TOKENIZER_FILE
from qa.reading.two_step import CLOSE_FOLDER, CloseSettings
from qa.training import adapt
from qa.training.ablate import ablate
from qa.training.calibration import fit
from qa.training.calibration_data import load_cases, read_cases, read_question_set, save_cases
from qa.training.close_fit import LIMITS as CLOSE_LIMITS
from qa.training.close_fit import fit_close, load_close_cases, read_close_cases, save_close_cases
from qa.training.close_groups import make_groups, make_talk_groups, mix_groups, order_groups
from qa.training.close_network import HEADS, TrainableCloseNetwork
from qa.training.close_train import CHECKPOINT_FILE as CLOSE_CHECKPOINT
from qa.training.close_train import GOING_ON, GROUPS_A_STEP, train_close
from qa.training.datasets import HELD_OUT, load_sets, sample, write_report_sets
from qa.training.embedder_train import ADAPTED_FILE, TrainableEmbedder, make_talks, train_embedder
from qa.training.groups import GroupMaker
from qa.training.interviews import NAME as INTERVIEWS
from qa.training.interviews import load_interviews, load_talks
from qa.training.low_rank import save_adapter
from qa.training.network import save_network
from qa.training.packing import Packed, Packer
from qa.training.settings import TrainingSettings
from qa.training.teacher import load_weights, take_words
from qa.training.train import POSITIONS, load_checkpoint, load_encoder, save_config, train
from qa.training.vocabulary import find_rows, trim_words

GROUPS_FILE = "groups.npz"
CASES_FILE = "cases.jsonl"
CLOSE_CASES_FILE = "close-cases.jsonl"
CLOSE_STEPS = 400
# How often the groups of each set are shown: dialogue is rare in these sets and is what the reader is for.
PASSES = {
    "squad_dev": 8,
    "squadshifts": 3,
    "qamr": 1,
    "qed": 10,
    "nq_oracle": 8,
    "selqa": 10,
    "friendsqa": 14,
    "molweni": 8,
    "qmsum": 8,
    "timeqa": 5,
    "policyqa": 1,
    "fairytaleqa": 10,
}
# While nothing has been fitted; it answers nothing.
UNFITTED = ReaderSettings(
    {"pair": 0.0, "relevance": 1.0, "cosine": 0.0}, slope=1.0, offset=0.0, min_confidence=1.0, sure_confidence=1.0
)


def main() -> None:
    """Run one step; each reads what the one before wrote into `--out`."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    steps = {
        "groups": (_groups, ("data",)),
        "train": (_train, ("teacher",)),
        "export": (_export, ("model",)),
        "adapt-groups": (_adapt_groups, ("data", "model")),
        "adapt-train": (_adapt_train, ("model",)),
        "adapt-export": (_adapt_export, ("model",)),
        "read": (_read, ("data", "questions", "model")),
        "fit": (_fit, ("model",)),
        "ablate": (_ablate, ()),
        "report": (_report, ("data",)),
        "embedder-train": (_embedder_train, ("data",)),
        "embedder-export": (_embedder_export, ()),
        "close-train": (_close_train, ("data",)),
        "close-export": (_close_export, ("model",)),
        "close-read": (_close_read, ("data", "model")),
        "close-fit": (_close_fit, ("model",)),
    }
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    parser.add_argument("step", choices=steps)
    parser.add_argument("--out", type=Path, required=True, help="the folder of what is made on the way")
    parser.add_argument("--data", type=Path, help="the folder of the data sets (groups, read, report)")
    parser.add_argument(
        "--teacher", type=Path, help="the folder of the teacher's model.onnx and tokenizer.json (train)"
    )
    parser.add_argument("--questions", type=Path, help="a set of questions of our own, split “choose” (read)")
    parser.add_argument("--model", type=Path, help="the folder of the finished reader (export, read, fit)")
    parser.add_argument("--max-steps", type=int, help="train on so many batches at most")
    parser.add_argument("--start", type=Path, help="go on from the large reader in this folder (close-train)")
    parser.add_argument("--without-teacher", action="store_true", help="learn from people's marks alone (train)")
    arguments = parser.parse_args()
    run, needed = steps[arguments.step]
    if missing := [f"--{name}" for name in needed if getattr(arguments, name) is None]:
        parser.error(f"the step {arguments.step!r} needs {' and '.join(missing)}")
    arguments.out.mkdir(parents=True, exist_ok=True)
    run(arguments)


def _groups(arguments: argparse.Namespace) -> None:
    sets = load_sets(arguments.data)
    base = find_model(DEFAULT_EMBEDDER)
    texts = (document.text for each in sets for document in each.documents.values())
    trim_words(base / TOKENIZER_FILE, texts, arguments.out / TOKENIZER_FILE)
    save_config(base, arguments.out)
    embedder = SentenceEmbedder()
    packer = Packer(load_encoder(arguments.out))
    for number, data_set in enumerate(sets):
        count = packer.add(number, data_set.documents, GroupMaker(data_set, "train", embedder).groups())
        show(f"{data_set.name}: {count} groups")
    packer.pack().save(arguments.out / GROUPS_FILE)


def _train(arguments: argparse.Namespace) -> None:
    packed = Packed.load(arguments.out / GROUPS_FILE)
    settings = TrainingSettings(PASSES)
    if arguments.without_teacher:
        settings = replace(settings, teacher_weight=0.0)
    rows = find_rows(arguments.teacher / TOKENIZER_FILE, arguments.out / TOKENIZER_FILE)
    weights = take_words(load_weights(arguments.teacher), rows, POSITIONS)
    train(packed, tuple(HELD_OUT), weights, arguments.out, settings, max_steps=arguments.max_steps)


def _export(arguments: argparse.Namespace) -> None:
    save_network(load_checkpoint(arguments.out), arguments.model)
    shutil.copyfile(arguments.out / TOKENIZER_FILE, arguments.model / TOKENIZER_FILE)
    _write_settings(UNFITTED, arguments.model / SETTINGS_FILE)
    show(hashlib.sha256((arguments.model / WEIGHTS_FILE).read_bytes()).hexdigest())


def _adapt_groups(arguments: argparse.Namespace) -> None:
    own = [load_interviews(arguments.data, "train", with_history=True), load_talks(arguments.data)]
    general = [
        sample(load_sets(arguments.data, (name,))[0], count, adapt.SEED) for name, count in adapt.GENERAL.items()
    ]
    embedder = SentenceEmbedder()
    packer = Packer(load_encoder(arguments.model))
    for number, data_set in enumerate([*own, *general]):
        count = packer.add(number, data_set.documents, GroupMaker(data_set, "train", embedder).marked_groups())
        show(f"{data_set.name}: {count} groups")
    packer.pack().save(arguments.out / adapt.GROUPS_FILE)


def _adapt_train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(1)
    network = adapt.make_adapting(arguments.model)
    packed = Packed.load(arguments.out / adapt.GROUPS_FILE)
    adapt.train_adapter(network, packed, adapt.OWN_SETS, arguments.out, arguments.max_steps or adapt.STEPS)


def _adapt_export(arguments: argparse.Namespace) -> None:
    learned = torch.load(arguments.out / adapt.ADAPTED_FILE, weights_only=True)["learned"]
    save_adapter(learned, arguments.model / ADAPTER_FILE, adapt.HEADS)
    show(hashlib.sha256((arguments.model / ADAPTER_FILE).read_bytes()).hexdigest())


def _read(arguments: argparse.Namespace) -> None:
    embedder = SentenceEmbedder()
    reader = ExtractiveReader(embedder, arguments.model, reread=len)
    cases = [
        *read_question_set(arguments.questions, "choose", embedder, reader),
        *read_question_set(arguments.data / INTERVIEWS, "choose", embedder, reader),
        *read_cases(load_sets(arguments.data), embedder, reader),
    ]
    show(f"{save_cases(cases, arguments.out / CASES_FILE)} questions read")


def _fit(arguments: argparse.Namespace) -> None:
    settings = fit(load_cases(arguments.out / CASES_FILE))
    _write_settings(settings, arguments.model / SETTINGS_FILE)
    show(json.dumps(asdict(settings), indent=1))


def _ablate(arguments: argparse.Namespace) -> None:
    rows = [
        [name, *(f"{figure:.2f}" for figure in (worth.best, worth.of_three, worth.area_under_curve))]
        for name, worth in ablate(load_cases(arguments.out / CASES_FILE)).items()
    ]
    show(format_rows(["", "best", "of three", "area under curve"], rows))


def _report(arguments: argparse.Namespace) -> None:
    for name, count in write_report_sets(arguments.data, arguments.out / "report"):
        show(f"{name}: {count} questions that nothing was decided on")


def _embedder_train(arguments: argparse.Namespace) -> None:
    torch.manual_seed(1)
    base = find_model(DEFAULT_EMBEDDER)
    talks = make_talks(
        load_interviews(arguments.data, "train"), "train", Tokenizer.from_file(str(base / TOKENIZER_FILE))
    )
    train_embedder(TrainableEmbedder(base), talks, arguments.out)


def _embedder_export(arguments: argparse.Namespace) -> None:
    save_adapter(torch.load(arguments.out / ADAPTED_FILE, weights_only=True), arguments.out / ADAPTER_FILE)
    show(hashlib.sha256((arguments.out / ADAPTER_FILE).read_bytes()).hexdigest())


def _close_train(arguments: argparse.Namespace) -> None:
    encoder = CloseEncoder(Tokenizer.from_file(str(CLOSE_FOLDER / TOKENIZER_FILE)))
    embedder = SentenceEmbedder()
    interviews, general = make_groups(arguments.data, embedder, encoder)
    count = (arguments.max_steps or CLOSE_STEPS) * GROUPS_A_STEP
    torch.manual_seed(1)
    config = MPNetConfig.from_json_file(str(CLOSE_FOLDER / CONFIG_FILE))
    network = TrainableCloseNetwork(fetch(MPNET, show), config)
    if arguments.start is None:
        train_close(network, order_groups(interviews, general, count), arguments.out)
    else:
        network.take(arguments.start / ADAPTER_FILE)
        talks = make_talk_groups(arguments.data, embedder, encoder)
        train_close(network, mix_groups(talks, interviews, general, count), arguments.out, share=GOING_ON)


def _close_export(arguments: argparse.Namespace) -> None:
    learned = torch.load(arguments.out / CLOSE_CHECKPOINT, weights_only=True)["learned"]
    save_adapter(learned, arguments.model / ADAPTER_FILE, HEADS)
    show(hashlib.sha256((arguments.model / ADAPTER_FILE).read_bytes()).hexdigest())


def _close_read(arguments: argparse.Namespace) -> None:
    embedder = SentenceEmbedder()
    sets = [
        (load_interviews(arguments.data, "choose"), "choose"),
        *((data_set, "choose") for data_set in load_sets(arguments.data, tuple(CLOSE_LIMITS))),
    ]
    cases = read_close_cases(sets, embedder, ExtractiveReader(embedder), CloseNetwork(arguments.model))
    show(f"{save_close_cases(cases, arguments.out / CLOSE_CASES_FILE)} questions read")


def _close_fit(arguments: argparse.Namespace) -> None:
    cases = load_close_cases(arguments.out / CLOSE_CASES_FILE)
    settings = fit_close(cases)
    _write_settings(settings, arguments.model / SETTINGS_FILE)
    show(json.dumps(asdict(settings), indent=1))


def _write_settings(settings: ReaderSettings | CloseSettings, path: Path) -> None:
    path.write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
