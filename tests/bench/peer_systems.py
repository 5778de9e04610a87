"""Our program and what people would pick instead, each behind the same few calls; run by `tests.bench.peers`.

As `python -m tests.bench.peer_systems SYSTEM STEP FOLDER` it runs one step of one system in a process of its own and
prints a line of JSON for each thing done, at once, so that whoever started it can take the time from outside. FOLDER
holds `job.json` (the model's folder, the talks, the questions) and, in `SYSTEM`, the index. The peers' packages are not
this program's: an environment of their own has them, in which nothing of ours but this file is imported.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

# In characters: nearly the model's window. The peers get their passages ready-made, so that cutting costs them nothing.
PASSAGE_CHARS = 800
TOP_K = 10
ADDED = "added"


class System(Protocol):
    """One way to keep transcripts and find passages in them."""

    def load(self, model: str) -> None:
        """Import the libraries and load the model; "" leaves the system its own copy of it."""

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """Make a saved index of the texts, by name."""

    def open(self, folder: Path) -> None:
        """Open a saved index."""

    def search(self, question: str) -> list[str]:
        """The names of the talks that the best `TOP_K` passages are from."""

    def add(self, name: str, text: str, folder: Path) -> None:
        """Add a text to the opened index and save it.

        Only ours replaces an older one of that name: the peers would have to be told what to remove, and are spared it.
        """


class OnTheRecord:
    """Our program, through its public calls."""

    def load(self, model: str) -> None:
        """The bundled model, the same weights."""
        from index import SentenceEmbedder

        self._embedder = SentenceEmbedder()
        self._embedder.embed_question("ready")  # it is loaded when first used; the others load at once

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """From text: finding turns and cutting sentences is part of it."""
        from corpus import Document
        from index import build_index

        documents = [Document.from_text(text, doc_id=name) for name, text in talks.items()]
        build_index(documents, folder, embedder=self._embedder)

    def open(self, folder: Path) -> None:
        """A `QA`, which retrieves and answers."""
        from qa import QA

        self.qa = QA.open(folder, embedder=self._embedder)

    def search(self, question: str) -> list[str]:
        """Retrieval as an answer has it: embedding, nearest by meaning, matching by words, fused."""
        from index import retrieve

        with self.qa.store.reading() as view:
            hits = retrieve(view, question, self._embedder.embed_question(question), top_k=TOP_K)
        return [hit.passage.doc_id for hit in hits]

    def add(self, name: str, text: str, folder: Path) -> None:
        """One document more."""
        from corpus import Document
        from index import update_index

        update_index([Document.from_text(text, doc_id=name)], folder, embedder=self._embedder)


class BareFaiss:
    """sentence-transformers and a flat FAISS index, as its documentation shows."""

    def load(self, model: str) -> None:
        """The model."""
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(model, device="cpu")

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """Encode, add, write."""
        import faiss

        self._index: Any = faiss.IndexFlatIP(384)
        self._names: list[list[str]] = []
        folder.mkdir()
        self._extend(talks, folder)

    def _extend(self, talks: dict[str, str], folder: Path) -> None:
        import faiss

        passages = cut(talks)
        texts = [text for _, text in passages]
        self._index.add(self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False))
        self._names += [[name, text] for name, text in passages]
        faiss.write_index(self._index, str(folder / "index.faiss"))
        (folder / "passages.json").write_text(json.dumps(self._names), encoding="utf-8")

    def open(self, folder: Path) -> None:
        """Read both files."""
        import faiss

        self._index = faiss.read_index(str(folder / "index.faiss"))
        self._names = json.loads((folder / "passages.json").read_text(encoding="utf-8"))

    def search(self, question: str) -> list[str]:
        """Encode, search."""
        embedding = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, rows = self._index.search(embedding, TOP_K)
        return [self._names[row][0] for row in rows[0]]

    def add(self, name: str, text: str, folder: Path) -> None:
        """The new passages only; the files are written anew."""
        self._extend({name: text}, folder)


class LangChain:
    """LangChain with its FAISS vector store."""

    def load(self, model: str) -> None:
        """The embeddings of langchain-huggingface."""
        from langchain_huggingface import HuggingFaceEmbeddings

        settings = {"model_kwargs": {"device": "cpu"}, "encode_kwargs": {"normalize_embeddings": True}}
        self._embeddings = HuggingFaceEmbeddings(model_name=model, **settings)

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """`from_documents` and `save_local`."""
        from langchain_community.vectorstores import FAISS

        self._store = FAISS.from_documents(self._documents(talks), self._embeddings)
        self._store.save_local(str(folder))

    def _documents(self, talks: dict[str, str]) -> list[Any]:
        from langchain_core.documents import Document

        return [Document(page_content=text, metadata={"name": name}) for name, text in cut(talks)]

    def open(self, folder: Path) -> None:
        """`load_local`."""
        from langchain_community.vectorstores import FAISS

        self._store = FAISS.load_local(str(folder), self._embeddings, allow_dangerous_deserialization=True)

    def search(self, question: str) -> list[str]:
        """`similarity_search`."""
        return [found.metadata["name"] for found in self._store.similarity_search(question, k=TOP_K)]

    def add(self, name: str, text: str, folder: Path) -> None:
        """`add_documents` and `save_local`."""
        self._store.add_documents(self._documents({name: text}))
        self._store.save_local(str(folder))


class LlamaIndex:
    """LlamaIndex with its FAISS vector store."""

    def load(self, model: str) -> None:
        """The embeddings of llama-index-embeddings-huggingface."""
        from llama_index.core import Settings
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        Settings.embed_model = HuggingFaceEmbedding(model_name=model, device="cpu")
        Settings.llm = None

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """Nodes into a `VectorStoreIndex`, persisted."""
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.vector_stores.faiss import FaissVectorStore

        context = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(384)))
        self._index = VectorStoreIndex(self._nodes(talks), storage_context=context)
        self._index.storage_context.persist(str(folder))

    def _nodes(self, talks: dict[str, str]) -> list[Any]:
        from llama_index.core.schema import TextNode

        return [TextNode(text=text, metadata={"name": name}) for name, text in cut(talks)]

    def open(self, folder: Path) -> None:
        """`load_index_from_storage`."""
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.vector_stores.faiss import FaissVectorStore

        store = FaissVectorStore.from_persist_dir(str(folder))
        context = StorageContext.from_defaults(vector_store=store, persist_dir=str(folder))
        self._index = load_index_from_storage(context)
        self._retriever = self._index.as_retriever(similarity_top_k=TOP_K)

    def search(self, question: str) -> list[str]:
        """`retrieve`."""
        return [found.node.metadata["name"] for found in self._retriever.retrieve(question)]

    def add(self, name: str, text: str, folder: Path) -> None:
        """`insert_nodes` and `persist`."""
        self._index.insert_nodes(self._nodes({name: text}))
        self._index.storage_context.persist(str(folder))


class Haystack:
    """Haystack with its FAISS document store."""

    def load(self, model: str) -> None:
        """One embedder for documents and one for questions, as Haystack has it."""
        from haystack.utils import ComponentDevice
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        settings = {"model": model, "device": ComponentDevice.from_str("cpu"), "progress_bar": False}
        self._document_embedder = SentenceTransformersDocumentEmbedder(normalize_embeddings=True, **settings)
        self._text_embedder = SentenceTransformersTextEmbedder(normalize_embeddings=True, **settings)

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """Embed, write, save."""
        folder.mkdir()
        self._make_store()
        self._write(talks, folder)

    def _make_store(self) -> None:
        from haystack_integrations.components.retrievers.faiss import FAISSEmbeddingRetriever
        from haystack_integrations.document_stores.faiss import FAISSDocumentStore

        self._store = FAISSDocumentStore(embedding_dim=384)
        self._retriever = FAISSEmbeddingRetriever(document_store=self._store, top_k=TOP_K)
        self._text_embedder.warm_up()

    def _write(self, talks: dict[str, str], folder: Path) -> None:
        from haystack import Document
        from haystack.document_stores.types import DuplicatePolicy

        self._document_embedder.warm_up()
        documents = [Document(content=text, meta={"name": name}) for name, text in cut(talks)]
        embedded = self._document_embedder.run(documents)["documents"]
        self._store.write_documents(embedded, policy=DuplicatePolicy.OVERWRITE)
        self._store.save(str(folder / "store"))

    def open(self, folder: Path) -> None:
        """`load`."""
        self._make_store()
        self._store.load(str(folder / "store"))

    def search(self, question: str) -> list[str]:
        """Embedder, then retriever."""
        embedding = self._text_embedder.run(question)["embedding"]
        return [found.meta["name"] for found in self._retriever.run(query_embedding=embedding)["documents"]]

    def add(self, name: str, text: str, folder: Path) -> None:
        """Embed, write, save."""
        self._write({name: text}, folder)


class Txtai:
    """txtai, dense and sparse, with the texts kept."""

    def load(self, model: str) -> None:
        """An `Embeddings` of its own kind."""
        from txtai import Embeddings

        self._index = Embeddings(path=model, hybrid=True, content=True, gpu=False)

    def ingest(self, talks: dict[str, str], folder: Path) -> None:
        """`index` and `save`."""
        self._index.index(self._rows(talks))
        self._index.save(str(folder))

    def _rows(self, talks: dict[str, str]) -> list[tuple[str, str]]:
        return [(f"{name}/{place}", text) for place, (name, text) in enumerate(cut(talks))]

    def open(self, folder: Path) -> None:
        """`load`."""
        self._index.load(str(folder))

    def search(self, question: str) -> list[str]:
        """`search`."""
        return [str(found["id"]).rpartition("/")[0] for found in self._index.search(question, TOP_K)]

    def add(self, name: str, text: str, folder: Path) -> None:
        """`upsert` and `save`."""
        self._index.upsert(self._rows({name: text}))
        self._index.save(str(folder))


SYSTEMS: dict[str, Callable[[], System]] = {
    "On the Record": OnTheRecord,
    "sentence-transformers + FAISS": BareFaiss,
    "LangChain + FAISS": LangChain,
    "LlamaIndex + FAISS": LlamaIndex,
    "Haystack + FAISS": Haystack,
    "txtai (hybrid)": Txtai,
}
OURS = "On the Record"


def cut(talks: dict[str, str]) -> list[tuple[str, str]]:
    """Name and text of each passage: lines together up to `PASSAGE_CHARS`, longer lines in pieces, without overlap."""
    passages = []
    for name, text in talks.items():
        passage = ""
        for line in text.splitlines():
            if passage and len(passage) + 1 + len(line) > PASSAGE_CHARS:
                passages.append((name, passage))
                passage = ""
            passage = f"{passage}\n{line}" if passage else line
            while len(passage) > PASSAGE_CHARS:
                passages.append((name, passage[:PASSAGE_CHARS]))
                passage = passage[PASSAGE_CHARS:]
        if passage.strip():
            passages.append((name, passage))
    return passages


def run_step(name: str, step: str, scratch: Path) -> None:
    """Run "ingest", "serve" or "add" and print what there is to say, a line each."""
    job = json.loads((scratch / "job.json").read_text(encoding="utf-8"))
    system, folder = SYSTEMS[name](), scratch / name.replace(" ", "_")
    system.load(job["model"])
    if step == "ingest":
        shutil.rmtree(folder, ignore_errors=True)
        started = time.perf_counter()
        system.ingest(job["talks"], folder)
        say(seconds=time.perf_counter() - started)
    elif step == "serve":
        system.open(folder)
        _serve(system, job["questions"])
    else:
        system.open(folder)
        started = time.perf_counter()
        system.add(ADDED, job["added"], folder)
        say(seconds=time.perf_counter() - started)
        started = time.perf_counter()
        system.add(ADDED, job["changed"], folder)
        say(change_seconds=time.perf_counter() - started)
        system.open(folder)
        found = system.search(job["changed"].splitlines()[0])
        say(found=ADDED in found)
    say(peak_mb=peak_mb())


def _serve(system: System, questions: list[list[str]]) -> None:
    """The first result, then every question for its time and whether the right talk is among the first."""
    system.search(questions[0][1])
    say(first=True)
    times, hits = [], []
    for talk, question in questions:
        started = time.perf_counter()
        found = system.search(question)
        times.append(1000 * (time.perf_counter() - started))
        hits.append(talk in found)
    say(query_ms=times, hit_at_10=float(np.mean(hits)))
    if isinstance(system, OnTheRecord):
        answers = [system.qa.answer(question).timings_ms for _, question in questions]
        say(answer_ms=answers)


def say(**figures: object) -> None:
    """A line of JSON, at once."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def peak_mb() -> float:
    """The most memory that this process has had, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1e3


if __name__ == "__main__":
    run_step(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
