"""The sentences of a document that can stand for a stretch of talk: who says them, and which say something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Document, Turn, is_question, split_sentences

Span = tuple[int, int]
# A sentence that can stand for a stretch of talk, in words.
MIN_WORDS, MAX_WORDS = 8, 50

# Courtesies say nothing of what a talk is about.
_COURTESY = re.compile(
    r"""\W*(?:(?:and|so|well|okay|ok|all\s+right|alright)\W+)*
    (?:hi|hello|hey|welcome|good\s+(?:morning|afternoon|evening|day)|thanks?|thank\s+you|(?:many|no)\s+thanks
      |(?:it['’]?s|it\s+(?:is|was))\s+(?:so\s+|very\s+|really\s+|such\s+)*(?:an?\s+)?
       (?:great|good|nice|lovely|pleasure|honou?r|wonderful)\s+(?:to\s+(?:be|have|meet|see|talk|speak)|having|talking)
      |(?:i['’]m|we['’]re|i\s+am|we\s+are)\s+(?:so\s+|very\s+|really\s+)*
       (?:happy|glad|excited|pleased|honou?red|delighted|grateful)\s+to\s+(?:be|have)
      |(?:great|good|nice|lovely|wonderful)\s+to\s+(?:be|have|meet|see)|my\s+(?:name\s+is|pleasure)|today\s+(?:we|i)\b
      |i\s+(?:do\s+)?(?:have|had)\s+(?:\w+\s+){1,2}questions?
      |(?:bye|goodbye|see\s+you|take\s+care)\b)\b
    | .*\b(?:thank\s+you(?:\s+so\s+much|\s+very\s+much)?|thanks)\s+(?:for|to)\s+
      (?:having|joining|coming|being|your\s+time|listening|taking|all\s+of\s+you|everyone|everybody)\b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """A sentence: its span, its words as they stand, and the turn in which it was said."""

    start: int
    end: int
    text: str
    turn: Turn

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end

    @property
    def has_substance(self) -> bool:
        """Whether it is neither a fragment nor without end."""
        return MIN_WORDS <= len(self.text.split()) <= MAX_WORDS

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return is_question(self.text)

    @property
    def is_courtesy(self) -> bool:
        """Whether it greets, thanks or takes leave."""
        return _COURTESY.match(self.text) is not None


def spoken_sentences(document: Document, speakers: frozenset[str] | None) -> Iterator[SpokenSentence]:
    """The sentences of these speakers, in order; of None, all but the furniture's."""
    for turn in document.turns:
        if turn.kind != "furniture" and (speakers is None or turn.speaker in speakers):
            for start, end in split_sentences(document.text, turn.start, turn.end):
                yield SpokenSentence(start, end, document.text[start:end], turn)
