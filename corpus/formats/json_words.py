"""Recognised words in JSON, joined with speakers that stand elsewhere in the same file."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.formats.extract import Piece, clean_text
from corpus.formats.times import parse_ms
from corpus.formats.word_times import read_probability

# IBM's mark for "er"; no word.
_NO_WORDS = frozenset({"%HESITATION"})
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """A word, when it was said and how sure that is (0 to 1).

    `attached` to the one before when it is a punctuation mark.
    """

    text: str
    start_ms: int | None
    speaker: str | None
    attached: bool = False
    end_ms: int | None = None
    probability: float | None = None


def find_words(data: object) -> list[Piece] | None:
    """The words of a word-by-word export, as pieces; None when the data is not of a kind that is known."""
    if not isinstance(data, dict):
        return None
    for read in _READERS:
        words = read(data)
        if words is not None:
            return list(_to_pieces(words))
    return None


def _to_pieces(words: Sequence[Word]) -> Iterator[Piece]:
    """Punctuation joined to its word."""
    held: Word | None = None
    for word in words:
        text = clean_text(word.text)
        if not text or text in _NO_WORDS:
            continue
        if held is not None and word.attached:
            held = replace(held, text=held.text + text)
            continue
        if held is not None:
            yield _to_piece(held)
        held = replace(word, text=text, attached=False)
    if held is not None:
        yield _to_piece(held)


def _to_piece(word: Word) -> Piece:
    return Piece(word.speaker, word.text, word.start_ms, end_ms=word.end_ms, probability=word.probability)


def _read_aws(data: _Json) -> list[Word] | None:
    results = data.get("results")
    if not isinstance(results, dict) or "transcripts" not in results or "items" not in results:
        return None
    channels = _dicts(_get(results, "channel_labels", "channels"))
    if channels:
        items = [
            (item, str(channel.get("channel_label"))) for channel in channels for item in _dicts(channel.get("items"))
        ]
        return _in_order_of_time([_aws_word(item, label) for item, label in items])
    segments = _dicts(_get(results, "speaker_labels", "segments"))
    labels = {
        str(item.get("start_time")): str(item.get("speaker_label") or "")
        for segment in segments
        for item in _dicts(segment.get("items"))
    }
    return [
        _aws_word(item, item.get("speaker_label") or labels.get(str(item.get("start_time"))))
        for item in _dicts(results["items"])
    ]


def _aws_word(item: _Json, speaker: object) -> Word:
    mark = item.get("type") == "punctuation"
    best = _first_alternative(item)
    return Word(
        str(best.get("content") or ""),
        parse_ms(item.get("start_time")),
        str(speaker) if speaker and not mark else None,
        mark,
        parse_ms(item.get("end_time")),
        read_probability(best),
    )


def _in_order_of_time(words: list[Word]) -> list[Word]:
    """Two channels as one conversation: who began first comes first, and a stretch without a pause stays whole."""
    stretches: list[list[Word]] = []
    for word in words:
        before = stretches[-1][-1] if stretches else None
        ends = before is None or (not word.attached and (before.speaker != word.speaker and before.speaker is not None))
        ended = before is not None and before.attached and before.text in {".", "?", "!"}
        if ends or (ended and not word.attached):
            stretches.append([])
        stretches[-1].append(word)
    stretches.sort(key=lambda stretch: stretch[0].start_ms or 0)
    return [word for stretch in stretches for word in stretch]


def _read_google(data: _Json) -> list[Word] | None:
    results = _dicts(data.get("results")) or _dicts(_get(data, "response", "results"))
    alternatives = [_first_alternative(result) for result in results]
    if not any("transcript" in alternative for alternative in alternatives) or _has(results, "speaker_labels"):
        return None
    if not any(
        key in word
        for alternative in alternatives
        for word in _dicts(alternative.get("words"))
        for key in ("startTime", "startOffset", "endTime", "speakerTag")
    ):
        return (
            None
            if any("timestamps" in alternative for alternative in alternatives)
            else [Word(str(alternative.get("transcript") or ""), None, None) for alternative in alternatives]
        )
    # With speakers the last result says everything again, now with who said it.
    tagged = [alternative for alternative in alternatives if any(map(_google_tag, _dicts(alternative.get("words"))))]
    words = []
    for alternative in tagged[-1:] or alternatives:
        for word in _dicts(alternative.get("words")):
            start_ms = parse_ms(word.get("startTime", word.get("startOffset", "0s")))
            end_ms = parse_ms(word.get("endTime", word.get("endOffset")))
            said, speaker = str(word.get("word") or ""), _google_tag(word)
            words.append(Word(said, start_ms, speaker, end_ms=end_ms, probability=read_probability(word)))
    return words


def _google_tag(word: _Json) -> str | None:
    tag = word.get("speakerTag") or word.get("speakerLabel")
    return f"Speaker {tag}" if tag else None


def _read_ibm(data: _Json) -> list[Word] | None:
    results = _dicts(data.get("results"))
    inner = [result for outer in results for result in _dicts(outer.get("results"))] or results
    labels = [label for outer in [data, *results] for label in _dicts(outer.get("speaker_labels"))]
    timestamps = [
        stamp for result in inner for stamp in _lists(_first_alternative(result).get("timestamps")) if len(stamp) > 1
    ]
    if not timestamps:
        return None
    speaker_at = {parse_ms(label.get("from")): f"Speaker {label.get('speaker')}" for label in labels}
    return [
        Word(str(stamp[0]), start_ms, speaker_at.get(start_ms), end_ms=parse_ms(stamp[2]) if len(stamp) > 2 else None)
        for stamp in timestamps
        for start_ms in [parse_ms(stamp[1])]
    ]


def _read_speechmatics(data: _Json) -> list[Word] | None:
    results = _dicts(data.get("results"))
    if _has(results, "type") and _has(results, "alternatives"):
        words = []
        for item in results:
            best = _first_alternative(item)
            mark = item.get("type") == "punctuation" and item.get("attaches_to", "previous") == "previous"
            speaker = str(best.get("speaker") or "UU")
            start_ms = parse_ms(item.get("start_time"))
            end_ms = parse_ms(item.get("end_time"))
            named = None if speaker == "UU" else speaker
            words.append(Word(str(best.get("content") or ""), start_ms, named, mark, end_ms, read_probability(best)))
        return words
    words_v1 = _dicts(data.get("words"))
    if not words_v1 or not _has(words_v1, "name") or not _has(words_v1, "time"):
        return None
    who = _speaker_by_time(_dicts(data.get("speakers")), "time", lambda segment: segment.get("name"))
    return [
        _timed_word(word, "name", "time", who, mark=str(word.get("name")) in {".", ",", "?", "!"}) for word in words_v1
    ]


def _read_kaldi(data: _Json) -> list[Word] | None:
    body = data.get("retval") if isinstance(data.get("retval"), dict) else data
    assert isinstance(body, dict)
    words = _dicts(body.get("words"))
    if not _has(words, "punct"):
        return None
    segments = _dicts(_get(body, "segmentation", "segments"))
    who = _speaker_by_time(segments, "start", lambda segment: _get(segment, "speaker", "@id"))
    return [_timed_word(word, "punct", "start", who) for word in words]


def _read_paper_edit(data: _Json) -> list[Word] | None:
    words, paragraphs = _dicts(data.get("words")), _dicts(data.get("paragraphs"))
    if not _has(words, "text") or not _has(paragraphs, "speaker"):
        return None
    who = _speaker_by_time(paragraphs, "start", lambda paragraph: paragraph.get("speaker"))
    return [_timed_word(word, "text", "start", who) for word in words]


def _read_deepgram(data: _Json) -> list[Word] | None:
    results = data.get("results")
    channels = _dicts(results.get("channels")) if isinstance(results, dict) else []
    if not channels:
        return None
    words = []
    for number, channel in enumerate(channels):
        for word in _dicts(_first_alternative(channel).get("words")):
            tag = word.get("speaker")
            speaker = f"Speaker {tag}" if tag is not None else f"Channel {number}" if len(channels) > 1 else None
            text = str(word.get("punctuated_word") or word.get("word") or "")
            start_ms, end_ms = parse_ms(word.get("start")), parse_ms(word.get("end"))
            words.append(Word(text, start_ms, speaker, end_ms=end_ms, probability=read_probability(word)))
    if len(channels) > 1:
        words.sort(key=lambda word: word.start_ms or 0)
    return words or None


_READERS: tuple[Callable[[_Json], list[Word] | None], ...] = (
    *(_read_aws, _read_deepgram, _read_speechmatics, _read_ibm, _read_google, _read_kaldi, _read_paper_edit),
)


def _timed_word(
    word: _Json, text_key: str, time_key: str, who: Callable[[int | None], str | None], *, mark: bool = False
) -> Word:
    start_ms = parse_ms(word.get(time_key))
    end_ms = parse_ms(word.get("end"))
    return Word(str(word.get(text_key) or ""), start_ms, who(start_ms), mark, end_ms, read_probability(word))


def _speaker_by_time(
    segments: Sequence[_Json], start_key: str, name_of: Callable[[_Json], object]
) -> Callable[[int | None], str | None]:
    """Who speaks at a time: the speaker of the last segment that began by then."""
    starts = sorted(
        (start_ms, str(name_of(segment)))
        for segment in segments
        if name_of(segment) is not None and (start_ms := parse_ms(segment.get(start_key))) is not None
    )

    def who(time_ms: int | None) -> str | None:
        if time_ms is None:
            return None
        number = bisect_right(starts, time_ms, key=lambda start: start[0]) - 1
        return starts[number][1] if number >= 0 else None

    return who


def _get(data: object, *keys: str) -> object:
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def _dicts(value: object) -> list[_Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _lists(value: object) -> list[list[Any]]:
    return [item for item in value if isinstance(item, list)] if isinstance(value, list) else []


def _first_alternative(item: _Json) -> _Json:
    alternatives = _dicts(item.get("alternatives"))
    return alternatives[0] if alternatives else {}


def _has(items: Sequence[_Json], key: str) -> bool:
    return any(key in item for item in items)
