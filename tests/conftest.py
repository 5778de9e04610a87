"""What the tests share: the bundled interview, indexes of it, and one loaded model."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import Document, bundled_interview, load
from index import SentenceEmbedder, build_index
from qa import QA
from tests.fakes import HashEmbedder, WordReader

ROOT = Path(__file__).parent.parent
RunModule = Callable[..., subprocess.CompletedProcess[str]]


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
    "research": lambda: load(ROOT / "tests/eval/08_otter_research_interview.txt"),
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
