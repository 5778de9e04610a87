"""Sources gone through one at a time for all quotations at once; what is kept is bounded, however many sources."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus import Document
from qa.checking.alignment import (
    MAX_ALIGNED_WORDS,
    Alignment,
    align_long,
    describe,
    describe_typing,
    find_reordered,
    weigh,
)
from qa.checking.matching import MAX_PLACES, WordsMatch, find_matches
from qa.checking.query import Gram, Query
from qa.checking.records import SourcePlace, WordChange
from qa.checking.source import SourceText
from qa.checking.stitching import WordRun

# The sequences of words that a document repeats more often lead nowhere.
MAX_POSITIONS = 100
# Runs of a quotation's words that are kept, longest first, and how many of them begin in one document.
MAX_RUNS = 40
MAX_RUNS_A_DOCUMENT = 12
# A window is compared word by word where so much of its sequences are the quotation's.
MIN_SHARE = 0.12
# So many comparisons of two words are made for a draft; what is beyond them is not compared, and said to be so.
MAX_COMPARISONS = 400_000_000
# From so many words on, all of them in another order are those of the source, and count as this similar to it.
MIN_REORDERED_WORDS = 4
SIMILARITY_REORDERED = 0.72


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The words of a source that come nearest to a quotation, and what differs."""

    similarity: float
    place: SourcePlace
    changes: tuple[WordChange, ...]


@dataclass(slots=True)
class Found:
    """What was found of a query so far."""

    query: Query
    matches: list[WordsMatch] = field(default_factory=list)
    runs: list[tuple[int, int, WordRun]] = field(default_factory=list)
    near: NearMiss | None = None
    hits: int = 0
    # The passage that shares most words, where nothing comes near.
    passage: SourcePlace | None = None


class Scan:
    """Looks for quotations in sources; `found` has for each query what there is, in their order."""

    def __init__(self, queries: Sequence[Query]) -> None:
        self.found = [Found(query) for query in queries]
        self._postings: defaultdict[Gram, list[tuple[int, int]]] = defaultdict(list)
        for number, query in enumerate(queries):
            seen: defaultdict[Gram, int] = defaultdict(int)
            for gram, offset in query.grams():
                seen[gram] += 1
                if seen[gram] <= 2:  # one that repeats itself is found by its others
                    self._postings[gram].append((number, offset))
        self._sizes = sorted({len(gram) for gram in self._postings})
        self._counter = 0
        self._comparisons = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether there was more to compare word by word than is compared for one draft."""
        return self._comparisons > MAX_COMPARISONS

    def look_into(self, document: Document) -> None:
        """Note what of the quotations stands in `document`."""
        source = SourceText(document)
        for number, hits in self._find_hits(source.words).items():
            found = self.found[number]
            if len(found.matches) < MAX_PLACES:
                found.matches += find_matches(found.query, source)
            if not found.matches:
                self._note_runs(found, source, hits)
                self._note_nearest(found, source, hits)

    def compare(self, found: Found, document: Document, start: int, end: int) -> None:
        """Lay a quotation beside the words from `start` to `end` of a document, where nothing of it was found."""
        source = SourceText(document, start, end)
        if source.words:
            self._align(found, source, 0, len(source.words))

    def _find_hits(self, words: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
        """For each query, where its sequences stand: the number of a word of it and of the document."""
        hits: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for size in self._sizes:
            columns = [words[begin:] for begin in range(size)]
            common = self._postings.keys() & set(zip(*columns, strict=False))
            if not common:
                continue
            positions: defaultdict[Gram, list[int]] = defaultdict(list)
            for position, gram in enumerate(zip(*columns, strict=False)):
                if gram in common and len(positions[gram]) < MAX_POSITIONS:
                    positions[gram].append(position)
            for gram in common:
                for number, offset in self._postings[gram]:
                    hits[number] += [(offset, position) for position in positions[gram]]
        return hits

    def _note_runs(self, found: Found, source: SourceText, hits: Iterable[tuple[int, int]]) -> None:
        runs = sorted(set(_extend(found.query, source, hits)), key=lambda run: (run[0] - run[1], run[2]))
        for start, end, word in runs[:MAX_RUNS_A_DOCUMENT]:
            spans = source.spans
            begin, stop = spans[word][0], spans[word + end - start - 1][1]
            if len(found.runs) == MAX_RUNS and end - start <= found.runs[0][0]:
                continue
            run = WordRun(start, end, source.place(begin, stop), source.stretch_at(begin).number, word)
            self._counter += 1
            heapq.heappush(found.runs, (end - start, -self._counter, run))
            if len(found.runs) > MAX_RUNS:
                heapq.heappop(found.runs)

    def _note_nearest(self, found: Found, source: SourceText, hits: Sequence[tuple[int, int]]) -> None:
        """Compare the part of the document that has most of the quotation's sequences, if none had far more before."""
        count = len(found.query.words)
        width = max(8, count // 2)
        votes: defaultdict[int, int] = defaultdict(int)
        for offset, position in hits:
            bucket = (position - offset) // width
            votes[bucket] += 1
            votes[bucket + 1] += 1
        best = min(votes, key=lambda bucket: (-votes[bucket], bucket))
        if votes[best] < max(MIN_SHARE * (count - 2), 0.8 * found.hits):
            return
        found.hits = max(found.hits, votes[best])
        reach = count // 2 + 12
        middle = best * width
        in_window = [pos for off, pos in hits if middle - width <= pos - off <= middle + width]
        stretch = source.stretch_at(source.spans[sorted(in_window)[len(in_window) // 2]][0])
        first = max(middle - width - reach, source.word_at(stretch.start))
        last = min(middle + count + width + reach, source.word_at(stretch.end))
        if last > first:
            self._align(found, source, first, last)

    def _align(self, found: Found, source: SourceText, first: int, last: int) -> None:
        """Compare a quotation with the words from `first` to before `last` of a document."""
        query = found.query
        words, quoted = source.words[first:last], query.words
        if self.is_exhausted or not words:
            return
        self._comparisons += min(len(quoted), MAX_ALIGNED_WORDS) * len(words)
        alignment = align_long(quoted, words, query.free_after)
        start, end, similarity = alignment.start, alignment.end, alignment.similarity
        reordered = None
        if similarity < SIMILARITY_REORDERED and MIN_REORDERED_WORDS <= len(quoted) <= MAX_ALIGNED_WORDS:
            reordered = find_reordered(quoted, words)
        if reordered is not None:
            (start, end), similarity = reordered, SIMILARITY_REORDERED
        if found.near is not None and similarity <= found.near.similarity:
            return
        spans = source.spans[first:last]
        begin, stop = spans[start][0], spans[end - 1][1]
        place = source.place(begin, stop)
        if reordered is not None:
            changes: tuple[WordChange, ...] = (WordChange("order", source.text[begin:stop], query.core),)
        else:
            changes = _describe(query, source, spans, alignment, (begin, stop))
        found.near = NearMiss(similarity, place, changes)


def _describe(
    query: Query, source: SourceText, spans: Sequence[tuple[int, int]], alignment: Alignment, whole: tuple[int, int]
) -> tuple[WordChange, ...]:
    cased = [source.text[start:end] for start, end in spans]
    changes = describe(alignment.pairs, query.cased, cased, query.free_after)
    return changes or describe_typing(query.core, source.text[slice(*whole)])


def _extend(query: Query, source: SourceText, hits: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """The longest runs of equal words through each hit, cut where another person speaks: start, end, word there."""
    quoted, words = query.words, source.words
    reached: dict[int, int] = {}
    for offset, position in sorted(hits, key=lambda hit: (hit[1] - hit[0], hit[1])):
        diagonal = position - offset
        if reached.get(diagonal, -1) >= position:
            continue
        start, end = position, position
        while start > 0 and start - diagonal > 0 and words[start - 1] == quoted[start - 1 - diagonal]:
            start -= 1
        while end < len(words) and end - diagonal < len(quoted) and words[end] == quoted[end - diagonal]:
            end += 1
        reached[diagonal] = end
        yield from _cut(query, source, start, end, diagonal)


def _cut(query: Query, source: SourceText, start: int, end: int, diagonal: int) -> Iterator[tuple[int, int, int]]:
    while start < end:
        stretch = source.stretch_at(source.spans[start][0])
        stop = min(end, source.word_at(stretch.end))
        weight = sum(map(weigh, query.words[start - diagonal : stop - diagonal]))
        if stop - start >= query.min_run and weight >= 2:
            yield start - diagonal, stop - diagonal, start
        start = max(stop, start + 1)
