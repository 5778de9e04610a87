"""Questions about the conversation or the source as a whole, as distinct from questions about what it says.

English, by whole-sentence patterns: what does not fit one from end to end is an ordinary question.
"""

import re
from dataclasses import dataclass
from enum import Enum

from corpus import Role
from index import content_words

__all__ = ["Intent", "IntentKind", "asks_about_this", "find_intent"]

# What people call those who ask and those who answer.
ROLE_WORDS: dict[str, Role] = {
    **dict.fromkeys(("interviewer", "host", "moderator", "reporter", "journalist"), "asks"),
    **dict.fromkeys(("interviewee", "guest", "respondent"), "answers"),
}
# What people call a text in which somebody speaks.
SOURCE_WORDS = (
    "interview conversation talk podcast recording transcript episode text document source discussion meeting call"
).split()
DEFAULT_SUMMARY_QUOTES = 5
MAX_SUMMARY_QUOTES = 12
# Nobody asks for the whole in more characters than this.
_MAX_CHARS = 200
# A topic with more words than this is a question of its own.
_MAX_TOPIC_WORDS = 5


class IntentKind(Enum):
    """What is asked for."""

    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"
    SPEAKERS = "speakers"
    TOPICS = "topics"
    SUMMARY = "summary"
    DISAGREEMENT = "disagreement"
    MENTIONS = "mentions"
    COUNT = "count"
    WHO_SAID = "who said"


@dataclass(frozen=True, slots=True)
class Intent:
    """A question about the whole: `count` quotes for a summary; `topic` as it was written, and whose mentions of it.

    `whose` is a name or a word such as "he" or "the interviewer", None for anybody's. `about` are the words that seem
    to name a document or a speaker, `place` those that name a document besides: what they name is known only where the
    documents are, see `qa.conversation.named_sources`. Where they name nothing, it is an ordinary question.
    """

    kind: IntentKind
    count: int = DEFAULT_SUMMARY_QUOTES
    topic: str | None = None
    whose: str | None = None
    about: str | None = None
    place: str | None = None


_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
}
_NUMBER = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_SOURCE = rf"(?:{'|'.join(SOURCE_WORDS)})s?"
_THE_SOURCE = rf"(?:the|this|these|that)\s+(?:whole\s+|entire\s+)?{_SOURCE}"
_PLACE = rf"(?:\s+(?:here|(?:in|of|on|from|by|during)\s+(?:it|here|{_THE_SOURCE})))?"
_BEST = r"(?:best|main|key|central|(?:most\s+)?important|essential)"
_PLEASE = r"(?:(?:please|so|and|ok|okay|now|can\s+you|could\s+you|would\s+you|i\s+want\s+you\s+to)[\s,]+)*"
_NAME = r"(?-i:[A-Z][\w.-]*(?:\s+[A-Z][\w.-]*){0,3})"
_WHOSE = rf"(?P<whose>he|she|they|anyone|anybody|someone|everyone|people|the\s+[\w-]+|{_NAME})"
_SAID = (
    r"(?:ever\s+|has\s+|have\s+|had\s+)*(?:said|says?|told|mention(?:s|ed)?|talk(?:s|ed)?|sp[eo]a?k(?:s|e)?|stated?)"
)
_TOPIC = r"(?P<topic>[^?!.]+?)"
_ABOUT = r"(?P<about>[^?!,;]+?)"
_IN_PLACE = rf"(?:\s+(?:in|at|during|from|of)\s+(?!\d|(?:{'|'.join(_NUMBERS)})\b)(?P<place>[^?!,;]+?))?"
_IN_NUMBER = rf"(?:\s+(?:in|with|using|by)\s+{_NUMBER}\s+(?:\w+\s+)?(?:quotes?|sentences?|points?|lines?))?"
_SUM_UP = (
    r"(?:summari[sz]e|sum\s+up|recap|tl;?dr(?:\s+of)?|(?:(?:give|show|write|make)\s+(?:me\s+|us\s+)?)?(?:an?\s+|the\s+)?"
    r"(?:(?:short|brief|quick|good)\s+)?(?:summary|overview|recap|gist)\s+of)"
)
_POINTS = r"(?:quotes|points|statements|takeaways|messages|sentences|ideas|arguments|claims|views|positions)"
_LIST = r"(?:(?:what\s+(?:are|were)|give\s+me|show\s+me|list)\s+)?(?:me\s+)?"
_THEY = (
    r"(?:they|the\s+(?:speakers?|two|people|participants?|guests?|panel(?:l?ists)?)|people|everybody|everyone|anybody|anyone"
    r"|somebody|someone)"
)
_DISAGREE = (
    r"(?:(?:mainly\s+|most\s+|actually\s+|ever\s+)?(?:disagree|clash|contradict\s+(?:each\s+other|one\s+another))"
    r"(?:\s+(?:most|on|about|with\s+each\s+other|with\s+one\s+another|over|anything))*)"
)

_AMONG = rf"(?:\s+(?:between|among)\s+(?:them|{_THEY}))?"

_PATTERNS: tuple[tuple[IntentKind, str], ...] = (
    (
        IntentKind.GREETING,
        r"(?:hi+|hello|hey|hallo|greetings|good\s+(?:morning|afternoon|evening|day))(?:\s+(?:there|everyone|all|again))?",
    ),
    (
        IntentKind.THANKS,
        r"(?:(?:ok|okay|great|perfect|fine|good|no)[\s,.!]+)*(?:thanks?|thank\s+you|thx|cheers)"
        r"(?:\s+(?:so\s+much|very\s+much|a\s+lot|again|you|for\s+(?:that|this|your\s+help|the\s+help)))*"
        r"|(?:good)?bye|see\s+you(?:\s+later)?",
    ),
    (
        IntentKind.HELP,
        r"help(?:\s+me)?|what\s+can\s+(?:you\s+do|i\s+ask)(?:\s+(?:you|here|for\s+me))*|who\s+are\s+you"
        r"|what\s+are\s+you|how\s+do\s+you\s+work|how\s+do\s+i\s+(?:use|start)(?:\s+(?:this|it))?"
        r"|what\s+(?:documents|sources|interviews|transcripts|files)\s+(?:are\s+there|do\s+you\s+have|are\s+loaded)",
    ),
    (
        IntentKind.SPEAKERS,
        rf"who\s*(?:is|are|['’]s|was|were)\s+(?:all\s+)?(?:speaking|talking|(?:being\s+)?interviewed|interviewing"
        rf"|(?:the\s+)?(?:speakers?|participants?|interviewers?|interviewees?|guests?|hosts?|moderators?)"
        rf"|the\s+(?:people|persons|voices)(?:\s+(?:speaking|talking))?){_PLACE}"
        rf"|who\s+(?:all\s+)?(?:speaks?|talks?|took\s+part|takes\s+part|spoke){_PLACE}"
        rf"|(?:list|name|show(?:\s+me)?)\s+(?:me\s+)?(?:all\s+)?(?:of\s+)?the\s+(?:speakers|participants){_PLACE}"
        rf"|how\s+many\s+(?:people|speakers|persons|participants)\s+(?:are\s+there|speak|talk|are\s+(?:speaking|talking))"
        rf"{_PLACE}",
    ),
    (
        IntentKind.TOPICS,
        rf"what\s+(?:topics|subjects|themes|issues|questions)\s+(?:are|were|was|is|do\s+they|did\s+they|does\s+it)"
        rf"(?:\s+(?:being\s+)?(?:covered|discussed|talked\s+about|talk\s+about|touched\s+on|raised|asked|cover|discuss"
        rf"|mentioned|there))*{_PLACE}"
        rf"|what\s+(?:is|was|are|were|['’]s)\s+{_THE_SOURCE}\s+(?:all\s+)?about"
        rf"|what(?:\s+(?:is|was)|['’]s)\s+(?:being\s+)?(?:discussed|talked\s+about|covered){_PLACE}"
        rf"|what\s+(?:do|did)\s+(?:they|the\s+speakers|the\s+two)\s+(?:talk|speak)\s+about{_PLACE}"
        rf"|(?:list|show(?:\s+me)?|give\s+me)\s+(?:all\s+)?(?:of\s+)?the\s+(?:topics|subjects|themes|questions)"
        rf"(?:\s+(?:covered|discussed|asked))?{_PLACE}",
    ),
    (
        IntentKind.SUMMARY,
        rf"(?:summari[sz]e|sum\s+up|sum|give\s+(?:me\s+)?(?:a|the)\s+(?:short\s+|brief\s+|quick\s+)?(?:summary|overview)"
        rf"(?:\s+of)?|tl;?dr|overview|summary(?:\s+of)?)(?:\s+(?:everything|all|(?P<about>it|this|that|{_THE_SOURCE})))?"
        rf"(?:\s+(?:for\s+me|up))*(?:\s+(?:in|with|using|by)\s+{_NUMBER}\s+(?:\w+\s+)?(?:quotes?|sentences?|points?|lines?))?",
    ),
    *(
        (
            IntentKind.SUMMARY,
            rf"{_LIST}(?:the\s+)?{quotes}{_POINTS}{_PLACE}",
        )
        for quotes in (rf"(?:{_NUMBER}\s+)?{_BEST}\s+", rf"{_BEST}\s+{_NUMBER}\s+")
    ),
    (
        IntentKind.DISAGREEMENT,
        rf"(?:(?:where|when|(?:on|about|in)?\s*what)\s+)?(?:do|does|did)\s+{_THEY}\s+{_DISAGREE}{_IN_PLACE}"
        rf"|(?:where|(?:on|about|in)\s+what)\s+(?:do|does|did)\s+{_THEY}\s+differ"
        rf"|(?:where|when|(?:on|about|in)?\s*what)\s+(?:do|does|did)\s+(?P<about>{_NAME}\s+and\s+{_NAME})\s+{_DISAGREE}"
        rf"|(?:{_LIST}|{_SUM_UP}\s+)(?:all\s+)?(?:the\s+)?(?:(?:main|key)\s+)?(?:disagreements?|contradictions?|differences\s+of\s+opinion"
        rf"|points?\s+of\s+(?:disagreement|contention)){_AMONG}"
        rf"|(?:is|was|are|were)\s+there\s+(?:any\s+|a\s+)?disagreements?{_AMONG}",
    ),
    (IntentKind.SUMMARY, rf"{_SUM_UP}\s+what\s+{_ABOUT}\s+{_SAID}{_IN_PLACE}{_IN_NUMBER}"),
    (IntentKind.SUMMARY, rf"{_SUM_UP}\s+{_ABOUT}{_IN_NUMBER}"),
    *(
        (IntentKind.SUMMARY, rf"{_LIST}{whose}{_IN_PLACE}")
        for whose in (
            rf"(?:the\s+)?(?:{_NUMBER}\s+)?{_BEST}\s+{_POINTS}\s+(?:of|from|by|made\s+by|in)\s+{_ABOUT}",
            rf"(?P<about>his|her|their|[^?!,;]+?['’]s?)\s+(?:{_NUMBER}\s+)?{_BEST}\s+{_POINTS}",
        )
    ),
    (
        IntentKind.TOPICS,
        rf"(?:{_LIST}|what\s+(?:is|was)\s+)(?:the\s+)?(?:{_BEST}\s+)?(?:topics?|subjects?|themes?)(?:\s+(?:of|in|from)\s+{_ABOUT})?",
    ),
    (IntentKind.TOPICS, rf"what(?:\s+(?:is|was|are|were)|['’]s)\s+{_ABOUT}\s+(?:all\s+)?about"),
    (
        IntentKind.TOPICS,
        rf"(?:what|which)\s+(?:topics|subjects|themes)\s+(?:do|does|did)\s+{_ABOUT}\s+(?:cover|discuss|talk\s+about)",
    ),
    (IntentKind.WHO_SAID, r"(?:and\s+)?who\s+(?:said|says|was\s+saying|is\s+saying)\s+(?:that|this|it|so)"),
    (
        IntentKind.MENTIONS,
        rf"(?:list|show(?:\s+me)?|give(?:\s+me)?|find(?:\s+me)?|collect|quote|tell\s+me|what\s+is|read\s+me)\s+(?:me\s+)?"
        rf"(?:all|everything|every|each)(?:\s+(?:of|the|quotes?|statements?|sentences?|passages?|mentions?|times?|places?"
        rf"|things?|that|where|when|what))*(?:\s+{_WHOSE})?(?:\s+(?:is|was|are|{_SAID}))*"
        rf"\s+(?:about|on|of|regarding|concerning|(?:that\s+)?mention(?:s|ing)?|mentioned)\s+{_TOPIC}{_PLACE}",
    ),
    (
        IntentKind.MENTIONS,
        rf"(?:list|show(?:\s+me)?|find|give\s+me)\s+(?:all\s+|every\s+)?(?:the\s+)?mentions?\s+of\s+{_TOPIC}{_PLACE}",
    ),
    (
        IntentKind.COUNT,
        rf"how\s+(?:many\s+times|often)\s+(?:do|does|did|has|have)\s+{_WHOSE}\s+(?:ever\s+)?"
        rf"(?:mention(?:ed)?|refer(?:red)?\s+to|(?:talk|sp[eo]a?k)(?:ed|en)?\s+(?:about|of)|br(?:ing|ought)\s+up|"
        rf"(?:say|said|use|used)\s+(?:the\s+)?(?:word|name|term|phrase|expression))\s+(?:the\s+(?:word|name|term)\s+)?"
        rf"{_TOPIC}{_PLACE}",
    ),
    (
        IntentKind.COUNT,
        rf"how\s+(?:many\s+times|often)\s+(?:is|are|was|were|has|have|does|did)\s+(?:the\s+(?:word|name|term|phrase)\s+)?"
        rf"{_TOPIC}\s+(?:been\s+)?(?:get\s+)?"
        rf"(?:mentioned|said|named|brought\s+up|come\s+up|came\s+up|talked\s+about|referred\s+to){_PLACE}",
    ),
)
_COMPILED = tuple(
    (kind, re.compile(rf"\W*{_PLEASE}(?:{pattern})(?:[\s,]+please)?\W*", re.IGNORECASE)) for kind, pattern in _PATTERNS
)
_POINTS_AT_ONE = re.compile(rf"it|this|that|{_THE_SOURCE}", re.IGNORECASE)
_NOT_WHOSE = frozenset("anyone anybody someone everyone people".split())
_QUOTE_MARKS = "\"'“”‘’« »"


def find_intent(question: str) -> Intent | None:
    """What `question` asks about the whole, or None when it is an ordinary question."""
    if len(question) > _MAX_CHARS:
        return None
    for kind, pattern in _COMPILED:
        match = pattern.fullmatch(question.strip())
        if match is None:
            continue
        found = match.groupdict()
        topic = found.get("topic")
        if (
            kind in (IntentKind.MENTIONS, IntentKind.COUNT)
            and not 0 < len(content_words(topic or "")) <= _MAX_TOPIC_WORDS
        ):
            continue
        whose = found.get("whose")
        return Intent(
            kind=kind,
            count=_read_count(found.get("count")),
            topic=topic.strip(_QUOTE_MARKS) if topic else None,
            whose=None if whose is None or whose.casefold() in _NOT_WHOSE else whose,
            about=found.get("about"),
            place=found.get("place"),
        )
    return None


def asks_about_this(question: str) -> bool:
    """Whether `question` is about the whole of one document that it only points at: "Summarise this interview"."""
    intent = find_intent(question)
    return intent is not None and intent.about is not None and _POINTS_AT_ONE.fullmatch(intent.about) is not None


def _read_count(word: str | None) -> int:
    if word is None:
        return DEFAULT_SUMMARY_QUOTES
    return max(1, min(MAX_SUMMARY_QUOTES, _NUMBERS.get(word.casefold()) or int(word)))
