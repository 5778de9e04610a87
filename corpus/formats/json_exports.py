"""JSON exports of speech recognisers and transcript tools.

Two shapes cover them: utterances that carry their speaker and time (Whisper, AssemblyAI, Deepgram's utterances,
podcast transcripts, Otter, Descript, Oyez; in `corpus.formats.json_utterances`), and single words joined with their
speakers by number or by time (AWS, Google, IBM, Speechmatics, Kaldi, Deepgram; in `corpus.formats.json_words`). What
holds one text only (oTranscribe) is read as that text.
"""

import json
import re

from corpus.errors import SourceEmpty, SourceNotText, SourceUnreadable
from corpus.formats.extract import Extract, Piece, write_pieces
from corpus.formats.fields import find_text_field
from corpus.formats.json3 import is_json3, read_json3
from corpus.formats.json_utterances import find_utterances
from corpus.formats.json_words import find_words
from corpus.formats.labelled import label_pieces
from corpus.formats.plain import read_plain

_HTML_TAG = re.compile(r"<(?:p|div|span|br|html|body)\b[^>]{0,300}>", re.IGNORECASE)
_MAX_WRAPPERS = 3


def parse_json(text: str) -> object | None:
    """The object or list that the text is in JSON (or JSON Lines), or None when it is not."""
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return None
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return _parse_lines(text)
    return found if isinstance(found, dict | list) else None


def _parse_lines(text: str) -> list[object] | None:
    try:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return found if len(found) > 1 and all(isinstance(record, dict) for record in found) else None


def read_json(data: object | None, name: str) -> Extract:
    """The speech in a JSON export, in order of time.

    :param data: what `parse_json` gives.
    :raises SourceUnreadable: when it is no JSON.
    :raises SourceNotText: when it holds nothing that looks like a transcript.
    :raises SourceEmpty: when what it holds has no words.
    """
    if data is None:
        raise SourceUnreadable(f"{name} is not valid JSON; export the transcript again")
    if isinstance(data, dict) and is_json3(data):
        return read_json3(data, name)
    try:
        pieces = find_words(data)
        if pieces is None:
            pieces = label_pieces(find_utterances(data))
    except RecursionError as error:
        raise SourceNotText(f"{name} is nested deeper than any transcript; export it again") from error
    made = write_pieces(pieces, title=_find_title(data), maker=_find_maker(data)) if pieces else None
    extract = made or _read_whole_text(data, name)
    if extract is None:
        raise SourceNotText(
            f"{name} holds no transcript that is known here; expected segments with a text, or words with times, "
            "as Whisper, AWS Transcribe, Google or Deepgram write them; export it as text, SRT or WebVTT"
        )
    if not extract.turns:
        raise SourceEmpty(f"{name} holds a transcript without words; check the recording")
    return extract


def _find_title(data: object) -> str | None:
    if not isinstance(data, dict):
        return None
    inner = data.get("transcript")
    titles = [source.get("title") for source in (inner, data) if isinstance(source, dict)]
    return next((title for title in titles if isinstance(title, str) and title.strip()), None)


def _find_maker(data: object) -> str | None:
    """The program that wrote the words down by listening, as our own transcripts name it."""
    maker = data.get("maker") if isinstance(data, dict) else None
    named = [maker.get(key) for key in ("program", "model", "version", "date")] if isinstance(maker, dict) else []
    return ", ".join(part for part in named if isinstance(part, str) and part) or None


def _read_whole_text(data: object, name: str) -> Extract | None:
    """The transcript in one string, or in a list of lines, that the data holds; None without one."""
    for _ in range(_MAX_WRAPPERS):
        if isinstance(data, list) and data and all(isinstance(line, str) for line in data):
            data = {"text": "\n".join(line for line in data if isinstance(line, str))}
        if not isinstance(data, dict):
            return None
        found = [data[key] for key in find_text_field(map(str, data)) if key in data]
        text = next((value for value in found if isinstance(value, str)), None)
        if text is not None:
            return _read_text(text, name)
        inner = [value for value in [*found, *data.values()] if isinstance(value, dict | list)]
        data = inner[0] if inner else None
    return None


def _read_text(text: str, name: str) -> Extract:
    if _HTML_TAG.search(text[:4000]):
        from corpus.formats.html import read_html  # slow to load, and needed by few of these files

        return read_html(text, name)
    extract = read_plain(text)
    if any(turn.speaker for turn in extract.turns):
        return extract
    return write_pieces([Piece(None, text)])
