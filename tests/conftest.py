"""What the tests share: the bundled interview, indexes of it, and one loaded model."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from corpus import Document, bundled_interview, load
from index import SentenceEmbedder, build_index
from qa import QA, Reader
from tests.fakes import HashEmbedder, WordReader
from ui.app import build_app, launch
from ui.loading import Loading

ROOT = Path(__file__).parent.parent
Serve = Callable[..., str]
OpenPage = Callable[..., Page]
RunModule = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session", autouse=True)
def signals_as_usual() -> None:
    """Signals that whoever runs the tests ignores, as a shell does for what it runs behind, end programs again."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def capabilities(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own for what is found out about models: a real one may be at a scripted one's address."""
    folder = tmp_path_factory.getbasetemp() / "capabilities" / uuid.uuid4().hex
    monkeypatch.setattr("qa.generation.capability_cache.find_folder", lambda: folder)
    return folder


@pytest.fixture(scope="session")
def interview() -> Document:
    """The bundled interview."""
    return bundled_interview()


@pytest.fixture
def fake_qa(tmp_path: Path, interview: Document) -> QA:
    """The bundled interview behind fakes: no model is loaded."""
    embedder = HashEmbedder()
    build_index([interview], tmp_path / "index", embedder=embedder)
    return QA.open(tmp_path / "index", embedder=embedder, reader=WordReader())


TRANSCRIPTS: dict[str, Callable[[], Document]] = {
    "bundled": bundled_interview,
    "two speakers": lambda: load(ROOT / "tests/eval/03_changelog_founder_interview.md"),
    "podcast of four": lambda: load(ROOT / "tests/eval/07_ladybug_bold_bracket_time.md"),
    "podcast of three": lambda: load(ROOT / "tests/eval/09_se_unlocked_interview.txt"),
}


@pytest.fixture(scope="session", params=TRANSCRIPTS)
def transcript_qa(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[QA, Document]:
    """Each of four transcripts behind fakes, and its document."""
    document = TRANSCRIPTS[request.param]()
    folder = tmp_path_factory.mktemp("transcript")
    embedder = HashEmbedder()
    build_index([document], folder, embedder=embedder)
    return QA.open(folder, embedder=embedder, reader=WordReader()), document


@pytest.fixture(scope="session")
def embedder() -> SentenceEmbedder:
    """The real model, loaded once for the whole run."""
    return SentenceEmbedder()


@pytest.fixture(scope="session")
def interview_index(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceEmbedder) -> Path:
    """An index of the bundled interview made by the real model."""
    path = tmp_path_factory.mktemp("interview") / "index"
    build_index([bundled_interview()], path, embedder=embedder)
    return path


@pytest.fixture
def run_module(tmp_path: Path) -> RunModule:
    """Runs `python -m …` as a person would, with the default index in a folder of the test's own."""

    def run(*arguments: str | Path, index: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ONTHERECORD_INDEX": str(index or tmp_path / "default-index"), "PYTHONUTF8": "1"}
        command = [sys.executable, "-m", *map(str, arguments)]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, started once; where there is none, the tests that need it are skipped."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium here; install Debian's package chromium, or run: playwright install chromium")
        browser = playwright.chromium.launch(executable_path=program)
        expect.set_options(timeout=30_000)  # how long a failing test waits, on a machine that is busy too
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Serves the chat on an index of the documents given, behind fakes; gives its address."""
    apps = []

    def start(
        *documents: Document,
        feedback: Path | None = None,
        loading: Loading | None = None,
        reader: Reader | None = None,
        history: Path | None = None,
    ) -> str:
        folder = tmp_path_factory.mktemp("served")
        embedder = HashEmbedder()
        build_index(documents, folder / "index", embedder=embedder)
        qa = QA.open(folder / "index", embedder=embedder, reader=reader or WordReader())
        app = build_app(qa, feedback=feedback or folder / "feedback", history=history)
        apps.append(app)
        return launch(app, qa, loading=loading)

    yield start
    for app in apps:
        app.close(verbose=False)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens a page as a visitor with a browser of their own; a script's error on it fails the test."""
    contexts = []
    errors: list[str] = []

    def open_it(address: str, **options: Any) -> Page:  # noqa: ANN401 - what a browser context takes
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.locator("#documents li").first.wait_for(state="attached")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert errors == []
