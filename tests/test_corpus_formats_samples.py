"""Real transcripts: those in tests/samples, and all of the shared collection where it is present."""

import json
import os
import re
from pathlib import Path

import pytest

from corpus import CorpusError, Document, cut_passages, load
from corpus.clocks import TIME_MARK

SAMPLES = Path(__file__).parent / "samples"
_SHARED = os.environ.get("ONTHERECORD_FORMAT_SAMPLES")
COLLECTION = Path(_SHARED) if _SHARED else Path(__file__).parents[2] / "shared" / "data" / "format_samples"

SPEAKERS_IN_SAMPLES = {
    "01_changelog_bold_names.md": {"Tim Smith", "Justin Jackson"},
    "11_user_study_interview.pdf": {"Dan", "Participant"},
    "14_spanish_interview_caps.md": {"ENTREVISTADOR", "E2"},
    "23_podcastindex.html": {"Travis", "Gilon", "Sarah"},
    "24_podcastindex.json": {"Darth Vader", "Luke"},
    "25_podcastindex.vtt": {"Sarah", "Gillian"},
    "26_podcastindex.srt": {"Travis", "Gilon", "Sarah"},
    "30_aws_call_export.docx": {"Agent", "Customer"},
}
EDGE_CASES_REFUSED = {
    "55_edge_empty.vtt": "is empty",
    "55_edge_no_captions.vtt": "no caption with words",
    "55_edge_invalid_format.sbv": "has no caption: a line such as",
    "55_edge_invalid_format1.srt": "has no caption: a line such as",
    "55_edge_invalid_format2.srt": "has no caption: a line such as",
    "55_edge_invalid_format3.srt": "has no caption: a line such as",
    "55_edge_invalid_format4.srt": "no caption with words",
}


def read_manifest() -> list[dict[str, object]]:
    path = COLLECTION / "manifest.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def count_words(texts: object) -> list[int]:
    assert isinstance(texts, list)
    return [len(text.split()) for text in texts]


def check_document(document: Document) -> None:
    """Turns are ordered, do not overlap, are not empty, and with labels, times and furniture are all of the text."""
    position = 0
    names = sorted({re.escape(speaker.name) for speaker in document.speakers}, key=len, reverse=True)
    label = re.compile(rf"^\W*(?:{'|'.join(names) or '(?!)'})\W*(?:[:：]|{TIME_MARK}\s*$)", re.MULTILINE)
    for turn in document.turns:
        assert position <= turn.start < turn.end <= len(document.text)
        said = document.text[turn.start : turn.end]
        assert said == said.strip()
        if turn.kind == "speech":
            assert label.search(said) is None, said
        gap = re.sub(rf"{TIME_MARK}|\([^()]{{1,40}}\)", "", document.text[position : turn.start])
        gap = re.sub(r"<SPEAKER [^>]*>", "", gap)
        for name in (turn.speaker or "", *(speaker.name for speaker in document.speakers)):
            gap = re.sub(re.escape(name), "", gap, flags=re.IGNORECASE) if name else gap
        assert not any(character.isalnum() for character in gap), gap
        position = turn.end
    assert not document.text[position:].strip()
    passages = cut_passages(document, max_tokens=60, count_tokens=lambda texts: count_words(list(texts)))
    for passage in passages:
        assert document.turn_at(passage.start, passage.end) == passage.turn
        assert document.turns[passage.turn].speaker == passage.speaker


@pytest.mark.parametrize("name", SPEAKERS_IN_SAMPLES)
def test_a_sample_has_its_speakers_and_loses_nothing(name: str) -> None:
    document = load(SAMPLES / name)
    assert {speaker.name for speaker in document.speakers} == SPEAKERS_IN_SAMPLES[name]
    check_document(document)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("55_*")), ids=lambda path: path.name[8:])
def test_an_odd_caption_file_loads_or_is_refused_with_its_reason(path: Path) -> None:
    reason = EDGE_CASES_REFUSED.get(path.name)
    if reason is not None:
        with pytest.raises(CorpusError, match=reason):
            load(path)
        return
    document = load(path)
    check_document(document)
    assert not document.speakers
    assert "-->" not in document.text
    assert not re.search(r"</?[cvb]\b|\d:\d\d", document.text)


@pytest.mark.skipif(not read_manifest(), reason=f"the shared collection of transcripts is not in {COLLECTION}")
def test_the_collection_has_the_speakers_that_a_reader_sees() -> None:
    wrong = {}
    right = 0
    manifest = [entry for entry in read_manifest() if entry["kind"] != "edge case"]
    for entry in manifest:
        if entry["format"] == "doc":
            with pytest.raises(CorpusError, match=r"this is a document of Word 97 to 2003: save it as \.docx"):
                load(COLLECTION / str(entry["file"]))
            right += 1
            continue
        document = load(COLLECTION / str(entry["file"]))
        check_document(document)
        found = {speaker.name for speaker in document.speakers}
        listed = entry["speakers"]
        expected = set(listed) if isinstance(listed, list) else found
        if found == expected:
            right += 1
        else:
            wrong[entry["file"]] = (sorted(found - expected), sorted(expected - found))
    assert wrong == {}
    assert (right, len(manifest)) == (53, 53)
