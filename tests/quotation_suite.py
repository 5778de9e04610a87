"""A suite of quotations whose verdicts are known, since each was made from a known span by an edit of its characters.

Nothing of the checker is used to make it: articles are written in ten forms around sentences of five transcripts, which
were kept, edited, joined or given to somebody else. A sixth transcript, which is in no index, gives the foreign ones.
"""

import html
import io
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import docx

from corpus import Document, bundled_interview, load, split_sentences

EVAL = Path(__file__).parent / "eval"
INDEXED = ("01_changelog_bold_names.md", "03_changelog_founder_interview.md", "07_ladybug_bold_bracket_time.md")
INDEXED_TOO = ("09_se_unlocked_interview.txt",)
FOREIGN = "06_ladybug_otter_export.md"

Kind = Literal[
    "exact",
    "typography",
    "edited",
    "changed",
    "stitched",
    "misattributed",
    "foreign",
    "no_quotation",
    "paraphrase",
]
TRUE_KINDS: tuple[Kind, ...] = ("exact", "typography", "edited")
FALSE_KINDS: tuple[Kind, ...] = ("changed", "stitched", "foreign")
# How many of each kind an article has.
_MIX: dict[Kind, int] = {
    "exact": 4,
    "typography": 5,
    "edited": 5,
    "changed": 5,
    "stitched": 3,
    "misattributed": 3,
    "foreign": 2,
    "no_quotation": 2,
    "paraphrase": 1,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a transcript, who said it and in which turn."""

    text: str
    speaker: str
    doc_id: str
    turn: int


@dataclass(frozen=True, slots=True)
class Expected:
    """A quotation as it stands in an article: its words, what was done to them, whom the article names.

    `how` says what was done; `speaker` is who said the words, None where nobody did.
    """

    text: str
    kind: Kind
    how: str
    named: str | None
    speaker: str | None
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A draft: its file, its form, and its quotations in order."""

    form: str
    suffix: str
    data: bytes
    expected: tuple[Expected, ...]


def indexed_documents() -> list[Document]:
    """The five transcripts that the articles are about."""
    return [bundled_interview(), *(load(EVAL / name) for name in (*INDEXED, *INDEXED_TOO))]


@dataclass(slots=True)
class Suite:
    """Makes the articles; the same seed makes the same ones."""

    seed: int
    documents: Sequence[Document]
    _random: random.Random = field(init=False)
    _by_document: dict[str, list[Sentence]] = field(init=False)
    _elsewhere: list[Sentence] = field(init=False)
    _said: str = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._by_document = {document.doc_id: list(find_sentences(document)) for document in self.documents}
        self._elsewhere = list(find_sentences(load(EVAL / FOREIGN)))
        self._said = " ".join(squeeze(document.text) for document in self.documents)

    def articles(self, rounds: int) -> Iterator[Article]:
        """`rounds` articles in each form."""
        for _ in range(rounds):
            for form, make in FORMS.items():
                document = self._random.choice(self.documents)
                yield make(self, form, document)

    def quotations(self, document: Document, typing: "Typing") -> list[Expected]:
        """The quotations of one article, shuffled."""
        kinds = [kind for kind, count in _MIX.items() for _ in range(count)]
        self._random.shuffle(kinds)
        return [self._make(kind, document, typing) for kind in kinds]

    def named(self) -> bool:
        """Whether an article names who speaks: three in four times."""
        return self._random.random() < 0.75

    def choose(self, among: Sequence[str]) -> str:
        """One of these."""
        return self._random.choice(among)

    def count_said(self, words: str) -> int:
        """How often the words were said, typography aside."""
        return self._said.count(f" {squeeze(words)} ")

    def _make(self, kind: Kind, document: Document, typing: "Typing") -> Expected:
        for _ in range(2000):
            found = _MAKERS[kind](self, document, typing)
            if found is not None:
                return found
        raise AssertionError(f"no {kind} could be made of {document.doc_id}")

    def sentence(self, document: Document, *, once: bool = True) -> Sentence | None:
        """A sentence of the document, said once in all transcripts where that is asked for."""
        sentence = self._random.choice(self._by_document[document.doc_id])
        return sentence if not once or self.count_said(sentence.text) == 1 else None

    def others(self, document: Document, speaker: str) -> list[str]:
        """Who else speaks in the document."""
        return [known.name for known in document.speakers if known.name != speaker]

    def _true(self, document: Document, typing: "Typing") -> Expected | None:
        sentence = self.sentence(document)
        if sentence is None:
            return None
        if "&" in sentence.text:
            return None  # nobody prints the references of a page
        return Expected(sentence.text, "exact", "as it is", sentence.speaker, sentence.speaker)

    def _typed(self, document: Document, typing: "Typing") -> Expected | None:
        sentence = self.sentence(document)
        if sentence is None:
            return None
        how, text = self._random.choice(_retype(sentence.text, typing))
        return None if text == sentence.text else Expected(text, "typography", how, sentence.speaker, sentence.speaker)

    def _edited(self, document: Document, typing: "Typing") -> Expected | None:
        sentence = self.sentence(document)
        if sentence is None:
            return None
        how, text = self._random.choice(["omission", "dots", "bracket", "capital", "emphasis", "turn"]), ""
        plain = html.unescape(sentence.text)
        words = plain.split(" ")
        if len(words) < 10:
            return None
        first = self._random.randrange(3, len(words) - 6)
        last = first + self._random.randrange(1, 3)
        if how in ("omission", "dots"):
            mark = {"omission": "[…]", "dots": "..."}[how]
            text = " ".join([*words[:first], mark, *words[last:]])
        elif how == "bracket":
            text = " ".join([*words[:first], "[the person]", *words[last:]])
        elif how == "capital":
            start = words[first]
            if not start[0].isalpha():
                return None
            text = " ".join([f"[{start[0].upper()}]{start[1:]}", *words[first + 1 :]])
        elif how == "emphasis":
            word = words[first].strip(".,;:!?")
            if not word.isalpha():
                return None
            text = " ".join([*words[:first], words[first].replace(word, f"*{word}*"), *words[first + 1 :]])
        else:
            following = self._following(sentence, 2)
            if following is None:
                return None
            text = f"{plain} […] {html.unescape(following.text)}"
        return Expected(text, "edited", how, sentence.speaker, sentence.speaker)

    def _changed(self, document: Document, typing: "Typing") -> Expected | None:
        sentence = self.sentence(document)
        if sentence is None:
            return None
        how = self._random.choice(["number", "negation", "word", "order", "dropped", "added", "name"])
        text = _CHANGES[how](self._random, html.unescape(sentence.text))
        if text is None or self.count_said(text) or squeeze(text) == squeeze(sentence.text):
            return None
        return Expected(text, "changed", how, sentence.speaker, sentence.speaker)

    def _stitched(self, document: Document, typing: "Typing") -> Expected | None:
        one, other = self.sentence(document), self.sentence(document)
        if one is None or other is None or one.turn == other.turn:
            return None
        text = html.unescape(f"{one.text} {other.text}")
        if self.count_said(text):
            return None
        how = "two persons" if one.speaker != other.speaker else "two places"
        return Expected(text, "stitched", how, one.speaker, None)

    def _misattributed(self, document: Document, typing: "Typing") -> Expected | None:
        sentence = self.sentence(document)
        others = self.others(document, sentence.speaker) if sentence is not None else []
        if sentence is None or not others:
            return None
        named = self._random.choice(others)
        return Expected(html.unescape(sentence.text), "misattributed", "another name", named, sentence.speaker)

    def _foreign(self, document: Document, typing: "Typing") -> Expected | None:
        sentence = self._random.choice(self._elsewhere)
        if self.count_said(sentence.text):
            return None
        names = [known.name for known in document.speakers]
        return Expected(html.unescape(sentence.text), "foreign", "from elsewhere", self._random.choice(names), None)

    def _no_quotation(self, document: Document, typing: "Typing") -> Expected | None:
        text = self._random.choice(_DISTANT)
        return Expected(text, "no_quotation", "title" if text[0].isupper() else "scare quotes", None, None)

    def _paraphrase(self, document: Document, typing: "Typing") -> Expected | None:
        name = self._random.choice([known.name for known in document.speakers])
        return Expected(self._random.choice(_REPORTED), "paraphrase", "reported speech", name, None)

    def _following(self, sentence: Sentence, distance: int) -> Sentence | None:
        """The sentence so many behind, of the same turn."""
        known = self._by_document[sentence.doc_id]
        number = known.index(sentence) + distance
        found = known[number] if number < len(known) else None
        return found if found is not None and found.turn == sentence.turn else None


_MAKERS: dict[Kind, Callable[[Suite, Document, "Typing"], Expected | None]] = {
    "exact": Suite._true,
    "typography": Suite._typed,
    "edited": Suite._edited,
    "changed": Suite._changed,
    "stitched": Suite._stitched,
    "misattributed": Suite._misattributed,
    "foreign": Suite._foreign,
    "no_quotation": Suite._no_quotation,
    "paraphrase": Suite._paraphrase,
}
_DISTANT = (
    "smart city",
    "golden age",
    "so-called experts",
    "The Long Road Home",
    "A History of Small Things",
    "Letters From Nowhere",
    "digital nomads",
    "winners and losers",
)
_REPORTED = (
    "the plan would take another three years",
    "nobody had expected such an outcome",
    "the company would hire forty people in spring",
    "it had been a long and tiring winter",
)


def find_sentences(document: Document) -> Iterator[Sentence]:
    """The sentences of named speakers that a writer could quote: of some length, without markup or quotations."""
    for number, turn in enumerate(document.turns):
        if turn.kind != "speech" or turn.speaker is None:
            continue
        for start, end in split_sentences(document.text, turn.start, turn.end):
            text = document.text[start:end]
            if (
                7 <= len(text.split()) <= 38
                and re.search(r"[\[\]()*_<>\\\"“”«»\n#|…]|\.\.|--|[‘]|&(?!#39;)", text) is None
            ):
                plain = html.unescape(text)
                if plain[-1] in ".!?" and plain[0].isupper():
                    yield Sentence(text, turn.speaker, document.doc_id, number)


def squeeze(text: str) -> str:
    """The words alone, in small letters with single spaces, for counting: nothing of the checker is used."""
    return " ".join(re.findall(r"[a-z0-9]+", html.unescape(text).lower().replace("’", "'")))


@dataclass(frozen=True, slots=True)
class Typing:
    """How a form types: the marks around a quotation, and whether a line may break within it."""

    opening: str
    closing: str
    breaks: bool = True


def _retype(text: str, typing: Typing) -> list[tuple[str, str]]:
    """The same words typed otherwise, and what was done."""
    plain = html.unescape(text)
    ways = [
        ("spaces", plain.replace(" ", "\u00a0", 3)),
        ("line break", plain.replace(" ", "\n" if typing.breaks else "\u00a0", 1)),
        ("case", plain[0].lower() + plain[1:]),
        ("apostrophes", plain.replace("'", "’") if "'" in plain else plain.replace("’", "'")),
        ("dashes", plain.replace(" – ", "—").replace("-", "‑")),
        ("ellipsis", plain.replace("...", "…")),
        ("entities", plain),
    ]
    if plain.endswith("."):
        ways += [("comma", plain[:-1] + ","), ("no full stop", plain[:-1].lower()[0] + plain[1:-1])]
    words = plain[:-1].split(" ")
    if len(words) > 12:
        ways.append(("part with a full stop", " ".join(words[:9]) + "."))
    return [(how, typed) for how, typed in ways if typed != text] or [("as it is", text)]


def _change_number(chooser: random.Random, text: str) -> str | None:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return None
    number = chooser.choice(numbers)
    return f"{text[: number.start()]}{int(number.group()) + chooser.randrange(1, 9)}{text[number.end() :]}"


def _change_negation(chooser: random.Random, text: str) -> str | None:
    if re.search(r"\b(?:is|was|can|will|are)\b(?! not)", text) and "n't" not in text:
        return re.sub(r"\b(is|was|can|will|are)\b", r"\1 not", text, count=1)
    return re.sub(r"\b(do|does|did|is|was|are)n['’]t\b", r"\1", text, count=1) if re.search(r"n['’]t\b", text) else None


def _change_word(chooser: random.Random, text: str) -> str | None:
    words = text.split(" ")
    places = [number for number, word in enumerate(words) if word.isalpha() and word.islower() and len(word) > 4]
    if not places:
        return None
    words[chooser.choice(places)] = chooser.choice(["terrible", "wonderful", "government", "yesterday", "refused"])
    return " ".join(words)


def _change_order(chooser: random.Random, text: str) -> str | None:
    words = text.split(" ")
    places = [n for n in range(1, len(words) - 2) if words[n].isalpha() and words[n + 1].isalpha()]
    places = [n for n in places if words[n].lower() != words[n + 1].lower()]
    if not places:
        return None
    place = chooser.choice(places)
    words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(words)


def _drop_words(chooser: random.Random, text: str) -> str | None:
    words = text.split(" ")
    if len(words) < 12:
        return None
    first = chooser.randrange(3, len(words) - 5)
    return " ".join([*words[:first], *words[first + chooser.randrange(1, 4) :]])


def _add_word(chooser: random.Random, text: str) -> str | None:
    words = text.split(" ")
    words.insert(chooser.randrange(2, len(words) - 1), chooser.choice(["never", "always", "certainly", "barely"]))
    return " ".join(words)


def _change_name(chooser: random.Random, text: str) -> str | None:
    names = [match for match in re.finditer(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b", text)]
    if not names:
        return None
    name = chooser.choice(names)
    return f"{text[: name.start()]}{chooser.choice(['Bolivia', 'Henrietta', 'Microsoft'])}{text[name.end() :]}"


_CHANGES: dict[str, Callable[[random.Random, str], str | None]] = {
    "number": _change_number,
    "negation": _change_negation,
    "word": _change_word,
    "order": _change_order,
    "dropped": _drop_words,
    "added": _add_word,
    "name": _change_name,
}


# Frames: {q} is the quotation in its marks, {n} a name. In those of the first list a tag follows, before which writers
# of English put a comma in place of the full stop.
_TAGGED = {
    "en": ("{q} said {n}.", "{q} {n} said.", "{q} {n} told reporters on Monday.", "{n} was sure of it. {q} she said."),
    "es": ("{q}, dijo {n}.", "{q}, afirmó {n}.", "{q}, según explicó {n}."),
    "de": ("{q}, sagte {n}.", "{q}, so {n}.", "{q}, erklärte {n} am Montag."),
    "fr": ("{q}, a déclaré {n}.", "{q}, explique {n}.", "{q}, a dit {n}."),
    "zh": ("{q}，{n}说。", "{q}，{n}表示。"),
}
_LED = {
    "en": ("{n} said: {q}", "According to {n}, {q}", "{n}: {q}", "As {n} put it, {q}", "{n} added, {q}"),
    "es": ("{n} dijo: {q}", "Según {n}, {q}", "{n} explicó: {q}"),
    "de": ("{n} sagte: {q}", "Laut {n}: {q}", "{n} betonte: {q}"),
    "fr": ("{n} a dit : {q}", "Selon {n}, {q}", "{n} ajoute : {q}"),
    "zh": ("{n}说：{q}", "{n}指出：{q}", "据{n}介绍，{q}"),
}
_UNNAMED = {
    "en": ("One sentence stays in mind: {q}", "{q}"),
    "es": ("Una frase queda: {q}", "{q}"),
    "de": ("Ein Satz bleibt: {q}", "{q}"),
    "fr": ("Une phrase reste : {q}", "{q}"),
    "zh": ("有一句话令人难忘：{q}", "{q}"),
}
_DISTANCE = {
    "en": ("Many now live in a {q} of their own.", "The book {q} came out in May."),
    "es": ("Muchos viven ya en una {q} propia.", "El libro {q} salió en mayo."),
    "de": ("Viele leben in einer {q} für sich.", "Das Buch {q} erschien im Mai."),
    "fr": ("Beaucoup vivent dans une {q} à eux.", "Le livre {q} est sorti en mai."),
    "zh": ("许多人住在所谓的{q}里。", "这本书名为{q}。"),
}
_REPORTING = {
    "en": "{n} said that {t}.",
    "es": "{n} dijo que {t}.",
    "de": "{n} sagte, dass {t}.",
    "fr": "{n} a dit que {t}.",
    "zh": "{n} said that {t}.",
}
_FILLING = {
    "en": "The hall was full that evening, and nobody left early.",
    "es": "La sala estaba llena aquella noche.",
    "de": "Der Saal war an diesem Abend voll.",
    "fr": "La salle était pleine ce soir-là.",
    "zh": "那天晚上大厅里坐满了人。",
}


@dataclass(slots=True)
class _Page:
    """A text as it is written, and the quotations that it has so far."""

    text: str = ""
    expected: list[Expected] = field(default_factory=list)

    def add(self, frame: str, found: Expected, typing: Typing, name: str | None) -> None:
        """A paragraph by a frame."""
        before, _, after = frame.replace("{n}", name or "").partition("{q}")
        self.text += before + typing.opening
        start = len(self.text)
        self.expected.append(Expected(found.text, found.kind, found.how, found.named, found.speaker, start))
        self.text += f"{found.text}{typing.closing}{after}\n\n"


def _write(suite: Suite, document: Document, language: str, typing: Typing) -> _Page:
    page = _Page(f"{_FILLING[language]}\n\n")
    for found in suite.quotations(document, typing):
        if found.kind == "no_quotation":
            page.add(_DISTANCE[language][found.how == "title"], found, typing, None)
        elif found.kind == "paraphrase":
            before, _, after = _REPORTING[language].replace("{n}", _tell(suite, found.named or "")).partition("{t}")
            start = len(page.text) + len(before)
            page.expected.append(Expected(found.text, found.kind, found.how, found.named, None, start))
            page.text += f"{before}{found.text}{after}\n\n"
        elif found.kind != "misattributed" and not suite.named():
            unnamed = Expected(found.text, found.kind, found.how, None, found.speaker)
            page.add(suite.choose(_UNNAMED[language]), unnamed, typing, None)
        elif suite.named() and language == "en" and found.kind == "exact" and " " in found.text:
            _add_split(suite, page, found, typing)
        else:
            _add_named(suite, page, found, language, typing)
        if suite.named():
            page.text += f"{_FILLING[language]}\n\n"
    return page


def _add_named(suite: Suite, page: _Page, found: Expected, language: str, typing: Typing) -> None:
    tagged = suite.choose(["tagged", "led"]) == "tagged"
    if tagged and language == "en" and found.text.endswith("."):
        kind: Kind = "typography" if found.kind == "exact" else found.kind
        found = Expected(f"{found.text[:-1]},", kind, found.how, found.named, found.speaker)
    elif tagged and not found.text.endswith((",", "?", "!", ".")):
        tagged = False
    frame = suite.choose((_TAGGED if tagged else _LED)[language])
    page.add(frame, found, typing, _tell(suite, found.named or ""))


def _add_split(suite: Suite, page: _Page, found: Expected, typing: Typing) -> None:
    """As in "…," said Ann, "…": one row a part."""
    words = found.text.split(" ")
    middle = len(words) // 2
    first = f"{' '.join(words[:middle]).rstrip(',')},"
    last = " ".join(words[middle:])
    page.text += typing.opening
    kind: Kind = "typography"
    page.expected.append(Expected(first, kind, "split", found.named, found.speaker, len(page.text)))
    page.text += f"{first}{typing.closing} said {_tell(suite, found.named or '')}, {typing.opening}"
    page.expected.append(Expected(last, "exact", "split", found.named, found.speaker, len(page.text)))
    page.text += f"{last}{typing.closing}\n\n"


def _tell(suite: Suite, label: str) -> str:
    """A name as articles tell it: the label, or its last word, or with a title in front."""
    words = label.split()
    return suite.choose([label, words[-1]]) if len(words) > 1 else label


def _in_marks(language: str, opening: str, closing: str) -> Callable[[Suite, str, Document], Article]:
    def make(suite: Suite, form: str, document: Document) -> Article:
        page = _write(suite, document, language, Typing(opening, closing))
        return Article(form, ".txt", page.text.encode(), tuple(page.expected))

    return make


def _in_blocks(suite: Suite, form: str, document: Document) -> Article:
    """Markdown whose longer quotations are block quotes, with the name in front or below."""
    typing = Typing("“", "”", breaks=False)
    page = _Page("# An evening\n\n")
    for found in suite.quotations(document, typing):
        if found.kind in ("no_quotation", "paraphrase"):
            continue
        name = _tell(suite, found.named or "")
        below = suite.named()
        page.text += "> " if below else f"{name} said:\n\n> "
        page.expected.append(Expected(found.text, found.kind, found.how, found.named, found.speaker, len(page.text)))
        page.text += f"{found.text}\n> — {name}\n\n" if below else f"{found.text}\n\n"
        page.text += f"{_FILLING['en']}\n\n"
    return Article(form, ".md", page.text.encode(), tuple(page.expected))


def _in_html(suite: Suite, form: str, document: Document) -> Article:
    page = _write(suite, document, "en", Typing("“", "”", breaks=False))
    paragraphs = "".join(f"<p>{html.escape(line)}</p>\n" for line in page.text.split("\n\n") if line)
    for number in range(0, len(page.expected), 3):
        quoted = html.escape(page.expected[number].text)
        paragraphs = paragraphs.replace(f"“{quoted}”", f"<q>{quoted}</q>", 1)
    head = "<!doctype html><html><head><title>An evening</title></head>"
    data = f"{head}<body><article>{paragraphs}</article></body></html>"
    return Article(form, ".html", data.encode(), _without_places(page))


def _in_word(suite: Suite, form: str, document: Document) -> Article:
    page = _write(suite, document, "en", Typing("“", "”", breaks=False))
    written = docx.Document()
    for line in page.text.split("\n\n"):
        if line:
            written.add_paragraph(line)
    data = io.BytesIO()
    written.save(data)
    return Article(form, ".docx", data.getvalue(), _without_places(page))


def _without_places(page: _Page) -> tuple[Expected, ...]:
    return tuple(Expected(e.text, e.kind, e.how, e.named, e.speaker) for e in page.expected)


FORMS: dict[str, Callable[[Suite, str, Document], Article]] = {
    "English, curly marks": _in_marks("en", "“", "”"),
    "English, straight marks": _in_marks("en", '"', '"'),
    "English, single marks": _in_marks("en", "‘", "’"),
    "Spanish": _in_marks("es", "«", "»"),
    "German": _in_marks("de", "„", "“"),
    "French": _in_marks("fr", "«\u00a0", "\u00a0»"),
    "Chinese": _in_marks("zh", "“", "”"),
    "Markdown, block quotes": _in_blocks,
    "HTML": _in_html,
    "Word": _in_word,
}
