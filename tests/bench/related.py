"""How far our reader's word on written sentences holds: true and false ones, at a few values of what is asked of it.

`python -m tests.bench.related` asks about the shipped interviews. Where a model points, a sentence that it cites must
be among the first `RELATED_RANK` that the reader would answer the written one with. Where it writes freely, the first
must share `MIN_SHARED` of the written one's telling words. What shows by words alone is dropped as well.
Values are chosen on one split of the questions and checked on the other: `--split choose`, then `--split report`.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus import Passage
from index import SentenceEmbedder, build_index
from index.cli import progress_line, show
from qa import QA, WriterSettings, open_writer
from qa.evaluation.table import format_rows
from qa.generation.claim_features import content_stems
from qa.generation.grounded_writing import COMPARED_WITH, MIN_SHARED, RELATED_RANK, GroundedWriter, WriterInput
from qa.generation.grounding import Claim, find_fault
from qa.generation.source_sentences import SourceSentence, sentences_of_hits
from qa.reading.extractive import ExtractiveReader
from tests.mutations import make_mutations
from tests.true_sentences import Interviews

SEED = 3
RANKS = (1, 2, 3, 4, 6, 8)
SHARES = (0.0, 0.2, 0.27, 0.34, 0.42, 0.5, 0.6)
# How many lines are tried until one carries what was written; the program tries one.
TRIES = (1, 2, 4)
# Where our reader decides, the model has the quotes alone: so many lines.
FEW = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that a model might write, the lines that it might point at, and those that bear it out, if any do."""

    kind: str
    text: str
    cited: tuple[SourceSentence, ...]
    places: tuple[SourceSentence, ...]
    source: WriterInput


@dataclass(frozen=True, slots=True)
class Likely:
    """A line that may carry what was written: what share of its words it has, and whether it bears it out."""

    shared: float
    passes: bool  # by its words
    right: bool


class Judge:
    """The reader's word, before anything is asked of it."""

    def __init__(self, reader: ExtractiveReader) -> None:
        # The model is never asked: what it writes is in the cases.
        self._writing = GroundedWriter(open_writer(WriterSettings(url="http://127.0.0.1:9/v1")), reader)

    def rank_cited(self, case: Case) -> int | None:
        """How far up the best of what is cited stands, from 1; None where a fault shows by words."""
        if find_fault(Claim(case.text, case.cited, case.source.documents)) is not None:
            return None
        near = sentences_of_hits(case.source.hits[:COMPARED_WITH], case.source.documents)
        ranks = []
        for line in case.cited:
            others = [other for other in near if not _is_at(other, [line])]
            ranks.append(self._writing._rank(case.text, [line, *others], case.source).index(line) + 1)
        return min(ranks)

    def find_likely(self, case: Case, lines: Sequence[SourceSentence]) -> list[Likely]:
        """The lines that are tried for one that carries what was written, the likeliest first."""
        stems = set(content_stems(case.text))
        return [
            Likely(
                shared=len(stems & set(content_stems(line.text))) / len(stems) if stems else 1.0,
                passes=find_fault(Claim(case.text, (line,), case.source.documents)) is None,
                right=_is_at(line, case.places),
            )
            for line in self._writing._rank(case.text, lines, case.source)[: max(TRIES)]
        ]


def main() -> None:
    """Measure, and print three tables."""
    arguments = _make_parser().parse_args()
    interviews, embedder = Interviews(), SentenceEmbedder()
    reader = ExtractiveReader(embedder)
    judge = Judge(reader)
    ranks: dict[str, list[int | None]] = {}
    few: dict[str, list[list[Likely]]] = {}
    many: dict[str, list[list[Likely]]] = {}
    progress = progress_line("sentences")
    with tempfile.TemporaryDirectory() as folder:
        build_index(interviews.documents.values(), folder, embedder=embedder)
        qa = QA.open(folder, embedder=embedder, reader=reader)
        cases = list(_make_cases(interviews, qa, arguments.split, arguments.limit))
        for done, case in enumerate(cases, start=1):
            ranks.setdefault(case.kind, []).append(judge.rank_cited(case))
            found = sentences_of_hits(case.source.hits, case.source.documents)
            given = [*case.places, *(line for line in found if not _is_at(line, case.places))]
            few.setdefault(case.kind, []).append(judge.find_likely(case, given[:FEW]))
            many.setdefault(case.kind, []).append(judge.find_likely(case, given))
            progress(done, len(cases))
    show(f"Pointing: dropped by words alone, and besides by rank (now {RELATED_RANK})\n\n{_format_ranks(ranks)}")
    for name, likely in (("the quotes", few), ("all that was found", many)):
        title = f"Writing freely from {name}: right place, another place, dropped (now {MIN_SHARED}, 1 tried)"
        show(f"\n{title}\n\n{_format_likely(likely)}")


def _make_cases(interviews: Interviews, qa: QA, split: str | None, limit: int | None) -> Iterator[Case]:
    source = random.Random(SEED)
    tellable = set(interviews.plain())
    answered = [(question, claim) for question, claim in interviews.answered() if split in (None, question.split)]
    doc_ids = {question.doc_id for question, _ in answered}
    for question, claim in answered[:: _step(len(answered), limit)]:
        found = _find(qa, question.question, question.doc_id, question.history)
        elsewhere = replace(found, hits=tuple(hit for hit in found.hits if not _is_at(hit.passage, claim.cited)))
        other = source.choice(sentences_of_hits(elsewhere.hits[:COMPARED_WITH], found.documents))
        first = claim.cited[0]
        said = {"the annotator's words": (claim.text, claim.cited)}
        if first in tellable:
            said["as it was said"] = (f"{first.speaker} said that {interviews.within(first)}", (first,))
        for kind, (text, places) in said.items():
            yield Case(f"true: {kind}", text, places, places, found)
            yield Case(f"false: {kind}, of another place", text, (other,), (), elsewhere)
    mutations = [one for one in make_mutations(interviews, SEED) if one.claim.cited[0].doc_id in doc_ids]
    for mutation in mutations[:: _step(len(mutations), limit)]:
        cited = mutation.claim.cited
        found = _find(qa, mutation.true, cited[0].doc_id)
        yield Case(f"false: {mutation.kind}", mutation.claim.text, cited, cited, found)


def _step(count: int, limit: int | None) -> int:
    return 1 if limit is None else max(1, count // limit)


def _find(qa: QA, question: str, doc_id: str, history: Sequence[str] = ()) -> WriterInput:
    said = [{"role": "user", "content": before} for before in history]
    found = qa.find(question, history=said, doc_ids=[doc_id])
    extractive = qa.compose(question, found)
    return WriterInput(
        question=found.standalone,
        embedding=found.embedding,
        hits=found.hits,
        documents=found.documents,
        reading=found.reading,
        whole=not found.narrowed,
        extractive=extractive,
    )


def _is_at(span: Passage | SourceSentence, places: Sequence[SourceSentence]) -> bool:
    return any(span.doc_id == place.doc_id and span.start < place.end and place.start < span.end for place in places)


def _format_ranks(ranks: dict[str, list[int | None]]) -> str:
    rows = []
    for kind, found in ranks.items():
        passed = [rank for rank in found if rank is not None]
        dropped = [len(found) - sum(rank <= most for rank in passed) for most in RANKS]
        rows.append([kind, str(len(found)), str(len(found) - len(passed)), *map(str, dropped)])
    return format_rows(["", "sentences", "by words", *(f"rank {most}" for most in RANKS)], rows)


def _format_likely(likely: dict[str, list[list[Likely]]]) -> str:
    settings = [(share, 1) for share in SHARES] + [(MIN_SHARED, tried) for tried in TRIES[1:]]
    rows = []
    for kind, found in likely.items():
        cells = []
        for share, tried in settings:
            ends = [_locate(lines[:tried], share) for lines in found]
            right = sum(line is not None and line.right for line in ends)
            dropped = ends.count(None)
            cells.append(f"{right}, {len(ends) - right - dropped}, {dropped}")
        rows.append([kind, *cells])
    return format_rows(["", *(f"{share:g}, {tried}" for share, tried in settings)], rows)


def _locate(lines: Sequence[Likely], share: float) -> Likely | None:
    return next((line for line in lines if line.passes and line.shared >= share), None)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.related")
    parser.add_argument("--split", help="only the questions of this split, and its interviews")
    parser.add_argument("--limit", type=int, help="only about so many questions, and so many sentences made false")
    return parser


if __name__ == "__main__":
    main()
