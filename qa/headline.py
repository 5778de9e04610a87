"""Which short answer may be shown in large type: one that is whole, says what its sentence says, and fits the question.

A network's span is a guess at the words that matter. Cut out of "I am not saying that it is a military port", "it is a
military port" would be a lie in large letters. So a span is shown only when nothing before or behind it in its sentence
turns its meaning, when it is a phrase of its own, and when it is of the kind that the question asks for. English, by
rule; `tests/headline_cases.jsonl` has a hundred sentences with what is allowed and why.
"""

import re

from corpus import fold, is_question
from index import content_words
from qa.question_kind import QuestionKind, Wanted, find_kind, find_wanted

MAX_HEADLINE_CHARS = 140
# What stands farther away than this, in characters, is not looked at.
_FAR = 600
# Of these, before the span in its clause, each turns what it says: denied, set against, or only under a condition.
_DENIES = re.compile(
    r"\b(?:not|never|no|nor|neither|nobody|nothing|none|cannot|hardly|barely|scarcely|rarely|seldom)\b|\b\w+n['’]t\b",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"""\b(?:without|against|rather\s+than|instead\s+of|far\s+from|anything\s+but|except|apart\s+from|other\s+than|more\s+than|less\s+than
    |fewer\s+than|nearly|almost|up\s+to|at\s+least|at\s+most|unless|if|whether|until|supposed(?:ly)?|alleged(?:ly)?
    |so-called|den(?:y|ies|ied)|doubts?|refus(?:e|es|ed|al)|fail(?:s|ed)?|stop(?:s|ped)?|avoid(?:s|ed)?|prevent(?:s|ed)?
    |wrong|false|untrue|myth|wish|hope[ds]?|would\s+have|could\s+have|should\s+have|used\s+to|second\s+only|only)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# A rank that leaves somebody out: "after Brazil, Peru is the largest".
_RANKED_AFTER = re.compile(r"\b(?i:after|behind|next\s+to|besides|following)\s+[A-Z]")
_RANK = re.compile(r"\b(?:\w{3,}est|most|least|second|third|next)\b", re.IGNORECASE)
# Behind the span, it is taken back: "The port is military – no, that is wrong."
_TAKEN_BACK = re.compile(
    r"^\W*(?:(?:is|was|are|were|does|do|did|has|have|will|would|can|could)\s*(?:not|n['’]t)\b|\w+n['’]t\b|never\b"
    r"|(?:is|was)\s+(?:wrong|false|impossible|untrue|nonsense|a\s+myth)\b|unless\b|if\b|[,;:–—-]?\s*(?:no|not)\b)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;:!?…()]|\s[–—-]\s")
_DANGLING_START = frozenset("of and or but nor than that which who whom whose is are was were be been being".split())
_DANGLING_END = frozenset(
    """a an the of to in on at for with by from and or but nor that which who whom whose than as if because is are
    was were be been being am do does did has have had will would can could shall should might must my your his its our
    their these those some any every each very so such not no i""".split()
)
_DETERMINERS = frozenset("a an the my your his her its our their no".split())
_LAST_WORD = re.compile(r"\b(\w{1,5})\s+$")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*%?")
_MARKUP = re.compile(r"&\w*;?|#\d*;|[<>{}\[\]|\\]")
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion "
    "dozen half third quarter once twice couple several few double triple"
)
_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(_NUMBER_WORDS.split())})s?\b", re.IGNORECASE)
_TIMES = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday today tomorrow yesterday tonight morning afternoon evening night noon midnight "
    "spring summer autumn fall winter christmas easter week month year decade century day hour minute second "
    "weekend quarter moment time now soon later earlier ago beginning end start childhood school university war"
)
_TIME = re.compile(rf"\d|\b(?:{'|'.join(_TIMES.split())})s?\b|\b(?:after|before|when|while|during|since|until)\b", re.I)
_PLACE_LEAD = re.compile(
    r"^(?:in|on|at|near|from|to|inside|outside|under|over|behind|between|across|along|off)\b", re.I
)
_PERSON_NOUN = re.compile(r"\b(?:my|his|her|our|their|the|a|an)\s+\w+", re.IGNORECASE)
_VAGUE = frozenset("thing things number numbers lot lots stuff kind kinds way ways bit part parts point points".split())
_MONTH_OF_MAY = re.compile(r"\bMay\b")  # else an auxiliary verb
_NAME = re.compile(r"\b[A-Z][\w’'-]+")
_FEWEST_REASON_WORDS = 4
# A reason that says itself that it is one may follow on what failed or was refused.
_BECAUSE = re.compile(r"^(?:because|since|so\s+that|in\s+order\s+to|due\s+to|thanks\s+to|for\s+fear)\b", re.IGNORECASE)


def is_headline(question: str, sentence: str, start: int, end: int) -> bool:
    """Whether `sentence[start:end]` may stand alone, in large type, as the answer to `question`."""
    return find_fault(question, sentence, start, end) is None


def find_fault(question: str, sentence: str, start: int, end: int) -> str | None:
    """Why `sentence[start:end]` may not stand alone as the answer to `question`, in a few words; None when it may."""
    if end - start > _FAR:
        return "no words, or too many"
    span, before = fold(sentence[start:end]), fold(sentence[max(0, start - _FAR) : start])
    after = fold(sentence[end : end + _FAR])
    kind = find_kind(question)
    if kind is QuestionKind.YES_NO:
        return "yes or no: the sentence tells"
    if find_wanted(question) is Wanted.SEVERAL:
        return "one of several"
    if is_question(sentence):
        return "asked, not said"
    checks = (
        _find_fault_of_form(span, before, after),
        _find_turn(before, after, because=_BECAUSE.match(span) is not None),
        _find_fault_of_kind(kind, span, begins=not _WORD.search(before)),
    )
    return next((fault for fault in checks if fault is not None), None)


def _find_fault_of_form(span: str, before: str, after: str) -> str | None:
    """What keeps the span from being a phrase of its own."""
    words = _WORD.findall(span)
    if not words or len(span) > MAX_HEADLINE_CHARS:
        return "no words, or too many"
    if _MARKUP.search(span):
        return "markup"
    if (before[-1:].isalnum() and span[:1].isalnum()) or (after[:1].isalnum() and span[-1:].isalnum()):
        return "cut within a word"
    if before.endswith(("&", "#", "'", "’")) and not before.endswith((" '", " ’")):
        return "cut within a word"
    if not set(content_words(span)) - _VAGUE and not _NUMBER.search(span) and not _MONTH_OF_MAY.search(span):
        return "words that say nothing alone"
    lower = [word.casefold() for word in words]
    if lower[0] in _DANGLING_START or lower[-1] in _DANGLING_END:
        return "begins or ends in the air"
    leading = _LAST_WORD.search(before)
    if leading is not None and leading[1].casefold() in _DETERMINERS and not words[0][0].isupper():
        return "half of a phrase"
    if span.count("(") != span.count(")") or span.count("“") != span.count("”") or span.count('"') % 2:
        return "half of a bracket"
    if len(words) == 1:
        return _find_fault_of_word(words[0], before, after)
    return None


def _find_fault_of_word(word: str, before: str, after: str) -> str | None:
    """What keeps a single word from being a phrase: what it is put to is left out."""
    following = _WORD.match(after.lstrip()) if after[:1].isspace() else None
    named = word[0].isupper() and _WORD.search(before) is not None
    if following is not None and not word.endswith("%") and (content_words(following[0]) or following[0] == "of"):
        # "economic coercion", "Pacific Ocean": the next word belongs to it. A verb may follow a name or a number.
        if not (named or _NUMBER.search(word)) or following[0][0].isupper():
            return "half of a phrase"
        if _NUMBER.search(word):
            return "a number of what?"
    return None


def _find_turn(before: str, after: str, *, because: bool) -> str | None:
    """What turns the meaning of the span in its own sentence."""
    clause = before[[0, *(match.end() for match in _CLAUSE_END.finditer(before))][-1] :]
    turn = _DENIES.search(clause) or (None if because else _TURNS.search(clause))
    if turn is not None:
        return f"behind “{turn[0]}”"
    if _TAKEN_BACK.match(after):
        return "taken back behind it"
    if _RANKED_AFTER.search(before) and _RANK.search(before + after):
        return "ranked after somebody else"
    return None


def _find_fault_of_kind(kind: QuestionKind, span: str, *, begins: bool) -> str | None:
    """What the question asks for that the span does not have."""
    names = _NAME.findall(span if not begins else span[1:])
    if kind is QuestionKind.NUMBER and not _NUMBER.search(span):
        return "no number"
    if kind is QuestionKind.TIME and not (_TIME.search(span) or _NUMBER.search(span)):
        return "no time"
    if kind is QuestionKind.PERSON and not (names or (begins and span[:1].isupper()) or _PERSON_NOUN.search(span)):
        return "nobody"
    if kind is QuestionKind.PLACE and not (names or _PLACE_LEAD.match(span) or _PERSON_NOUN.search(span)):
        return "no place"
    if kind is QuestionKind.REASON and len(_WORD.findall(span)) < _FEWEST_REASON_WORDS:
        return "too short for a reason"
    return None
