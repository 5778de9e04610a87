"""PDF: the text layer, page by page, without what is printed around it."""

import io
import logging
import re
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pypdf import PdfReader
from pypdf.errors import DependencyError

from corpus.errors import CorpusError, SourceEmpty, SourceTooLarge, SourceUnreadable
from corpus.formats.extract import Extract
from corpus.formats.labelled import find_label_lines
from corpus.formats.pdf_columns import read_columns
from corpus.sentences import split_sentences, strip_span
from corpus.transcript import find_title, split_turns
from corpus.turn import Turn

# The library remarks on every damaged object; without this Python prints that on the standard error of the program.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

MAX_PAGES = 2000
MAX_SECONDS = 60.0
# Fewer characters a page than this, over the whole file, is a scan with a stamp or page numbers.
_MIN_CHARS_A_PAGE = 12

# How many lines at the top and bottom of a page may be its running head or foot, and on how many pages they return.
_MARGIN_LINES = 3
_MIN_MARGIN_PAGES = 3
_MARGIN_SHARE = 0.5
# As many lines with nothing but rising numbers are the numbering of the lines.
_MIN_LINE_NUMBERS = 5
_NUMBERED = re.compile(r"([0-9]{1,2})(?:[ ]+|$)")
_MIN_NUMBERED_SHARE = 0.6
# What a coding tool prints beside the words ("data-low-quality"), which the text layer has as lines of their own.
_CODE = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+){2,}")
_MIN_CODES = 3
# A line this much shorter than the page is wide ends its paragraph.
_FULL_LINE = 0.6
_HYPHEN = re.compile(r"([^\W\d_]{2,})[-\u00ad]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PAGE_NUMBER = re.compile(
    r"(?:page |seite |página |p\. ?)?[-–—]? ?\d{1,4}(?: ?(?:/|of|von|de) ?\d{1,4})? ?[-–—]?", re.I
)


@dataclass(frozen=True, slots=True)
class _PageLine:
    page: int
    text: str


def read_pdf(data: bytes, name: str, *, clock: Callable[[], float] = time.monotonic) -> Extract:
    """The text of a PDF: running heads, page numbers and hyphens at line ends taken out, wrapped lines joined.

    Each turn has the page on which it begins; a turn that runs over a page break is cut at the next sentence.

    :raises SourceUnreadable: when it is damaged or needs a password.
    :raises SourceTooLarge: when it has more than `MAX_PAGES` pages or takes longer than `MAX_SECONDS`.
    :raises SourceEmpty: when it has no text layer.
    """
    lines = [line for page in _strip_margins(_read_pages(data, name, clock)) for line in page]
    if not any(line.text for line in lines):
        raise SourceEmpty(
            f"{name} has no text layer, only pictures; run OCR on it (for example ocrmypdf) and try again"
        )
    text, page_starts = _write(lines)
    return Extract(text, tuple(_cut_at_pages(text, split_turns(text), page_starts)), find_title(text))


def _read_pages(data: bytes, name: str, clock: Callable[[], float]) -> list[list[_PageLine]]:
    deadline = clock() + MAX_SECONDS

    def check_time(*_: object) -> None:
        if clock() > deadline:
            raise SourceTooLarge(f"{name} takes longer than {MAX_SECONDS:.0f} s to read; split it or save its text")

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceUnreadable(f"{name} needs a password; save a copy without one")
        if len(reader.pages) > MAX_PAGES:
            raise SourceTooLarge(
                f"{name} has {len(reader.pages):,} pages, more than the {MAX_PAGES:,} of a transcript; split it"
            )
        plain = []
        for page in reader.pages:
            check_time()
            plain.append(page.extract_text(visitor_operand_before=check_time))
        in_columns = read_columns(list(reader.pages), plain)
        check_time()
    except CorpusError:
        raise
    except DependencyError as error:
        raise SourceUnreadable(f"{name} is encrypted; save a copy without a password") from error
    except Exception as error:  # a damaged file makes the library raise whatever it stumbles upon
        raise SourceUnreadable(f"{name} is damaged ({type(error).__name__}: {error}); save it as PDF again") from error
    pages = [
        [_PageLine(number + 1, " ".join(line.split())) for line in in_columns.get(number, written.splitlines())]
        for number, written in enumerate(plain)
    ]
    chars = sum(character.isalnum() for page in pages for line in page for character in line.text)
    if chars < _MIN_CHARS_A_PAGE * len(pages) or not chars:
        raise SourceEmpty(
            f"{name} has no text layer, only pictures; run OCR on it (for example ocrmypdf) and try again"
        )
    return pages


def _strip_margins(pages: Sequence[list[_PageLine]]) -> Iterator[list[_PageLine]]:
    """The pages without the lines at their ends that return on others, whatever number they bear, and line numbers."""
    codes = sum(_CODE.fullmatch(line.text) is not None for page in pages for line in page)
    coded = codes >= _MIN_CODES
    bare = [
        [line for line in _strip_line_numbers(page) if not (coded and _CODE.fullmatch(line.text))] for page in pages
    ]
    heads = Counter(key for page in bare for key in {_margin_key(line) for line in page[:_MARGIN_LINES]})
    feet = Counter(key for page in bare for key in {_margin_key(line) for line in page[-_MARGIN_LINES:]})
    inside = {line.text for page in bare for line in page[_MARGIN_LINES:-_MARGIN_LINES]}
    enough = max(_MIN_MARGIN_PAGES, _MARGIN_SHARE * len(pages))
    for page in bare:
        first, end = 0, len(page)
        while first < min(_MARGIN_LINES, end) and _is_margin(page[first], heads, enough, inside):
            first += 1
        while end > max(first, len(page) - _MARGIN_LINES) and _is_margin(page[end - 1], feet, enough, inside):
            end -= 1
        yield page[first:end]


def _margin_key(line: _PageLine) -> str:
    return re.sub(r"\d+", "0", line.text)


def _is_margin(line: _PageLine, counts: Counter[str], enough: float, inside: Container[str]) -> bool:
    key = _margin_key(line)
    if not key:
        return True
    # A speaker's name may stand at the top of many pages: what returns must also bear the page's number, or be long, or
    # stand nowhere else.
    alike = counts[key] >= enough and ("0" in key or len(key.split()) > 3 or line.text not in inside)
    return alike or _PAGE_NUMBER.fullmatch(line.text) is not None


def _strip_line_numbers(page: list[_PageLine]) -> list[_PageLine]:
    """The page without the numbers of its lines, on lines of their own or in front of the words (depositions)."""
    written = [line for line in page if line.text]
    alone = [int(line.text) for line in written if re.fullmatch(r"[0-9]{1,5}", line.text)]
    rising = sum(after == before + 1 for before, after in pairwise(alone))
    in_front = [int(match[1]) if (match := _NUMBERED.match(line.text)) else None for line in written]
    steps = sum(before is not None and after == before + 1 for before, after in pairwise(in_front))
    if steps >= max(_MIN_LINE_NUMBERS, _MIN_NUMBERED_SHARE * len(written)):
        return [replace(line, text=_NUMBERED.sub("", line.text, count=1)) for line in page]
    if rising < _MIN_LINE_NUMBERS:
        return page
    return [line for line in page if not re.fullmatch(r"[0-9]{1,5}", line.text)]


def _find_wrapped(lines: Sequence[_PageLine]) -> list[bool]:
    """Whether each line goes on from the one before, which the page's width alone parted from it."""
    labels = find_label_lines([line.text for line in lines])
    widths = sorted(len(line.text) for line in lines if line.text)
    width = widths[int(len(widths) * 0.95)]
    wrapped = []
    is_open = False
    for number, line in enumerate(lines):
        wrapped.append(is_open and number not in labels and bool(line.text))
        is_open = labels.get(number, True) and len(line.text) >= _FULL_LINE * width
    return wrapped


def _write(lines: Sequence[_PageLine]) -> tuple[str, list[tuple[int, int]]]:
    """The text, and where each page begins in it: (code point, page), in order."""
    wrapped = _find_wrapped(lines)
    known = Counter(word for line in lines for word in _WORD.findall(line.text.casefold()))
    text: list[str] = []
    length = 0
    page_starts: list[tuple[int, int]] = []
    for line, goes_on in zip(lines, wrapped, strict=True):
        if text:
            if goes_on and (hyphen := _HYPHEN.search(text[-1])) and line.text[0].islower():
                length -= len(text[-1])
                text[-1] = _close(text[-1], hyphen[1], line.text, known)
                length += len(text[-1])
            else:
                text.append(" " if goes_on else "\n")
                length += 1
        if not page_starts or page_starts[-1][1] != line.page:
            page_starts.append((length, line.page))
        text.append(line.text)
        length += len(line.text)
    return "".join(text), page_starts


def _close(before: str, start: str, after: str, known: Counter[str]) -> str:
    """`before` without the hyphen at its end, unless the text has the word with its hyphen elsewhere."""
    end = re.match(r"\w+", after)
    rest = end[0].casefold() if end else ""
    whole, parted = f"{start.casefold()}{rest}", f"{start.casefold()}-{rest}"
    return before if before[-1] == "-" and known[parted] > known[whole] else before[:-1]


def _cut_at_pages(text: str, turns: Sequence[Turn], page_starts: Sequence[tuple[int, int]]) -> Iterator[Turn]:
    """The turns with their pages; one over a page break is cut before the first sentence that begins there."""
    starts = [start for start, _ in page_starts]
    for turn in turns:
        first = bisect_right(starts, turn.start) - 1
        last = bisect_right(starts, turn.end - 1) - 1
        cuts = [(turn.start, page_starts[first][1])]
        if last > first:
            for sentence_start, _ in split_sentences(text, turn.start, turn.end):
                page = page_starts[bisect_right(starts, sentence_start) - 1][1]
                if page != cuts[-1][1]:
                    cuts.append((sentence_start, page))
        ends = [start for start, _ in cuts[1:]] + [turn.end]
        for (start, page), end in zip(cuts, ends, strict=True):
            span = strip_span(text, start, end)
            if span is not None:
                yield replace(turn, start=span[0], end=span[1], page=page)
