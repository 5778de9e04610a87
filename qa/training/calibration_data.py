"""What the network makes of held-out questions: the material that its scores are fitted on."""

import json
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus import Document
from index import Embedder, Scope, SqliteStore, build_index, list_documents, retrieve
from qa.evaluation.metrics import hits
from qa.evaluation.questions import load_question_set
from qa.reading.extractive import ExtractiveReader, Features, ReadPassage
from qa.reading.rerank_depth import find_rerank_depth
from qa.training.datasets import Span, TrainingSet

# Questions of each set that are read, at most; dialogue more than the rest of its size, since that is what is asked.
LIMITS = {
    "squad_dev": 320,
    "qed": 200,
    "nq_oracle": 120,
    "selqa": 100,
    "timeqa": 100,
    "friendsqa": 230,
    "molweni": 300,
    "qmsum": 112,
}
# Sets whose questions are also asked of another document, which does not answer them: their own are all answerable.
MISMATCHED = {"friendsqa": 0.4, "qmsum": 0.4, "selqa": 0.4, "molweni": 0.2}
SEED = 11


@dataclass(frozen=True, slots=True)
class Case:
    """A question as its passages were read, all of them alone and in their surroundings, and which of them are gold."""

    source: str
    role: str
    answerable: bool
    alone: tuple[Features, ...]
    around: tuple[Features, ...]
    gold: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    source: str
    role: str
    question: str
    doc_id: str
    spans: tuple[Span, ...]


def read_cases(sets: Iterable[TrainingSet], embedder: Embedder, reader: ExtractiveReader) -> Iterator[Case]:
    """The cases of the sets' "choose" and "calibrate" questions, asked of their documents through an index."""
    for data_set in sets:
        chance = random.Random(f"{SEED}:{data_set.name}")
        asked = []
        for role in ("choose", "calibrate"):
            questions = [each for each in data_set.with_role(role) if each.spans or not each.answerable]
            chance.shuffle(questions)
            doc_ids = sorted({question.doc_id for question in questions})
            for question in questions[: LIMITS.get(data_set.name, 0) // 2]:
                asked.append(_Asked(data_set.name, role, question.text, question.doc_id, question.spans))
                if chance.random() < MISMATCHED.get(data_set.name, 0.0):
                    other = chance.choice([doc_id for doc_id in doc_ids if doc_id != question.doc_id])
                    asked.append(_Asked(data_set.name, role, question.text, other, ()))
        if asked:
            documents = [data_set.documents[doc_id] for doc_id in sorted({each.doc_id for each in asked})]
            yield from _ask(asked, documents, embedder, reader)


def read_question_set(folder: Path, split: str, embedder: Embedder, reader: ExtractiveReader) -> Iterator[Case]:
    """The cases of a set of questions of our own: those without history, every second one to calibrate on."""
    questions = load_question_set(folder, split=split)
    alone = [question for question in questions.questions if not question.history]
    asked = [
        _Asked(questions.name, ("choose", "calibrate")[position % 2], each.question, each.doc_id, each.spans)
        for position, each in enumerate(alone)
    ]
    return _ask(asked, list(questions.documents.values()), embedder, reader)


def save_cases(cases: Iterable[Case], path: Path) -> int:
    """Write the cases as lines of JSON; how many there were."""
    with path.open("w", encoding="utf-8") as file:
        return sum(file.write(json.dumps(asdict(case)) + "\n") > 0 for case in cases)


def load_cases(path: Path) -> list[Case]:
    """Read what `save_cases` wrote."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        readings = {name: tuple(Features(**each) for each in record[name]) for name in ("alone", "around")}
        cases.append(Case(**record | readings | {"gold": tuple(record["gold"])}))
    return cases


def _ask(
    asked: list[_Asked], documents: list[Document], embedder: Embedder, reader: ExtractiveReader
) -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as folder:
        build_index(documents, folder, embedder=embedder)
        store = SqliteStore(folder)
        by_id = {document.doc_id: document for document in documents}
        # The same text under two names is one document of the index.
        indexed = {info.sha256: info.doc_id for info in list_documents(store)}
        for each in asked:
            document = by_id[each.doc_id]
            scope = Scope(doc_ids=frozenset({indexed[document.sha256]}))
            with store.reading() as view:
                embedding = embedder.embed_question(each.question)
                found = retrieve(view, each.question, embedding, top_k=find_rerank_depth(view, scope), scope=scope)
                read = {hit.passage.doc_id: view.document(hit.passage.doc_id) for hit in found}
            candidates = reader.read_passages(each.question, found, read)
            # As retrieval ordered them: the order of a reading would tell what a fit or an ablation must not know.
            yield _to_case(each, sorted(candidates, key=lambda candidate: found.index(candidate.hit)))


def _to_case(asked: _Asked, read: list[ReadPassage]) -> Case:
    return Case(
        source=asked.source,
        role=asked.role,
        answerable=bool(asked.spans),
        alone=tuple(found.alone for found in read),
        around=tuple(found.around for found in read if found.around is not None),
        gold=tuple(hits(found.hit.passage.start, found.hit.passage.end, asked.spans) for found in read),
    )
