"""The questions in one question: "When does it open, and who is behind it?" asks two things. English, by rule."""

import re

from index import content_words

MAX_PARTS = 4
_WH = r"(?:who|whom|whose|what|which|when|where|why|how)\b"
_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\s+"
    r"(?:he|she|it|they|we|you|there|this|that|these|those|the|a|an|his|her|their|its|any\w*)\b"
)
_LEAD = rf"(?:(?:in|on|at|to|for|from|by|with|of|about|under|since)\s+)?{_WH}|{_AUXILIARY}"
# "…, and who …", "… and why?", "…; how …": another question word where a clause may begin.
_SEAM = re.compile(
    rf"\s*(?:(?P<mark>[,;])\s*(?:and|but|also)|(?P<semicolon>;)|\b(?:and|but))\s+(?:also\s+|then\s+)?(?={_LEAD})",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^?？]+[?？]+[\"'”’)]*|[^?？]+$")
_ASKS = re.compile(rf"\b{_WH}|^\W*(?:(?:and|but|so|also|then|ok|well)\s+)*{_AUXILIARY}", re.IGNORECASE)
# "He knows what to do and how": these take a clause with a question word that asks nothing by itself.
_TAKES_CLAUSE = re.compile(
    r"\b(?:explain|tell|say|said|know|knew|describe|understand|decide|wonder|show|see|ask|asked|discuss|depend(?:s|ing)?"
    r"|learn(?:ed)?|about|of|on)\b(?:\s+(?:us|me|you|him|her|them))?\s*$",
    re.IGNORECASE,
)


def part_question(question: str) -> tuple[str, ...]:
    """The questions that `question` consists of, in order; itself alone when it is one."""
    sentences = [match.group().strip() for match in _SENTENCE.finditer(question)]
    asked = [sentence for sentence in sentences if _ASKS.search(sentence)]
    if len(asked) < len(sentences):  # words that ask nothing belong to what is asked: nothing is taken apart
        return (question.strip(),)
    parts = [part for sentence in asked for part in _part_sentence(sentence)]
    return tuple(parts) if 1 < len(parts) <= MAX_PARTS else (question.strip(),)


def _part_sentence(sentence: str) -> list[str]:
    """One sentence at its seams; a part that says nothing at all is none, unless it is the last, "and why?"."""
    seams = [
        seam
        for seam in _SEAM.finditer(sentence)
        if seam["mark"] or seam["semicolon"] or not _TAKES_CLAUSE.search(sentence[: seam.start()])
    ]
    starts = [0, *(seam.end() for seam in seams)]
    ends = [*(seam.start() for seam in seams), len(sentence)]
    parts = [sentence[start:end].strip(" ,;") for start, end in zip(starts, ends, strict=True)]
    if not content_words(parts[0]) or any(not content_words(part) for part in parts[1:-1]):
        return [sentence]
    return [part if part.endswith(("?", "？")) else f"{part}?" for part in parts] if len(parts) > 1 else [sentence]
