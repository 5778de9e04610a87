"""Checks on a sentence that a language model wrote: only what the sentences that it cites support may be shown.

They err on the side of dropping. What they cannot see (a word turned into its opposite, a cause invented) the quotes
beneath the sentence must show.
"""

import functools
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus import Document
from qa.attribution import find_speakers_asked_for
from qa.generation.claim_features import (
    content_stems,
    copied_runs,
    count_negations,
    denies,
    find_denied,
    find_exchanged,
    find_figures,
    find_proper,
    find_units,
    is_name_in,
    is_nearly_same,
    words_of,
)
from qa.generation.source_sentences import SourceSentence, find_asked

# Why a sentence is dropped. "unrelated" is our reader's verdict, given elsewhere; "too many" is about its answer.
Fault = Literal[
    "form",
    "cites nothing",
    "cites too much",
    "first person",
    "quotation",
    "link",
    "figure",
    "name",
    "negation",
    "speaker",
    "premise",
    "two places",
    "copied from elsewhere",
    "unrelated",
    "too many",
]
MAX_SENTENCE_CHARS = 500
MAX_CITED = 4
# Sentences that stand no further apart are one place.
MAX_GAP_CHARS = 400
# So many words in a row that stand elsewhere in the source, and not in what is cited, were taken from there.
COPIED_WORDS = 4
# So many in a row, from each of two places, are stitched together.
STITCHED_WORDS = 3
# So many in a row, that stand in the interviewer's question and not in the answer, are a premise.
PREMISE_WORDS = 6
# How far before a cited sentence the names may stand that its pronouns mean.
NAMES_BEFORE_CHARS = 400

_FIRST_PERSON = re.compile(r"\b(?:I|I['’]\w+|[Ww]e|[Ww]e['’]\w+|[Mm]y|[Mm]yself|me|[Oo]ur|ours|us|ourselves)\b")
_QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]*)[”\"»]|(?<!\w)[‘']([^‘’']{8,})[’'](?!\w)")
_LINK = re.compile(r"\S*(?:://|www\.|@)\S*|\b[\w-]+\.(?:com|org|net|io|example)\b", re.IGNORECASE)
_ASKER = re.compile(
    r"\b(?:interviewer|moderator|reporter|journalist|(?:the|a|their|podcast['’]?s?|show['’]?s?) host)\b", re.IGNORECASE
)
_ANSWERER = re.compile(r"\b(?:interviewee|guest|respondent)\b", re.IGNORECASE)
_ASKING = re.compile(r"\b(?:ask(?:s|ed|ing)?|wonder(?:s|ed)?|inquire[sd]?|raise[sd]?)\b", re.IGNORECASE)
_PUTTING = re.compile(r"\bputs? it\b", re.IGNORECASE)
# An answer that takes up what was asked.
_AGREEING = re.compile(
    r"\W*(?:yes|yeah|yep|right|exactly|correct|absolutely|definitely|sure|of course)\b", re.IGNORECASE
)
_CLAUSES = re.compile(r"[,;:—–()]|\b(?:and|but|or|while|whereas|then)\b", re.IGNORECASE)
_SPACES = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, the source sentences that it cites, and the documents that these stand in, by id."""

    text: str
    cited: tuple[SourceSentence, ...]
    documents: Mapping[str, Document]

    @property
    def cited_text(self) -> str:
        """All that is cited."""
        return "\n".join(line.text for line in self.cited)

    @property
    def supporting_text(self) -> str:
        """What can support the claim: what was answered; a question only where the claim gives it as a question."""
        return "\n".join(line.text for line in self.cited if self.tells_of_asker or line.role != "asks")

    @property
    def tells_of_asker(self) -> bool:
        """Whether the sentence gives what it says as the interviewer's words."""
        askers = {line.speaker for line in self.cited if line.role == "asks"}
        return bool(_ASKER.search(self.text)) or bool(_find_sayers(self.text, _labels_of(self)) & askers)


def find_fault(claim: Claim) -> Fault | None:
    """The first thing that is wrong with a claim, or None."""
    return next((fault for fault, is_wrong in _CHECKS.items() if is_wrong(claim)), None)


def _is_malformed(claim: Claim) -> bool:
    text = claim.text
    return not any(map(str.isalnum, text)) or len(text) > MAX_SENTENCE_CHARS or not text.isprintable() or "<" in text


def _speaks_as_somebody(claim: Claim) -> bool:
    return _FIRST_PERSON.search(_QUOTED.sub("", claim.text)) is not None


def _misquotes(claim: Claim) -> bool:
    """Words in quotation marks must stand, in a row, in one of the cited sentences."""
    said = [_fold(line.text) for line in claim.cited]
    quoted = [_fold(one or other) for one, other in _QUOTED.findall(claim.text)]
    unpaired = len(re.findall(r"[“”\"„«»]", claim.text)) % 2 == 1
    return unpaired or any(not any(f" {words} " in f" {text} " for text in said) for words in quoted if words)


def _links(claim: Claim) -> bool:
    return any(link.strip(".,;)") not in claim.cited_text for link in _LINK.findall(claim.text))


def _has_other_figures(claim: Claim) -> bool:
    labels = " ".join(line.speaker or "" for line in claim.cited)  # "Speaker 1"
    if not find_figures(claim.text) <= find_figures(claim.supporting_text) | find_figures(labels):
        return True
    return not find_units(claim.text, counted=True) <= find_units(claim.supporting_text)


def _has_other_names(claim: Claim) -> bool:
    known = [claim.cited_text, *(line.speaker or "" for line in claim.cited)]
    known += [_before(line, claim.documents[line.doc_id]) for line in claim.cited]
    names = [name for name in find_proper(claim.text) if not is_name_in(name, " \n".join(known))]
    # The first word has its capital from the sentence where the source writes it small.
    first = words_of(claim.text)[0]
    return any(name.lower() != first or not _writes_small(claim, first) for name in names) or _exchanges_name(claim)


def _exchanges_name(claim: Claim) -> bool:
    """Whether the claim is a cited sentence with another name, be it one that stands close by."""
    known = " \n".join([claim.cited_text, *(line.speaker or "" for line in claim.cited)])
    new = [name for line in claim.cited for name in find_exchanged(claim.text, line.text, known)]
    return any(not _writes_small(claim, name.lower()) for name in new)


def _writes_small(claim: Claim, word: str) -> bool:
    return any(re.search(rf"\b{re.escape(word)}\b", document.text) for document in claim.documents.values())


def _denies_otherwise(claim: Claim) -> bool:
    """Whether something is denied that the cited do not deny, or the other way round."""
    denied, plain = find_denied(claim.text)
    source_denied, source_plain = find_denied(claim.supporting_text)
    if (plain - denied) & (source_denied - source_plain) or (denied - plain) & (source_plain - source_denied):
        return True
    near = [
        text for text in (*(line.text for line in claim.cited), claim.cited_text) if is_nearly_same(claim.text, text)
    ]
    if near:
        return not any(count_negations(claim.text) == count_negations(text) for text in near)
    return count_negations(claim.text) > 0 and not denies(claim.supporting_text)


def _names_another_speaker(claim: Claim) -> bool:
    sayers = _find_sayers(claim.text, _labels_of(claim))
    answering = {line.speaker for line in claim.cited if line.role != "asks"}
    if claim.tells_of_asker and not sayers:
        return not any(line.role == "asks" for line in claim.cited)
    if _ANSWERER.search(claim.text) and not answering:
        return True
    cited = answering or {line.speaker for line in claim.cited}
    if claim.tells_of_asker:
        cited = {line.speaker for line in claim.cited if line.role == "asks"}
    return bool(sayers) and sayers != cited


def _gives_premise_as_answer(claim: Claim) -> bool:
    if claim.tells_of_asker:
        return False
    if all(line.role == "asks" for line in claim.cited):
        return True
    if any(is_nearly_same(claim.text, line.text) or _AGREEING.match(line.text) for line in claim.cited):
        return False
    asked = [text for line in claim.cited for text in find_asked(line, claim.documents[line.doc_id])]
    answers = _row(" ".join(_turn_of(line, claim) for line in claim.cited))
    runs = copied_runs(words_of(claim.text), PREMISE_WORDS, 3)
    return any(
        is_nearly_same(claim.text, text) or any(f" {run} " in _row(text) and f" {run} " not in answers for run in runs)
        for text in asked
    )


def _turn_of(line: SourceSentence, claim: Claim) -> str:
    document = claim.documents[line.doc_id]
    return document.text[document.turns[line.turn].start : document.turns[line.turn].end]


def _stitches(claim: Claim) -> bool:
    """Whether words in a row, or those of one clause, come from places that stand apart."""
    places = _places_of(claim.cited)
    if len(places) < 2:
        return False
    runs = copied_runs(words_of(claim.text), STITCHED_WORDS, 1)
    copied = [{run for run in runs if f" {run} " in _row(" ".join(line.text for line in place))} for place in places]
    if sum(bool(rows.difference(*(other for other in copied if other is not rows))) for rows in copied) > 1:
        return True
    said = [set(content_stems(" ".join(line.text for line in place))) for place in places]
    own = [stems.difference(*(other for other in said if other is not stems)) for stems in said]
    for clause in _CLAUSES.split(claim.text):
        stems = set(content_stems(clause))
        if sum(bool(stems & words) for words in own) > 1:
            return True
    return False


def _copies_from_elsewhere(claim: Claim) -> bool:
    """Whether words in a row stand in the document, but not near what is cited."""
    runs = copied_runs(words_of(claim.text), COPIED_WORDS, 2)
    if not runs:
        return False
    near = "\n".join(_row(_around(line, claim.documents[line.doc_id])) for line in claim.cited)
    sources = [_words_in_a_row(claim.documents[doc_id]) for doc_id in {line.doc_id for line in claim.cited}]
    return any(f" {run} " in text and f" {run} " not in near for run in runs for text in sources)


_CHECKS: dict[Fault, Callable[[Claim], bool]] = {
    "form": _is_malformed,
    "cites nothing": lambda claim: not claim.cited,
    "cites too much": lambda claim: len(claim.cited) > MAX_CITED,
    "first person": _speaks_as_somebody,
    "quotation": _misquotes,
    "link": _links,
    "premise": _gives_premise_as_answer,
    "speaker": _names_another_speaker,
    "figure": _has_other_figures,
    "name": _has_other_names,
    "negation": _denies_otherwise,
    "two places": _stitches,
    "copied from elsewhere": _copies_from_elsewhere,
}


def _find_sayers(text: str, labels: Collection[str]) -> set[str]:
    """Those whose words the sentence claims to give, by their labels; called by any part of it that is theirs alone."""
    owners: dict[str, set[str]] = {}
    for label in labels:
        for name in {label, *(word for word in label.split() if len(word) > 2 and word[0].isupper())}:
            owners.setdefault(name, set()).add(label)
    called = find_speakers_asked_for(_PUTTING.sub("says", _ASKING.sub("says", text)), owners)
    return {next(iter(owners[name])) for name in called if len(owners[name]) == 1}


def _labels_of(claim: Claim) -> frozenset[str]:
    documents = (claim.documents[doc_id] for doc_id in {line.doc_id for line in claim.cited})
    return frozenset(speaker.name for document in documents for speaker in document.speakers)


def _before(line: SourceSentence, document: Document) -> str:
    """What a pronoun in the line may point to: what stands just before it, in its own turn or the one before."""
    first = document.turns[max(0, line.turn - 1)].start
    return document.text[max(first, line.start - NAMES_BEFORE_CHARS) : line.start]


def _around(line: SourceSentence, document: Document) -> str:
    return document.text[max(0, line.start - MAX_GAP_CHARS) : line.end + MAX_GAP_CHARS]


def _places_of(cited: Sequence[SourceSentence]) -> list[list[SourceSentence]]:
    places: list[list[SourceSentence]] = []
    for line in sorted(cited, key=lambda line: (line.doc_id, line.start)):
        last = places[-1][-1] if places else None
        if last is not None and last.doc_id == line.doc_id and line.start - last.end <= MAX_GAP_CHARS:
            places[-1].append(line)
        else:
            places.append([line])
    return places


@functools.lru_cache(maxsize=16)
def _words_in_a_row(document: Document) -> str:
    return _row(document.text)


def _row(text: str) -> str:
    return f" {' '.join(words_of(text))} "


def _fold(text: str) -> str:
    return _SPACES.sub(" ", text.replace("’", "'")).casefold().strip()
