"""The words of a question that are worth looking up."""

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words of questions and of speech in general, which stand in nearly every passage.
_STOP_WORDS = frozenset(
    """a about according after all also am an and any anything are as asked at be because been before being but by can
    could did do does doing done during each even ever for from get give had has have he her here him his how i if in
    into is it its itself just kind like lot make many may me might more most much my no not of off on one only or other
    our out over say saying says she should so some something speak speaker such talk tell than that the their them then
    there these they thing things think this those through to too up us very want was way we were what when where
    whether which while who whom whose why will with would you your""".split()
)


def content_words(text: str) -> list[str]:
    """The words of `text` without those that say nothing alone, in lower case, each once, in order of first use."""
    words = (match.group().casefold().replace("’", "'") for match in _WORD.finditer(text))
    return [word for word in dict.fromkeys(words) if word.split("'")[0] not in _STOP_WORDS]
