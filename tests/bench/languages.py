"""How well questions find their passages when question or source is not English.

`python -m tests.bench.languages --translated DIR --extractive DIR… [--embedder MODEL]`. The folder of translated
questions has `questions.jsonl.gz` and `questions.<language>.jsonl.gz` about the same documents, each searched by
itself; the questions of the other sets are sampled and searched in all the documents that they ask about. With
`--save` the figures are kept.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

from index import DEFAULT_EMBEDDER, Scope, SentenceEmbedder, SqliteStore, build_index, retrieve
from index.cli import show
from qa.conversation.language import detect_language
from qa.evaluation.metrics import hits
from qa.evaluation.questions import GoldQuestion, QuestionSet, load_question_set
from tests.bench.cache import CachedEmbedder
from tests.bench.result_files import add_save_argument, save_result

SEED = 9
TOP_K = 5


def measure(questions: QuestionSet, asked: Sequence[GoldQuestion], embedder: CachedEmbedder, *, apart: bool) -> object:
    """Recall@5 over `asked`, and how often the language of the question was told.

    :param apart: search each question's own document only.
    """
    documents = [questions.documents[doc_id] for doc_id in sorted({gold.doc_id for gold in asked})]
    found = 0
    with tempfile.TemporaryDirectory() as folder:
        build_index(documents, folder, embedder=embedder)
        with SqliteStore(folder).reading() as view:
            for gold in asked:
                scope = Scope(frozenset({gold.doc_id}) if apart else None)
                nearest = retrieve(
                    view, gold.question, embedder.embed_question(gold.question), top_k=TOP_K, scope=scope
                )
                found += any(
                    hit.passage.doc_id == gold.doc_id and hits(hit.passage.start, hit.passage.end, gold.spans)
                    for hit in nearest
                )
    embedder.save()
    told = [detect_language(gold.question) for gold in asked]
    languages = {str(language): told.count(language) for language in sorted(set(told), key=str)}
    return {"questions": len(asked), "recall@5": found / len(asked), "taken for": languages}


def main() -> int:
    """Measure the sets that are named and print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.languages", description=__doc__)
    parser.add_argument("--translated", type=Path, metavar="DIR", help="the same questions in several languages")
    parser.add_argument("--extractive", type=Path, nargs="*", default=[], metavar="DIR", help="sets in one language")
    parser.add_argument(
        "--limit", type=int, default=300, metavar="N", help="questions a set, sampled with a fixed seed"
    )
    parser.add_argument("--embedder", default=DEFAULT_EMBEDDER, metavar="MODEL")
    parser.add_argument(
        "--cache", type=Path, default=user_cache_path("on-the-record"), help="where embeddings are kept"
    )
    add_save_argument(parser)
    arguments = parser.parse_args()
    embedder = CachedEmbedder(SentenceEmbedder(arguments.embedder), arguments.cache)
    figures = {}
    if arguments.translated is not None:
        for path in sorted(arguments.translated.glob("questions*.jsonl.gz")):
            with tempfile.TemporaryDirectory() as folder:
                for name in (path.name, "docs.jsonl.gz"):
                    target = "questions.jsonl.gz" if name == path.name else name
                    (Path(folder) / target).write_bytes((arguments.translated / name).read_bytes())
                questions = load_question_set(Path(folder))
            asked = [gold for gold in questions.questions if gold.spans and not gold.history]
            figures[path.name] = measure(questions, asked, embedder, apart=True)
    for folder in arguments.extractive:
        questions = load_question_set(folder)
        asked = [gold for gold in questions.questions if gold.spans and not gold.history]
        asked = random.Random(SEED).sample(asked, min(arguments.limit, len(asked)))
        figures[folder.name] = measure(questions, asked, embedder, apart=False)
    show(json.dumps(figures, indent=2, ensure_ascii=False))
    if arguments.save:
        save_result("languages", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
