"""The endpoint `export`: answers that a program has got, as a file."""

import base64
from collections.abc import Callable
from typing import Any

import gradio as gr

from qa import QA
from qa.exports import DEFAULT_CITATION, check_claims, named_format, read_claims


def make_export(find_qa: Callable[[object | None, str | None], QA]) -> Callable[..., dict[str, Any]]:
    """The endpoint.

    :param find_qa: what a caller asks, by their request and the shelf that they name.
    """

    def export(
        answers: list[dict[str, Any]],
        form: str = "word",
        cite: str | None = None,
        shelf: str | None = None,
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Make a file of answers, every quote checked against the loaded interviews; none where one no longer holds.

        The result has the file's `name` and `media_type`, its bytes in `base64`, and how many `quotes` are in it;
        `left_out` counts those whose interviews must not be exported.

        Args:
            answers: what `answer` gave, one or several
            form: "word", "markdown", "html", "csv", "xlsx", "qdpx", "annotations", "ris", "csl" or "json"
            cite: a template for the line that cites a quote, such as "{speaker}[, {date}], {title}"
            shelf: answers about your own transcripts: what `rebuild` gave you as `shelf`
            request: who asks

        """
        chosen, claims = named_format(form), read_claims(answers)
        with find_qa(request, shelf).store.reading() as view:
            exported = check_claims(claims, view, template=cite or DEFAULT_CITATION)
        return {
            "name": f"on-the-record{chosen.ending}",
            "media_type": chosen.media_type,
            "base64": base64.b64encode(chosen.write(exported)).decode(),
            "quotes": len(exported.quotes),
            "left_out": exported.left_out,
        }

    return export
