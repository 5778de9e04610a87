"""The house: imports go one way, heavy packages have one owner, light commands stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import Document
from index import build_index
from tests.fakes import HashEmbedder

ROOT = Path(__file__).parent.parent
LAYERS = ["corpus", "index", "qa", "ui"]
OWNERS = {
    "faiss": {"index/sqlite/faiss_index.py"},
    "filelock": {"index/embedding/onnx_model.py", "index/sqlite/write_lock.py", "ui/visitor_folder.py"},
    "onnx": {"index/embedding/onnx_export.py", "qa/training/teacher.py"},
    "onnxruntime": {"index/embedding/onnx_model.py"},
    "httpx2": {"qa/generation/bounded_http.py"},
    "openai": {"qa/generation/chat_server.py"},
    "pymilvus": {"index/milvus/client.py"},
    "sentence_transformers": {"index/embedding/torch_encoder.py"},
    "sqlite3": {"index/sqlite/catalog.py", "index/sqlite/catalog_view.py"},
    "gradio": {"ui/app.py", "ui/api.py", "ui/events.py", "ui/page.py", "ui/wiring.py"},
    "nupunkt": {"corpus/sentences.py"},
    "pypdf": {"corpus/formats/pdf.py"},
    "docx": {"corpus/formats/docx.py"},
    "lxml": {"corpus/formats/docx.py", "corpus/formats/html.py", "corpus/formats/trs.py"},
    "charset_normalizer": {"corpus/encoding.py"},
}


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names.add((node.module or "").split(".")[0])
    return names


def modules() -> list[tuple[str, Path]]:
    return [(layer, path) for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def test_there_are_modules_to_look_at() -> None:
    assert {layer for layer, _ in modules()} == set(LAYERS)


@pytest.mark.parametrize(("layer", "path"), modules(), ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_imports_go_down_only(layer: str, path: Path) -> None:
    above = set(LAYERS[LAYERS.index(layer) + 1 :]) | {"tests"}
    assert not imported_by(path) & above


@pytest.mark.parametrize("package", OWNERS)
def test_heavy_packages_have_one_owner(package: str) -> None:
    importers = {str(path.relative_to(ROOT)) for _, path in modules() if package in imported_by(path)}
    assert importers == OWNERS[package]


def test_loading_plain_text_loads_no_format_library(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_bytes("Anna: Où ?\n\nBen: Là-bas.\n".encode("cp1252"))
    libraries = "{'pypdf', 'docx', 'lxml', 'charset_normalizer', 'corpus.formats.pdf'}"
    program = f"import sys, corpus; corpus.load(sys.argv[1]); print(sorted({libraries} & set(sys.modules)))"
    command = [sys.executable, "-c", program, str(tmp_path / "talk.txt")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


HEAVY = {
    "faiss",
    "gradio",
    "onnx",
    "onnxruntime",
    "openai",
    "pymilvus",
    "sentence_transformers",
    "tokenizers",
    "torch",
    "transformers",
}
# Runs `python -m …` and says on the last line which of these were imported.
TELL = f"""
import runpy, sys
try:
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
except SystemExit as end:
    code = end.code
sys.stdout.write(f"\\n{{code}} {{sorted({HEAVY!r} & set(sys.modules))}}")
"""


@pytest.mark.parametrize("module", ["corpus", "index", "index.__main__", "qa", "qa.__main__"])
def test_importing_loads_no_model_library(module: str) -> None:
    program = f"import sys, {module}; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def tell_imports(*arguments: str) -> str:
    command = [sys.executable, "-c", TELL, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()[-1]


def test_a_look_at_the_index_loads_nothing_heavy(tmp_path: Path, interview: Document) -> None:
    build_index([interview], tmp_path, embedder=HashEmbedder())
    assert tell_imports("index", "list", "--index", str(tmp_path)) == "0 []"


@pytest.mark.model
def test_a_question_loads_the_light_path_only(interview_index: Path) -> None:
    question = "How much faster will cargo reach Shanghai?"
    loaded = "0 ['faiss', 'onnxruntime', 'tokenizers']"
    assert tell_imports("qa", question, "--index", str(interview_index)) == loaded


@pytest.mark.model
def test_building_an_index_loads_no_torch(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("Ann: When did the harvest fail?\n\nBob: In 1987.\n", encoding="utf-8")
    told = tell_imports("index", "build", str(tmp_path / "talk.txt"), "--index", str(tmp_path / "index"))
    assert told == "0 ['onnxruntime', 'tokenizers']"
