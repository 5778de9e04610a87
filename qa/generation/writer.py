"""The seam for language models: what one is given, and what may come back. It points and phrases; it never quotes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

# "point": the model numbers the source sentences that each of its sentences rests on. "locate": it writes freely, and
# our reader finds the sentences that carry what it wrote.
Way = Literal["point", "locate"]


@dataclass(frozen=True, slots=True)
class Capability:
    """What a model may do. Where it does not `decide`, our reader says whether there is an answer, and chooses it."""

    way: Way
    decides: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: `system` and `source` are the same for every question about a source, `question` is last.

    A server that keeps the beginning of a prompt in its cache so reads a source once. `schema` is the JSON schema of
    the reply, None for a reply in plain sentences.
    """

    system: str
    source: str
    question: str
    schema: dict[str, object] | None = None

    @property
    def user(self) -> str:
        """The message of the user: the source, then the question."""
        return f"{self.source}\n\n{self.question}"

    @property
    def tokens(self) -> int:
        """At most about so many tokens: English has four letters a token, Chinese three bytes."""
        return len((self.system + self.user).encode()) // 3


class Writer(Protocol):
    """A language model that phrases answers. Nothing that it says is trusted."""

    @property
    def model(self) -> str:
        """Its name, shown with each answer.

        :raises WriterFailed: when it has to be asked for and cannot be.
        """
        ...

    @property
    def address(self) -> str:
        """Where it is reached: elsewhere the same name may be another model. It may hold secrets of a server's."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens of prompt and reply together it reads.

        :raises WriterFailed: as above.
        """
        ...

    @property
    def reply_tokens(self) -> int:
        """How many of them are kept for the reply."""
        ...

    @property
    def way(self) -> Way | None:
        """The way that was set; None asks for the model to be probed."""
        ...

    @property
    def decides(self) -> bool | None:
        """Whether it was set that the model says when there is an answer; None asks for the model to be probed."""
        ...

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """The reply, piece by piece; bounded in length and time.

        :raises PromptTooLong: when the prompt does not fit.
        :raises WriterFailed: when it cannot be had, or breaks off.
        """
        ...
