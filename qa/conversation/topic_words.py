"""What a talk is about, word by word: stems to compare sentences by. English, by rule, no model."""

from index import content_words
from index.lexicon import FUNCTION_WORDS, stem

__all__ = ["telling_stems"]

_MIN_CHARS = 4
# They stand in every talk, whatever it is about.
_FILLERS = frozenset(
    """absolutely actually again always anybody anyone anyway around away back basically become came come comes coming
    completely course definitely different done else ended especially every everybody everyone everything exactly
    example fact feel feels felt finally first found getting give gives giving gonna good great guess guys happen
    happened happening happens hard help hope interesting involved keep kept kinda know last least let letting literally
    little long look looked looking looks lots love made make makes making maybe mean means mentioned myself need needed
    needs never next nice nobody nothing obviously okay once ones others part people perhaps person place pretty
    probably problem question questions quite rather real really right said same saw says second seem seemed seems seen
    sense shall show since somebody someone something sometimes somewhere soon sort start started starting step still
    stuff sure take taken takes taking talk talked talking tell telling thank thanks that's there's they're thing things
    think thinking thought three time times today together told took totally tried true truly trying turn turned type
    understand used using usually want wanted wanting wants week weeks whatever wherever whole wonderful word words work
    worked working works worry yeah year years yesterday""".split()
)
_FILLER_STEMS = frozenset(stem(word) for word in _FILLERS | FUNCTION_WORDS)


def telling_stems(text: str) -> frozenset[str]:
    """The stems of the words of `text` that tell of what it is, of letters alone."""
    words = (word for word in content_words(text) if len(word) >= _MIN_CHARS and word.isalpha())
    return frozenset(stem(word) for word in words) - _FILLER_STEMS
