"""JSON exports: each tool's shape gives the words, the speakers and the times."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus import Document, SourceEmpty, SourceNotText, SourceUnreadable, load

WORDS = [("Who", 0.5, 1), ("built", 1.0, 1), ("it?", 1.5, 1), ("My", 2.0, 2), ("father.", 2.5, 2)]


def load_json(folder: Path, data: object, name: str = "talk.json") -> Document:
    (folder / name).write_text(json.dumps(data), encoding="utf-8")
    return load(folder / name)


def said(document: Document) -> list[tuple[str | None, str, int | None]]:
    return [(turn.speaker, document.text[turn.start : turn.end], turn.start_ms) for turn in document.turns]


def aws_items() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for word, start, speaker in WORDS:
        bare = word.rstrip("?.")
        items.append({"start_time": str(start), "speaker": speaker, "alternatives": [{"content": bare}]})
        if bare != word:
            items.append({"type": "punctuation", "alternatives": [{"content": word[-1]}]})
    return items


def segments(text: str, start: str, speaker: str, scale: float = 1) -> list[dict[str, Any]]:
    """The two sentences as utterances with these keys."""
    return [
        {text: "Who built it?", start: 0.5 * scale, speaker: "A", "end": 1.9 * scale},
        {text: "My father.", start: 2 * scale, speaker: "B", "end": 3 * scale},
    ]


def make_elements(words: list[tuple[str, float]]) -> list[dict[str, Any]]:
    """Rev's words, with a mark of its own for each space."""
    marks: list[dict[str, Any]] = []
    for word, start in words:
        marks += [{"type": "text", "value": word, "ts": start}, {"type": "punct", "value": " "}]
    return marks


EXPORTS: dict[str, tuple[object, str, str]] = {
    "whisperx": ({"segments": segments("text", "start", "speaker"), "language": "en"}, "A", "B"),
    "podcast index": ({"version": "1.0.0", "segments": segments("body", "startTime", "speaker")}, "A", "B"),
    "a plain list": (segments("text", "start", "speaker"), "A", "B"),
    "assemblyai": (
        {
            "text": "Who built it? My father.",
            "words": [{"text": "Who", "start": 500, "end": 700, "speaker": "A"}],
            "utterances": [
                {"speaker": "A", "text": "Who built it?", "start": 500, "end": 1900},
                {"speaker": "B", "text": "My father.", "start": 2000, "end": 3000},
            ],
        },
        *("A", "B"),
    ),
    "aws speakers in the items": (
        {
            "results": {
                "transcripts": [{"transcript": "…"}],
                "items": [
                    item | ({"speaker_label": f"spk_{item['speaker']}"} if "speaker" in item else {})
                    for item in aws_items()
                ],
            }
        },
        *("spk_1", "spk_2"),
    ),
    "aws speakers in segments": (
        {
            "results": {
                "transcripts": [{"transcript": "…"}],
                "speaker_labels": {
                    "segments": [
                        {"items": [{"start_time": str(start), "speaker_label": f"spk_{speaker}"}]}
                        for _, start, speaker in WORDS
                    ]
                },
                "items": aws_items(),
            }
        },
        *("spk_1", "spk_2"),
    ),
    "aws channels": (
        {
            "results": {
                "transcripts": [{"transcript": "…"}],
                "channel_labels": {
                    "channels": [
                        {"channel_label": "ch_1", "items": [i for i in aws_items()[4:]]},
                        {"channel_label": "ch_0", "items": [i for i in aws_items()[:4]]},
                    ]
                },
                "items": aws_items(),
            }
        },
        *("ch_0", "ch_1"),
    ),
    "google, everything again with speakers": (
        {
            "results": [
                {"alternatives": [{"transcript": "Who built it?", "words": [{"word": "Who", "startTime": "0.500s"}]}]},
                {
                    "alternatives": [
                        {
                            "words": [
                                {"word": word, "startTime": f"{start}s", "speakerTag": speaker}
                                for word, start, speaker in WORDS
                            ]
                        }
                    ]
                },
            ]
        },
        *("Speaker 1", "Speaker 2"),
    ),
    "google, seconds and nanos": (
        {
            "results": [
                {
                    "alternatives": [
                        {
                            "transcript": "…",
                            "words": [
                                {
                                    "word": word,
                                    "startTime": {"seconds": str(int(start)), "nanos": int(start % 1 * 1e9)},
                                    "speakerTag": speaker,
                                }
                                for word, start, speaker in WORDS
                            ],
                        }
                    ]
                }
            ]
        },
        *("Speaker 1", "Speaker 2"),
    ),
    "ibm": (
        {
            "results": [
                {"alternatives": [{"transcript": "…", "timestamps": [[word, at, at + 0.4] for word, at, _ in WORDS]}]}
            ],
            "speaker_labels": [{"from": at, "to": at + 0.4, "speaker": speaker} for _, at, speaker in WORDS],
        },
        *("Speaker 1", "Speaker 2"),
    ),
    "speechmatics 1": (
        {
            "job": {},
            "speakers": [{"name": "M1", "time": "0.4"}, {"name": "F2", "time": "1.9"}],
            "words": [{"name": word, "time": str(at)} for word, at, _ in WORDS],
        },
        *("M1", "F2"),
    ),
    "speechmatics 2": (
        {
            "results": [
                {
                    "type": "punctuation" if item.get("type") == "punctuation" else "word",
                    "start_time": item.get("start_time"),
                    "alternatives": [item["alternatives"][0] | {"speaker": f"S{item.get('speaker', 1)}"}],
                }
                for item in aws_items()
            ]
        },
        *("S1", "S2"),
    ),
    "kaldi": (
        {
            "retval": {
                "words": [{"word": word.lower(), "punct": word, "start": at} for word, at, _ in WORDS],
                "segmentation": {
                    "segments": [
                        {"start": 0, "speaker": {"@id": "S0"}},
                        {"start": 1.8, "speaker": {"@id": "S4"}},
                    ]
                },
            }
        },
        *("S0", "S4"),
    ),
    "paper edit": (
        {
            "words": [{"text": word, "start": at} for word, at, _ in WORDS],
            "paragraphs": [{"start": 0.5, "speaker": "F_S1"}, {"start": 2.0, "speaker": "M_S2"}],
        },
        *("F_S1", "M_S2"),
    ),
    "deepgram": (
        {
            "metadata": {},
            "results": {
                "channels": [
                    {
                        "alternatives": [
                            {
                                "transcript": "who built it my father",
                                "words": [
                                    {"word": word.lower(), "punctuated_word": word, "start": at, "speaker": speaker}
                                    for word, at, speaker in WORDS
                                ],
                            }
                        ]
                    }
                ]
            },
        },
        *("Speaker 1", "Speaker 2"),
    ),
    "otter": (
        {
            "speech": {
                "title": "A talk",
                "speakers": [{"id": 7, "speaker_name": "Ann"}, {"id": 9, "speaker_name": "Bob"}],
                "transcripts": [
                    {"transcript": "Who built it?", "speaker_id": 7, "start_time": 0.5},
                    {"transcript": "My father.", "speaker_id": 9, "start_time": 2},
                ],
            }
        },
        *("Ann", "Bob"),
    ),
    "rev": (
        {
            "speakers": [{"id": 0, "name": "Ann"}, {"id": 1, "name": "Bob"}],
            "monologues": [
                {"speaker": 0, "elements": make_elements([("Who", 0.5), ("built", 1), ("it?", 1.5)])},
                {"speaker": 1, "elements": make_elements([("My", 2), ("father.", 3)])},
            ],
        },
        *("Ann", "Bob"),
    ),
    "oyez": (
        {
            "transcript": {
                "title": "Roe v. Wade",
                "sections": [
                    {
                        "turns": [
                            {"speaker": {"name": "Ann"}, "text_blocks": [{"text": "Who built it?", "start": 0.5}]},
                        ]
                    },
                    {"turns": [{"speaker": {"name": "Bob"}, "text_blocks": [{"text": "My father.", "start": 2}]}]},
                ],
            }
        },
        *("Ann", "Bob"),
    ),
    "aws call analytics": (
        {
            "Transcript": [
                {"ParticipantRole": "AGENT", "Content": "Who built it?", "BeginOffsetMillis": 500},
                {"ParticipantRole": "CUSTOMER", "Content": "My father.", "BeginOffsetMillis": 2000},
            ]
        },
        *("AGENT", "CUSTOMER"),
    ),
}


NESTED: dict[str, object] = {
    "paragraphs of sentences": {
        "paragraphs": [
            {
                "speaker": "A",
                "start": 0.5,
                "sentences": [{"text": "Who", "start": 0.5}, {"text": "built it?", "start": 1}],
            },
            {"speaker": "B", "start": 2, "sentences": [{"text": "My father.", "start": 2.0}]},
        ]
    },
    "transcript of words": {
        "transcript": [
            {
                "speaker": "A",
                "words": [{"word": word, "start": at} for word, at in [("Who", 0.5), ("built it", 1), ("?", 1)]],
            },
            {"speaker": "B", "words": [{"word": "My", "start": 2}, {"word": "father", "start": 3}, {"word": "."}]},
        ]
    },
    "words as strings": {
        "turns": [
            {"speakerName": "A", "startTimeMs": 500, "words": ["Who", "built", "it?"]},
            {"speakerName": "B", "startTimeMs": 2000, "words": ["My", "father."]},
        ]
    },
    "pairs of times": {
        "speakers": [
            {"speaker": "A", "text": "Who built it?", "timestamp": [0.5, 1.9]},
            {"speaker": "B", "text": "My father.", "timestamp": [2.0, 3.0]},
        ],
        "chunks": [{"timestamp": [0.5, 3.0], "text": "Who built it? My father."}],
        "text": "Who built it? My father.",
    },
    "milliseconds in the sentences only": {
        "callTranscripts": [
            {
                "transcript": [
                    {
                        "speakerId": "A",
                        "topic": "x",
                        "sentences": [{"start": 500, "end": 1900, "text": "Who built it?"}],
                    },
                    {"speakerId": "B", "topic": "x", "sentences": [{"start": 2000, "end": 3000, "text": "My father."}]},
                ]
            }
        ]
    },
    "durations": {
        "speakers": [{"id": "x", "name": "A"}, {"id": "y", "name": "B"}],
        "paragraphs": [
            {"speaker": "x", "words": [{"time": 500, "duration": 900, "value": "Who built it?"}]},
            {"speaker": "y", "words": [{"time": 2000, "duration": 900, "value": "My father."}]},
        ],
    },
    "names deep in the record": [
        {"speaker": {"user": {"displayName": "A"}}, "spokenText": "Who built it?", "startOffset": "00:00:00.5"},
        {"speaker": {"user": {"displayName": "B"}}, "spokenText": "My father.", "startOffset": "00:00:02"},
    ],
    "one letter": [
        {"w": "Who", "s": 500, "e": 800, "spk": "A"},
        {"w": "built it?", "s": 1000, "e": 1900, "spk": "A"},
        {"w": "My father.", "s": 2000, "e": 3000, "spk": "B"},
    ],
    "azure": {
        "recognizedPhrases": [
            {"speaker": "A", "offset": "PT0.5S", "offsetInTicks": 5000000, "nBest": [{"display": "Who built it?"}]},
            {"speaker": "B", "offset": "PT2S", "offsetInTicks": 20000000, "nBest": [{"display": "My father."}]},
        ]
    },
    "numbered": {
        "0": {"speaker": "A", "text": "Who built it?", "time": {"start": "0:00:00.5"}},
        "1": {"speaker": "B", "text": "My father.", "time": {"start": "0:00:02"}},
    },
    "columns": {
        "speaker": {"0": "A", "1": "B"},
        "text": {"0": "Who built it?", "1": "My father."},
        "start": [0.5, 2.0],
    },
    "rows under a head": {
        "columns": ["start", "speaker", "text"],
        "data": [["start", "speaker", "text"], [0.5, "A", "Who built it?"], [2, "B", "My father."]],
    },
    "names in a table": {
        "data": {
            "speakers": {"0": {"name": "A"}, "1": {"name": "B"}},
            "sentences": [
                {"speaker_id": 0, "text": "Who built it?", "raw_text": "who", "start_time": 0.5},
                {"speaker_id": 1, "text": "My father.", "raw_text": "my", "start_time": 2},
            ],
        }
    },
    "deepgram paragraphs": {
        "results": {
            "channels": [
                {
                    "alternatives": [
                        {
                            "transcript": "Who built it? My father.",
                            "paragraphs": {
                                "transcript": "Speaker 0: Who built it?",
                                "paragraphs": [
                                    {"speaker": "A", "sentences": [{"text": "Who built it?", "start": 0.5}]},
                                    {"speaker": "B", "sentences": [{"text": "My father.", "start": 2}]},
                                ],
                            },
                        }
                    ]
                }
            ]
        }
    },
}


@pytest.mark.parametrize("export", NESTED)
def test_utterances_in_other_shapes(tmp_path: Path, export: str) -> None:
    assert said(load_json(tmp_path, NESTED[export])) == [("A", "Who built it?", 500), ("B", "My father.", 2000)]


def test_a_transcript_in_one_string_or_a_list_of_lines(tmp_path: Path) -> None:
    lines = ["Ann: Who built it?", "Bob: My father.", "Ann: Alone?"]
    for data in ({"id": 5, "transcript": "\n".join(lines)}, lines, {"data": {"text": lines}}):
        document = load_json(tmp_path, data)
        assert [turn.speaker for turn in document.turns] == ["Ann", "Bob", "Ann"]


def test_questions_and_answers_as_records(tmp_path: Path) -> None:
    records = [{"question": "Who built it?", "answer": "My father."}, {"question": "Alone?", "answer": "Yes."}]
    assert [(speaker, words) for speaker, words, _ in said(load_json(tmp_path, records))] == [
        ("question", "Who built it?"),
        ("answer", "My father."),
        ("question", "Alone?"),
        ("answer", "Yes."),
    ]


def test_otranscribe_is_html_in_json(tmp_path: Path) -> None:
    text = (
        '<p><span class="timestamp" data-timestamp="3.1">00:03</span><b>Ann:</b> Who built it?<br></p><p><span class='
        '"timestamp" data-timestamp="8">00:08</span> Bob: My father.</p><p>Ann: Alone?</p>'
    )
    assert said(load_json(tmp_path, {"text": text, "media": "a.mp3", "media-time": 12.1}, "talk.otr")) == [
        ("Ann", "Who built it?", 3000),
        ("Bob", "My father.", 8000),
        ("Ann", "Alone?", None),
    ]


@pytest.mark.parametrize("export", EXPORTS)
def test_each_export_gives_words_speakers_and_times(tmp_path: Path, export: str) -> None:
    data, first, second = EXPORTS[export]
    document = load_json(tmp_path, data)
    assert said(document) == [(first, "Who built it?", 500), (second, "My father.", 2000)]
    assert document.text == f"{first}: Who built it?\n\n{second}: My father."


def test_whisper_has_no_speakers(tmp_path: Path) -> None:
    data = {"text": " One. Two.", "segments": [{"id": 0, "seek": 0, "start": 0.0, "end": 1.0, "text": " One. Two."}]}
    assert said(load_json(tmp_path, data)) == [(None, "One. Two.", 0)]


def test_whisper_cpp_counts_in_milliseconds(tmp_path: Path) -> None:
    data = {"transcription": [{"timestamps": {"from": "00:00:02,000"}, "offsets": {"from": 2000}, "text": " Hello."}]}
    assert said(load_json(tmp_path, data)) == [(None, "Hello.", 2000)]


def test_json_lines_and_json_under_another_name(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(record) for record in segments("text", "start", "speaker"))
    (tmp_path / "talk.jsonl").write_text(lines, encoding="utf-8")
    assert len(load(tmp_path / "talk.jsonl").turns) == 2
    assert len(load_json(tmp_path, segments("text", "start", "speaker"), "talk.txt").turns) == 2


def test_brackets_do_not_make_json(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("[00:01] Ann: Hello there.\n[00:02] Bob: Good day.\n", encoding="utf-8")
    assert [turn.speaker for turn in load(tmp_path / "talk.txt").turns] == ["Ann", "Bob"]


def test_chinese_words_are_joined_without_spaces(tmp_path: Path) -> None:
    items = [{"start_time": "0.1", "alternatives": [{"content": word}]} for word in ("我们", "去", "Lima", "。")]
    data = {"results": {"transcripts": [{"transcript": ""}], "items": items}}
    assert load_json(tmp_path, data).text == "我们去 Lima 。"


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ('{"segments": [', SourceUnreadable, r"talk\.json is not valid JSON; export the transcript again"),
        ('"words"', SourceUnreadable, "not valid JSON"),
        ("[" * 100_000, SourceUnreadable, "not valid JSON"),
        (
            '{"name": "package", "version": 1}',
            SourceNotText,
            "holds no transcript that is known here; expected segments",
        ),
        ('{"segments": [{"text": " ", "start": 0}]}', SourceEmpty, "a transcript without words"),
        ('{"segments": [{"text": "Ha \\ud83d", "start": 0}]}', SourceNotText, "half of a surrogate pair"),
    ],
    ids=["cut off", "a string", "deep", "another file", "no words", "surrogate"],
)
def test_refusals(tmp_path: Path, data: str, error: type[Exception], words: str) -> None:
    (tmp_path / "talk.json").write_text(data, encoding="utf-8")
    with pytest.raises(error, match=words):
        load(tmp_path / "talk.json")


@pytest.mark.parametrize(
    "data",
    [
        {"words": [{"name": ["who"], "time": "0.4"}, {"name": "there", "time": "0.9"}]},
        {"results": [{"type": "word", "start_time": 0, "alternatives": [{"content": "there", "speaker": [1]}]}]},
        {
            "results": {
                "transcripts": [],
                "items": [{"start_time": [1], "alternatives": [{"content": "there"}]}],
                "speaker_labels": {"segments": [{"items": [{"start_time": {}, "speaker_label": 3}]}]},
            }
        },
        {"words": [{"name": "there", "time": "0.9"}], "speakers": [{"name": "", "time": "0.4"}]},
        {"segments": [{"text": "there", "start": 0, "end": 10**400}, {"text": "is", "start": 0, "end": 9}]},
        {
            "results": [
                {
                    "alternatives": [
                        {"transcript": "", "words": [{"word": "there", "startTime": {"seconds": 1, "nanos": 10**40}}]}
                    ]
                }
            ]
        },
    ],
    ids=["name", "speaker", "time", "empty speaker", "huge end", "huge nanos"],
)
def test_values_of_the_wrong_kind_cost_no_words(tmp_path: Path, data: object) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    document = load(path)
    assert "there" in document.text
    assert all(turn.start_ms is None or turn.start_ms < 2**62 for turn in document.turns)
