"""In which language a text is, as far as it matters: whether a question is put in that of the source.

By function words, or by script: enough to give notice, with nothing to install. An unsure guess is no guess.
"""

import re
from collections import Counter
from collections.abc import Collection

from index import DEFAULT_EMBEDDER

_WORD = re.compile(r"[^\W\d_]+")
# Words that are frequent in one of these languages and in few of the others.
_FUNCTION_WORDS = {
    "English": """the and of to is was are were in it that for on with he she they this which what how why who when
        where did does do has have had by from not but his her their about would could there been
        will much many than can any""",
    "Spanish": """el la los las de del que y en un una es por para con no se su al lo como más pero sus le ha qué cuál
        cuáles cómo cuándo dónde quién quiénes porqué cuánto cuántos cuánta está son fue era hay sobre entre desde""",
    "French": """le la les des du de et en un une est que qui dans pour pas sur au aux avec se ce cette il elle ils
        elles sont était a été comment pourquoi quand où quel quelle quels quelles qu est-ce combien leur nous vous""",
    "German": """der die das und ist in den von zu mit sich des auf für nicht ein eine einen dem als auch es an werden
        wie warum wann wo wer was welche welcher welches hat haben wurde war sind über nach bei wird""",
    "Portuguese": """os de da dos das que e em um uma é por para com não se seu sua ao como mais mas foi
        qual quais quando onde quem quanto quantos são está há sobre entre pelo pela na nas nos""",
    "Italian": """il lo la gli le di del della dei delle che e in un una è per con non si su al come più ma sono era
        quale quali quando dove chi quanto quanti perché cosa nel nella ha hanno sul sulla""",
    "Dutch": """de het een en van is in op te dat die voor met niet aan zijn er om ook als bij hoe waarom wanneer waar
        wie wat welke heeft hebben werd was waren over naar wordt door""",
}
_WORDS_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_SCRIPTS = (
    ("Japanese", re.compile(r"[\u3040-\u30ff]")),
    ("Korean", re.compile(r"[\uac00-\ud7af]")),
    ("Chinese", re.compile(r"[\u4e00-\u9fff]")),
    ("Arabic", re.compile(r"[\u0600-\u06ff]")),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("Greek", re.compile(r"[\u0370-\u03ff]")),
    ("Russian or another language in Cyrillic letters", re.compile(r"[\u0400-\u04ff]")),
    ("Hindi or another language in Devanagari letters", re.compile(r"[\u0900-\u097f]")),
)
# With one function word only, or as many of another language, there is no telling.
_MIN_WORDS = 2
MULTILINGUAL_EMBEDDER = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


def detect_language(text: str) -> str | None:
    """The English name of the language of `text`, or None when its words do not show it."""
    letters = sum(character.isalpha() for character in text)
    for language, script in _SCRIPTS:
        if len(script.findall(text)) * 3 > letters > 0:
            return language
    words = _WORD.findall(text.casefold())
    counts = Counter({language: sum(word in known for word in words) for language, known in _WORDS_BY_LANGUAGE.items()})
    (best, count), (_, second) = counts.most_common(2)
    return best if count >= _MIN_WORDS and count > second else None


def explain_language(question: str, passages: Collection[str], embedder: str) -> str | None:
    """A notice when `question` and `passages` are in different languages, or in one that the embedder was not made for.

    None when that is not so, when their words do not show it, or when the embedder is another than the English default.
    """
    if embedder != DEFAULT_EMBEDDER:
        return None
    asked, said = detect_language(question), detect_language(" ".join(passages))
    if asked is None or said is None or asked == said == "English":
        return None
    if asked != said:
        what, remedy = f"The question looks {asked}, the source {said}", f"Ask in {said}"
    else:
        what, remedy = f"Question and source look {asked}", "Use words of the source"
    return (
        f"{what}; what finds passages here was made for English. {remedy}, or index with a multilingual embedder, "
        f"such as --embedder {MULTILINGUAL_EMBEDDER}."
    )
