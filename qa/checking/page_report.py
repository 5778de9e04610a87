"""A report as one page that needs nothing else: the draft with every quotation marked, and beside it what was found."""

import html
from collections.abc import Iterator

from corpus import printable
from qa.checking.plain import VERDICT_NAMES, describe, show_place, summarize
from qa.checking.records import BAD, GOOD, CheckedQuotation, DraftReport, SourcePlace

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Quotations checked</title>
<style>
:root { color-scheme: light dark; --good: #1a7f37; --bad: #b42318; --other: #6b6b76; }
@media (prefers-color-scheme: dark) { :root { --good: #57c878; --bad: #ff8a7a; --other: #a5a5b2; } }
body { font: 1rem/1.55 Georgia, serif; margin: 0 auto; max-width: 76rem; padding: 1.5rem; }
main { display: grid; gap: 2rem; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
@media (max-width: 52rem) { main { grid-template-columns: minmax(0, 1fr); } }
h1, h2, .what, .place, summary, header p { font-family: system-ui, sans-serif; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; }
.draft { white-space: pre-wrap; overflow-wrap: anywhere; }
mark { background: none; color: inherit; border-bottom: 3px solid; text-decoration: none; }
mark a { color: inherit; text-decoration: none; }
.good { border-color: var(--good); } .bad { border-color: var(--bad); } .other { border-color: var(--other); }
mark.bad { border-bottom-style: double; } mark.other { border-bottom-style: dotted; }
article { border-left: 4px solid; margin: 0 0 1rem; padding: .25rem 0 .25rem .75rem; overflow-wrap: anywhere; }
article p { margin: .25rem 0; } .place { font-size: .85rem; }
:target { outline: 3px solid Highlight; outline-offset: 3px; }
blockquote { margin: .25rem 0; } blockquote b { background: Mark; color: MarkText; font-weight: inherit; }
</style>
</head>
<body>
"""


def write_page(report: DraftReport) -> str:
    """The page; text of the draft and of the sources is escaped, and nothing on it runs or is loaded."""
    title = _escape(report.name or "Draft")
    parts = [_HEAD, f"<header><h1>{title}</h1><p>{_escape(summarize(report))}</p></header>\n<main>\n"]
    parts += ['<section aria-label="Draft" class="draft" dir="auto">', *_mark_text(report), "</section>\n"]
    parts += [
        '<section aria-label="Quotations">\n',
        *map(_write, range(1, len(report.quotations) + 1), report.quotations),
    ]
    parts.append("</section>\n</main>\n</body>\n</html>\n")
    return "".join(parts)


def _mark_text(report: DraftReport) -> Iterator[str]:
    position = 0
    for number, quotation in enumerate(report.quotations, start=1):
        if quotation.start < position:
            continue
        yield _escape(report.text[position : quotation.start])
        name = VERDICT_NAMES[quotation.verdict]
        words = _escape(report.text[quotation.start : quotation.end])
        yield (
            f'<mark class="{_class(quotation)}" id="d{number}">'
            f'<a href="#q{number}" title="{_escape(name)}">{words}<sup>{number}</sup></a></mark>'
        )
        position = quotation.end
    yield _escape(report.text[position:])


def _class(quotation: CheckedQuotation) -> str:
    return "bad" if quotation.verdict in BAD else "good" if quotation.verdict in GOOD else "other"


def _write(number: int, quotation: CheckedQuotation) -> str:
    named = f", ascribed to <bdi>{_escape(quotation.attributed_to)}</bdi>" if quotation.attributed_to else ""
    said = "".join(f"<p>{_escape(sentence)}</p>" for sentence in describe(quotation))
    places = "".join(_show(place, f"p{number}-{n}", "") for n, place in enumerate(quotation.places, start=1))
    nearest = _show(quotation.nearest, f"n{number}", "Nearest, not a match: ") if quotation.nearest is not None else ""
    return (
        f'<article class="{_class(quotation)}" id="q{number}"><h2><a href="#d{number}">{number}</a> '
        f"{_escape(VERDICT_NAMES[quotation.verdict])}{named}</h2>"
        f'<p dir="auto">“{_escape(quotation.text)}”</p><div class="what">{said}</div>{places}{nearest}</article>\n'
    )


def _show(place: SourcePlace, anchor: str, lead: str) -> str:
    shown = _escape(show_place(place))
    if place.link is not None and place.link.startswith(("http://", "https://")):
        shown = f'<a href="{_escape(place.link)}" rel="noreferrer">{shown}</a>'
    return (
        f'<details id="{anchor}"><summary class="place">{lead}<bdi>{shown}</bdi></summary><blockquote dir="auto">'
        f"{_escape(place.before)}<b>{_escape(place.text)}</b>{_escape(place.after)}</blockquote></details>"
    )


def _escape(text: str) -> str:
    return html.escape(printable(text))
