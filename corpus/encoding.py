"""Bytes into text: the encodings in which transcripts come."""

import codecs

from corpus.errors import SourceNotText

# Longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Western text has a few accented letters among many plain ones; where more of it is not ASCII, it is another script.
_MAX_WESTERN_SHARE = 0.25
# What is tried then, by statistics of the language; GB18030 first, since a short text fits several.
_OTHER_SCRIPTS = (
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
    *("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"),
)
_SAMPLE_BYTES = 100_000
# White space, and the mark around the times of CHAT's lines.
_CONTROLS_OF_TEXT = "\t\n\r\f\v\x15"


def decode(data: bytes, name: str) -> str:
    """The text in `data`, its byte order mark taken off, every line end as it is.

    UTF-8, UTF-16 (with or without mark) and UTF-32 (with) are certain. Of the rest, GB18030 and other scripts are found
    by their letters, and what is Western is read as Windows-1252, or Latin-1 where that has no such character.

    :param name: what to call the source in the error.
    :raises SourceNotText: when the bytes are no text.
    """
    for encoding in _find_encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    kind = "a binary file, not text" if b"\0" in data else "a binary file or in an unknown encoding"
    raise SourceNotText(f"{name} is {kind}; export the transcript as UTF-8 text (.txt) or Markdown (.md)")


def _find_encodings(data: bytes) -> list[str]:
    """What to try, likeliest first."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return [encoding]
    if b"\0" in data:
        return _find_utf16(data)
    return ["utf-8", *_find_other_script(data), "cp1252", "latin-1"]


def _find_utf16(data: bytes) -> list[str]:
    """UTF-16 without a mark: the zero bytes of its spaces and line ends stand all on one side."""
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or max(even, odd) < 10 * min(even, odd):
        return []
    return ["utf-16-be"] if even > odd else ["utf-16-le"]


def _find_other_script(data: bytes) -> list[str]:
    sample = data[:_SAMPLE_BYTES]
    high = sum(byte >= 0x80 for byte in sample)
    if not high:
        return []
    if high <= _MAX_WESTERN_SHARE * len(sample):
        return ["gb18030"] if _is_gb2312(data) else []
    if _is_valid(data, "utf-8"):
        return []
    from charset_normalizer import from_bytes  # only needed for such files, and slower to load than all of this

    best = from_bytes(sample, cp_isolation=list(_OTHER_SCRIPTS)).best()
    guess = [best.encoding] if best is not None else []
    return ["gb18030", *guess] if _is_gb2312(data) and not (guess == ["cp949"] and _is_hangul(sample)) else guess


def _is_gb2312(data: bytes) -> bool:
    """Whether all that is not ASCII reads as common Chinese: both bytes of a pair high, most of the first level.

    A Western letter is followed by an ASCII one far more often than by another high byte.
    """
    if not _is_valid(data, "gb18030"):
        return False
    pairs = common = 0
    position = 0
    while position < len(data) - 1:
        if data[position] < 0x80:
            position += 1
            continue
        pairs += 1
        first_level = 0xB0 <= data[position] <= 0xD7 or 0xA1 <= data[position] <= 0xA3
        common += first_level and data[position + 1] >= 0xA1
        position += 2
    return common >= 0.9 * pairs


def _is_hangul(data: bytes) -> bool:
    """Whether the pairs lie where Korean has its syllables: in Chinese a third of them lies above."""
    leads = [byte for byte in data if byte >= 0x80]
    return sum(0xB0 <= byte <= 0xC8 for byte in leads[::2]) >= 0.9 * len(leads[::2])


def _is_valid(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_text(text: str) -> bool:
    """Whether hardly any character is a control code that no text has: binary files are full of them."""
    controls = sum(character < " " and character not in _CONTROLS_OF_TEXT for character in text)
    controls += text.count("\x7f") + text.count("\ufffe") + text.count("\uffff")
    return controls * 100 <= len(text)
