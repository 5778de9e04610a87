"""What stands on top of both networks: their weights, how much is read closely, the probability, and the threshold."""

import json
import math
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from index import Embedder, Scope, SqliteStore, build_index, list_documents, retrieve
from qa.evaluation.metrics import hits
from qa.reading.close_network import CloseNetwork
from qa.reading.excerpt import excerpt_at
from qa.reading.extractive import ExtractiveReader
from qa.reading.rerank_depth import find_rerank_depth
from qa.reading.two_step import CloseSettings, Mix
from qa.training.calibration import find_sure_confidence, fit_factor
from qa.training.datasets import TrainingQuestion, TrainingSet
from qa.training.interviews import NAME

# Read closely at most; what is worth it is fitted. 24 took a second a question and put a right one first no more often.
MOST = 16
PASSAGES = (8, 12, 16)
FIRST_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0)
# Where much was found, the small network counts for no more than the large one. At twice as much a right passage came
# first for four more of 223 questions and among three for five fewer, at one and a half times for one fewer.
MOST_OF_MANY = 1.0
# Where little was found, each of the five other sets counts a tenth of what interviews would.
OTHER_SETS_WEIGHT = 0.1
# So many of the questions about interviews that are answered rightly at all are to be answered.
KEPT = 0.92
LIMITS = {"friendsqa": 80, "squad_dev": 80, "qed": 60, "molweni": 40, "qmsum": 40}


@dataclass(frozen=True, slots=True)
class CloseCase:
    """A question as its passages were read, in the order of the first reading, the best `MOST` of them closely too."""

    source: str
    answerable: bool
    first: tuple[float, ...]
    close: tuple[float, ...]
    gold: tuple[bool, ...]
    found: int
    """How many passages the first reading was given."""


def read_close_cases(
    sets: Iterable[tuple[TrainingSet, str]], embedder: Embedder, reader: ExtractiveReader, network: CloseNetwork
) -> Iterator[CloseCase]:
    """The questions of each set that have the role beside it, asked of their documents through an index."""
    for data_set, role in sets:
        questions = [each for each in data_set.with_role(role) if each.spans or not each.answerable]
        questions = questions[: LIMITS.get(data_set.name, len(questions))]
        documents = [data_set.documents[doc_id] for doc_id in sorted({each.doc_id for each in questions})]
        with tempfile.TemporaryDirectory() as folder:
            build_index(documents, folder, embedder=embedder)
            store = SqliteStore(folder)
            # The same text under two names is one document of the index.
            indexed = {info.sha256: info.doc_id for info in list_documents(store)}
            for question in questions:
                doc_id = indexed[data_set.documents[question.doc_id].sha256]
                yield _read(data_set.name, question, doc_id, store, embedder, reader, network)


def _read(
    source: str,
    question: TrainingQuestion,
    doc_id: str,
    store: SqliteStore,
    embedder: Embedder,
    reader: ExtractiveReader,
    network: CloseNetwork,
) -> CloseCase:
    scope = Scope(doc_ids=frozenset({doc_id}))
    embedding = embedder.embed_question(question.text)
    with store.reading() as view:
        found = retrieve(view, question.text, embedding, top_k=find_rerank_depth(view, scope), scope=scope)
        documents = {doc_id: view.document(doc_id)}
    passages = {(hit.passage.start, hit.passage.end): hit.passage for hit in found}
    evidence = reader.read(question.text, found, documents, embedding=embedding).evidence[:MOST]
    excerpts = [excerpt_at(documents[doc_id], passages[each.start, each.end]) for each in evidence]
    return CloseCase(
        source=source,
        answerable=question.answerable,
        first=tuple(each.score for each in evidence),
        close=tuple(network.score(question.text, excerpts)),
        gold=tuple(hits(each.start, each.end, question.spans) for each in evidence),
        found=len(found),
    )


def save_close_cases(cases: Iterable[CloseCase], path: Path) -> int:
    """Write the cases as lines of JSON; how many there were."""
    with path.open("w", encoding="utf-8") as file:
        return sum(file.write(json.dumps(asdict(case)) + "\n") > 0 for case in cases)


def load_close_cases(path: Path) -> list[CloseCase]:
    """Read what `save_close_cases` wrote."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        cases.append(CloseCase(**record | {name: tuple(record[name]) for name in ("first", "close", "gold")}))
    return cases


def fit_close(cases: Sequence[CloseCase]) -> CloseSettings:
    """The settings under which gold stands highest; what comes out must be measured on none of these cases.

    Of as good ones, those that read less. Where much was found the probability is fitted to interviews alone (Platt,
    1999), and where little was to all sets.
    """
    tried = [(passages, first) for passages in PASSAGES for first in FIRST_WEIGHTS if first <= MOST_OF_MANY]

    def worth(choice: tuple[int, float]) -> tuple[float, int]:
        passages, first = choice
        long = [case for case in cases if case.source == NAME and case.found > passages]
        return round(mean_reciprocal_rank(long, _even(first), passages), 4), -passages

    passages, first = max(tried, key=worth)
    own = [case for case in cases if case.source == NAME and case.found > passages]
    many = _fit_mix(first, own, passages)
    short = [case for case in cases if case.found <= passages] or own
    first = max(FIRST_WEIGHTS, key=lambda weight: round(mean_reciprocal_rank(short, _even(weight), passages), 4))
    few = _fit_mix(first, short, passages)
    settings = CloseSettings(passages, many, few, min_confidence=1.0, sure_confidence=1.0)
    judged = [(confidence(case, settings), is_right(case, settings)) for case in own]
    kept = sorted((sure for sure, answers in judged if answers), reverse=True)
    return replace(
        settings,
        min_confidence=math.floor(1e4 * kept[math.ceil(KEPT * len(kept)) - 1]) / 1e4,
        sure_confidence=find_sure_confidence(judged),
    )


def _even(first: float) -> Mix:
    """A mix before it is scaled."""
    return Mix(first, 1.0, 1.0, 0.0)


def _fit_mix(first: float, cases: Sequence[CloseCase], passages: int) -> Mix:
    """The scale and the probability for this weight of the first score."""
    mix = _scale(_even(first), cases, passages)
    scores = np.array([[_best_score(case, mix, passages)] for case in cases])
    model = LogisticRegression(C=1e6, max_iter=1000)
    model.fit(scores, np.array([case.gold[order(case, mix, passages)[0]] for case in cases]))
    return replace(mix, slope=round(float(model.coef_[0][0]), 4), offset=round(float(model.intercept_[0]), 4))


def _scale(mix: Mix, cases: Sequence[CloseCase], passages: int) -> Mix:
    """The weights times what makes the odds of gold against another passage e to the difference of their scores."""
    differences: list[float] = []
    shares: list[float] = []
    for case in cases:
        read = order(case, mix, passages)[:passages]
        gold = [_score(case, place, mix) for place in read if case.gold[place]]
        others = [_score(case, place, mix) for place in read if not case.gold[place]]
        if not gold or not others:
            continue
        differences += [right - wrong for right in gold for wrong in others]
        shares += [1 / (len(gold) * len(others))] * (len(gold) * len(others))
    factor = fit_factor(np.array(differences), np.array(shares))
    return replace(mix, first=round(factor * mix.first, 4), close=round(factor * mix.close, 4))


def mean_reciprocal_rank(cases: Sequence[CloseCase], mix: Mix, passages: int) -> float:
    """Of the first gold passage, in the weighted mean over the sets; nothing where none was found."""
    asked = [case for case in cases if case.answerable]
    counts = Counter(case.source for case in asked)
    weights = [(1.0 if case.source == NAME else OTHER_SETS_WEIGHT) / counts[case.source] for case in asked]
    ranks = [_rank_of_gold(case, mix, passages) for case in asked]
    return sum(weight / rank for weight, rank in zip(weights, ranks, strict=True)) / sum(weights)


def order(case: CloseCase, mix: Mix, passages: int) -> list[int]:
    """The places of the passages as the reader would order them."""
    read = range(min(passages, len(case.first)))
    closely = sorted(read, key=lambda place: -_score(case, place, mix))
    return [*closely, *range(len(closely), len(case.first))]


def is_right(case: CloseCase, settings: CloseSettings) -> bool:
    """Whether what comes first answers."""
    return case.gold[order(case, settings.mix(case.found), settings.passages)[0]]


def confidence(case: CloseCase, settings: CloseSettings) -> float:
    """The probability that the reader would give what comes first."""
    mix = settings.mix(case.found)
    return mix.to_probability(_best_score(case, mix, settings.passages))


def _best_score(case: CloseCase, mix: Mix, passages: int) -> float:
    return _score(case, order(case, mix, passages)[0], mix)


def _score(case: CloseCase, place: int, mix: Mix) -> float:
    return mix.score(case.first[place], case.close[place])


def _rank_of_gold(case: CloseCase, mix: Mix, passages: int) -> float:
    ranked = enumerate(order(case, mix, passages), start=1)
    return next((rank for rank, place in ranked if case.gold[place]), math.inf)
