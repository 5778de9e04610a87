"""The part of the drawer that checks a draft: an article is pasted or dropped, and each of its quotations marked."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from qa import DraftReport
from qa.checking.exports import REPORT_SUFFIXES, export_report
from qa.checking.links import link_places
from ui.callers import visitor_of
from ui.checked_html import render_checked
from ui.lists import render_status
from ui.service import MAX_DRAFT_CHARS, MENDABLE, ChatService

# What a draft may come as, for the dialog that chooses a file; whatever else is read may be dropped.
FILE_TYPES = [".txt", ".md", ".docx", ".html", ".htm", ".pdf", ".odt", ".rtf", ".epub"]
SAVED_AS = {".html": "page", ".md": "Markdown", ".docx": "Word", ".json": "JSON"}
_MEDIA_TYPES = {
    ".html": "text/html",
    ".md": "text/markdown",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
}
CHECKING = "Checking its quotations…"

Updates = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class DraftPanel:
    """Where a draft is given, and what became of it; `saves` are the buttons that keep the report, by their suffix."""

    pasted: gr.Textbox
    check: gr.Button
    file: gr.File
    checked: gr.HTML
    report: gr.State
    exports: gr.Row
    saves: dict[str, gr.Button]


def lay_out_draft_panel() -> DraftPanel:
    """The panel, in the column that is open."""
    gr.HTML("<h2>Check a draft</h2>", elem_id="check-head", apply_default_css=False)
    pasted = gr.Textbox(
        label="Paste an article, or a language model’s answer",
        lines=4,
        max_lines=8,
        max_length=MAX_DRAFT_CHARS,
        elem_id="draft",
    )
    check = gr.Button("Check its quotations", elem_id="check")
    file = gr.File(
        label="Or drop its file here: text, Markdown, Word, HTML, PDF",
        file_types=FILE_TYPES,
        elem_id="draft-file",
    )
    checked = gr.HTML("", elem_id="checked", apply_default_css=False)
    with gr.Row(elem_id="checked-exports", visible=False) as exports:
        saves = {
            suffix: gr.Button(f"Report as {name}", elem_id=f"report-{suffix[1:]}") for suffix, name in SAVED_AS.items()
        }
    return DraftPanel(pasted, check, file, checked, gr.State(None), exports, saves)


class DraftEvents:
    """The handlers of the panel."""

    def __init__(self, service: ChatService) -> None:
        self._service = service

    def check_pasted(self, draft: str, request: gr.Request) -> Iterator[Updates]:
        """What became of the quotations of a pasted draft."""
        yield from self._check(lambda: self._service.check(visitor_of(request), draft))

    def check_file(self, file: str | None, request: gr.Request) -> Iterator[Updates]:
        """The same of a file's; it is read in a process of its own, within bounds."""
        if file is None:
            yield _show("", None)
        else:
            yield from self._check(lambda: self._service.check(visitor_of(request), Path(file)))

    def saver(self, suffix: str) -> Callable[..., dict[str, str]]:
        """The handler that gives the report as a file whose name ends so, with links into this chat."""

        def save(report: DraftReport | None, request: gr.Request) -> dict[str, str]:
            if report is None:
                raise gr.Error("There is no report to keep yet; check a draft first.")
            # Where the chat is, the browser says; whoever calls without one gets a report without links into it.
            address = str(request.headers.get("origin") or "")
            if address.startswith(("http://", "https://")):
                report = link_places(report, address)
            encoded = base64.b64encode(export_report(report, suffix)).decode("ascii")
            name = f"{Path(report.name).stem or 'draft'}-checked{suffix}"
            return {"name": name, "type": _MEDIA_TYPES[suffix], "base64": encoded}

        return save

    def _check(self, check: Callable[[], DraftReport]) -> Iterator[Updates]:
        yield _show(render_status(CHECKING), None)
        try:
            report = check()
        except MENDABLE as error:
            yield _show(render_status(f"Refused: {error}"), None)
            return
        yield _show(render_checked(report), report)


def connect_draft_panel(
    panel: DraftPanel, events: DraftEvents, saver: gr.HTML, private: dict[str, Any], *, at_once: int
) -> None:
    """Connect the panel with its handlers.

    :param saver: what makes a file of its value in the browser.
    :param at_once: how many drafts are checked at the same time.
    """
    shown = [panel.checked, panel.exports, panel.report]
    limits: dict[str, Any] = {"concurrency_limit": at_once, "concurrency_id": "drafts", **private}
    panel.check.click(events.check_pasted, panel.pasted, shown, **limits)
    panel.file.change(events.check_file, panel.file, shown, **limits)
    for suffix, button in panel.saves.items():
        button.click(events.saver(suffix), panel.report, saver, **private)


def _show(html: str, report: DraftReport | None) -> Updates:
    return html, gr.update(visible=report is not None), report


assert set(SAVED_AS) == set(REPORT_SUFFIXES)
