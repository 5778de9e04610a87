"""What has a tag, each quote held against its source, and counted by interview and by speaker."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index import PassageView
from qa.answers import Quote, confirm, name_speaker
from qa.exports.records import ClaimedPart
from qa.tags.book import CodeBook, Tag


@dataclass(frozen=True, slots=True)
class Gathered:
    """A tag with the quotes that have it and hold, by document and place, and how many do not hold any more."""

    tag: Tag
    quotes: tuple[Quote, ...]
    fallen: int

    @property
    def by_document(self) -> dict[str, int]:
        """How many quotes there are of each document, by its title, most first."""
        return dict(Counter(quote.title for quote in self.quotes).most_common())

    @property
    def by_speaker(self) -> dict[str, int]:
        """How many quotes there are of each speaker, most first."""
        return dict(Counter(name_speaker(quote.speaker, None, quote.kind) for quote in self.quotes).most_common())

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, the quotes as in an answer."""
        return {
            "tag": self.tag.name,
            "color": self.tag.color,
            "definition": self.tag.definition,
            "count": len(self.quotes),
            "fallen": self.fallen,
            "by_document": self.by_document,
            "by_speaker": self.by_speaker,
            "quotes": [quote.to_dict() for quote in self.quotes],
        }


def gather(book: CodeBook, view: PassageView, name: str | None = None) -> tuple[Gathered, ...]:
    """Each tag with what has it; of words whose source was changed or removed only how many they are.

    :param name: of one tag; None is all.
    :raises TagInvalid: when there is no such tag.
    """
    tags = book.tags if name is None else [book.find(name)]
    order = {info.doc_id: place for place, info in enumerate(view.documents())}
    gathered = []
    for tag in tags:
        # Where something is hidden, the rest of the text is another one than when it was tagged.
        any_hash = bool(view.conditions_since)
        confirmed = [confirm(citation, view, any_hash=any_hash) for citation in book.tagged[tag.name]]
        quotes = [quote for quote in confirmed if isinstance(quote, Quote)]
        quotes.sort(key=lambda quote: (order.get(quote.doc_id, len(order)), quote.start, quote.end))
        gathered.append(Gathered(tag, tuple(quotes), len(confirmed) - len(quotes)))
    return tuple(gathered)


def claim_tagged(gathered: Sequence[Gathered]) -> tuple[ClaimedPart, ...]:
    """What has each tag, to be exported like the answers to a question."""
    return tuple(ClaimedPart(each.tag.name, each.quotes, words=each.tag.definition) for each in gathered)
