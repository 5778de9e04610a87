"""A chat model in a folder: a tiny one with random weights, that runs like a real one and says nothing of use."""

from pathlib import Path
from typing import Any

import pytest

from corpus import Document
from qa import QA, WriterFailed, WriterSettings, open_writer
from qa.generation.prompt import make_prompt

pytestmark = pytest.mark.model

TEMPLATE = "{% for message in messages %}{{ message['role'] }} {{ message['content'] }} {% endfor %}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, interview: Document) -> Path:
    """A folder with the model, as one would download it."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = dict.fromkeys(["<unk>", "<end>", *interview.text.split()])
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    make: Any = PreTrainedTokenizerFast  # untyped
    fast = make(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>")
    fast.chat_template = TEMPLATE
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=8192,
        eos_token_id=1,
    )
    path = tmp_path_factory.mktemp("models") / "tiny-chat"
    LlamaForCausalLM(config).save_pretrained(path)
    fast.save_pretrained(path)
    return path


def settings(folder: Path, **options: object) -> WriterSettings:
    return WriterSettings(url=str(folder), reply_tokens=16, way="locate", decides="model", **options)  # type: ignore[arg-type]


def test_its_reply_comes_in_pieces_and_is_the_same_each_time(folder: Path) -> None:
    pieces: list[list[str]] = []
    for _ in range(2):
        said: list[str] = []
        with pytest.raises(WriterFailed, match="broke off within its reply"):
            said.extend(open_writer(settings(folder)).reply(make_prompt("Who?", (), "locate")))
        pieces.append(said)
    writer = open_writer(settings(folder))
    assert (writer.model, writer.context_tokens) == ("tiny-chat", 8192)
    assert pieces[0] == pieces[1]


def test_what_it_says_does_no_harm(fake_qa: QA, folder: Path) -> None:
    answer = fake_qa.with_writer(open_writer(settings(folder))).answer("vessels between Chancay and Shanghai")
    assert answer.quotes == fake_qa.answer("vessels between Chancay and Shanghai").quotes
    assert answer.notice == (
        "The language model tiny-chat broke off within its reply. The quotes below were found without it."
    )


def test_its_window(folder: Path) -> None:
    writer = open_writer(settings(folder, context_tokens=512))
    with pytest.raises(WriterFailed, match="too small a window"):
        list(writer.reply(make_prompt("word " * 600, (), "locate")))


def test_a_folder_without_a_model(tmp_path: Path, fake_qa: QA) -> None:
    answer = fake_qa.with_writer(open_writer(settings(tmp_path))).answer("vessels between Chancay and Shanghai")
    assert answer.notice is not None
    assert "cannot be loaded; --llm must name a folder with a transformers model" in answer.notice
