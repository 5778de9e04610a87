"""An answer that is still being written: what was found, then its sentences as they come, then the whole."""

from collections.abc import Generator
from dataclasses import dataclass

from qa.answers import Answer, WrittenSentence


@dataclass(frozen=True, slots=True)
class WritingBegins:
    """A language model is asked now; it is `probed` first where it is not known yet what it can do."""

    probed: bool


# The answer as it was found is first, where a language model is to write; then whether it is probed.
AnswerPart = Answer | WritingBegins | WrittenSentence


class AnswerStream:
    """Gives the sentences that a language model writes, each when it has passed every check; then `answer` is there.

    The answer alone counts: where the model breaks off, it is made of quotes and holds none of the sentences.
    """

    def __init__(self, parts: Generator[AnswerPart, None, Answer]) -> None:
        """Take the sentences from `parts`, which returns the answer at its end; nothing is begun yet."""
        self._parts = parts
        self._found: Answer | None = None
        self._begun: WritingBegins | None = None
        self._next: WrittenSentence | None = None
        self._answer: Answer | None = None

    def __iter__(self) -> "AnswerStream":
        """Itself: what has been given once is not given again."""
        return self

    def __next__(self) -> WrittenSentence:
        """The next sentence; raises what `QA.answer` raises."""
        while self._next is None and self._answer is None:
            self._take()
        if self._next is None:
            raise StopIteration
        sentence, self._next = self._next, None
        return sentence

    @property
    def found(self) -> Answer:
        """The answer in quotes, before a language model has written anything; the whole one where none is to write."""
        while self._found is None and self._answer is None and self._next is None:
            self._take()
        found = self._found or self._answer
        return self.answer if found is None else found

    @property
    def writing(self) -> WritingBegins | None:
        """That a language model is about to write, None where none is; it has not been asked yet."""
        while self._begun is None and self._answer is None and self._next is None:
            self._take()
        return self._begun

    @property
    def answer(self) -> Answer:
        """The whole answer; sentences that have not been taken yet are waited for and passed over."""
        for _ in self:
            pass
        assert self._answer is not None  # the sentences end with the answer
        return self._answer

    def _take(self) -> None:
        """Let the next part come."""
        try:
            part = next(self._parts)
        except StopIteration as end:
            self._answer = end.value
            return
        if isinstance(part, Answer):
            self._found = part
        elif isinstance(part, WritingBegins):
            self._begun = part
        else:
            self._next = part
