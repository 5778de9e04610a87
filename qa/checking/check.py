"""A draft held against an index: every quotation in it with its verdict."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from index import DocumentInfo, DocumentNotFound, PassageStore, PassageView, Progress, Scope, content_words
from qa.checking.attribution import Attributor, Told
from qa.checking.draft import Draft, read_draft
from qa.checking.judging import MIN_SIMILARITY, agrees, judge
from qa.checking.mentions import Mentions, mask_quoted
from qa.checking.no_quotation import is_no_quotation
from qa.checking.query import Query
from qa.checking.records import CheckedQuotation, DraftReport, SourcePlace
from qa.checking.reported import find_reported
from qa.checking.scan import Found, Scan
from qa.checking.source import place_in
from qa.checking.speakers import SpeakerBook

# Up to so many passages, every document is gone through; of a larger index, those that quoted words lead to.
MAX_PASSAGES = 600_000
# Of each quotation, so many sequences of words are looked up in a large index, and so many passages are taken for them.
_SEQUENCES, _PASSAGES = 8, 60
# So many passages are compared with words of which no sequence was found anywhere.
_NEAREST = 6
# By so many of the words, the longest, which are the rarest as a rule.
_NEAREST_WORDS = 12

# The passage nearest to reported speech: its words, and the labels of whoever it is ascribed to (none: anybody's).
FindNearest = Callable[[str, frozenset[str]], SourcePlace | None]


def check_text(
    draft: str | Path | Draft,
    store: PassageStore,
    *,
    doc_ids: Collection[str] | None = None,
    nearest: FindNearest | None = None,
    progress: Progress | None = None,
) -> DraftReport:
    """The report on a draft, which is text, a path or was read already.

    :param doc_ids: hold it against these documents only.
    :param nearest: finds what is nearest to reported speech, by default nothing does; the verdicts need no model.
    :param progress: called with how many documents are gone through.
    :raises CorpusError: when the draft cannot be read.
    :raises DraftInvalid: when it has no words, or far too many quotations.
    :raises IndexingError: when the index cannot be read, or holds no such document.
    """
    draft = draft if isinstance(draft, Draft) else read_draft(draft)
    with store.reading() as view:
        infos = _choose(view.documents(), doc_ids)
        return _Check(draft, view, infos).run(nearest, progress)


def _choose(infos: Sequence[DocumentInfo], doc_ids: Collection[str] | None) -> list[DocumentInfo]:
    if doc_ids is None:
        return list(infos)
    known = {info.doc_id for info in infos}
    for doc_id in doc_ids:
        if doc_id not in known:
            raise DocumentNotFound(f"the index holds no document {doc_id!r}; see them with: ontherecord index list")
    return [info for info in infos if info.doc_id in set(doc_ids)]


class _Check:
    """One draft against one state of an index."""

    def __init__(self, draft: Draft, view: PassageView, infos: Sequence[DocumentInfo]) -> None:
        self._draft = draft
        self._view = view
        self._infos = infos
        self._scope = Scope(frozenset(info.doc_id for info in infos))
        self._texts = [draft.text[pair.start : pair.end] for pair in draft.pairs]
        # Equal quotations are looked for once.
        self._queries = {text: Query.of(text) for text in dict.fromkeys(self._texts)}

    def run(self, nearest: FindNearest | None, progress: Progress | None) -> DraftReport:
        draft = self._draft
        book = SpeakerBook(label for info in self._infos for label in info.speakers)
        mentions = Mentions(mask_quoted(draft.text, draft.pairs), book)
        scan = Scan(list(self._queries.values()))
        self._look(scan, progress)
        found = dict(zip(self._queries, scan.found, strict=True))
        attributor = Attributor(draft.text, draft.pairs, mentions)
        checked = [self._judge(number, attributor, found, book) for number in range(len(draft.pairs))]
        checked += self._report(mentions, nearest)
        checked.sort(key=lambda quotation: (quotation.start, quotation.end))
        return DraftReport(draft.name, draft.format, draft.text, len(self._infos), tuple(checked))

    def _look(self, scan: Scan, progress: Progress | None) -> None:
        doc_ids = self._find_documents()
        for done, doc_id in enumerate(doc_ids, start=1):
            scan.look_into(self._view.document(doc_id))
            if progress is not None:
                progress(done, len(doc_ids))
        for found in scan.found:
            if not found.matches and (found.near is None or found.near.similarity < MIN_SIMILARITY):
                self._look_again(scan, found)

    def _find_documents(self) -> list[str]:
        """The documents to go through: all of them, or of very many those that have sequences of quoted words."""
        if sum(info.passage_count for info in self._infos) <= MAX_PASSAGES:
            return [info.doc_id for info in self._infos]
        chosen: set[str] = set()
        for query in self._queries.values():
            grams = sorted({" ".join(gram) for gram, _ in query.grams()}, key=lambda words: (-len(words), words))
            found = self._view.matching(grams[:_SEQUENCES], _PASSAGES, self._scope)
            chosen.update(passage.doc_id for passage, _ in found)
        return [info.doc_id for info in self._infos if info.doc_id in chosen]

    def _look_again(self, scan: Scan, found: Found) -> None:
        """Compare with the passages that share most words: of a few words, one that was changed leaves no sequence."""
        words = list(dict.fromkeys(content_words(found.query.folded)))
        words = sorted(words, key=lambda word: (-len(word), word))[:_NEAREST_WORDS]
        passages = [passage for passage, _ in self._view.matching(words, _NEAREST, self._scope)] if words else []
        if not passages:
            return
        first = passages[0]
        found.passage = place_in(self._view.document(first.doc_id), first.start, first.end)
        for doc_id, group in itertools.groupby(
            sorted(passages, key=lambda each: each.doc_id), lambda each: each.doc_id
        ):
            document = self._view.document(doc_id)
            for passage in group:
                scan.compare(found, document, passage.start, passage.end)

    def _judge(
        self, number: int, attributor: Attributor, found: Mapping[str, Found], book: SpeakerBook
    ) -> CheckedQuotation:
        pair, text = self._draft.pairs[number], self._texts[number]
        told = attributor.find(number)
        named = self._draft.block_names.get(number)
        if named is not None:
            told = Told(named, book.find(named))
        of_text = found[text]
        is_block = number in self._draft.blocks
        before = self._draft.text[max(0, pair.start - 80) : pair.start].rstrip("\"'“”„‟‘‚«»‹›「『 \t\u00a0\u202f")
        if not of_text.query.words:
            return CheckedQuotation(text, pair.start, pair.end, "no_quotation")  # all of it is the editor's: “[…]”
        if not is_block and is_no_quotation(
            of_text.query,
            before,
            named=told is not None,
            direct=attributor.direct(number),
            matched=any(agrees(told, match.place, match.has_speakers) for match in of_text.matches),
        ):
            return CheckedQuotation(text, pair.start, pair.end, "no_quotation")
        return judge(text, pair.start, pair.end, told, of_text)

    def _report(self, mentions: Mentions, nearest: FindNearest | None) -> Iterable[CheckedQuotation]:
        for reported in find_reported(mentions, self._draft.pairs):
            text = self._draft.text[reported.start : reported.end]
            told = reported.told
            name = next(iter(told.labels)) if len(told.labels) == 1 else told.name
            place = nearest(text, told.labels) if nearest is not None else None
            yield CheckedQuotation(
                text, reported.start, reported.end, "paraphrase", attributed_to=name, told=told.name, nearest=place
            )
