"""The endpoint `table`: questions put to every interview or speaker, which is also a tool."""

from collections.abc import Callable
from typing import Any, Literal

import gradio as gr

from qa import QA, TableInvalid
from qa.tables.table import answer_each, find_asked

# Minutes of asking; whoever wants more asks in parts, or on the page, where a table is kept.
MAX_CELLS_AT_ONCE = 400
# At once, whoever calls: each takes a processor for as long.
CONCURRENT_TABLES = 2


def make_table(find_qa: Callable[[object | None, str | None], QA]) -> Callable[..., dict[str, Any]]:
    """The endpoint.

    :param find_qa: what a caller asks, by their request and the shelf that they name.
    """

    def table(
        questions: list[str],
        by: Literal["document", "speaker"] = "document",
        documents: list[str] | None = None,
        shelf: str | None = None,
        request: gr.Request | None = None,
    ) -> dict[str, Any]:
        """Put each question to every loaded interview, or to every speaker, so that nobody is left out.

        Use it for "who …?", "what does each say about …?" and comparisons; `ask` gives the best of all together. The
        result has `rows`, one a question, with `cells`: `doc_id`, `title`, `speaker` (null by document), `found`,
        `confidence` (0 to 1) and `quotes` as from `ask`, best first. Where `found` is false nothing was found, which
        does not mean that it was not said. It takes about a second a cell.

        Args:
            questions: what to ask, in whole sentences; at most 400 together, counted once for each who is asked
            by: "document" asks each interview, "speaker" each person who does not only ask
            documents: ask only these transcripts; values of `doc_id` from `list`
            shelf: ask your own transcripts: what `rebuild` gave you as `shelf`
            request: who asks

        """
        qa = find_qa(request, shelf)
        asked = len(find_asked(qa.store, by, documents))
        if not questions or asked * len(questions) > MAX_CELLS_AT_ONCE:
            raise TableInvalid(
                f"{len(questions)} questions for {asked} are {asked * len(questions):,} cells, expected 1 to "
                f"{MAX_CELLS_AT_ONCE}; ask in parts"
            )
        return answer_each(qa, questions, by=by, doc_ids=documents).to_dict()

    return table
