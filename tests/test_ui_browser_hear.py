"""Quotes that are heard, in a real browser: exactly their seconds, and nothing where their place is not known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from corpus import load
from index import attach_recording, build_index
from qa import QA
from tests.conftest import OpenPage
from tests.fakes import HashEmbedder, WordReader
from tests.recordings import speak
from tests.test_ui_browser_panes import ask
from ui.app import build_app, launch

pytestmark = pytest.mark.browser

# Every time at which it plays and pauses, and from where to where.
RECORD = """() => {
    window.heard = [];
    const audio = document.querySelector("#hearing audio");
    for (const name of ["playing", "pause"]) audio.addEventListener(name, () => heard.push([name, audio.currentTime]));
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, list[float]]]:
    """The address of a page with a recording whose captions are right, its file, and when the turns begin."""
    folder = tmp_path_factory.mktemp("heard")
    wav = folder / "talk.wav"
    marks = speak(wav)
    (folder / "talk.vtt").write_text(write_captions(marks), encoding="utf-8")
    (folder / "plain.txt").write_text("Ann: Was the bridge closed?\n\nBob: The bridge was closed in May.\n", "utf-8")
    embedder = HashEmbedder()
    build_index([load(folder / "talk.vtt"), load(folder / "plain.txt")], folder / "index", embedder=embedder)
    attach_recording("talk", wav, folder / "index")
    attach_recording("plain", wav, folder / "index")
    qa = QA.open(folder / "index", embedder=embedder, reader=WordReader())
    app = build_app(qa, feedback=folder / "feedback")
    yield launch(app, qa, recordings=lambda visitor: [folder / "index"]), wav, marks
    app.close(verbose=False)


def write_captions(marks: list[float]) -> str:
    """The turns of `tests.recordings.TALK`; in the last one the words have times of their own."""
    a, b, c, d, end = (f"00:00:{mark:06.3f}" for mark in marks)
    ate = f"00:00:{marks[3] + 1:06.3f}"
    return (
        f"WEBVTT\n\n{a} --> {b}\n<v Ann>When did the harvest fail?\n\n"
        f"{b} --> {c}\n<v Bob>I remember that the harvest failed in 1987.\n\n"
        f"{c} --> {d}\n<v Ann>Did anybody leave the village?\n\n"
        f"{d} --> {end}\n<v Bob>Nobody <{ate}>left the village, and we waited.\n"
    )


def hear_first(page: Page, question: str) -> None:
    ask(page, question)
    page.evaluate(RECORD)
    page.locator(".exchange").last.get_by_role("button", name="Hear it").first.click()


def test_a_quote_is_played_from_its_start_to_its_end(
    served: tuple[str, Path, list[float]], open_page: OpenPage
) -> None:
    address, _, marks = served
    page = open_page(address)
    statuses: list[tuple[int, str]] = []

    def note(response: Any) -> None:  # noqa: ANN401 - playwright's
        if "/recordings/" in response.url and "words" not in response.url:
            statuses.append((response.status, response.headers.get("content-range", "")))

    page.on("response", note)
    hear_first(page, "harvest failed in 1987")
    page.wait_for_function("heard.some(([name]) => name === 'pause')")
    (first, begin), *_, (last, end) = page.evaluate("heard")
    assert (first, last) == ("playing", "pause")
    assert abs(begin - (marks[1] - 0.5)) < 0.3
    assert abs(end - (marks[2] + 0.5)) < 0.3
    assert page.evaluate("document.querySelector('#hearing audio').paused")
    assert {status for status, _ in statuses} == {206}
    assert statuses[0][1].startswith("bytes 0-")
    expect(page.locator("#hearing .state")).to_contain_text("talk.wav")
    # Back five seconds, slower, and to the same end.
    page.keyboard.press("-")
    expect(page.locator("#hearing .speed")).to_have_text("0.75×")
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("heard.length >= 4 && heard.at(-1)[0] === 'pause'")
    _, again = page.evaluate("heard.filter(([name]) => name === 'playing').at(-1)")
    assert abs(again - (end - 5)) < 0.3
    assert abs(page.evaluate("heard.at(-1)[1]") - end) < 0.3


def test_words_with_times_are_lit_as_they_are_said(served: tuple[str, Path, list[float]], open_page: OpenPage) -> None:
    page = open_page(served[0])
    hear_first(page, "nobody left the village, and we waited")
    lit = "[...(CSS.highlights.get('said') ?? [])].map(range => range.toString())"
    page.wait_for_function(f"{lit}[0] === 'Nobody'")
    page.wait_for_function(f"{lit}.join(' ').includes('village,')")
    page.locator("#hearing .close").click()
    expect(page.locator("#hearing .player")).to_be_hidden()
    assert page.evaluate(f"{lit}.length") == 0


def test_what_has_no_time_is_not_played_but_said(served: tuple[str, Path, list[float]], open_page: OpenPage) -> None:
    page = open_page(served[0])
    hear_first(page, "the bridge was closed in May")
    expect(page.locator("#hearing .state")).to_have_text(
        "The transcript does not tell when this was said, so it is not played."
    )
    assert page.evaluate("heard") == []


def test_a_recording_that_was_changed_is_not_played_but_said(
    served: tuple[str, Path, list[float]], open_page: OpenPage
) -> None:
    address, wav, _ = served
    page = open_page(address)
    sound = wav.read_bytes()
    try:
        wav.write_bytes(sound[:-2])
        hear_first(page, "harvest failed in 1987")
        expect(page.locator("#hearing .state")).to_contain_text("was changed after it was attached")
        assert page.evaluate("heard") == []
    finally:
        wav.write_bytes(sound)
