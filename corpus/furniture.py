"""Lines that a web page, a recorder or an export put around the words: found so that they are never quoted."""

import re
from collections.abc import Sequence
from itertools import pairwise

# From such a line on there is only page: the comment form, the links below the article.
_PAGE_END = re.compile(
    r"(?:leave a (?:reply|comment)|your email address will not be published.*|post a comment"
    r"|comments? ?\(\d+\)|\d+ comments?|related (?:articles|posts|stories)|you may also like:?"
    r"|share this(?: (?:article|post|story))?:?"
    r"|deja un comentario|deja una respuesta|laisser un commentaire|schreibe einen kommentar)",
    re.IGNORECASE,
)
# Such a line stands alone: a rule, a break marker, an image, a page's number, what a program remarks.
_SINGLE = re.compile(
    r"(?:(?:[-*_=~]\s*){3,}|\*\*break:?\*\*.*|!\[[^\]]*\]\([^)]*\)|transcribed by https?://\S+|</?[A-Za-z][^<>]*>"
    r"|(?:page|seite|página|pagina|p\.)\s*\d{1,4}(?:\s*(?:of|/|von|de|di|sur)\s*\d{1,4})?|[-–—]\s*\d{1,4}\s*[-–—]"
    r"|\[?\(?(?:advertisement|advertising|sponsored|anzeige|werbung|publicidad|publicité|pubblicità)\)?\]?"
    r"|(?:\S+\s){0,5}(?:started|stopped|began|ended) (?:the )?(?:transcription|recording)"
    r"|(?:transcription|recording|the transcription|this meeting) (?:started|stopped|ended|has ended)"
    r"(?: (?:after|at|on) [\d:., apmAPM/-]{1,40})?"
    r"|action item:.{0,300}|view recording\b.{0,300}|watch: https?://\S+"
    r"|(?:story |article )?continues (?:below|after) (?:the )?(?:advertisement|ad|sponsor message)"
    r"|(?:subscribe|sign up)\b.{0,80}\bnewsletter\b.{0,80})[.!]?",
    re.IGNORECASE,
)
# What follows such a line is nobody's until a label comes.
_NOTICE = re.compile(
    r"(?:\W{0,3}copyright\b.{0,200}(?:\d{4}|rights reserved|©).*|©.*|.{0,80}\ball rights reserved\b.*"
    r"|\W{0,3}(?:this|the) (?:editable |automated |machine )?(?:transcript|transcription)(?: text)?"
    r" (?:was|is|has been|may) (?:[\w-]+ ){0,4}"
    r"(?:generated|created|produced|transcribed|contain|be|provided|exported)\b.*"
    r"|(?:auto-?generated|automatically generated) (?:transcript|captions?)\b.*"
    r"|.{0,60}transcripts? (?:are|is) (?:created|produced|generated)\b.*"
    r"|.{0,40}(?:may contain errors|accuracy (?:and availability )?may vary)\b.*)",
    re.IGNORECASE,
)
# What happens in a court room or a studio, on a line of its own: nobody says it.
_STAGE = re.compile(
    r"(?:(?:(?:direct|cross|redirect|recross|re-?direct|re-?cross|further)[ -])*examination(?: (?:by|of) .{1,60})?"
    r"|(?:(?:cross|direct|redirect|recross)?-?examination )?by (?:m(?:r|s|rs)\.? |the )[^.:;!?]{1,40}:?"
    r"|\((?:[A-Z][A-Z ,.:;'’-]{2,80})\)|\[[^\[\]\d][^\[\]]{2,160}\]"
    r"|\((?:[^()]{0,60}\b)?(?:laughter|applause|music|recess|recessed|pause|silence|crosstalk|off the record"
    r"|taken|marked|whereupon|interruption|commercial break)\b[^()]{0,80}\))",
    re.IGNORECASE,
)
_MAX_STAGE_CHARS = 170
_MAX_LINE_CHARS = 600
_FRONT_MATTER = "---"
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_FOOTNOTE = re.compile(r"[ \t]*(?:\[\^?\d{1,3}\]:?|[¹²³⁴-⁹])[ \t]+\S")
_DIGITS = re.compile(r"\d+")
_MIN_HEADS = 3
_MAX_HEAD_CHARS = 80


def is_page_end(line: str) -> bool:
    """Whether the page's own text begins at this line and goes on to the end of the file."""
    return len(line) <= _MAX_LINE_CHARS and _PAGE_END.fullmatch(line.strip()) is not None


def is_furniture(line: str) -> bool:
    """Whether this one line is no part of the text."""
    return len(line) <= _MAX_LINE_CHARS and _SINGLE.fullmatch(line.strip()) is not None


def is_stage(line: str) -> bool:
    """Whether the line tells what happens ("(Recess taken.)", "BY MR. WELD:") and is nobody's words."""
    line = line.strip()
    if len(line) > _MAX_STAGE_CHARS or line[:1] not in "([DCRFEBdcrfeb" or not _STAGE.fullmatch(line):
        return False
    return line[0] in "([" or line[:2].isupper() or line.endswith(":")


def is_notice(line: str) -> bool:
    """Whether the line is a notice of rights or of the program that made the text."""
    return len(line) <= _MAX_LINE_CHARS and _NOTICE.fullmatch(line.strip()) is not None


def count_front_matter_lines(lines: Sequence[str]) -> int:
    """How many lines at the top are front matter (`---`, settings, `---`); 0 when there is none or it never ends."""
    if not lines or lines[0].rstrip() != _FRONT_MATTER:
        return 0
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == _FRONT_MATTER:
            return number
    return 0


def find_code_lines(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines of fenced code, fences included; a fence that is never closed fences nothing."""
    code: set[int] = set()
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        if "`" not in line and "~" not in line:
            continue
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if opened is None:
            opened = number, fence[1][:3]
        elif fence[1][:3] == opened[1]:
            code.update(range(opened[0], number + 1))
            opened = None
    return frozenset(code)


def find_footnote_lines(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines of footnotes at the end of a text."""
    found: set[int] = set()
    for number in range(len(lines) - 1, -1, -1):
        if _FOOTNOTE.match(lines[number]):
            found.add(number)
        elif lines[number].strip():
            break
    return frozenset(found)


def find_running_heads(lines: Sequence[str], spoken: frozenset[int]) -> frozenset[int]:
    """The numbers of the short lines that come back with a rising number: the heads and feet of pages.

    :param spoken: the numbers of lines that are labels or bear a time.
    """
    numbers: dict[str, list[tuple[int, int]]] = {}
    for at, line in enumerate(lines):
        if not line or len(line) > 2 * _MAX_HEAD_CHARS or at in spoken:
            continue
        text = line.strip()
        if not text or len(text) > _MAX_HEAD_CHARS or text.endswith((".", "?", "!", ",")):
            continue
        digits = _DIGITS.findall(text)
        if digits and len(digits[-1]) <= 5 and not text[0].isdigit() and ":" not in text:
            numbers.setdefault(_DIGITS.sub("0", text), []).append((int(digits[-1]), at))
    heads: set[int] = set()
    for found in numbers.values():
        rising = all(before[0] < after[0] for before, after in pairwise(found))
        if len(found) >= _MIN_HEADS and rising:
            heads.update(at for _, at in found)
    return frozenset(heads)
