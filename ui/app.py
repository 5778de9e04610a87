"""The chat in the browser; the only importer of gradio."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from corpus import CorpusError
from corpus.interviews import BUNDLED_NAME
from corpus.load import MAX_FILE_BYTES
from index import IndexingError
from qa import QA, Answer, QAError
from ui.render import escape, stream_message
from ui.uploads import Uploads, describe_intake

TITLE = "On the Record"
DESCRIPTION = (
    "Ask the interview. The answer is quoted in the words that were said, with who said them and where; "
    "or you are told that it does not answer."
)
# Questions about the bundled interview, shown where that is what is asked.
EXAMPLES = [
    "How much faster will cargo reach Shanghai?",
    "For how long has China been Peru's largest trading partner?",
    "Could the port be used by the military?",
    "Which journalists did the interview?",
    "What did it cost to build the port?",
]
CONCURRENT_ANSWERS = 4
# How long Gradio keeps the uploaded files themselves; they are read at once.
FILE_LIFE_S = 60 * 60
BAR = gr.Progress()
# Gradio's own fonts would be fetched from the network.
SYSTEM_FONTS = ["system-ui", "sans-serif"]
MONO_FONTS = ["ui-monospace", "monospace"]
_FAULT = "Something went wrong on our side; the server's log has the details. Please ask again."

_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Another program serves at that port."""


def build_app(qa: QA) -> gr.Blocks:
    """The chat page for `qa`, with the named API endpoint `answer`; not yet launched."""
    uploads = Uploads(qa)

    def chat(message: str, history: list[dict[str, Any]], request: gr.Request) -> Iterator[str]:
        try:
            yield from stream_message(uploads.qa_of(_visitor(request)).answer(message, history=history))
        except (CorpusError, IndexingError, QAError) as error:
            yield escape(str(error))
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

    def upload(files: list[str], request: gr.Request, bar: gr.Progress = BAR) -> str:
        try:
            intake = uploads.take(_visitor(request), [Path(file) for file in files], lambda *done: bar(done))
        except IndexingError as error:
            raise gr.Error(str(error)) from error
        return describe_intake(intake)

    def start_again(request: gr.Request) -> str:
        uploads.forget(_visitor(request))
        return ""

    def leave(request: gr.Request) -> None:
        uploads.forget(_visitor(request))

    app = gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, delete_cache=(FILE_LIFE_S, FILE_LIFE_S))
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
            examples=EXAMPLES if _has_bundled_interview(qa) else None,
            api_name="chat",
            concurrency_limit=CONCURRENT_ANSWERS,
        )
        with gr.Row():
            upload_button = gr.UploadButton("Ask your own transcripts", file_count="multiple", size="sm")
            again_button = gr.Button("Back to the first transcripts", size="sm")
        status = gr.Markdown(sanitize_html=True, latex_delimiters=[])
        upload_button.upload(upload, upload_button, status, api_name="upload")
        again_button.click(start_again, None, status, api_name="start_again")
        app.unload(leave)
        api(answer, api_name="answer", concurrency_limit=CONCURRENT_ANSWERS)
    return app


def _has_bundled_interview(qa: QA) -> bool:
    with qa.store.reading() as view:
        return any(info.doc_id == BUNDLED_NAME for info in view.documents())


def _visitor(request: gr.Request) -> str:
    return request.session_hash or ""


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
            max_file_size=MAX_FILE_BYTES,
            ssr_mode=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise PortTaken(f"port {port or 'from 7860 on'} is in use; name another one with --port") from error
    return str(address)
