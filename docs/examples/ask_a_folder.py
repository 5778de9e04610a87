"""Ask all transcripts in a folder some questions: `python docs/examples/ask_a_folder.py FOLDER QUESTION…`.

Prints the answers as Markdown. The index is kept beside the folder, so that a second run embeds only what has changed.
"""

import sys
from pathlib import Path

from corpus import CorpusError
from index import IndexingError, build_index
from qa import QA, Answer, QAError, Quote


def main() -> int:
    """Build the index, ask, print; 0 when done, 2 when something could not be read."""
    if len(sys.argv) < 3:
        sys.stderr.write("usage: ask_a_folder.py FOLDER QUESTION…\n")
        return 2
    folder, questions = Path(sys.argv[1]), sys.argv[2:]
    index = folder.with_name(f"{folder.name}-index")
    try:
        report = build_index([folder], index)
        sys.stderr.write(f"{report.passage_count} new passages in {index}\n")
        bot = QA.open(index)
        for question in questions:
            sys.stdout.write(f"## {question}\n\n{format_answer(bot.answer(question))}\n\n")
    except (CorpusError, IndexingError, QAError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def format_answer(answer: Answer) -> str:
    """Each quote as a block of Markdown, or why there is none."""
    if answer.abstained:
        return f"*Not answered.* {answer.reason}"
    return "\n\n".join(format_quote(quote) for quote in answer.quotes)


def format_quote(quote: Quote) -> str:
    """The words and whose they are; who asks is marked, since a question is nobody's answer."""
    who = f"{quote.speaker or 'nobody named'}{', asking' if quote.role == 'asks' else ''}"
    return f"> {quote.text}\n>\n> — {who}, in {quote.title}, characters {quote.start}–{quote.end}"


if __name__ == "__main__":
    sys.exit(main())
