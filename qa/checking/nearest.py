"""What the sources say that comes nearest to reported speech: by meaning and words, as for a question; no verdict."""

from index import Embedder, IndexIncompatible, PassageStore, Scope, retrieve
from qa.checking.records import SourcePlace
from qa.checking.source import place_in

# What is longer is not looked up whole.
MAX_CLAUSE_CHARS = 1000
# So many clauses of one draft are looked up.
MAX_CLAUSES = 1000


class NearestPassages:
    """Finds the passage nearest to a clause; the embedder is loaded when the first one is looked up.

    `problem` says why nothing is found where another embedder made the index; the verdicts do not depend on it.
    """

    def __init__(self, store: PassageStore, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._looked_up = 0
        self.problem = ""

    def __call__(self, clause: str, speakers: frozenset[str]) -> SourcePlace | None:
        """The passage nearest to `clause`, of one of `speakers` where some are named; None where there is none."""
        if self._looked_up == 0:
            self._require()
        if self.problem or self._looked_up >= MAX_CLAUSES:
            return None
        self._looked_up += 1
        embedding = self._embedder.embed_question(clause[:MAX_CLAUSE_CHARS])
        with self._store.reading() as view:
            scope = Scope(None, speakers or None)
            hits = retrieve(view, clause[:MAX_CLAUSE_CHARS], embedding, top_k=1, scope=scope)
            if not hits:
                return None
            passage = hits[0].passage
            return place_in(view.document(passage.doc_id), passage.start, passage.end)

    def _require(self) -> None:
        try:
            self._store.require(self._embedder.identity)
        except IndexIncompatible as error:
            self.problem = f"what is nearest to reported speech was not looked for: {error}"
