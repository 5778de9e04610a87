"""Rich text (RTF): paragraphs, and transcripts that stand in a table.

Read here and not by striprtf 0.0.35, which gives deleted and hidden words as said, parts characters beyond the basic
plane in two halves, writes links among the words, and goes through a picture of 20 MB a character at a time.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from corpus.errors import SourceUnreadable
from corpus.formats.extract import Extract, clean_text
from corpus.formats.office import HtmlBlock, read_blocks

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<mark>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
# Groups that hold no text of the document, or text beside it: tables of settings, pictures, heads, notes.
_NOT_TEXT = frozenset(
    """aftncn aftnsep aftnsepc annotation atnauthor atndate atnicn atnid atnparent atnref atntime atrfend atrfstart
    background bkmkend bkmkstart colorschememapping colortbl datafield datastore fchars filetbl fldinst footer
    footerf footerl footerr footnote formfield ftncn ftnsep ftnsepc generator header headerf headerl headerr
    info latentstyles lchars listoverridetable listpicture listtable listtext mmathPr nonesttables nonshppict
    objdata object pgptbl pict pntext private revtbl rsidtbl shppict stylesheet tc template themedata userprops
    wgrffmtfilter xe xmlnstbl""".split()
)
_CHARACTERS = {
    **{"tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"},
    **{"bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "line": "\n", "nestcell": " ", "nestrow": " "},
}
_MARKS = {"~": "\u00a0", "_": "-", "\\": "\\", "{": "{", "}": "}"}
_PARAGRAPH_ENDS = frozenset({"par", "sect", "page", "column"})
_CODEPAGES = {
    **{77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5", 161: "cp1253"},
    **{162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874"},
    **{238: "cp1250", 254: "cp437"},
}


@dataclass(frozen=True, slots=True)
class _State:
    """What holds until the end of the group: whether its text is shown, and in which bytes it is written."""

    skipped: bool = False
    hidden: bool = False
    deleted: bool = False
    in_fonts: bool = False
    in_table: bool = False
    skip_after_unicode: int = 1
    font: int | None = None


@dataclass(slots=True)
class _Reader:
    """Goes through the tokens; `blocks` is what has been read."""

    blocks: list[HtmlBlock] = field(default_factory=list)
    default_codepage: str = "cp1252"
    codepages: dict[int, str] = field(default_factory=dict)
    state: _State = _State()
    _outer: list[_State] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _bytes: bytearray = field(default_factory=bytearray)
    _row: list[str] = field(default_factory=list)
    _table: list[list[str]] = field(default_factory=list)
    _to_skip: int = 0

    def read(self, text: str) -> None:
        """Read to the end of the outermost group, or of the file."""
        position = 0
        while position < len(text) and (token := _TOKEN.match(text, position)):
            position = token.end()
            if brace := token["brace"]:
                self._flush_bytes()
                self._to_skip = 0
                if brace == "{":
                    self._outer.append(self.state)
                elif self._outer:
                    self.state = self._outer.pop()
                    if not self._outer:
                        break
            elif token["text"] or token["hex"]:
                self._take_characters(token["text"] or "", token["hex"])
            elif token["mark"]:
                self._take_mark(token["mark"])
            elif word := token["word"]:
                number = int(token["number"]) if token["number"] else None
                if word == "bin":
                    position += max(0, number or 0)
                self._take_word(word, number)
        self._end_paragraph()
        self._end_table()

    def _take_characters(self, written: str, hexadecimal: str | None) -> None:
        data = bytes([int(hexadecimal, 16)]) if hexadecimal else written.encode("latin-1")
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if self._is_shown():
            self._bytes += data[skipped:]

    def _take_mark(self, mark: str) -> None:
        if mark == "*":
            self.state = replace(self.state, skipped=True)
        elif mark in "\r\n":
            self._take_word("par", None)
        elif mark in _MARKS:
            self._take_characters(_MARKS[mark], None)

    def _take_word(self, word: str, number: int | None) -> None:
        self._flush_bytes()
        self._to_skip = 0
        if word in _NOT_TEXT:
            self.state = replace(self.state, skipped=True)
        elif change := _CHANGES.get(word):
            self.state = change(self.state, number)
        elif word == "fcharset" and self.state.in_fonts and self.state.font is not None:
            self.codepages[self.state.font] = _CODEPAGES.get(number or 0, "")
        elif word == "ansicpg" or word in {"mac", "pc", "pca"}:
            self._set_codepage({"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}.get(word, f"cp{number}"))
        elif self._is_shown():
            self._show(word, number)

    def _show(self, word: str, number: int | None) -> None:
        if word in _CHARACTERS:
            self._pieces.append(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self._pieces.append(chr(number % 0x10000))
            self._to_skip = self.state.skip_after_unicode
        elif word in _PARAGRAPH_ENDS:
            if self.state.in_table:
                self._pieces.append("\n")
            else:
                self._end_table()
                self._end_paragraph()
        elif word == "cell":
            self._row.append(clean_text(self._take_text()))
        elif word == "row":
            self._table.append(self._row)
            self._row = []

    def _is_shown(self) -> bool:
        return not (self.state.skipped or self.state.hidden or self.state.deleted or self.state.in_fonts)

    def _set_codepage(self, name: str) -> None:
        try:
            self.default_codepage = codecs.lookup("utf-8" if name == "cp65001" else name).name
        except LookupError:
            self.default_codepage = "cp1252"

    def _flush_bytes(self) -> None:
        if self._bytes:
            codepage = self.codepages.get(-1 if self.state.font is None else self.state.font) or self.default_codepage
            self._pieces.append(self._bytes.decode(codepage, "replace"))
            self._bytes.clear()

    def _take_text(self) -> str:
        self._flush_bytes()
        text = "".join(self._pieces)
        self._pieces.clear()
        # Two halves of a character beyond the basic plane are written one after the other.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _end_paragraph(self) -> None:
        self.blocks.append(self._take_text())

    def _end_table(self) -> None:
        if self._row:
            self._table.append(self._row)
            self._row = []
        if self._table:
            self.blocks.append(self._table)
            self._table = []


def _is_on(number: int | None) -> bool:
    return number != 0


_CHANGES: dict[str, Callable[[_State, int | None], _State]] = {
    "v": lambda state, number: replace(state, hidden=_is_on(number)),
    "deleted": lambda state, number: replace(state, deleted=_is_on(number)),
    "plain": lambda state, _: replace(state, hidden=False, deleted=False, font=None),
    "uc": lambda state, number: replace(state, skip_after_unicode=max(0, number or 0)),
    "f": lambda state, number: replace(state, font=number),
    "fonttbl": lambda state, _: replace(state, in_fonts=True),
    "intbl": lambda state, _: replace(state, in_table=True),
    "pard": lambda state, _: replace(state, in_table=False),
}


def is_rtf(data: bytes) -> bool:
    """Whether the file begins as rich text does."""
    return data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf")


def read_rtf(data: bytes, name: str) -> Extract:
    """The text of a rich text file as it reads with all changes accepted; pictures, notes and fields are not touched.

    :raises SourceUnreadable: when it does not begin as rich text does.
    """
    if not is_rtf(data):
        raise SourceUnreadable(f"{name} is damaged: it does not begin as rich text does; save it as RTF again")
    reader = _Reader()
    reader.read(data.decode("latin-1").lstrip("\ufeff\u00ef\u00bb\u00bf \t\r\n"))
    return read_blocks(list(_strip_ends(reader.blocks)))


def _strip_ends(blocks: list[HtmlBlock]) -> Iterator[HtmlBlock]:
    """The blocks without line ends at the ends of paragraphs."""
    for block in blocks:
        yield block.strip("\n") if isinstance(block, str) else block
