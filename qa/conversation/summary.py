"""Sentences that stand for a whole talk: each for a stretch of its own, together for what it speaks of most.

A weighted coverage of the words that come up again and again, grown sentence by sentence by the largest gain
(Nemhauser, Wolsey and Fisher 1978; for summaries Lin and Bilmes 2011), with one sentence a stretch.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus import Document
from qa.conversation.spoken_sentences import Span, SpokenSentence, spoken_sentences
from qa.conversation.topic_words import telling_stems

# How many sentences on either side are compared where a stretch might end, and how far off the even places it may.
_COMPARED = 8
_MAX_SHIFT = 60
# Of each stretch so many sentences are compared in full.
_MAX_COMPARED = 60
# The length at which a sentence's words count half, in telling words.
_EVEN_LENGTH = 3
# What points to the sentence before, or is the end of it, is hard to understand alone.
_LEANS = re.compile(
    r"""\W*(?:and|but|so|or|because|which|also|then|it|its|it['’]s|that|that['’]s|this|these|those|they|they['’]re|he|she
    |he['’]s|she['’]s|his|her|their|them|yes|no|yeah|yep|right|exactly|well|like|otherwise|therefore|thus)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LEANING = 0.6
_UNFINISHED = 0.7
_ENDS = re.compile(r"[.!?…][”’\"')\]]*\s*$")


def choose_speakers(document: Document) -> frozenset[str] | None:
    """Whose words stand for the document: those who answer, or where nobody does all who speak, or else anybody's."""
    answering = frozenset(speaker.name for speaker in document.speakers if speaker.role == "answers")
    return answering or frozenset(speaker.name for speaker in document.speakers) or None


def choose_summary(document: Document, speakers: frozenset[str] | None, count: int) -> list[Span]:
    """At most `count` sentences of these speakers (None: as `choose_speakers` says) that cover the talk, in order."""
    said = list(spoken_sentences(document, speakers or choose_speakers(document)))
    places = _choose_candidates(said)
    if not places:
        return []
    talk = _Talk.of(said, spoken_sentences(document, None))
    stretches = _cut(talk, places, min(count, len(places)))
    taken = _cover(talk, stretches, count)
    return [said[place].span for place in sorted(taken)]


def _choose_candidates(said: Sequence[SpokenSentence]) -> list[int]:
    """The places of the sentences that say something; of others only where there are none."""
    stating = [place for place, sentence in enumerate(said) if not sentence.asks and not sentence.is_courtesy]
    return (
        [place for place in stating if said[place].has_substance]
        or [place for place in stating if len(said[place].text.split()) > 2]
        or [place for place, sentence in enumerate(said) if sentence.has_substance]
    )


@dataclass(frozen=True, slots=True)
class _Talk:
    """What the speakers said, with the stems of each sentence; how many sentences of `length`, by anybody, have each.

    What was asked about tells what a talk is about as well as what was answered.
    """

    said: Sequence[SpokenSentence]
    stems: Sequence[frozenset[str]]
    counts: Counter[str]
    length: int

    @classmethod
    def of(cls, said: Sequence[SpokenSentence], everybody: Iterable[SpokenSentence]) -> "_Talk":
        found = {sentence.span: telling_stems(sentence.text) for sentence in everybody}
        counts = Counter(stem for stems in found.values() for stem in stems)
        return cls(said, [found[sentence.span] for sentence in said], counts, len(found))

    def weigh(self, stem: str, count: int) -> float:
        """How much a stem tells that `count` sentences of a part have: often there, and not everywhere."""
        return math.sqrt(count) * math.log1p(self.length / self.counts[stem])


def _cut(talk: _Talk, places: Sequence[int], number: int) -> list[Sequence[int]]:
    """The candidates in `number` stretches of about one length, each ending where the words change most nearby."""
    reach = min(_MAX_SHIFT, len(places) // (4 * number))
    ends = []
    for stretch in range(1, number):
        even = stretch * len(places) // number
        gaps = range(even - reach, even + reach + 1)
        ends.append(min(gaps, key=lambda gap: (_cohesion(talk, places[gap]), abs(gap - even))))
    return [places[begin:end] for begin, end in itertools.pairwise([0, *ends, len(places)])]


def _cohesion(talk: _Talk, gap: int) -> float:
    """How much of what is spoken of before a gap is spoken of behind it; a new turn is a likelier end."""
    before = Counter(stem for found in talk.stems[max(0, gap - _COMPARED) : gap] for stem in found)
    after = Counter(stem for found in talk.stems[gap : gap + _COMPARED] for stem in found)
    shared = sum(before[stem] * after[stem] for stem in before.keys() & after.keys())
    norm = math.sqrt(sum(n * n for n in before.values()) * sum(n * n for n in after.values()))
    same_turn = talk.said[gap - 1].turn is talk.said[gap].turn
    return (shared / norm if norm else 0.0) + (0.1 if same_turn else 0.0)


def _cover(talk: _Talk, stretches: Sequence[Sequence[int]], count: int) -> list[int]:
    """The place of one sentence a stretch, the largest gain first."""
    local = [_weigh_stretch(talk, stretch) for stretch in stretches]
    covered: set[str] = set()
    taken: list[int] = []
    voices: Counter[str | None] = Counter()
    shares = _share_out(talk, stretches, count)

    def gain(number: int, place: int) -> float:
        stems = talk.stems[place]
        new = sum(talk.weigh(stem, talk.counts[stem]) for stem in stems - covered if talk.counts[stem] > 1)
        told = sum(local[number].get(stem, 0.0) for stem in stems)
        speaker = talk.said[place].turn.speaker
        balance = 1.0 + voices[speaker] / shares[speaker]
        return _stands_alone(talk.said[place].text) * (new + told) / math.sqrt(len(stems) + _EVEN_LENGTH) / balance

    # What is covered only lessens a gain, so that those far behind at first are not looked at again.
    shortlists = {
        number: sorted(stretch, key=lambda place: (-gain(number, place), place))[:_MAX_COMPARED]
        for number, stretch in enumerate(stretches)
    }
    while shortlists and len(taken) < count:
        _, place, number = max(
            (gain(number, place), -place, number) for number, shortlist in shortlists.items() for place in shortlist
        )
        place = -place
        taken.append(place)
        covered |= talk.stems[place]
        voices[talk.said[place].turn.speaker] += 1
        del shortlists[number]
    return taken


def _weigh_stretch(talk: _Talk, stretch: Sequence[int]) -> dict[str, float]:
    counts = Counter(stem for place in stretch for stem in talk.stems[place])
    return {stem: talk.weigh(stem, count) for stem, count in counts.items() if talk.counts[stem] > 1}


def _share_out(talk: _Talk, stretches: Sequence[Sequence[int]], count: int) -> dict[str | None, float]:
    """How many quotes each speaker would have in a fair share: by the root of how much they say, as in small chambers.

    (Penrose 1946.) Who says most is heard most, and nobody is drowned.
    """
    sentences = Counter(talk.said[place].turn.speaker for stretch in stretches for place in stretch)
    whole = sum(math.sqrt(number) for number in sentences.values())
    return {speaker: count * math.sqrt(number) / whole for speaker, number in sentences.items()}


def _stands_alone(text: str) -> float:
    """How much a sentence counts for being understood without what stands before and behind it."""
    return (_LEANING if _LEANS.match(text) else 1.0) * (1.0 if _ENDS.search(text) else _UNFINISHED)
