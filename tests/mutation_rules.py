"""Rules that turn a sentence into a false one, by word lists of their own.

Nothing here is taken from the checks that the sentences are made for: what a check does not know can only be found
with words that did not come from it. A rule gives None where it finds nothing to change.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping

Rule = Callable[[str, random.Random], str | None]

_CARDINALS = """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety""".split()
_MAGNITUDES = "hundred thousand million billion trillion".split()
# Words of one row stand for each other.
_COUNTING = ("dozens hundreds thousands millions billions".split(), _CARDINALS, _MAGNITUDES)
_ORDERING = (
    "first second third fourth fifth sixth seventh eighth ninth tenth".split(),
    "half third quarter".split(),
    "single double triple quadruple".split(),
    "once twice thrice".split(),
)
_DATES = (
    """January February March April May June July August September October November December""".split(),
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
)
_UNITS = (
    "second minute hour day week month year decade century".split(),
    "cent dollar euro pound yuan yen".split(),
    "inch meter metre kilometer kilometre mile pixel".split(),
    "gram kilogram ton tonne".split(),
    "kilobyte megabyte gigabyte terabyte".split(),
)
_COUNTED = rf"(?:\d\S*|a|an|one|per|each|every|last|next|few|several|couple of|{'|'.join(_CARDINALS + _MAGNITUDES)})"
_NUMBER = re.compile(r"(?<![\w.,:#/])\d+(?:[.,]\d+)*(?=(?:st|nd|rd|th|s|k|m|%)?(?![\w/:]|[.,]\d))")

# What stands in the place of a denial when it is taken back; an empty text takes it out.
_DENIALS = {
    **{"not": "", "never": "always", "nobody": "everybody", "nothing": "everything", "none": "all", "no": "some"},
    **{"no one": "everyone", "nowhere": "everywhere", "cannot": "can", "neither": "both", "can't": "can"},
    **{"won't": "will", "ain't": "is"},
}
_CONTRACTED = re.compile(r"\b(is|are|was|were|do|does|did|has|have|had|would|could|should|must|need)n['’]t\b", re.I)
# These deny nothing by themselves, or only together with another word.
_NO_DENIAL = re.compile(
    r"\b(?:no[,.]|not (?:only|just|sure|to mention)|or not|why not|if not|no matter)", re.IGNORECASE
)
_WORDED_DENIALS = {
    **{"unable to": "able to", "without": "with", "impossible": "possible", "unlikely": "likely", "unlike": "like"},
    **{"refuse to": "agree to", "refused to": "agreed to", "refuses to": "agrees to", "failed to": "managed to"},
    **{"fail to": "manage to", "lack of": "wealth of", "no longer": "still", "instead of": "as well as"},
    **{"rather than": "as well as", "rarely": "often", "seldom": "often", "hardly": "clearly", "barely": "clearly"},
    **{"unnecessary": "necessary", "uncomfortable": "comfortable", "unfair": "fair", "insecure": "secure"},
    **{"incorrect": "correct", "inaccessible": "accessible", "disagree": "agree", "dislike": "like"},
}
_AUXILIARY = re.compile(r"\b(is|are|was|were|will|would|can|could|should|must)\b(?!\s+(?:not|no|never)\b|n['’]t)")
_BEFORE_VERB = re.compile(r"\b(?:can|could|will|would|should)\s+(?!not\b|be\b|have\b)(?=[a-z]{3})")
_UNDOING = ["failed to", "refused to", "was unable to", "declined to", "neglected to", "had yet to", "was too slow to"]
_UNDOING += ["gave up trying to"]
_OPPOSITES = [
    *["more less", "most least", "better worse", "best worst", "before after", "high low", "higher lower", "big small"],
    *["bigger smaller", "large tiny", "larger smaller", "easy difficult", "easier harder", "good bad", "old new"],
    *["older younger", "early late", "earlier later", "faster slower", "fast slow", "long short", "longer shorter"],
    *["strong weak", "stronger weaker", "rich poor", "open closed", "inside outside", "public private", "many few"],
    *[
        "everyone nobody",
        "everybody nobody",
        "love hate",
        "loved hated",
        "loves hates",
        "start stop",
        "started stopped",
    ],
    *["allow forbid", "allows forbids", "increase decrease", "increased decreased", "buy sell", "import export"],
    *["right wrong", "same different", "above below", "over under", "always sometimes", "all some", "success failure"],
    *["simple complicated", "cheap expensive", "safe dangerous", "front back", "left right", "top bottom"],
    *[
        "started stopped",
        "remember forget",
        "gain lose",
        "win lose",
        "add remove",
        "increasing decreasing",
        "growing shrinking",
    ],
]

_PERSONS = {
    **{"i": "they", "me": "them", "my": "their", "mine": "theirs", "myself": "themselves"},
    **{"we": "they", "us": "them", "our": "their", "ours": "theirs", "ourselves": "themselves"},
}
_PERSON = re.compile(rf"\b({'|'.join(_PERSONS)})\b(['’]m\b)?", re.IGNORECASE)
_AGREEING = re.compile(r"\b([Tt]hey) (am|was)\b")


def tell_of_others(text: str) -> str:
    """The sentence with "they" in the place of "I" and "we"."""

    def exchange(match: re.Match[str]) -> str:
        if match[1] == "US":
            return match.group()
        other = _PERSONS[match[1].lower()]
        return (other.capitalize() if match.start() == 0 else other) + ("'re" if match[2] else "")

    return _AGREEING.sub(
        lambda match: f"{match[1]} {'are' if match[2] == 'am' else 'were'}", _PERSON.sub(exchange, text)
    )


def change_digit(text: str, chance: random.Random) -> str | None:
    """One digit of a number is another."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return None
    number = chance.choice(numbers)
    place = chance.choice([place for place, digit in enumerate(number.group()) if digit.isdigit()])
    others = [digit for digit in "123456789" if digit != number.group()[place]]
    return _put(text, number.start() + place, number.start() + place + 1, chance.choice(others))


def spell_other_number(text: str, chance: random.Random) -> str | None:
    """A number in digits is another one in words."""
    numbers = [match for match in _NUMBER.finditer(text) if match.group().isdigit()]
    if not numbers:
        return None
    number = chance.choice(numbers)
    other = chance.choice([word for word in _CARDINALS if word != spell(int(number.group()))])
    return _put(text, *number.span(), other)


def spell(number: int) -> str | None:
    """The number in words, from two to ninety-nine."""
    if 2 <= number <= 20:
        return _CARDINALS[number - 2]
    if not 20 < number < 100:
        return None
    tens = _CARDINALS[16 + number // 10]
    return f"{tens}-{('one', *_CARDINALS)[number % 10 - 1]}" if number % 10 else tens


def respell_numbers(text: str) -> str:
    """The sentence with its whole numbers below a hundred in words instead of digits, and the other way round."""
    in_words = {word: number for number in range(2, 100) if (word := spell(number))}
    found = {match.span("word"): str(in_words[match["word"].lower()]) for match in _find(text, in_words)}
    for match in _NUMBER.finditer(text):
        word = spell(int(match.group())) if match.group().isdigit() else None
        if word is not None and text[match.end() : match.end() + 1] in {"", " ", "."}:
            found[match.span()] = word
    for (start, end), other in sorted(found.items(), reverse=True):
        text = _put(text, start, end, other)
    return text


def change_count(text: str, chance: random.Random) -> str | None:
    """A number in words is another one."""
    return _change_one(text, _within(_COUNTING), chance)


def change_order(text: str, chance: random.Random) -> str | None:
    """The third is the fifth, a half is a quarter, what is double is triple."""
    return _change_one(text, _within(_ORDERING), chance)


def change_date(text: str, chance: random.Random) -> str | None:
    """A month or a day of the week is another one."""
    return _change_one(text, _within(_DATES), chance, flags=0)


def change_unit(text: str, chance: random.Random) -> str | None:
    """What is counted in years is counted in months."""
    rows = [[f"{unit}{ending}" for unit in row] for row in _UNITS for ending in ("", "s")]
    rows[1][-1] = "centuries"
    return _change_one(text, _within(rows), chance, before=rf"(?<=\b){_COUNTED}[ -]")


def take_back_denial(text: str, chance: random.Random) -> str | None:
    """The one denial of the sentence is gone."""
    text = text.replace("’", "'")
    if _NO_DENIAL.search(text):
        return None
    words = _find(text, _DENIALS)
    contracted = list(_CONTRACTED.finditer(text))
    if len(words) + len(contracted) != 1:
        return None  # of two denials one may stay true without the other
    if contracted:
        return _put(text, *contracted[0].span(), contracted[0][1])
    return " ".join(_put(text, *words[0].span(), _DENIALS[words[0].group().lower()]).split())


def turn_worded_denial(text: str, chance: random.Random) -> str | None:
    """What is denied without "not" is affirmed: "unable to" becomes "able to"."""
    return _change_one(text, {word: [other] for word, other in _WORDED_DENIALS.items()}, chance)


def deny(text: str, chance: random.Random) -> str | None:
    """A sentence without a denial gets one."""
    places = list(_AUXILIARY.finditer(text))
    if not places or _find(text, _DENIALS) or _CONTRACTED.search(text):
        return None
    word = chance.choice(places)
    short = {"can": "can't", "will": "won't"}.get(word.group(), f"{word.group()}n't")
    return _put(text, *word.span(), chance.choice([f"{word.group()} not", short, f"{word.group()} never"]))


def deny_in_words(text: str, chance: random.Random) -> str | None:
    """What can or will be done fails, or is refused."""
    places = list(_BEFORE_VERB.finditer(text))
    if not places or _find(text, _DENIALS) or _CONTRACTED.search(text):
        return None
    words = chance.choice(_UNDOING)
    return _put(text, *chance.choice(places).span(), f"{words} ")


def turn_round(text: str, chance: random.Random) -> str | None:
    """A word is its opposite."""
    others: dict[str, list[str]] = {}
    for first, second in (pair.split() for pair in _OPPOSITES):
        others.setdefault(first, []).append(second)
        others.setdefault(second, []).append(first)
    return _change_one(text, others, chance)


def _within(rows: Iterable[list[str]]) -> dict[str, list[str]]:
    return {word: [other for other in row if other != word] for row in rows for word in row}


def _change_one(
    text: str, others: Mapping[str, list[str]], chance: random.Random, *, before: str = "", flags: int = re.IGNORECASE
) -> str | None:
    """`text` with one of the words as one of its `others`."""
    found = _find(text, others, before, flags)
    if not found:
        return None
    match = chance.choice(found)
    word = match["word"]
    other = chance.choice(others.get(word) or others[word.lower()])
    return _put(text, *match.span("word"), other.capitalize() if word[0].isupper() else other)


def _find(text: str, words: Iterable[str], before: str = "", flags: int = re.IGNORECASE) -> list[re.Match[str]]:
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return list(re.finditer(rf"{before}\b(?P<word>{longest_first})\b(?!['’-])", text, flags))


def _put(text: str, start: int, end: int, other: str) -> str:
    return f"{text[:start]}{other}{text[end:]}"
