"""When quoted words are said: from words, captions and turns, through the formats and the index."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Document, QuoteTimes, TimedSpan, Track, load, quote_times, timed_words
from index import IndexDamaged, build_index, open_store, update_index
from index.sqlite.store import CATALOG_NAME
from qa import Quote, QuoteInvalid
from qa.answers import citation_from_dict, format_span
from qa.answers.codec import confirm
from qa.verify import verify
from tests.fakes import HashEmbedder

KARAOKE = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ann>When <00:00:01.500><c>did </c><00:00:01.800>it <00:00:02.200>fail?</v>

00:00:05.000 --> 00:00:09.000
<v Bob>In <00:00:05.400>1987, <00:00:07.000>said my mother.</v>
"""
ROLLING = """WEBVTT
Kind: captions

00:00:00.000 --> 00:00:02.000 align:start position:0%

the<00:00:00.400><c> harvest</c><00:00:00.900><c> failed</c>

00:00:02.000 --> 00:00:02.010
the harvest failed

00:00:02.010 --> 00:00:04.000
the harvest failed
and<00:00:02.500><c> we</c><00:00:02.800><c> left</c>

00:00:04.000 --> 00:00:04.010
and we left

00:00:04.010 --> 00:00:06.000
and we left
for<00:00:04.600><c> the</c><00:00:05.100><c> coast</c>
"""
CUES = """1
00:00:01,000 --> 00:00:03,500
Ann: When did the harvest fail?

2
00:00:04,000 --> 00:00:06,000
Bob: In 1987, and then

3
00:00:06,000 --> 00:00:09,000
again the year after. Nobody left.

4
00:01:00,000 --> 00:01:40,000
All of them stayed. They ate what there was, and they waited.
"""


def write(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return load(path)


def times_of(document: Document, words: str) -> QuoteTimes | None:
    start = document.text.index(words)
    return quote_times(document, start, start + len(words))


def test_words_between_the_tags_of_a_caption(tmp_path: Path) -> None:
    document = write(tmp_path, "talk.vtt", KARAOKE)
    assert document.text == "Ann: When did it fail?\n\nBob: In 1987, said my mother."
    assert times_of(document, "did it") == QuoteTimes(1500, 2200, "words")
    assert times_of(document, "In 1987,") == QuoteTimes(5000, 7000, "words")
    assert times_of(document, "said my mother.") == QuoteTimes(7000, 9000, "words")
    start = document.text.index("did")
    assert timed_words(document, start, start + 6) == [TimedSpan(10, 13, 1500, 1800), TimedSpan(14, 16, 1800, 2200)]


def test_captions_that_roll_keep_the_times_of_their_new_words(tmp_path: Path) -> None:
    document = write(tmp_path, "talk.vtt", ROLLING)
    assert document.text == "the harvest failed and we left for the coast"
    assert times_of(document, "we left") == QuoteTimes(2500, 4000, "words")
    assert times_of(document, "harvest failed and") == QuoteTimes(400, 2500, "words")
    assert times_of(document, "coast") == QuoteTimes(5100, 6000, "words")


def test_captions_are_played_whole_and_long_ones_divided(tmp_path: Path) -> None:
    document = write(tmp_path, "talk.srt", CUES)
    assert times_of(document, "When did the harvest fail?") == QuoteTimes(1000, 3500, "cues")
    assert times_of(document, "1987, and then again the year after.") == QuoteTimes(4000, 9000, "cues")
    assert times_of(document, "All of them stayed.") == QuoteTimes(60_000, 72_459, "interpolated")
    within = times_of(document, "They ate what there was, and they waited.")
    assert within == QuoteTimes(73_115, 100_000, "interpolated")


def test_a_turn_with_a_time_is_divided_by_its_characters_and_a_long_one_is_not() -> None:
    text = "[00:10] Ann: When was that?\n\n[00:20] Bob: In 1987. Then came the war.\n\n[00:30] Ann: And then?\n\n"
    document = Document.from_text(text + "[05:00] Bob: Nothing came.\n", doc_id="x")
    assert document.track is None
    assert times_of(document, "When was that?") == QuoteTimes(10_000, 20_000, "interpolated")
    assert times_of(document, "In 1987.") == QuoteTimes(20_000, 22_963, "interpolated")
    assert times_of(document, "And then?") is None  # somewhere in four and a half minutes
    assert times_of(document, "Nothing came.") == QuoteTimes(300_000, 300_715, "interpolated")


def test_without_times_nothing_is_told(interview: Document) -> None:
    assert quote_times(interview, 3735, 3979) is None


WHISPER = {
    "maker": {"program": "on-the-record 1", "model": "whisper-base", "date": "2026-11-27"},
    "segments": [
        {
            "speaker": "Voice 1",
            "start": 0.5,
            "end": 2.0,
            "text": " When did New-York fail?",
            "words": [
                {"word": " When", "start": 0.5, "end": 0.7, "probability": 0.99},
                {"word": " did", "start": 0.7, "end": 0.9, "probability": 0.98},
                {"word": " New", "start": 0.9, "end": 1.2, "probability": 0.41},
                {"word": "-York", "start": 1.2, "end": 1.5, "probability": 0.9},
                {"word": " fail?", "start": 1.5, "end": 2.0, "probability": 1.0},
            ],
        },
        {"speaker": "Voice 2", "start": 3.0, "end": 4.0, "text": "In 1987.", "words": []},
    ],
}


def test_a_recognisers_words_with_their_probabilities_and_its_maker(tmp_path: Path) -> None:
    document = write(tmp_path, "talk.json", json.dumps(WHISPER))
    assert document.text == "Voice 1: When did New-York fail?\n\nVoice 2: In 1987."
    assert times_of(document, "New-York fail?") == QuoteTimes(900, 2000, "words")
    assert times_of(document, "In 1987.") == QuoteTimes(3000, 4000, "cues")
    assert document.track is not None
    assert document.track.maker == "on-the-record 1, whisper-base, 2026-11-27"
    assert [span.probability for span in document.track.spans] == [0.99, 0.98, 0.41, 1.0, None]


@pytest.mark.parametrize(
    ("name", "data", "words", "expected"),
    [
        (
            "amazon.json",
            {
                "results": {
                    "transcripts": [{"transcript": "In 1987."}],
                    "items": [
                        {"type": "pronunciation", "start_time": "1.0", "end_time": "1.2"}
                        | {"alternatives": [{"content": "In", "confidence": "0.9"}]},
                        {"type": "pronunciation", "start_time": "1.2", "end_time": "2.5"}
                        | {"alternatives": [{"content": "1987", "confidence": "0.5"}]},
                        {"type": "punctuation", "alternatives": [{"content": "."}]},
                    ],
                }
            },
            "1987.",
            QuoteTimes(1200, 2500, "words"),
        ),
        (
            "youtube.json3",
            {
                "events": [
                    {
                        "tStartMs": 1000,
                        "dDurationMs": 2000,
                        "segs": [
                            {"utf8": "we"},
                            {"utf8": " left", "tOffsetMs": 500},
                            {"utf8": " <b>", "tOffsetMs": 900},
                        ],
                    }
                ]
            },
            "left",
            QuoteTimes(1500, 1900, "words"),
        ),
        (
            "deepgram.json",
            {
                "results": {
                    "channels": [
                        {
                            "alternatives": [
                                {"words": [{"word": "we", "start": 1, "end": 1.3}, {"word": "left", "start": 2}]}
                            ]
                        }
                    ]
                }
            },
            "we left",
            QuoteTimes(1000, 3080, "words"),
        ),
    ],
)
def test_words_of_recognisers(tmp_path: Path, name: str, data: object, words: str, expected: QuoteTimes) -> None:
    assert times_of(write(tmp_path, name, json.dumps(data)), words) == expected


def test_words_in_xml(tmp_path: Path) -> None:
    paragraph = '<p begin="1s" end="4s"><span begin="1.5s">we</span> <span begin="2s">left</span></p>'
    timed = write(tmp_path, "a.ttml", f'<tt xmlns="http://www.w3.org/ns/ttml"><body><div>{paragraph}</div></body></tt>')
    assert (timed.text, times_of(timed, "we")) == ("we left", QuoteTimes(1500, 2000, "words"))
    spoken = write(
        tmp_path, "b.srv3", '<timedtext><body><p t="1000" d="3000">we<s t="500"> left</s></p></body></timedtext>'
    )
    assert (spoken.text, times_of(spoken, "left")) == ("we left", QuoteTimes(1500, 4000, "words"))


def test_a_track_is_compact_and_refuses_what_is_none() -> None:
    spans = [TimedSpan(6 * n, 6 * n + 5, 300 * n, 300 * n + 250, (n % 100) / 100) for n in range(10_000)]
    track = Track.from_spans(spans)
    assert track is not None
    assert (track.spans, len(track.packed) < 10 * len(spans)) == (tuple(spans), True)
    assert Track.from_spans([]) is None
    assert Track.from_spans([TimedSpan(0, 3, -1)]) is None
    assert Track.from_spans([TimedSpan(0, 3, 5, 5)]) == Track.from_spans([TimedSpan(0, 3, 5)])
    with pytest.raises(ValueError, match="not in its order"):
        Track.from_spans([TimedSpan(0, 3, 1), TimedSpan(2, 5, 2)])
    for packed in (b"", b"no zlib", track.packed[:40]):
        with pytest.raises(ValueError, match="damaged"):
            _ = Track(packed).spans


def test_the_index_keeps_the_times_and_gives_them_to_documents_that_it_holds_already(tmp_path: Path) -> None:
    document, embedder = write(tmp_path, "talk.vtt", KARAOKE), HashEmbedder()
    build_index([replace(document, track=None)], tmp_path / "index", embedder=embedder)
    store = open_store(tmp_path / "index")
    with store.reading() as view:
        assert view.document("talk").track is None
    report = update_index([document], tmp_path / "index", embedder=embedder)
    assert (report.added, report.passage_count) == (("talk",), 0)
    with store.reading() as view:
        assert view.document("talk") == document
    assert update_index([document], tmp_path / "index", embedder=embedder).unchanged == ("talk",)
    build_index([Document.from_text("Ann: Nothing more.", doc_id="talk")], tmp_path / "index", embedder=embedder)
    with store.reading() as view:
        assert view.document("talk").track is None


def test_times_that_were_changed_are_refused(tmp_path: Path) -> None:
    build_index([write(tmp_path, "talk.vtt", KARAOKE)], tmp_path / "index", embedder=HashEmbedder())
    with sqlite3.connect(tmp_path / "index" / CATALOG_NAME) as connection:
        connection.execute("UPDATE tracks SET maker = 'somebody'")
    connection.close()
    store = open_store(tmp_path / "index")
    with store.reading() as view, pytest.raises(IndexDamaged, match="times of talk"):
        view.document("talk")


def test_a_quote_says_where_it_is_heard_and_who_wrote_it_down(tmp_path: Path) -> None:
    document = write(tmp_path, "talk.json", json.dumps(WHISPER))
    start = document.text.index("New-York")
    quote = Quote.from_span(document, start, start + len("New-York fail?"), score=1.0)
    assert (quote.media_fragment, quote.timing, quote.doubtful) == ("t=0.9,2", "words", "New-York")
    assert format_span(quote) == (
        "0:00, characters 18–32, recording #t=0.9,2, written down by a machine "
        "(on-the-record 1, whisper-base, 2026-11-27), which was not sure of: New-York"
    )
    exported = quote.to_dict()
    assert exported["media_fragment"] == "t=0.9,2"
    build_index([document], tmp_path / "index", embedder=HashEmbedder())
    without = {key: value for key, value in exported.items() if key not in ("media_fragment", "timing", "maker")}
    with open_store(tmp_path / "index").reading() as view:
        assert confirm(citation_from_dict(exported), view) == quote
        assert confirm(citation_from_dict(without), view) == quote  # of an earlier version
        assert [finding.verdict for finding in verify([citation_from_dict(without)], view)] == ["exact"]
        moved = citation_from_dict({**exported, "media_fragment": "t=9,11"})
        assert confirm(moved, view) == quote
        (finding,) = verify([moved], view)
    assert (finding.verdict, finding.differences) == (
        "changed",
        ("the place in the recording is “t=0.9,2”, not “t=9,11”",),
    )
    with pytest.raises(QuoteInvalid, match="heard"):
        replace(quote, media_fragment="t=9,11", document=document)


def test_what_has_no_times_exports_nothing_of_them(interview: Document) -> None:
    exported = Quote.from_span(interview, 3735, 3979, score=1.0).to_dict()
    assert {"media_fragment", "timing", "maker", "doubtful"} & exported.keys() == set()
