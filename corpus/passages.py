"""A document into passages: the units of retrieval, each an exact slice that one speaker said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.document import Document
from corpus.references import mask_references
from corpus.sentences import split_sentences, strip_span

# How many tokens of a text, for many texts at once: the embedder's own count.
CountTokens = Callable[[Sequence[str]], list[int]]

# Written into every index: change it with anything below that moves a passage's bounds.
PASSAGE_RULES = "sentences-3"


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of retrieval: `Document.text[start:end]` (code points, `end` exclusive), all of it from one turn.

    `turn` is the number of that turn, `speaker` who says it (None: narration).
    `question` is the span of the turn that it answers, or None when it answers none.
    """

    passage_id: str
    doc_id: str
    start: int
    end: int
    turn: int
    speaker: str | None
    question: tuple[int, int] | None


def cut_passages(document: Document, *, max_tokens: int, count_tokens: CountTokens) -> list[Passage]:
    """The passages of `document` in order: one sentence each, a longer one in pieces of at most `max_tokens`.

    Sentences and not paragraphs, because the embedding of a sentence finds it better than that of its
    surroundings: see docs/architecture.md for the measure. Furniture gives none.
    """
    passages = []
    question: tuple[int, int] | None = None
    for number, turn in enumerate(document.turns):
        if turn.kind == "furniture":
            continue
        role = document.role_of(turn.speaker)
        sentences = split_sentences(document.text, turn.start, turn.end)
        for start, end in _fit(document.text, sentences, max_tokens, count_tokens):
            passages.append(
                Passage(
                    passage_id=name_passage(document.doc_id, start, end),
                    doc_id=document.doc_id,
                    start=start,
                    end=end,
                    turn=number,
                    speaker=turn.speaker,
                    question=question if role == "answers" else None,
                )
            )
        if role == "asks":
            question = (turn.start, turn.end)
        elif turn.kind == "narration":
            question = None
    return passages


def name_passage(doc_id: str, start: int, end: int) -> str:
    """The `passage_id` of a span: the same place in the same document has the same name in every index."""
    return f"{doc_id}:{start}-{end}"


def _fit(
    text: str, spans: Iterable[tuple[int, int]], max_tokens: int, count_tokens: CountTokens
) -> list[tuple[int, int]]:
    """The spans, each halved at a space until it has at most `max_tokens` (or cannot be parted)."""
    todo = list(spans)
    counts = count_tokens([text[start:end] for start, end in todo])
    fitting = []
    for (start, end), count in zip(todo, counts, strict=True):
        if count <= max_tokens or end - start < 2:
            fitting.append((start, end))
        else:
            middle = _part(text, start, end)
            halves = (strip_span(text, start, middle), strip_span(text, middle, end))
            fitting.extend(_fit(text, [half for half in halves if half is not None], max_tokens, count_tokens))
    return fitting


def _part(text: str, start: int, end: int) -> int:
    """Where to part a long sentence: at the clause end nearest the middle, else at a space, else in the middle."""
    middle = (start + end) // 2
    third = (end - start) // 3
    masked = mask_references(text[start:end])
    for marks in (";:,，、；。–—", " \t\r\n\u00a0"):
        places = [
            place + 1
            for place in range(start + third, end - third)
            if text[place] in marks and masked[place - start] in marks  # not within a reference
        ]
        if places:
            return min(places, key=lambda place: (abs(place - middle), place))
    return middle
