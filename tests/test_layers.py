"""The house: imports go one way and by public names, heavy packages have one owner, light commands stay light."""

import ast
import functools
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from corpus import Document
from index import build_index
from tests.fakes import HashEmbedder

ROOT = Path(__file__).parent.parent
LAYERS = ["corpus", "index", "qa", "ui"]
# Packages within the index; what others may import of them is listed as between layers.
ROOMS = ["embedding", "sqlite", "milvus"]
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 60
OWNERS = {
    "av": {"index/audio/decode.py", "index/audio/media.py"},
    "faster_whisper": {"index/audio/recognise.py", "index/audio/voices.py"},
    "faiss": {"index/sqlite/faiss_index.py"},
    "filelock": {
        "index/collection.py",
        "index/embedding/onnx_model.py",
        "index/sqlite/write_lock.py",
        "ui/visitor_folder.py",
    },
    "onnx": {"index/embedding/onnx_export.py", "qa/training/teacher.py"},
    "onnxruntime": {"index/embedding/onnx_model.py"},
    "httpx2": {"qa/generation/bounded_http.py"},
    "openai": {"qa/generation/chat_server.py"},
    "pymilvus": {"index/milvus/client.py"},
    "sentence_transformers": {"index/embedding/torch_encoder.py"},
    "sqlite3": {
        "index/sqlite/catalog.py",
        "index/sqlite/catalog_view.py",
        "index/sqlite/listing.py",
        "index/sqlite/tracks.py",
        "index/sqlite/word_search.py",
        "index/sqlite/words.py",
        "ui/conversation_store.py",
    },
    "gradio": {
        f"ui/{name}.py"
        for name in (
            "app api call_panel collection_events correct_events draft_panel events export_api fresh_page"
            " history_events page save_events source_events table_api told wiring".split()
        )
    },
    "nupunkt": {"corpus/sentences.py"},
    "openpyxl": {"corpus/formats/xlsx.py", "qa/exports/xlsx.py"},
    "pypdf": {"corpus/formats/pdf.py", "corpus/formats/pdf_columns.py"},
    "docx": {"corpus/formats/docx.py", "qa/checking/word_report.py", "qa/exports/word.py"},
    "lxml": {
        "corpus/formats/docx.py",
        "corpus/formats/html_page.py",
        "corpus/formats/xml.py",
        "qa/exports/qdpx.py",
    },
    "charset_normalizer": {"corpus/encoding.py"},
}


# What every package imports before anything else, for what it does and not for a name.
FIRST_OF_ALL = "corpus.before_libraries"


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(path: Path) -> list[tuple[str, str]]:
    """Each module that is imported, with each name that is taken from it, "" for the module itself."""
    names = []
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            names += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names += [(node.module or "", alias.name) for alias in node.names]
    return names


def imported_by(path: Path) -> set[str]:
    """The packages that are imported."""
    return {module.split(".")[0] for module, _ in imported_names(path)}


def house_of(module: str) -> str:
    """The layer in which a module is, or the room of the index."""
    first, second = [*module.split("."), ""][:2]
    return f"{first}.{second}" if first == "index" and second in ROOMS else first


def names_from_elsewhere(path: Path) -> list[tuple[str, str]]:
    """What is imported from lower layers, and from the rooms of the index in which the module is not."""
    own = house_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return [
        (module, name)
        for module, name in imported_names(path)
        if module.split(".")[0] in LAYERS
        and house_of(module) not in {own, own.split(".")[0]}
        and module != FIRST_OF_ALL
    ]


def is_public(module: str, name: str) -> bool:
    """Whether the module lists the name as one that others may lean on; without a name, whether it lists any."""
    base = ROOT.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return not name or name in ast.literal_eval(node.value)
    return False


def modules() -> list[tuple[str, Path]]:
    return [(layer, path) for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def test_there_are_modules_to_look_at() -> None:
    assert {layer for layer, _ in modules()} == set(LAYERS)


@pytest.mark.parametrize(("layer", "path"), modules(), ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_imports_go_down_only(layer: str, path: Path) -> None:
    above = set(LAYERS[LAYERS.index(layer) + 1 :]) | {"tests"}
    assert not imported_by(path) & above


@pytest.mark.parametrize(("layer", "path"), modules(), ids=lambda value: str(value).removeprefix(f"{ROOT}/"))
def test_across_layers_and_into_rooms_only_public_names_are_imported(layer: str, path: Path) -> None:
    assert [name for name in names_from_elsewhere(path) if not is_public(*name)] == []


# The parts of the index, and which of them each may import. What opens a store, and only that, knows both kinds.
PARTS = {
    "base": {"base"},
    "embedding": {"base", "embedding"},
    "seam": {"base", "embedding", "seam"},
    "sqlite": {"base", "embedding", "seam", "sqlite"},
    "milvus": {"base", "embedding", "seam", "milvus"},
    "opening": {"base", "embedding", "seam", "sqlite", "milvus"},
    "use": {"base", "embedding", "seam", "opening", "use"},
    "package": {"base", "embedding", "seam", "sqlite", "opening", "use"},
}
PART_BY_MODULE = {
    **dict.fromkeys(("atomic_write", "errors", "lexicon", "regular_file", "types"), "base"),
    **dict.fromkeys(("compatibility", "corrected_view", "document_record", "store"), "seam"),
    "location": "opening",
    "__init__": "package",
}


def part_of(name: str) -> str:
    """The part of the index in which a module is, such as `index.store` or `index.sqlite.catalog`."""
    first = [*name.split("."), "__init__"][1]
    return first if first in ROOMS else PART_BY_MODULE.get(first, "use")


@pytest.mark.parametrize("path", sorted((ROOT / "index").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_parts_of_the_index_import_what_is_below_them(path: Path) -> None:
    part = part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    imported = {module for module, _ in imported_names(path) if module.split(".")[0] == "index"}
    assert {module for module in imported if part_of(module) not in PARTS[part]} == set()


def test_no_module_is_longer_than_300_lines_and_no_function_than_60() -> None:
    lengths = {f"{path.relative_to(ROOT)}": len(path.read_text("utf-8").splitlines()) for _, path in modules()}
    assert {name: length for name, length in lengths.items() if length > MAX_MODULE_LINES} == {}
    functions = {
        f"{path.relative_to(ROOT)}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for _, path in modules()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in functions.items() if length > MAX_FUNCTION_LINES} == {}


def test_no_two_public_classes_have_one_name() -> None:
    paths_by_name = defaultdict(list)
    for _, path in modules():
        for node in parse(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                paths_by_name[node.name].append(f"{path.relative_to(ROOT)}")
    assert {name: paths for name, paths in paths_by_name.items() if len(paths) > 1} == {}


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
    "av",
    "ctranslate2",
    "faiss",
    "faster_whisper",
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


def test_a_question_does_not_wait_for_what_checks_measures_and_writes() -> None:
    others = {"httpx2", "qa.checking.check", "qa.checking.command", "qa.evaluation.evaluate", "qa.verify_command"}
    program = f"import sys, qa.__main__; print(sorted({others} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_loads_nothing_that_listens() -> None:
    program = (
        "import sys, ui.__main__; print(sorted({'av', 'ctranslate2', 'faster_whisper', 'torch'} & set(sys.modules)))"
    )
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
