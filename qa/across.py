"""A question to everybody on a shelf: every document is searched, so that not only those who say most are heard.

Twelve passages that are nearest to "who emigrated?" come from the two or three interviews that speak of little else.
Here each document gives its own nearest, and they are read a few documents at a time, so that the close reading, which
goes to the likeliest of what it is given, reaches each of them.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from corpus import Document
from index import FloatArray, Hit, PassageView, Scope, retrieve
from qa.question_kind import Wanted, find_wanted
from qa.reading.reader import Reader, Reading

# So many passages of each document, more where there are few documents.
PASSAGES_EACH = 6
MIN_PASSAGES = 48
# Of a larger shelf, those documents of which something is near at all: nobody waits in a conversation for all the rest.
MAX_DOCUMENTS = 48
# How many documents are read together. The close reading takes 16 passages of them.
READ_TOGETHER = 10

_EVERYBODY = (
    r"(?:they|people|everybody|everyone|(?:all|most|each|both)(?:\s+of\s+(?:them|(?:the|these|those)\s+\w+))?|anybody|anyone|others|the\s+others"
    r"|(?:(?:the|these|those|different|various|all|each|other)\s+)+(?:\w+\s+)?(?:people|persons?|speakers?|guests?|witness(?:es)?"
    r"|interview(?:s|ees?)?|participants?|panell?ists?|respondents?|narrators?|transcripts?|conversations?))"
)
_THINK = (
    r"(?:say|said|think|thought|feel|felt|believe|tell|told|remember|recall|describe|view|see|make|report|expect|know"
    r"|learn|want|hope|fear|like|dislike|experience|suggest|propose|recommend|agree|disagree|mention|talk|spe[ao]k)"
)
_ASKS_ALL = re.compile(
    rf"^\W*(?:(?:and|so|but)\s+)?(?:what|how|where|when|why|which\s+\w+|on\s+what)\s+(?:else\s+)?(?:do|did|does|have|has|had|would)\s+"
    rf"{_EVERYBODY}\s+(?:\w+\s+)?{_THINK}\b"
    rf"|^\W*(?:and\s+)?(?:do|did|does|have|has|are|were|is|was|would|could)\s+{_EVERYBODY}\b"
    rf"|^\W*compare\b|\b(?:each|every)\s+(?:one\s+)?(?:of\s+(?:them|the\s+\w+)|interview\w*|person|speaker|witness|guest)\b"
    r"|\b(?:views|opinions|accounts|experiences|memories|attitudes|positions)\s+(?:on|of|about|towards?)\b",
    re.IGNORECASE,
)


def asks_across(question: str) -> bool:
    """Whether the question is to everybody: who does something, whether anybody does, what they think, a comparison."""
    return find_wanted(question) is Wanted.PEOPLE or _ASKS_ALL.search(question) is not None


def find_in_each(
    view: PassageView, query: str, embedding: FloatArray, doc_ids: Sequence[str], scope: Scope
) -> list[Hit]:
    """The nearest passages of each of the documents, nearest first.

    :param embedding: that of `query`, shape `(dim,)`.
    :param doc_ids: at least one.
    """
    each = max(PASSAGES_EACH, math.ceil(MIN_PASSAGES / len(doc_ids)))
    by_document: dict[str, list[Hit]] = {}
    if len(doc_ids) <= MAX_DOCUMENTS:
        for doc_id in doc_ids:
            by_document[doc_id] = retrieve(
                view, query, embedding, top_k=each, scope=Scope(frozenset([doc_id]), scope.speakers)
            )
    else:
        for hit in retrieve(view, query, embedding, top_k=each * MAX_DOCUMENTS, scope=scope):
            found = by_document.setdefault(hit.passage.doc_id, [])
            if len(found) < each:
                found.append(hit)
    nearest = sorted(by_document.values(), key=lambda hits: -max((hit.cosine or 0.0 for hit in hits), default=0.0))
    found_in_each = [hit for hits in nearest[:MAX_DOCUMENTS] for hit in hits]
    return sorted(found_in_each, key=lambda hit: (-(hit.cosine or 0.0), hit.passage.passage_id))


def read_each(
    reader: Reader, question: str, hits: Sequence[Hit], documents: Mapping[str, Document], embedding: FloatArray
) -> Reading:
    """What `reader` makes of `hits`, read a few documents at a time; it is as sure as it is of the best of them."""
    order = list(Counter(hit.passage.doc_id for hit in hits))
    batches = max(1, math.ceil(len(order) / READ_TOGETHER))
    readings = []
    for batch in range(batches):
        # Near and far mixed, so that no batch is left with documents that have nothing and are read closely for that.
        together = frozenset(order[batch::batches])
        chosen = [hit for hit in hits if hit.passage.doc_id in together]
        readings.append(reader.read(question, chosen, documents, embedding=embedding))
    evidence = [each for reading in readings for each in reading.evidence]
    evidence.sort(key=lambda each: (-each.score, each.doc_id, each.start))
    return Reading(tuple(evidence), max(reading.confidence for reading in readings))


def keep_likeliest(hits: Sequence[Hit], reading: Reading) -> list[Hit]:
    """The hits that were read to answer best, best first: as many as are read of an ordinary question."""
    by_place = {(hit.passage.doc_id, hit.passage.start, hit.passage.end): hit for hit in hits}
    read = (by_place.get((each.doc_id, each.start, each.end)) for each in reading.evidence)
    return [hit for hit in read if hit is not None][:MIN_PASSAGES]
