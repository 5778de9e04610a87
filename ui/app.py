"""The chat in the browser; the only importer of gradio."""

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.events import api

from corpus import CorpusError
from index import IndexingError
from qa import QA, Answer, QAError
from ui.render import stream_message

TITLE = "On the Record"
DESCRIPTION = (
    "Ask the interview. The answer is quoted in the words that were said, with who said them and where; "
    "or you are told that it does not answer."
)
EXAMPLES = [
    "How much faster will cargo reach Shanghai?",
    "For how long has China been Peru's largest trading partner?",
    "Could the port be used by the military?",
    "Which journalists did the interview?",
    "What did it cost to build the port?",
]
CONCURRENT_ANSWERS = 4
# Gradio's own fonts would be fetched from the network.
SYSTEM_FONTS = ["system-ui", "sans-serif"]
MONO_FONTS = ["ui-monospace", "monospace"]
_FAULT = "Something went wrong on our side; the server's log has the details. Please ask again."

_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Another program serves at that port."""


def build_app(qa: QA, *, examples: list[str] | None = None) -> gr.Blocks:
    """The chat page for `qa`, with the named API endpoint `answer`; not yet launched."""

    def chat(message: str, history: list[dict[str, Any]]) -> Iterator[str]:
        try:
            yield from stream_message(qa.answer(message, history=history))
        except (CorpusError, IndexingError, QAError) as error:
            yield f"{error}"
        except Exception:  # noqa: BLE001 - the person gets a sentence, the log the traceback
            _log.exception("no answer to %r", message)
            yield _FAULT

    def answer(
        question: str, history: list[dict[str, Any]] | None = None, speaker: str | None = None
    ) -> dict[str, Any]:
        """Answer a question in verbatim quotes, or abstain.

        Args:
            question: what to ask
            history: the conversation so far, a list of {"role": "user" or "assistant", "content": text}
            speaker: quote this speaker only

        """
        return _ask(qa, question, history, speaker).to_dict()

    app = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True)
    with app:
        gr.ChatInterface(
            chat,
            title=TITLE,
            description=DESCRIPTION,
            chatbot=gr.Chatbot(
                show_label=False, sanitize_html=True, latex_delimiters=[], buttons=["copy", "copy_all"], scale=1
            ),
            textbox=gr.Textbox(
                placeholder="Ask a question about the interview", show_label=False, max_length=2000, autofocus=True
            ),
            examples=EXAMPLES if examples is None else examples,
            api_name="chat",
            concurrency_limit=CONCURRENT_ANSWERS,
        )
        api(answer, api_name="answer", concurrency_limit=CONCURRENT_ANSWERS)
    return app


def _ask(qa: QA, question: str, history: list[dict[str, Any]] | None, speaker: str | None) -> Answer:
    """The answer, with what a program can mend told to it in words."""
    try:
        return qa.answer(question, history=history, speaker=speaker)
    except (CorpusError, IndexingError, QAError) as error:
        raise gr.Error(str(error)) from error


def launch(app: gr.Blocks, *, port: int | None = None, auth: tuple[str, str] | None = None) -> str:
    """Serve the page to this machine only, in threads of its own; gives its address.

    :param port: None takes the first free one from 7860 on.
    :param auth: user and password to ask for; None asks for none.
    :raises PortTaken: when the port is in use.
    """
    try:
        _, address, _ = app.queue().launch(
            server_name="127.0.0.1",
            server_port=port,
            auth=auth,
            theme=gr.themes.Base(font=SYSTEM_FONTS, font_mono=MONO_FONTS),
            footer_links=["api"],
            share=False,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise PortTaken(f"port {port or 'from 7860 on'} is in use; name another one with --port") from error
    return str(address)
