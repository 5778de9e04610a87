"""Text from sources and people as HTML that shows it and does nothing; the one place where it is made safe.

Pages are made from the templates in `ui/templates`, which escape whatever they are given. Three filters say where a
text goes: `text` into an element, `data` into an attribute that scripts read, `attribute` into one that is shown.
"""

import html
import re
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from corpus import find_references, read_references
from qa.answers import Quote, format_moment, format_place, format_span, format_time
from ui.citation_labels import mark_interviewer, name_voice

# They reorder what follows them, and so could make a quote read as something else. Each is put in an isolate of its
# own, in which it reorders nothing; the characters themselves stay, so that offsets into the page are offsets into the
# source.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What a browser would change silently when it parses: a carriage return must be written as a reference to stay.
_CARRIAGE_RETURN = "&#13;"
_NOT_IN_ATTRIBUTES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def text_html(text: str) -> Markup:
    """`text` for the inside of an element; its text content is `text` again, but for U+0000, which becomes U+FFFD.

    References of HTML that a Markdown file has are shown as the characters that they stand for.
    """
    pieces: list[str] = []
    position = 0
    for start, end, character in find_references(text):
        pieces += [_REORDERING.sub(_isolate, data(text[position:start])), _show(text[start:end], character)]
        position = end
    return Markup("".join([*pieces, _REORDERING.sub(_isolate, data(text[position:]))]))


def data(text: str) -> Markup:
    """`text` for the inside of a quoted attribute that only scripts read; they get it unchanged, but for U+0000."""
    return Markup(html.escape(text.replace("\x00", "\ufffd")).replace("\r", _CARRIAGE_RETURN))


def attribute(text: str) -> Markup:
    """`text` for the inside of a quoted attribute that is shown or spoken; control characters become U+FFFD."""
    return data(_NOT_IN_ATTRIBUTES.sub("\ufffd", read_references(text)))


def fragment(doc_id: str, start: int, end: int) -> str:
    """The part of an address after "#" that finds a span of a document: code points, `end` exclusive."""
    return f"{quote(doc_id, safe='')}:{start}-{end}"


def render(template: str, part: str, *values: object) -> str:
    """What the macro `part` of a template gives for `values`."""
    return str(getattr(_TEMPLATES.get_template(template).module, part)(*values))


def _isolate(match: re.Match[str]) -> str:
    name = f"U+{ord(match.group()):04X}"
    return f'<bdi class="control" title="{name}, a character that would reorder the text">{match.group()}</bdi>'


def _show(reference: str, character: str) -> str:
    """A reference: what it shows in front of what is written, which the page keeps out of sight."""
    written = f'<span aria-hidden="true">{data(reference)}</span>'
    return f'<span class="reference" data-shown="{data(character)}">{written}</span>'


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {
    "text": text_html,
    "data": data,
    "attribute": attribute,
    "voice": name_voice,
    "mark": mark_interviewer,
    "span": format_span,
    "moment": format_moment,
    "clock": format_time,
    "copied": lambda quote: (
        f"“{read_references(quote.shown)}” ({format_place(quote)})"
        f"{'' if isinstance(quote, Quote) else ' [source changed since]'}"
    ),
    "fragment": lambda quote: fragment(quote.doc_id, quote.start, quote.end),
}
_TEMPLATES.tests["proven"] = lambda citation: isinstance(citation, Quote)
