"""Recordings that are dropped or chosen on the page, in a real browser: what becomes of them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from corpus import Document, bundled_interview
from index import Collection, build_index
from index.audio.apart import HearingOrder, HearingStopped, Say
from index.types import Progress
from qa import QA
from tests.conftest import OpenPage
from tests.fakes import HashEmbedder, WordReader
from tests.recordings import TALK, speak
from tests.test_ui_arrivals import WRITTEN, ScriptedHearing
from tests.test_ui_browser_desk import open_drawer
from tests.test_ui_browser_hear import RECORD
from tests.test_ui_browser_panes import ask
from ui.app import build_app, launch
from ui.arrivals import Arrivals
from ui.kept_uploads import KeptUploads

pytestmark = pytest.mark.browser

# As a browser does when files are dropped onto the list of transcripts.
DROP = """(names) => {
    const dropped = new DataTransfer();
    for (const [name, text] of names) dropped.items.add(new File([text], name));
    const given = { dataTransfer: dropped, bubbles: true, cancelable: true };
    document.querySelector("#sources").dispatchEvent(new DragEvent("drop", given));
}"""


class StoppableHearing(ScriptedHearing):
    """Tells that it is at five of ten seconds, and goes on when it is let, or is stopped."""

    goes_on = threading.Event()

    def follow(self, progress: Progress, say: Say) -> None:
        """See `Hearing.follow`."""
        progress(0, 10)
        progress(5, 10)
        while not self.goes_on.wait(0.02):
            if self.stopped.is_set():
                raise HearingStopped("stopped")
        super().follow(progress, say)


class Served:
    """A page on one's own machine that takes recordings, and the recording to bring."""

    def __init__(self, folder: Path, *, installed: bool = True) -> None:
        self.wav = folder / "Harvest talk.wav"
        marks = speak(self.wav)
        embedder = HashEmbedder()
        build_index([bundled_interview()], folder / "index", embedder=embedder)
        qa = QA.open(folder / "index", embedder=embedder, reader=WordReader())
        self.uploads = KeptUploads(qa, Collection("default", "Default", folder / "index"), folder / "collections")
        StoppableHearing.goes_on.clear()

        def begin(order: HearingOrder) -> StoppableHearing:
            return StoppableHearing(order, marks)

        self.arrivals = Arrivals(self.uploads, begin=begin, is_installed=lambda: installed)
        self._app = build_app(qa, feedback=folder / "feedback", uploads=self.uploads)
        self.address = launch(self._app, qa, recordings=self.uploads.places, arrivals=self.arrivals)

    def close(self) -> None:
        """Stop."""
        self._app.close(verbose=False)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    served.close()


def choose_file(page: Page, *files: Path) -> None:
    page.locator("#desk input[type=file]").first.set_input_files(list(files))


def test_a_recording_becomes_a_transcript_that_can_be_heard(served: Served, open_page: OpenPage) -> None:
    page = open_page(served.address)
    open_drawer(page)
    choose_file(page, served.wav)
    line = page.get_by_role("region", name="Harvest talk.wav")
    expect(line).to_contain_text("The machine mishears")
    line.get_by_label("Language").select_option("en")
    line.get_by_label("People who speak").fill("2")
    line.get_by_role("button", name="Start").click()
    expect(line).to_contain_text("0:05 of 0:10 heard")
    assert line.get_by_role("progressbar").get_attribute("value") == "5"
    line.get_by_role("button", name="Stop").click()
    expect(line).to_contain_text("Stopped; what was heard is kept. 0:05 of 0:10 heard.")
    page.reload()
    open_drawer(page)
    StoppableHearing.goes_on.set()
    line.get_by_role("button", name="Go on").click()
    # It begins a collection of one's own, which is then open.
    page.wait_for_url("**collection=my-transcripts**")
    expect(page.locator("#documents .title")).to_have_text("Harvest talk")
    expect(page.locator("#documents .heard")).to_have_text(" · can be heard")
    open_drawer(page)
    expect(line).to_contain_text("Added as “Harvest talk”.")
    line.get_by_role("button", name="All right").click()
    expect(line).to_have_count(0)
    page.keyboard.press("Escape")
    ask(page, "nobody left")
    page.evaluate(RECORD)
    page.locator(".exchange").last.get_by_role("button", name="Hear it").first.click()
    page.wait_for_function("heard.some(([name]) => name === 'pause')")
    assert page.evaluate("heard[0][0]") == "playing"


def test_one_that_is_dropped_is_aligned_with_a_transcript_without_times(served: Served, open_page: OpenPage) -> None:
    StoppableHearing.goes_on.set()
    made = served.uploads.make("owner", "Farm")
    served.uploads.add("farm/owner", [Document.from_text(WRITTEN, doc_id="written", title="Written down")])
    page = open_page(f"{served.address}?collection={made.collection_id}")
    expect(page.locator("#documents .heard")).to_be_hidden()
    page.evaluate(DROP, [["broken.mp3", "no sound"], ["more.txt", "Rosa: Was it long?\n\nIvan: Eleven weeks."]])
    line = page.get_by_role("region", name="broken.mp3")
    line.get_by_label("What is it?").select_option("Written down")
    expect(line).to_contain_text("A transcript with times can be heard at once.")
    line.get_by_role("button", name="Start").click()
    expect(line).to_contain_text("is no recording that can be read")
    line.get_by_role("button", name="Discard").click()
    expect(line).to_have_count(0)
    expect(page.locator("#documents li")).to_have_count(2)  # the text went where texts go
    choose_file(page, served.wav)
    line = page.get_by_role("region", name="Harvest talk.wav")
    line.get_by_label("What is it?").select_option("Written down")
    line.get_by_role("button", name="Start").click()
    words = sum(len(said.split()) for _, said in TALK)
    expect(line).to_contain_text(f"{words} of the {words} words of “Written down” have a time now (100%)")
    row = page.locator("#documents li").filter(has_text="Written down")
    expect(row.locator(".heard")).to_be_visible()


def test_without_the_extra_the_page_says_what_to_install(tmp_path: Path, open_page: OpenPage) -> None:
    served = Served(tmp_path, installed=False)
    try:
        page = open_page(served.address)
        open_drawer(page)
        choose_file(page, served.wav)
        line = page.get_by_role("region", name="Harvest talk.wav")
        expect(line).to_contain_text("Run pip install 'on-the-record[audio]' and start this program again.")
        line.get_by_role("button", name="Cancel").click()
        expect(line).to_have_count(0)
    finally:
        served.close()
