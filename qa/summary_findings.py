"""What a language model is given to put a summary into words: the quotes of the summary, and nothing else."""

from corpus import Passage, name_passage
from index import Embedder, Hit, PassageStore, Scope
from qa.answers import Answer
from qa.findings import Findings
from qa.reading.reader import Reading


def find_summary(answer: Answer, store: PassageStore, embedder: Embedder) -> Findings:
    """The quotes of a summary as what was found for it; the model chooses none and declines nothing."""
    with store.reading() as view:
        documents = {doc_id: view.document(doc_id) for doc_id in sorted({quote.doc_id for quote in answer.quotes})}
    hits = tuple(
        Hit(
            Passage(
                name_passage(quote.doc_id, quote.start, quote.end),
                quote.doc_id,
                quote.start,
                quote.end,
                quote.turn,
                quote.speaker,
                None,
            ),
            score=quote.score,
            cosine=None,
            bm25=None,
        )
        for quote in answer.quotes
    )
    return Findings(
        asked=answer.question,
        standalone=answer.standalone_question,
        embedding=embedder.embed_question(answer.standalone_question),
        hits=hits,
        documents=documents,
        reading=Reading((), 0.0),
        timings_ms=dict(answer.timings_ms),
        scope=Scope(None, frozenset(quote.speaker for quote in answer.quotes if quote.speaker is not None)),
    )
