"""Finding out what a model can do: it points, it writes, it may only phrase."""

from collections.abc import Callable
from typing import Any

import pytest

from qa import WriterFailed, WriterSettings, open_writer
from qa.generation.capability_probe import find_capability
from qa.generation.writer import Capability
from tests.llm_server import Says, language_server, points, says

# The right answer to each question of the probe: words of the question, the sentence to point at, a sentence of text.
PERFECT = {
    "profession": (8, "Marsh was a surveyor."),
    "being repaired": (15, "They worked in the kitchen of the school."),
    "children": (None, ""),
    "recipe": (19, "It came from a lodger."),
    "loan": (None, ""),
}


def answers_as(
    known: dict[str, tuple[int | None, str]], otherwise: Says, *, as_text: bool = False
) -> Callable[[dict[str, Any]], Says]:
    """A script that knows the answers to the probe's questions."""

    def script(body: dict[str, Any]) -> Says:
        question = str(body["messages"][-1]["content"]).split("QUESTION")[-1]
        for word, (number, text) in known.items():
            if word in question:
                if "response_format" in body and not as_text:
                    return points(answered=False) if number is None else points((text, [number]))
                return says(text or "NOT ANSWERED") if not as_text or "response_format" not in body else says("?")
        return otherwise

    return script


def probe(script: Callable[[dict[str, Any]], Says], **options: Any) -> tuple[Capability, int]:  # noqa: ANN401
    with language_server(script) as server:
        return find_capability(open_writer(WriterSettings(url=server.url, **options))), len(server.requests)


def test_a_model_that_points_right_and_declines_may_decide() -> None:
    assert probe(answers_as(PERFECT, Says()))[0] == Capability("point", decides=True)


def test_a_model_that_never_declines_may_only_phrase() -> None:
    eager = {**PERFECT, "children": (3, "Marsh has three children.")}
    assert probe(answers_as(eager, Says()))[0] == Capability("point", decides=False)


def test_a_model_that_cannot_point_writes() -> None:
    assert probe(answers_as(PERFECT, Says(), as_text=True))[0] == Capability("locate", decides=True)
    lost = {**PERFECT, "profession": (1, "Marsh was a surveyor.")}
    assert probe(answers_as(lost, Says()))[0] == Capability("locate", decides=True)


def test_a_model_that_can_nothing_is_asked_no_more_than_it_takes() -> None:
    capability, requests = probe(lambda _: says("Hello! How can I help you today?"))
    assert capability == Capability("locate", decides=False)
    assert requests == 2


def test_a_model_that_does_not_end_may_only_phrase() -> None:
    assert probe(lambda _: says("Well, well, ", ends="length"))[0] == Capability("locate", decides=False)


def test_a_server_that_fails_proves_nothing_about_its_model() -> None:
    with pytest.raises(WriterFailed, match="its server answered 500"):
        probe(lambda _: Says(status=500))


@pytest.mark.parametrize("way", ["point", "locate"])
def test_what_is_set_is_not_asked(way: str) -> None:
    capability, requests = probe(lambda _: Says(status=500), way=way, decides="reader")
    assert (capability.way, capability.decides, requests) == (way, False, 0)
