"""The voices of a transcript that a machine made: a sample of each to hear, and a field for its name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from corpus import Document, load
from index import attach_recording, build_index
from qa import QA
from tests.conftest import OpenPage
from tests.fakes import HashEmbedder, WordReader
from tests.recordings import TALK, speak
from tests.test_index_transcribe import script
from ui.app import build_app, launch
from ui.uploads import Uploads
from ui.voices import MAX_SAMPLE_MS, UnnamedVoice, find_unnamed_voices, render_voices

MAKER = {"program": "on-the-record 1", "model": "script", "version": "1", "date": "2026-01-01"}


def write_transcript(path: Path, marks: list[float], names: tuple[str, ...] = ("Voice 1", "Voice 2")) -> Document:
    """The turns of `TALK` as a machine writes them down."""
    words, segments = iter(script(marks)), []
    for number, (_, said) in enumerate(TALK):
        own = [next(words) for _ in said.split()]
        told = [
            {"word": word.text, "start": word.start_ms / 1000, "end": word.end_ms / 1000, "probability": 0.9}
            for word in own
        ]
        name = names[number % 2]
        segments.append(
            {"speaker": name, "start": told[0]["start"], "end": told[-1]["end"], "text": said, "words": told}
        )
    path.write_text(json.dumps({"maker": MAKER, "segments": segments}), encoding="utf-8")
    return load(path)


def test_each_voice_without_a_name_has_a_sample_of_its_longest_turn(tmp_path: Path) -> None:
    document = write_transcript(tmp_path / "talk.json", [0.0, 2.0, 20.0, 22.0, 26.0])
    one, two = find_unnamed_voices(document)
    assert one == UnnamedVoice("Voice 1", 2, "Did anybody leave the village?", "20,21.4")
    assert (two.name, two.turn_count, two.words[:12]) == ("Voice 2", 2, "I remember t")
    begin, end = map(float, two.sample.split(","))
    assert (begin, end - begin) == (2.0, MAX_SAMPLE_MS / 1000)
    named = write_transcript(tmp_path / "named.json", [0.0, 2.0, 20.0, 22.0, 26.0], ("Ann", "Voice 2"))
    assert [voice.name for voice in find_unnamed_voices(named)] == ["Voice 2"]
    assert 'aria-label="Hear Voice 2"' in render_voices(named, may_name=True)
    assert render_voices(named, may_name=False) == render_voices(None, may_name=True) == ""


def test_who_is_called_so_by_people_is_no_voice_of_a_machine() -> None:
    assert find_unnamed_voices(Document.from_text("Voice 1: When?\n\nVoice 2: Then.", doc_id="x")) == []


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Document]]:
    marks = speak(tmp_path / "talk.wav")
    document = write_transcript(tmp_path / "talk.json", marks)
    embedder = HashEmbedder()
    build_index([document], tmp_path / "index", embedder=embedder)
    attach_recording("talk", tmp_path / "talk.wav", tmp_path / "index", copy=True)
    qa = QA.open(tmp_path / "index", embedder=embedder, reader=WordReader())
    app = build_app(qa, uploads=Uploads(qa, shared=tmp_path / "index"), feedback=tmp_path / "feedback")
    yield launch(app, qa, recordings=lambda visitor: [tmp_path / "index"]), document
    app.close(verbose=False)


# What the sample that is made without an element of the page plays, from where to where.
RECORD = """() => {
    window.heard = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        const note = (event) => heard.push([event.type, this.currentTime]);
        for (const name of ["playing", "pause"]) this.addEventListener(name, note);
        return play.call(this);
    };
}"""


@pytest.mark.browser
def test_a_voice_is_heard_and_named(served: tuple[str, Document], open_page: OpenPage) -> None:
    address, document = served
    page = open_page(address)
    statuses: list[int] = []

    def note(response: Any) -> None:  # noqa: ANN401 - playwright's
        if "/recordings/" in response.url and "tasks" not in response.url:
            statuses.append(response.status)

    page.on("response", note)
    page.evaluate(RECORD)
    panel = page.get_by_role("region", name="Voices without a name")
    panel.get_by_role("button", name="Hear Voice 2").click()
    page.wait_for_function("heard.some(([name]) => name === 'pause')")
    begin, end = map(float, find_unnamed_voices(document)[1].sample.split(","))
    (first, begun), *_, (last, ended) = page.evaluate("heard")
    assert (first, last, set(statuses)) == ("playing", "pause", {206})
    assert abs(begun - begin) < 0.3
    assert abs(ended - end) < 0.5  # the element itself says how far it is four times a second
    expect(panel.get_by_role("button", name="Hear Voice 2")).to_have_attribute("aria-pressed", "false")
    panel.get_by_label("Name of Voice 2").fill("Bob <b>Ross</b>")
    panel.get_by_role("button", name="Name", exact=True).nth(1).click()
    expect(page.locator("#transcript button.name").nth(1)).to_have_text("Bob <b>Ross</b>")
    expect(panel.get_by_role("textbox")).to_have_count(1)
    panel.get_by_label("Name of Voice 1").fill("Ann")
    panel.get_by_label("Name of Voice 1").press("Enter")
    expect(panel).to_have_count(0)
    expect(page.locator("#documents .speaker").first).to_have_text("Ann")
    page.get_by_text("2 corrections over this transcript").click()
    page.get_by_role("button", name="Undo").first.click()
    expect(panel.get_by_role("textbox")).to_have_count(1)
