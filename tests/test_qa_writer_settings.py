"""The settings of a language model: arguments, then the environment; what cannot be is told in one line."""

import pytest

from qa import WriterInvalid, WriterSettings, open_writer
from qa.generation.chat_server import ChatServer
from qa.generation.local_chat import LocalChat
from qa.generation.writer_settings import read_settings

URL = "http://127.0.0.1:9/v1"


def test_arguments_come_before_the_environment() -> None:
    environment = {
        "ONTHERECORD_LLM": "http://elsewhere.example/v1",
        "ONTHERECORD_LLM_MODEL": "theirs",
        "ONTHERECORD_LLM_KEY": "secret",
        "ONTHERECORD_LLM_WAY": "locate",
        "ONTHERECORD_LLM_DECIDES": "reader",
        "ONTHERECORD_LLM_TIMEOUT": "7.5",
        "ONTHERECORD_LLM_CONTEXT": "2048",
    }
    assert read_settings(environment, url=URL, model="ours") == WriterSettings(
        url=URL, model="ours", key="secret", way="locate", decides="reader", timeout_s=7.5, context_tokens=2048
    )
    read = read_settings(environment)
    assert read is not None
    assert (read.url, read.model) == ("http://elsewhere.example/v1", "theirs")
    assert read_settings({}) is None
    assert "secret" not in repr(read)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": ""}, "'' is no address of a language model"),
        ({"url": "ftp://host/v1"}, "'ftp://host/v1' is no address of a language model"),
        ({"url": "http://"}, "names no host"),
        ({"url": "http://host:port/v1"}, "the language model's address cannot be read"),
        ({"url": "http://me:secret@host/v1"}, "a key does not belong into the address"),
        ({"url": URL, "model": " "}, "the name of the model is empty"),
        ({"url": URL, "key": "a\nb"}, r"the key in \$ONTHERECORD_LLM_KEY is empty or holds"),
        ({"url": URL, "way": "fly"}, "way is 'fly', expected one of auto, point, locate"),
        ({"url": URL, "decides": "god"}, "who decides is 'god', expected one of auto, model, reader"),
        ({"url": URL, "timeout_s": 0.0}, "the time-out is 0.0 s"),
        ({"url": URL, "timeout_s": float("nan")}, "the time-out is nan s"),
        ({"url": URL, "context_tokens": 100}, "the window is 100 tokens, expected 512 or more"),
        ({"url": URL, "reply_tokens": 5}, "a reply of 5 tokens was asked for"),
    ],
    ids=str,
)
def test_what_cannot_be(given: dict[str, object], words: str) -> None:
    with pytest.raises(WriterInvalid, match=words) as caught:
        WriterSettings(**given)  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)
    assert "a\nb" not in str(caught.value)


def test_numbers_in_the_environment_are_numbers() -> None:
    with pytest.raises(WriterInvalid, match=r"\$ONTHERECORD_LLM_TIMEOUT is 'soon', expected a number"):
        read_settings({"ONTHERECORD_LLM": URL, "ONTHERECORD_LLM_TIMEOUT": "soon"})
    with pytest.raises(WriterInvalid, match=r"\$ONTHERECORD_LLM_CONTEXT is 'inf', expected a number"):
        read_settings({"ONTHERECORD_LLM": URL, "ONTHERECORD_LLM_CONTEXT": "inf"})


def test_a_model_without_a_server() -> None:
    with pytest.raises(WriterInvalid, match="--model needs --llm"):
        read_settings({}, model="tiny")


def test_a_folder_is_a_local_model() -> None:
    assert isinstance(open_writer(WriterSettings(url="models/tiny")), LocalChat)
    assert isinstance(open_writer(WriterSettings(url=URL)), ChatServer)
