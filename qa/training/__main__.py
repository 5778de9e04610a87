"""`python -m qa.training pairs | train | export | read | fit | ablate | report`: make the reader anew, step by step."""

import argparse
import hashlib
import json
import logging
import pickle
import random
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from index import SentenceEmbedder
from index.embedder import DEFAULT_EMBEDDER, find_model
from index.light_model import WEIGHTS_FILE
from index.terminal import show
from qa.reading.extractive import SETTINGS_FILE, ExtractiveReader, Settings
from qa.reading.network import TOKENIZER_FILE
from qa.training.ablate import ablate
from qa.training.cases import load_cases, read_cases, read_question_set, save_cases
from qa.training.fit import fit
from qa.training.network import save_network
from qa.training.pairs import SEED, Pair, make_pairs
from qa.training.sources import load_sets, write_report_sets
from qa.training.teacher import load_weights
from qa.training.train import TrainingSettings, load_checkpoint, train
from qa.training.words import trim_words

PAIRS_FILE = "pairs.pickle"
CASES_FILE = "cases.jsonl"
STEPS = 3500
# What is read a second time while nothing has been fitted, by a guess that the fit then replaces; it answers nothing.
_GUESS = {"pair_alone": 1.0, "relevance_alone": 1.0, "cosine": 20.0}
UNFITTED = Settings(_GUESS, _GUESS, slope=1.0, offset=0.0, min_confidence=1.0)


def main() -> None:
    """Run one step; each reads what the one before wrote into `--out`."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    steps = {
        "pairs": _pairs,
        "train": _train,
        "export": _export,
        "read": _read,
        "fit": _fit,
        "ablate": _ablate,
        "report": _report,
    }
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    parser.add_argument("step", choices=steps)
    parser.add_argument("--out", type=Path, required=True, help="the folder of what is made on the way")
    parser.add_argument("--data", type=Path, help="the folder of the data sets (pairs, read, report)")
    parser.add_argument("--teacher", type=Path, help="the folder with the teacher's model.onnx (train)")
    parser.add_argument("--questions", type=Path, help="a set of questions of our own, split “choose” (read)")
    parser.add_argument("--model", type=Path, help="the folder of the finished reader (export, read, fit)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"batches to train on, by default {STEPS}")
    parser.add_argument("--without-teacher", action="store_true", help="learn from people's marks alone")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    steps[arguments.step](arguments)


def _pairs(arguments: argparse.Namespace) -> None:
    pairs = []
    sets = load_sets(arguments.data)
    texts = (document.text for each in sets for document in each.documents.values())
    trim_words(find_model(DEFAULT_EMBEDDER) / TOKENIZER_FILE, texts, arguments.out / TOKENIZER_FILE)
    for data_set in sets:
        made = make_pairs(data_set)
        show(f"{data_set.name}: {len(made)} pairs, {sum(pair.relevant for pair in made)} answer")
        pairs += made
    random.Random(SEED).shuffle(pairs)
    with (arguments.out / PAIRS_FILE).open("wb") as file:
        pickle.dump(pairs, file)


def _train(arguments: argparse.Namespace) -> None:
    with (arguments.out / PAIRS_FILE).open("rb") as file:
        pairs: list[Pair] = pickle.load(file)
    settings = TrainingSettings(steps=arguments.steps)
    if arguments.without_teacher:
        settings = replace(settings, teacher_weight=0.0)
    train(pairs, load_weights(arguments.teacher), arguments.out, settings)


def _export(arguments: argparse.Namespace) -> None:
    save_network(load_checkpoint(arguments.out), arguments.model)
    shutil.copyfile(arguments.out / TOKENIZER_FILE, arguments.model / TOKENIZER_FILE)
    _write_settings(UNFITTED, arguments.model / SETTINGS_FILE)
    show(hashlib.sha256((arguments.model / WEIGHTS_FILE).read_bytes()).hexdigest())


def _read(arguments: argparse.Namespace) -> None:
    embedder = SentenceEmbedder()
    reader = ExtractiveReader(embedder, arguments.model)
    cases = [
        *read_question_set(arguments.questions, "choose", embedder, reader),
        *read_cases(load_sets(arguments.data), embedder, reader),
    ]
    show(f"{save_cases(cases, arguments.out / CASES_FILE)} questions read")


def _fit(arguments: argparse.Namespace) -> None:
    settings = fit(load_cases(arguments.out / CASES_FILE))
    _write_settings(settings, arguments.model / SETTINGS_FILE)
    show(json.dumps(asdict(settings), indent=1))


def _ablate(arguments: argparse.Namespace) -> None:
    show("| | best | of three | area under curve |\n|---|---|---|---|")
    for name, worth in ablate(load_cases(arguments.out / CASES_FILE)).items():
        show(f"| {name} | {worth.best:.2f} | {worth.of_three:.2f} | {worth.area_under_curve:.2f} |")


def _report(arguments: argparse.Namespace) -> None:
    for name, count in write_report_sets(arguments.data, arguments.out / "report"):
        show(f"{name}: {count} questions that nothing was decided on")


def _write_settings(settings: Settings, path: Path) -> None:
    path.write_text(json.dumps(asdict(settings), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
