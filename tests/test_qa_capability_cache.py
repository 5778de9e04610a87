"""What was found out about a model is kept, and only as long as it holds."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa import WriterSettings, open_writer
from qa.generation import capability_cache, capability_probe
from qa.generation.capability_cache import probe_capability, recall_capability
from qa.generation.prompt import make_prompt
from qa.generation.writer import Capability, Writer
from tests.llm_server import KEY, LanguageServer, Says, language_server, says
from tests.test_qa_capability_probe import PERFECT, answers_as

ABLE = Capability("point", decides=True)
UNABLE = Capability("locate", decides=False)


def writer(server: LanguageServer, **options: Any) -> Writer:  # noqa: ANN401 - the fields of the settings
    return open_writer(WriterSettings(**{"url": server.url, "model": "tiny", "key": KEY, **options}))


def asked(server: LanguageServer, expected: Capability, **options: Any) -> int:  # noqa: ANN401 - the same
    """How many requests another program makes before it knows."""
    before = len(server.requests)
    assert recall_capability(writer(server, **options)) == expected
    return len(server.requests) - before


def test_the_next_program_does_not_ask_again(capabilities: Path) -> None:
    with language_server(answers_as(PERFECT, Says())) as server:
        assert asked(server, ABLE) > 0
        assert asked(server, ABLE, url=f"{server.url}/", key=None) == 0
        assert asked(server, ABLE, model="other") > 0
        assert asked(server, ABLE, reply_tokens=300) > 0
        assert asked(server, Capability("locate", decides=True), way="locate") > 0
        with language_server(lambda _: says("Hello!")) as elsewhere:
            assert asked(elsewhere, UNABLE) > 0
    assert len(list(capabilities.iterdir())) == 5  # and nothing unfinished


def test_neither_key_nor_address_is_kept(capabilities: Path) -> None:
    with language_server(answers_as(PERFECT, Says())) as server:
        recall_capability(writer(server, url=f"{server.url}/?token={KEY}", way="locate"))
        (file,) = capabilities.iterdir()
        assert file.read_text(encoding="utf-8") == '{"way": "locate", "decides": true}'
        assert KEY not in file.name
        port = server.url.split(":")[-1].split("/")[0]
    assert port not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "{}", '{"way": "fly", "decides": true}', '{"way": "point", "decides": "yes"}', "\0", "5"]
)
def test_what_cannot_be_read_is_asked_again(capabilities: Path, damaged: str) -> None:
    with language_server(answers_as(PERFECT, Says())) as server:
        assert asked(server, ABLE) > 0
        (file,) = capabilities.iterdir()
        file.write_text(damaged, encoding="utf-8")
        assert asked(server, ABLE) > 0
        assert asked(server, ABLE) == 0


def test_what_is_old_is_asked_again(capabilities: Path) -> None:
    with language_server(answers_as(PERFECT, Says())) as server:
        assert asked(server, ABLE) > 0
        (file,) = capabilities.iterdir()
        made = file.stat().st_mtime
        os.utime(file, (made, made - capability_cache.KEPT_S - 60))
        assert asked(server, ABLE) > 0
        assert asked(server, ABLE) == 0


def test_other_prompts_are_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with language_server(answers_as(PERFECT, Says())) as server:
        assert asked(server, ABLE) > 0
        asks = make_prompt
        monkeypatch.setattr(capability_probe, "make_prompt", lambda *given: replace(asks(*given), system="Be brief."))
        assert asked(server, ABLE) > 0


def test_a_folder_that_cannot_be_written_costs_only_the_questions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(capability_cache, "find_folder", lambda: tmp_path / "file" / "capabilities")
    with language_server(answers_as(PERFECT, Says())) as server:
        assert asked(server, ABLE) == asked(server, ABLE) > 0


def test_who_asks_anew_is_not_told_what_was_known() -> None:
    known: dict[str, tuple[int | None, str]] = {}
    with language_server(lambda body: answers_as(known, says("Hello!"))(body)) as server:
        assert asked(server, UNABLE) > 0
        known.update(PERFECT)
        assert asked(server, UNABLE) == 0
        assert probe_capability(writer(server)) == ABLE
        assert asked(server, ABLE) == 0


def test_what_is_set_is_neither_asked_nor_kept(capabilities: Path) -> None:
    with language_server(lambda _: Says(status=500)) as server:
        assert asked(server, Capability("point", decides=False), way="point", decides="reader", model=None) == 0
    assert not capabilities.exists()
