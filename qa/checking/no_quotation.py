"""What stands in quotation marks and is no quotation: titles, names, and words that the writer keeps at a distance."""

import re

from qa.checking.comparable import WORD, lower
from qa.checking.query import Query

# So many words without a verb are too few to be held against anybody; of scripts without spaces, characters.
MAX_WORDS = 5
MAX_CHARACTERS = 8
MAX_TITLE_WORDS = 14
# A part of a sentence that is quoted word for word is a quotation from so many words on, where somebody is named.
MIN_NAMED_WORDS = 2
MIN_UNNAMED_WORDS = 4
# Those that are also a common noun of English are left out ("love", "war").
_VERBS = frozenset(
    """i we you he she it they i'm we're you're it's that's there's is are was were be been being am isn't aren't wasn't
    weren't have has had do does did don't doesn't didn't will would won't can could can't cannot shall should may
    might must get got go goes going gone went make made makes say said says know knew known think thought wanted let
    come came take took taken give gave given see saw seen felt find found keep kept tell told try worked loved hate
    hated believe means started happened changed stopped thank yo tú nosotros es fue eran está están estaba hay tiene
    tienen ha han hemos soy somos puede pueden será hace ich wir du ihr ist sind waren haben habe wird werden kann
    können muss müssen soll gibt geht wurde je nous vous est sont était étaient ont avons sera peut peuvent fait
    c'est j'ai faut noi sono erano ho abbiamo hanno sarà può nós são foi tem têm są był była było mam będzie jestem я
    мы вы это был была было были есть будет 是 有 会 會 要 能 在 不 了""".split()
)
_SMALL_WORDS = frozenset(
    """a an the of and or in on at to for with from by as is it but nor vs de la le el los las y e et und der die das
    von des du del di da i""".split()
)
# What is named in quotation marks right behind one of these words.
_NAMED = re.compile(
    r"(?<![^\W_])(?:books?|films?|movies?|songs?|papers?|articles?|reports?|podcasts?|shows?|episodes?|albums?|novels?|essays?"
    r"|stud(?:y|ies)|documentar(?:y|ies)|series|games?|plays?|poems?|magazines?|newspapers?|titled|entitled|headlined|named"
    r"|so-called|known\s+as|dubbed|nicknamed|termed|the\s+(?:term|word|phrase|slogan|title|headline)s?|libros?|películas?"
    r"|canci(?:ón|ones)|novelas?|titulad[oa]|llamad[oa]|artículo|palabras?|término|buch|film|roman|lied|aufsatz|artikel"
    r"|titel|sogenannt\w*|begriff|wort|livres?|chansons?|intitulée?s?|terme|mot|libro|romanzo|canzone|intitolat[oa]|cosiddett[oa]"
    r"|книг[аеуи]|фильм\w*|так\s+называем\w*|tzw\.?|książk\w+)\s*,?\s*$|(?:所谓的?|名为|题为|《)$",
    re.IGNORECASE,
)


def is_no_quotation(query: Query, before: str, *, named: bool, direct: bool, matched: bool) -> bool:
    """Whether words in quotation marks claim to be nobody's.

    :param before: the text in front of the mark.
    :param named: somebody is named as the speaker.
    :param direct: a verb of saying or a colon leads to them, or follows.
    :param matched: the words stand in a source.
    """
    if direct:
        return False
    if _NAMED.search(before[-60:]) is not None and len(query.words) <= MAX_TITLE_WORDS and not _ends(query):
        return True
    if _is_title(query) and not (matched and named and len(query.words) >= MIN_UNNAMED_WORDS):
        return True
    if not _is_short(query) or any(word in _VERBS for word in query.words):
        return False
    if matched:
        return len(query.words) < (MIN_NAMED_WORDS if named else MIN_UNNAMED_WORDS)
    return not _ends(query)


def _is_short(query: Query) -> bool:
    return len(query.words) <= (MAX_CHARACTERS if query.unspaced else MAX_WORDS)


def _ends(query: Query) -> bool:
    """Whether it ends as a sentence does; a comma or a full stop may be the sentence's around it."""
    return query.core.endswith(("?", "!")) or (query.final.startswith(".") and len(query.words) > MAX_WORDS)


def _is_title(query: Query) -> bool:
    """Whether all words that can are in capitals, as in titles; one word alone may only begin a sentence."""
    words = [query.folded[match.start() : match.end()] for match in WORD.finditer(lower(query.folded))]
    large = [word for word in words if word.casefold() not in _SMALL_WORDS and word[0].isalpha()]
    capital = all(word[0].isupper() for word in large)
    return len(large) >= 2 and capital and len(words) <= MAX_TITLE_WORDS and not _ends(query)
