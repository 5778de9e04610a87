"""What was measured, as JSON: a file `results/NAME-COMMIT.json` for each benchmark and state of the program."""

import argparse
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
# An argument, or the value of an option, that is an absolute path; its last part is kept.
_ABSOLUTE = re.compile(r"^(--[\w-]+=)?/(?:.*/)?([^/]+)/?$")


class ResultInvalid(Exception):
    """A file that is no result; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Result:
    """One run: `figures` are what the benchmark gives, `note` says in words what they are of.

    `date` is that of the run (ISO 8601, with the time where two may be of one day), `commit` the state of the program
    that was measured, `command` what was run, None where no script measured. `machine` is None where the figures are
    the same on each.
    """

    name: str
    date: str
    commit: str
    command: str | None
    figures: Any
    machine: str | None = None
    note: str | None = None


def load_results(folder: Path = RESULTS) -> list[Result]:
    """All results in `folder`, those of one name together, the newest first.

    :raises ResultInvalid: when a file is not of the form, or is not named by its name and commit.
    """
    results = [_read(path) for path in sorted(folder.glob("*.json"))]
    newest_first = sorted(results, key=lambda result: (result.date, result.commit), reverse=True)
    return sorted(newest_first, key=lambda result: result.name)


def find_result(results: Sequence[Result], source: str) -> Result:
    """The newest result named "NAME", or that named "NAME@COMMIT", of results in the order of `load_results`.

    :raises KeyError: when there is none.
    """
    name, _, commit = source.partition("@")
    for result in results:
        if result.name == name and commit in ("", result.commit):
            return result
    raise KeyError(f"no result is named {source!r}; there are {', '.join(sorted({one.name for one in results}))}")


def save_result(name: str, figures: object, *, folder: Path = RESULTS, note: str | None = None) -> Path:
    """Write the figures of a run of this program that ends now; gives the file.

    Date, commit and machine are those of now; the command is the one that this program was started with.
    """
    record = {
        "name": name,
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": find_commit(),
        "machine": describe_machine(),
        "command": _find_command(),
        **({} if note is None else {"note": note}),
        "figures": figures,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{record['commit']}.json"
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def add_save_argument(parser: argparse.ArgumentParser) -> None:
    """`--save`: whether the figures become a result, see `save_result`."""
    parser.add_argument("--save", action="store_true", help="keep the figures as a file in tests/bench/results/")


def find_commit() -> str:
    """The short name of the commit that is checked out, with "-dirty" where files differ from it, or "unknown"."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def describe_machine() -> str:
    """The processor and how many cores the program may use."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{model or platform.machine()}, {os.cpu_count()} cores"


def _read(path: Path) -> Result:
    record = json.loads(path.read_text(encoding="utf-8"))
    try:
        result = Result(**{"name": path.stem.rpartition("-")[0], **record})
    except TypeError as error:
        raise ResultInvalid(f"{path.name} is no result: {error}") from error
    if path.name != f"{result.name}-{result.commit}.json":
        raise ResultInvalid(f"{path.name} holds the result {result.name!r} of commit {result.commit!r}")
    return result


def _find_command() -> str:
    """As it is typed; a folder of the machine is named by its last part only."""
    module = sys.modules["__main__"].__spec__
    program = f"python -m {module.name}" if module is not None else Path(sys.argv[0]).name
    return shlex.join([*program.split(), *(_ABSOLUTE.sub(r"\1\2", argument) for argument in sys.argv[1:])])
