"""Answers as one page that needs nothing else: no script, nothing from elsewhere, all foreign text escaped."""

import html
from collections.abc import Iterator
from html.parser import HTMLParser

from corpus import printable
from qa.answers import Citation, introduce
from qa.errors import AnswersInvalid
from qa.exports.places import read_places, show_words, write_places
from qa.exports.records import ExportedAnswers, ExportedPart, ExportedQuote

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Quotations</title>
<style>
:root { color-scheme: light dark; --muted: #5b5b66; }
@media (prefers-color-scheme: dark) { :root { --muted: #a5a5b2; } }
body { font: 1rem/1.55 Georgia, serif; margin: 0 auto; max-width: 46rem; padding: 1.5rem; overflow-wrap: anywhere; }
h1, h2, h3, header p, .muted, .notes { font-family: system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
.muted, .notes { color: var(--muted); font-size: .875rem; }
blockquote { border-inline-start: 3px solid; margin: 1rem 0; padding-inline-start: 1rem; }
blockquote p { margin: 0; } .words { white-space: pre-wrap; }
:target { outline: 3px solid Highlight; outline-offset: 3px; }
</style>
</head>
<body>
"""


def write_page(answers: ExportedAnswers) -> bytes:
    """The page; each quote leads to its note and back."""
    parts = [_HEAD, f"<header><h1>Quotations</h1><p>{_escape(answers.summary)}</p></header>\n"]
    parts.append(f"<main data-places='{_escape(write_places(answers))}'>\n")
    asked = None
    for part in answers.parts:
        if part.question != asked:
            parts.append(f'<h2 dir="auto">{_escape(part.question)}</h2>\n')
            asked = part.question
        parts += _write_part(part)
    parts.append("</main>\n")
    if answers.quotes:
        parts += ['<section aria-label="Notes">\n<ol class="notes">\n', *map(_write_note, answers.quotes)]
        parts.append("</ol>\n</section>\n")
    return "".join([*parts, "</body>\n</html>\n"]).encode()


def _write_part(part: ExportedPart) -> Iterator[str]:
    if part.asked_of is not None:
        yield f'<h3 dir="auto">{_escape(part.asked_of)}</h3>\n'
    if part.short:
        yield f'<p dir="auto"><strong>{_escape(part.short)}</strong></p>\n'
    if part.words:
        yield f'<p dir="auto">{_escape(part.words)}</p>\n'
    if part.model:
        yield f'<p class="muted">Phrased by the language model {_escape(part.model)}</p>\n'
    for exported in part.quotes:
        number = exported.number
        yield (
            f'<blockquote id="q{number}" dir="auto"><p><b class="speaker" data-quote="{number}">'
            f'{_escape(introduce(exported.quote))}</b>: “<span class="words" data-quote="{number}">'
            f'{_escape(show_words(exported.quote.shown))}</span>”<sup><a href="#n{number}">{number}</a></sup></p>'
            "</blockquote>\n"
        )
    if part.quotes and part.probability is not None:
        yield f'<p class="muted">Probability {part.probability:.2f}</p>\n'
    if part.note:
        yield f'<p class="muted" dir="auto">Note: {_escape(part.note)}</p>\n'


def _write_note(exported: ExportedQuote) -> str:
    number = exported.number
    return f'<li id="n{number}" dir="auto">{_escape(exported.citation)} <a href="#q{number}">↑</a></li>\n'


def _escape(text: str) -> str:
    return html.escape(printable(text))


def read_page(data: bytes) -> list[Citation]:
    """The quotes as they stand in it.

    :raises AnswersInvalid: when it is none that this program wrote.
    """
    reader = _PageReader()
    reader.feed(data.decode("utf-8-sig").replace("\r\n", "\n"))
    if reader.places is None:
        raise AnswersInvalid("it has no places of quotes in it; give a page that was exported here")
    return read_places(reader.places, reader.texts["words"], reader.texts["speaker"], show_words, "a page")


class _PageReader(HTMLParser):
    """Gathers what stands in the elements of words and of speakers, by the number of the quote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.places: str | None = None
        self.texts: dict[str, dict[int, str]] = {"words": {}, "speaker": {}}
        self._open: tuple[str, int, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A main element has the places; the others, what is to be gathered."""
        named = {name: value or "" for name, value in attrs}
        if tag == "main" and "data-places" in named:
            self.places = named["data-places"]
        number = named.get("data-quote", "")
        if named.get("class") in self.texts and number.isascii() and number.isdigit() and len(number) <= 6:
            self._open = (named["class"], int(number), tag)
            self.texts[named["class"]].setdefault(int(number), "")

    def handle_endtag(self, tag: str) -> None:
        """The element that is being gathered ends."""
        if self._open is not None and self._open[2] == tag:
            self._open = None

    def handle_data(self, data: str) -> None:
        """Text, within such an element or not."""
        if self._open is not None:
            kind, number, _ = self._open
            self.texts[kind][number] += data
