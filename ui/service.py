"""What happens behind the page: each thing a visitor can do, as a function from what they sent to what they then see.

Nothing of Gradio in here, so that all of it can be tested as plain functions.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus import CorpusError, Document, GuardedReader, Prose
from index import (
    DocumentInfo,
    DocumentNotFound,
    IndexingError,
    Progress,
    list_corrections,
    list_documents,
    read_sources,
)
from qa import QA, DraftInvalid, DraftReport, QAError, check_pasted
from qa.conversation.intents import asks_about_this
from ui.callers import is_browser, is_user
from ui.conversation import MAX_EXCHANGES, Exchange, messages_of
from ui.feedback import VERDICTS_ON_ANSWER, VERDICTS_ON_QUOTE, FeedbackLog, FeedbackNotKept
from ui.lists import UploadRow, describe_document
from ui.models import Models
from ui.shelves import UploadRefused
from ui.suggest import find_candidates, hand_chosen
from ui.suggestions import Suggestions
from ui.transcript import render_transcript
from ui.uploads import Uploads, explain_refusal, read_pasted
from ui.voices import render_voices
from ui.working import Working

# A chapter, or a long answer of a language model.
MAX_DRAFT_CHARS = 400_000
MENDABLE = (CorpusError, IndexingError, QAError, UploadRefused, FeedbackNotKept)
FAULT = "Something went wrong on our side; the server’s log has the details. Please ask again."
MAX_FILES = 50
MAX_EXAMPLES = 4
MAX_NEXT = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a question is restricted to; None is everything and everybody.

    `open_doc` is the transcript that the visitor has before them: "summarise this interview" means it.
    """

    doc_ids: tuple[str, ...] | None = None
    speaker: str | None = None
    open_doc: str | None = None


class ChatService:
    """Answers visitors, each from their own transcripts or else from those that are served."""

    def __init__(self, uploads: Uploads, feedback: FeedbackLog, *, choose_model: bool = True) -> None:
        """:param choose_model: visitors may name a language model; else nobody can, whatever is called."""
        self.uploads = uploads
        self._feedback = feedback
        self._reader = GuardedReader()
        self.models = Models(choosing=choose_model)
        self._suggestions = Suggestions()

    def qa_of(self, visitor: str) -> QA:
        """What this visitor asks, and by whom they have it phrased."""
        return self.models.apply(visitor, self.uploads.qa_of(visitor))

    def forget(self, visitor: str) -> None:
        """Forget a visitor who has left: their transcripts, and their choice of a language model.

        Users have not left with a page: they find all when they come back.
        """
        if is_user(visitor):
            return
        # A browser is perhaps only loading the page again.
        (self.uploads.leave if is_browser(visitor) else self.uploads.forget)(visitor)
        self.models.forget(visitor)

    def documents(self, visitor: str) -> list[DocumentInfo]:
        """The transcripts that this visitor asks."""
        return list_documents(self.qa_of(visitor).store)

    def document(self, visitor: str, doc_id: str) -> Document:
        """One of them.

        :raises DocumentNotFound: when it is not among them.
        """
        with self.qa_of(visitor).store.reading() as view:
            return view.document(doc_id)

    def show_transcript(self, visitor: str, doc_id: str | None = None, around: int = 0) -> str:
        """A transcript of the visitor's as HTML, by default the first one.

        :raises DocumentNotFound: when it is not among them.
        """
        document = self.document(visitor, doc_id) if doc_id else self.first_document(visitor)
        corrections = None
        if document is not None and self.uploads.may_correct(visitor):
            corrections = list_corrections(self.qa_of(visitor).store)
        voices = render_voices(document, may_name=corrections is not None)
        return voices + render_transcript(document, around, corrections)

    def examples(self, visitor: str) -> tuple[str, ...]:
        """Questions to start with on the visitor's first transcript, as far as they are known already."""
        document = self.first_document(visitor)
        if document is None:
            return ()
        return hand_chosen(document) or self._suggestions.known(document, find_candidates(document), MAX_EXAMPLES)

    def find_examples(self, visitor: str) -> Iterator[tuple[str, ...]]:
        """The same, growing as they are found; each is asked before it is offered."""
        known = self.examples(visitor)
        document = self.first_document(visitor)
        if document is None or hand_chosen(document) or len(known) == MAX_EXAMPLES:
            yield known
            return
        qa = self.uploads.qa_of(visitor)
        for found in self._suggestions.find(visitor, qa, document, find_candidates(document), MAX_EXAMPLES):
            if len(found) > len(known):  # those are on the page already
                yield found

    def suggest(self, visitor: str, exchanges: Sequence[Exchange], scope: Restriction) -> Iterator[tuple[str, ...]]:
        """What to ask next, growing as it is found, until the visitor does ask; nothing where there is no answer."""
        answer = exchanges[-1].answer if exchanges else None
        if answer is None:
            return
        places = [*answer.quotes, *(passage.quote for passage in answer.passages)][:1]
        document = self._find_document(visitor, places[0].doc_id) if places else self.first_document(visitor)
        if document is None:
            return
        asked = [exchange.question for exchange in exchanges]
        candidates = find_candidates(document, places[0].turn if places else -1, asked)
        qa = self.uploads.qa_of(visitor)
        yield from self._suggestions.find(visitor, qa, document, candidates, MAX_NEXT, speaker=scope.speaker)

    def first_document(self, visitor: str) -> Document | None:
        """The transcript that is shown when the visitor has not chosen one; None where there is none yet."""
        held = self.documents(visitor)
        return self.document(visitor, held[0].doc_id) if held else None

    def ask(
        self, visitor: str, question: str, before: Sequence[Exchange], scope: Restriction, *, alone: bool = False
    ) -> Iterator[tuple[Exchange, ...]]:
        """The conversation with this question at its end: at once without an answer, then growing quote by quote.

        :param alone: what was asked before is no context of it.
        """
        kept = tuple(before)[-(MAX_EXCHANGES - 1) :]
        begun = Exchange(question.strip())
        yield (*kept, begun)
        try:
            self.uploads.check(visitor)
            with self._suggestions.answering(visitor):
                stream = self.qa_of(visitor).stream(
                    question,
                    history=() if alone else messages_of(kept),
                    speaker=scope.speaker,
                    doc_ids=scope.doc_ids or self._find_open(visitor, question, scope.open_doc),
                )
                growing = replace(begun, found=begun.answered(stream.found).answer)
                if stream.writing is not None:
                    growing = replace(growing, probing=stream.writing.probed)
                    yield (*kept, growing)
                for sentence in stream:
                    so_far = f"{growing.written} {sentence.text}".strip()
                    growing = replace(growing, written=so_far, probing=False)
                    yield (*kept, growing)
                exchange = begun.answered(stream.answer)
        except MENDABLE as error:
            exchange = replace(begun, problem=str(error))
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("no answer to %r", question)
            exchange = replace(begun, problem=FAULT)
        if exchange.answer is not None and not exchange.answer.written:
            for count in range(1, len(exchange.answer.quotes)):
                some = replace(exchange.answer, quotes=exchange.answer.quotes[:count], lead="", notice=None)
                yield (*kept, replace(exchange, answer=some))
        yield (*kept, exchange)

    def _find_open(self, visitor: str, question: str, open_doc: str | None) -> tuple[str, ...] | None:
        """The open transcript, where the question is about all of it and it is (still) there."""
        if open_doc is None or not asks_about_this(question):
            return None
        return (open_doc,) if self._find_document(visitor, open_doc) else None

    def check(self, visitor: str, draft: str | Path) -> DraftReport:
        """The quotations of a draft, pasted or in a file, held against the visitor's transcripts.

        :raises QAError: when it cannot be read, has no words, or is too long.
        """
        name = draft.name if isinstance(draft, Path) else ""
        try:
            prose = self._reader.load_prose(draft) if isinstance(draft, Path) else Prose(draft, "text", ())
        except CorpusError as error:
            raise DraftInvalid(str(error).replace(str(draft), name)) from error  # not where the server keeps it
        if (length := len(prose.text)) > MAX_DRAFT_CHARS:
            raise DraftInvalid(
                f"the draft has {length:,} characters, at most {MAX_DRAFT_CHARS:,} are checked here; use "
                "ontherecord check for a book"
            )
        self.uploads.check(visitor)
        qa = self.qa_of(visitor)
        return check_pasted(prose, qa.store, name=name, embedder=qa.embedder, reader=qa.quick_reader)

    def judge(
        self, visitor: str, exchanges: Sequence[Exchange], number: int, what: str, verdict: str | None
    ) -> tuple[Exchange, ...]:
        """The conversation with a verdict on a quote or an answer, which is written down; None takes it back.

        :raises UploadRefused: when there is nothing of that name to judge, or no such verdict.
        :raises FeedbackNotKept: when it cannot be written down.
        """
        exchange = exchanges[number] if 0 <= number < len(exchanges) else None
        answer = exchange.answer if exchange else None
        if exchange is None or answer is None:
            raise UploadRefused("there is no answer to judge; ask first")
        quotes = {str(number): quote for number, quote in enumerate(answer.quotes, start=1)}
        allowed = VERDICTS_ON_ANSWER if what == "answer" else VERDICTS_ON_QUOTE
        if (what != "answer" and what not in quotes) or verdict not in (*allowed, None):
            raise UploadRefused(f"{verdict!r} is no verdict on {what!r}; expected one of {', '.join(allowed)}")
        if verdict is not None:
            shown = [*answer.quotes, *(passage.quote for passage in answer.passages)]
            about = quotes.get(what) or next(iter(shown), None)
            document = self._find_document(visitor, about.doc_id) if about else None
            history = [earlier.question for earlier in exchanges[:number]]
            self._feedback.keep(exchange, what, verdict, document, history)
        return (*exchanges[:number], exchange.judged(what, verdict), *exchanges[number + 1 :])

    def _find_document(self, visitor: str, doc_id: str) -> Document | None:
        try:
            return self.document(visitor, doc_id)
        except DocumentNotFound:
            return None

    def upload(self, visitor: str, paths: Sequence[Path]) -> Iterator[tuple[str, tuple[UploadRow, ...]]]:
        """Take files in one after the other, and then those that could be read into the index.

        Gives a headline and a line a file each time that something has happened.
        """
        if len(paths) > MAX_FILES:
            yield f"That is {len(paths)} files; at most {MAX_FILES} are taken at a time. Nothing was added.", ()
            return
        rows = [UploadRow(path.name, "waiting") for path in paths]
        documents: list[Document] = []
        for number, path in enumerate(paths):
            rows[number] = UploadRow(path.name, "reading", "reading…")
            yield "Reading your files", tuple(rows)
            report = read_sources([path], load=self._reader.load)
            if report.refused:
                rows[number] = UploadRow(path.name, "refused", f"Refused: {explain_refusal(report.refused[0])}")
            elif twin := self._find_twin(visitor, report.documents[0], documents):
                rows[number] = UploadRow(
                    path.name, "known", f"Already here, word for word, as “{twin}”; not added again."
                )
            else:
                documents += report.documents
                rows[number] = UploadRow(path.name, "read", describe_document(report.documents[0]))
        if not documents:
            none = "None of these could be read" if all(row.state == "refused" for row in rows) else "Nothing was added"
            yield f"{none}; you ask what you asked before.", tuple(rows)
            return
        yield "Making them searchable", tuple(rows)
        adding = Working(lambda told: self._add(visitor, documents, told))
        for done, total in adding:
            yield f"Making them searchable: {done:,} of {total:,} passages", tuple(rows)
        yield adding.result()[1], tuple(rows)

    def _find_twin(self, visitor: str, document: Document, others: Sequence[Document] = ()) -> str | None:
        """The title of a document of the visitor's, or of `others`, that has the very same text; None without one."""
        held = self.documents(visitor) if self.uploads.has_own(visitor) else []
        titles = {info.sha256: info.title for info in held} | {other.sha256: other.title for other in others}
        return titles.get(document.sha256)

    def paste(self, visitor: str, text: str, title: str, progress: Progress | None = None) -> tuple[bool, str]:
        """Take pasted text in; gives whether it was added, and what became of it, in words."""
        try:
            taken = [info.doc_id for info in self.documents(visitor)]
            document = read_pasted(text, title, taken)
        except (CorpusError, UploadRefused) as error:
            return False, f"Refused: {error}"
        if twin := self._find_twin(visitor, document):
            return False, f"Nothing was added: this text is already here, word for word, as “{twin}”."
        added, said = self._add(visitor, [document], progress)
        return added, f"{said} {document.title}: {describe_document(document)}." if added else said

    def _add(self, visitor: str, documents: Sequence[Document], progress: Progress | None) -> tuple[bool, str]:
        try:
            self.uploads.add(visitor, documents, progress)
        except (IndexingError, UploadRefused) as error:
            return False, f"Nothing was added: {error}"
        except Exception:  # noqa: BLE001 - as above
            _log.exception("an upload failed")
            return False, f"Nothing was added. {FAULT}"
        return True, self.uploads.explain_adding(visitor)
