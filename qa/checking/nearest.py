"""What the sources say that comes nearest to reported speech, found and read as for a question; no verdict."""

from collections.abc import Collection

from index import Embedder, IndexIncompatible, PassageStore, Scope, retrieve
from qa.checking.records import SourcePlace
from qa.checking.source import place_in
from qa.errors import ReaderUnavailable
from qa.reading.reader import Reader

# What is longer is not looked up whole.
MAX_CLAUSE_CHARS = 1000
# So many clauses of one draft are looked up, and for so many the reader chooses among what was found, which takes some
# tenths of a second each; for the others it is what is nearest by meaning and words.
MAX_CLAUSES = 1000
MAX_READ_CLAUSES = 50
# What the reader chooses from. Of 30 clauses in words of their own, the first of one had the right passage for 19, the
# reader's choice of six for 23, of 24 for 24.
CHOICES = 6


class NearestPassages:
    """Finds the passage nearest to a clause; the models are loaded when the first one is looked up.

    `problem` says why nothing is found, or nothing is read; the verdicts do not depend on it.
    """

    def __init__(
        self,
        store: PassageStore,
        embedder: Embedder,
        reader: Reader | None = None,
        doc_ids: Collection[str] | None = None,
    ) -> None:
        """Look in `store`, or in these documents of it only; without a `reader` by meaning and words alone."""
        self._store = store
        self._embedder = embedder
        self._reader = reader
        self._doc_ids = None if doc_ids is None else frozenset(doc_ids)
        self._looked_up = 0
        self._embedder_differs = False
        self.problem = ""

    def __call__(self, clause: str, speakers: frozenset[str]) -> SourcePlace | None:
        """The passage nearest to `clause`, of one of `speakers` where some are named; None where there is none."""
        if self._looked_up == 0:
            self._require()
        if self._embedder_differs or self._looked_up >= MAX_CLAUSES:
            return None
        self._looked_up += 1
        clause = clause[:MAX_CLAUSE_CHARS]
        embedding = self._embedder.embed_question(clause)
        choices = CHOICES if self._reader is not None and self._looked_up <= MAX_READ_CLAUSES else 1
        with self._store.reading() as view:
            hits = retrieve(view, clause, embedding, top_k=choices, scope=Scope(self._doc_ids, speakers or None))
            documents = {doc_id: view.document(doc_id) for doc_id in sorted({hit.passage.doc_id for hit in hits})}
        if not hits:
            return None
        if len(hits) > 1 and self._reader is not None:
            try:
                evidence = self._reader.read(clause, hits, documents, embedding=embedding).evidence
            except ReaderUnavailable as error:
                self._reader, evidence = None, ()
                self.problem = f"what is nearest to reported speech was not read: {error}"
            if evidence:
                return place_in(documents[evidence[0].doc_id], evidence[0].start, evidence[0].end)
        passage = hits[0].passage
        return place_in(documents[passage.doc_id], passage.start, passage.end)

    def _require(self) -> None:
        try:
            self._store.require(self._embedder.identity)
        except IndexIncompatible as error:
            self._embedder_differs = True
            self.problem = f"what is nearest to reported speech was not looked for: {error}"
