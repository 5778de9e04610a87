"""What a language model can do, found out by a few questions about an invented interview."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from corpus import Document
from qa.errors import ReplyBroken
from qa.generation.prompt import make_prompt
from qa.generation.reply import Proposal, read_freely, read_pointing
from qa.generation.source_sentences import SourceSentence, sentences_of_document
from qa.generation.writer import Capability, Way, Writer

_TALK = """\
Hale: Thank you for coming in. How did the bakery begin?

Marsh: My aunt opened it in a garage. She had one oven and a borrowed table. The first loaves were sold to neighbours. \
I swept the floor after school.

Hale: And when did you take it over?

Marsh: I had trained as a surveyor, so nobody expected it. My aunt broke her wrist one winter. I kept the ovens going \
for six weeks. After that she would not take the keys back.

Hale: People say the flood nearly ended it.

Marsh: The river came up to the counter. We lost two mixers and all the flour. The school lent us its kitchen until \
spring. Customers queued there in their boots.

Hale: What do you bake that others do not?

Marsh: A dark loaf with caraway seeds. The recipe came from a lodger. He left it in place of his last rent.
"""


@dataclass(frozen=True, slots=True)
class _Task:
    """A question about the talk, the words of the sentence that answers it, and a word of a right answer."""

    question: str
    answer: str | None
    word: str = ""


_TASKS = (
    _Task("What was Marsh's profession before?", "trained as a surveyor", "surveyor"),
    _Task("Where did they work while the shop was being repaired?", "lent us its kitchen", "school"),
    _Task("How many children does Marsh have?", None),
    _Task("How did the owner get the recipe for the caraway bread?", "came from a lodger", "lodger"),
    _Task("Which bank gave the loan for the new ovens?", None),
)


# To be raised when replies are read or judged otherwise.
_VERSION = 1


def find_capability(writer: Writer) -> Capability:
    """The capability that was set, or what the answers to the questions show.

    A model points when it points right each time. It decides when, besides, it declines what the talk does not answer.

    :raises WriterFailed: when it cannot be asked.
    """
    way, decides = writer.way, writer.decides
    if way is None and _answers_right(writer, "point", [task for task in _TASKS if task.answer]):
        way = "point"
    way = way or "locate"
    if decides is None:
        decides = _answers_right(writer, way, _TASKS)
    return Capability(way, decides)


def describe_probe() -> str:
    """All that a model is asked, and what counts as right: where this differs, what was found out no longer holds."""
    return repr((_VERSION, _TALK, _TASKS, [make_prompt("", (), way) for way in get_args(Way)]))


def _answers_right(writer: Writer, way: Way, tasks: Sequence[_Task]) -> bool:
    """Whether it answers all of them as it should; no more are asked after the first that it does not."""
    lines = sentences_of_document(Document.from_text(_TALK, doc_id="bakery"))
    return all(_is_right(_ask(writer, way, task, lines), way, task, lines) for task in tasks)


def _ask(writer: Writer, way: Way, task: _Task, lines: Sequence[SourceSentence]) -> list[Proposal] | None:
    """The sentences of its reply, None where it cannot be read or does not end."""
    read = read_pointing if way == "point" else read_freely
    try:
        return list(read(writer.reply(make_prompt(task.question, lines, way))))
    except ReplyBroken:
        return None


def _is_right(proposals: list[Proposal] | None, way: Way, task: _Task, lines: Sequence[SourceSentence]) -> bool:
    if proposals is None or (task.answer is None) == bool(proposals):
        return False
    if task.answer is None:
        return True
    if way == "locate":
        return any(task.word in proposal.text.lower() for proposal in proposals)
    right = next(line.number for line in lines if task.answer in line.text)
    return right in proposals[0].numbers
