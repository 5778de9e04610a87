"""`python -m qa --llm`: sentences on stderr as they pass, the whole answer on stdout, one line for bad settings."""

import json

import pytest

from corpus import Document
from tests.conftest import RunModule
from tests.llm_server import KEY, Says, language_server, points

QUESTION = "How much faster will cargo reach Shanghai?"
SENTENCE = "The sea journey between Chancay and Shanghai becomes 10 to 12 days shorter."


def script(body: dict[str, object]) -> Says:
    prompt = str(body["messages"]).replace("\\n", "\n")
    number = next(line for line in prompt.split("\n") if "by 10 to 12 days" in line).split("]")[0].strip("[")
    return points((SENTENCE, [int(number)]), ("It becomes 40 days shorter.", [int(number)]))


@pytest.mark.model
def test_a_question_with_a_language_model(
    run_module: RunModule, monkeypatch: pytest.MonkeyPatch, interview: Document
) -> None:
    for name, value in {"KEY": KEY, "WAY": "point", "DECIDES": "model"}.items():
        monkeypatch.setenv(f"ONTHERECORD_LLM_{name}", value)
    with language_server(script) as server:
        asked = run_module("qa", QUESTION, "--llm", server.url, "--model", "tiny")
        as_json = run_module("qa", QUESTION, "--llm", server.url, "--model", "tiny", "--json")
    assert asked.returncode == 0
    assert f"… {SENTENCE}\n" in asked.stderr
    assert asked.stdout.startswith(f"{SENTENCE} [1]\n\nBalarezo: “The port is expected to receive Triple-E vessels")
    assert asked.stdout.endswith("Phrased by the language model tiny; the quotes are the source's own words.\n")
    answer = json.loads(as_json.stdout)
    assert (answer["route"], answer["model"], answer["dropped"]) == ("written", "tiny", {"figure": 1})
    for quote in answer["quotes"]:
        assert interview.text[quote["start_char_index"] : quote["end_char_index"]] == quote["cited_text"]
    assert server.keys == [f"Bearer {KEY}"] * 2
    assert KEY not in asked.stdout + asked.stderr + as_json.stdout + as_json.stderr


@pytest.mark.model
def test_a_model_that_is_not_there_is_told_and_the_quotes_are_given(run_module: RunModule) -> None:
    asked = run_module("qa", QUESTION, "--llm", "http://127.0.0.1:9/v1", "--model", "gone")
    assert asked.returncode == 0
    assert asked.stdout.startswith("The language model gone cannot be reached; check that its server runs")
    assert "by 10 to 12 days.” [1]" in asked.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--llm", "ftp://host"], "error: 'ftp://host' is no address of a language model"),
        (["--model", "tiny"], "error: --model needs --llm (or $ONTHERECORD_LLM): the server that has it"),
        (["--llm", "http://me:secret@host/v1"], "error: a key does not belong into the address"),
    ],
)
def test_bad_settings_get_one_line(run_module: RunModule, arguments: list[str], words: str) -> None:
    done = run_module("qa", QUESTION, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1
