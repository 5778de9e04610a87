"""A language model's reply into an `Answer`: each sentence checked, each quote sliced from the source."""

import contextlib
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus import Document, Passage, one_line
from index import FloatArray, Hit
from qa.answer_stream import AnswerPart, WritingBegins
from qa.answers import Answer, Quote, WrittenSentence
from qa.errors import PromptTooLong, WriterFailed
from qa.generation.capability_cache import is_known, recall_capability
from qa.generation.claim_features import content_stems
from qa.generation.grounding import Claim, Fault, find_fault
from qa.generation.prompt import MAX_SENTENCES, make_prompt
from qa.generation.reply import Proposal, read_freely, read_pointing
from qa.generation.source_sentences import SourceSentence, sentences_of_document, sentences_of_hits
from qa.generation.writer import Capability, Writer
from qa.reading.reader import Reader, Reading

# How many of the passages that were found stand beside what is cited when our reader is asked what carries a sentence,
# and how far up among them the citation must stand. `tests.bench.related` tells what other values drop and let through.
COMPARED_WITH = 12
RELATED_RANK = 2
# Of what it wrote freely, a sentence must share so many of its telling words with the one that carries it.
MIN_SHARED = 0.34


@dataclass(frozen=True, slots=True)
class WriterInput:
    """What a model may be given: the question, what was found for it, and what our own reader makes of that.

    `embedding` is what the cosines of `hits` are to, shape `(dim,)`. `whole` says that nothing restricts the question
    to a part of its documents.
    """

    question: str
    embedding: FloatArray
    hits: tuple[Hit, ...]
    documents: Mapping[str, Document]
    reading: Reading
    whole: bool
    extractive: Answer


@dataclass(slots=True)
class _Draft:
    """The answer as it grows: the lines that became quotes, in order, the sentences that rest on them, the others."""

    quoted: list[SourceSentence] = field(default_factory=list)
    written: list[WrittenSentence] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, text: str, cited: Sequence[SourceSentence]) -> WrittenSentence:
        for line in cited:
            if line not in self.quoted:
                self.quoted.append(line)
        sentence = WrittenSentence(text, tuple(sorted(self.quoted.index(line) + 1 for line in cited)))
        self.written.append(sentence)
        return sentence


class GroundedWriter:
    """Has a model phrase answers, and lets through what the source supports. One serves many threads."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader
        self._lock = threading.Lock()
        self._ability: Capability | None = None

    @property
    def writer(self) -> Writer:
        """The model."""
        return self._writer

    def find_capability(self) -> Capability:
        """What the model may do; found out once, see `qa.generation.capability_cache`.

        :raises WriterFailed: when it has to be asked and cannot be.
        """
        with self._lock:
            if self._ability is None:
                self._ability = recall_capability(self._writer)
            return self._ability

    def warm_up(self) -> None:
        """Find out now what the model may do; a model that cannot be asked yet will be with the first question."""
        with contextlib.suppress(WriterFailed):
            self.find_capability()

    def write(self, source: WriterInput) -> Generator[AnswerPart, None, Answer]:
        """That it begins, then the sentences that pass, as they come; returns the answer, extractive where none passes.

        A reply that breaks off or cannot be read leaves nothing: the answer then is the extractive one, and says why.
        """
        extractive = source.extractive
        draft = _Draft()
        try:
            yield WritingBegins(probed=self._ability is None and not is_known(self._writer))
            capability = self.find_capability()
            if not extractive.has_confidence:
                # The quotes of a summary were chosen to cover the talk: the model puts them into words, no others.
                capability = replace(capability, decides=False)
            if extractive.abstained and not capability.decides:
                return extractive
            if not capability.decides:
                draft.quoted.extend(sentences_of_quotes(extractive.quotes))
            declined = True
            for proposal in self._propose(source, capability):
                declined = False
                sentence = self._admit(proposal, source, capability, draft)
                if sentence is not None:
                    yield sentence
            return self._finish(source, capability, draft, declined=declined)
        except WriterFailed as error:
            return self._fall_back(extractive, draft, f"The language model {self._name()} {error}.")

    def _propose(self, source: WriterInput, capability: Capability) -> Iterator["_Proposed"]:
        """What the model writes, with the lines that it was given; from fewer of these where all are too many."""
        read = read_pointing if capability.way == "point" else read_freely
        choices = self._choose_lines(source, capability)
        for attempt, lines in enumerate(choices):
            prompt = make_prompt(source.question, lines, capability.way)
            try:
                if prompt.tokens + self._writer.reply_tokens > self._writer.context_tokens:
                    raise PromptTooLong
                for proposal in read(self._writer.reply(prompt)):
                    yield _Proposed(proposal, lines)
                return
            except PromptTooLong:
                if attempt == len(choices) - 1:
                    raise

    def _choose_lines(self, source: WriterInput, capability: Capability) -> list[tuple[SourceSentence, ...]]:
        if not capability.decides:
            return [sentences_of_quotes(source.extractive.quotes)]
        found = sentences_of_hits(source.hits, source.documents)
        fewer = sentences_of_hits(source.hits[: len(source.hits) // 3], source.documents)
        if capability.way == "point" and source.whole and len(source.documents) == 1:
            return [sentences_of_document(next(iter(source.documents.values()))), found, fewer]
        return [found, fewer]

    def _admit(
        self, proposed: "_Proposed", source: WriterInput, capability: Capability, draft: _Draft
    ) -> WrittenSentence | None:
        """The sentence with what it rests on, if it passes; otherwise it is counted."""
        text = proposed.proposal.text
        if any(text == sentence.text for sentence in draft.written):
            return None
        found: tuple[SourceSentence, ...] | Fault
        if len(draft.written) == MAX_SENTENCES:
            found = "too many"
        elif capability.way == "locate":
            found = self._locate(text, proposed.lines, source)
        else:
            found = self._follow(proposed, source)
        if isinstance(found, tuple):
            return draft.add(text, found)
        draft.dropped[found] += 1
        return None

    def _follow(self, proposed: "_Proposed", source: WriterInput) -> tuple[SourceSentence, ...] | Fault:
        """The lines that the model points at, without those that our reader finds unrelated; or what is wrong."""
        numbers = set(proposed.proposal.numbers)
        cited = tuple(line for line in proposed.lines if line.number in numbers)
        fault = find_fault(Claim(proposed.proposal.text, cited, source.documents))
        if fault is not None:
            return fault
        related = tuple(line for line in cited if self._is_related(proposed.proposal.text, line, source))
        if related == cited:
            return cited
        return (
            find_fault(Claim(proposed.proposal.text, related, source.documents)) or related if related else "unrelated"
        )

    def _locate(
        self, text: str, lines: Sequence[SourceSentence], source: WriterInput
    ) -> tuple[SourceSentence, ...] | Fault:
        """The line that carries what was written freely, or what is wrong with it.

        Only the likeliest is tried: what that line denies would find another, further down, that does not deny it.
        """
        cited = tuple(self._rank(text, lines, source)[:1])
        fault = find_fault(Claim(text, cited, source.documents))
        if fault is not None:
            return fault
        stems = set(content_stems(text))
        shared = len(stems & set(content_stems(cited[0].text)))
        return cited if shared >= MIN_SHARED * len(stems) else "unrelated"

    def _is_related(self, text: str, line: SourceSentence, source: WriterInput) -> bool:
        others = [
            other
            for other in sentences_of_hits(source.hits[:COMPARED_WITH], source.documents)
            if not _same(other, line)
        ]
        ranked = self._rank(text, [line, *others], source)
        return line in ranked[:RELATED_RANK]

    def _rank(self, text: str, lines: Sequence[SourceSentence], source: WriterInput) -> list[SourceSentence]:
        """The lines, those first that our reader would answer `text` with."""
        by_span = {(line.doc_id, line.start, line.end): line for line in lines}
        reading = self._reader.read(text, [_as_hit(line) for line in lines], source.documents)
        spans = [(found.doc_id, found.start, found.end) for found in reading.evidence]
        return [by_span[span] for span in spans if span in by_span]

    def _finish(self, source: WriterInput, capability: Capability, draft: _Draft, *, declined: bool) -> Answer:
        extractive, name = source.extractive, self._name()
        if draft.written and not capability.decides:
            return replace(extractive, written=tuple(draft.written), model=name, dropped=dict(draft.dropped))
        if draft.written:
            return self._answer(source, draft)
        if declined and capability.decides:
            reason = f"The language model {name} read it and found no answer."
            return replace(extractive, kind="abstention", short=None, quotes=(), reason=reason, notice=None, model=name)
        why = "wrote nothing" if declined else "wrote nothing that the source supports"
        return self._fall_back(extractive, draft, f"The language model {name} {why}.")

    def _answer(self, source: WriterInput, draft: _Draft) -> Answer:
        scores = {(found.doc_id, found.start, found.end): found.score for found in source.reading.evidence}
        quotes = tuple(
            Quote.from_span(
                source.documents[line.doc_id],
                line.start,
                line.end,
                score=scores.get((line.doc_id, line.start, line.end), 0.0),
            )
            for line in draft.quoted
        )
        cited = [_as_hit(line) for line in draft.quoted]
        reading = self._reader.read(source.question, cited, source.documents, embedding=source.embedding)
        return replace(
            source.extractive,
            kind="quotes",
            short=None,
            quotes=quotes,
            reason=None,
            notice=None,
            confidence=reading.confidence,
            written=tuple(draft.written),
            model=self._name(),
            dropped=dict(draft.dropped),
        )

    def _fall_back(self, extractive: Answer, draft: _Draft, why: str) -> Answer:
        """The extractive answer, with a notice that says why."""
        why = f"{why} {'The quotes below were' if extractive.quotes else 'This was'} found without it."
        notice = f"{extractive.notice} {why}" if extractive.notice else why
        return replace(extractive, notice=notice, dropped=dict(draft.dropped))

    def _name(self) -> str:
        try:
            return one_line(self._writer.model)
        except WriterFailed:
            return "that was chosen"


@dataclass(frozen=True, slots=True)
class _Proposed:
    """A sentence that the model proposes, and the lines that it was given."""

    proposal: Proposal
    lines: tuple[SourceSentence, ...]


def sentences_of_quotes(quotes: Sequence[Quote]) -> tuple[SourceSentence, ...]:
    """The quotes as lines, under their own numbers."""
    return tuple(
        SourceSentence(number, quote.doc_id, quote.start, quote.end, quote.turn, quote.shown, quote.speaker, quote.role)
        for number, quote in enumerate(quotes, start=1)
    )


def _as_hit(line: SourceSentence) -> Hit:
    """A line as something that was found; without scores, so that readers compare its words alone."""
    passage = Passage(
        f"{line.doc_id}:{line.start}-{line.end}", line.doc_id, line.start, line.end, line.turn, line.speaker, None
    )
    return Hit(passage, 0.0, None, None)


def _same(one: SourceSentence, other: SourceSentence) -> bool:
    return one.doc_id == other.doc_id and one.start < other.end and other.start < one.end
