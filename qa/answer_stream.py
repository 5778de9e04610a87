"""An answer that is still being written: its sentences as they come, then the whole."""

from collections.abc import Generator

from qa.answers import Answer, WrittenSentence


class AnswerStream:
    """Gives the sentences that a language model writes, each when it has passed every check; then `answer` is there.

    The answer alone counts: where the model breaks off, it is made of quotes and holds none of the sentences.
    """

    def __init__(self, parts: Generator[WrittenSentence, None, Answer]) -> None:
        """Take the sentences from `parts`, which returns the answer at its end; nothing is begun yet."""
        self._parts = parts
        self._answer: Answer | None = None

    def __iter__(self) -> "AnswerStream":
        """Itself: what has been given once is not given again."""
        return self

    def __next__(self) -> WrittenSentence:
        """The next sentence; raises what `QA.answer` raises."""
        if self._answer is not None:
            raise StopIteration
        try:
            return next(self._parts)
        except StopIteration as end:
            self._answer = end.value
            raise

    @property
    def answer(self) -> Answer:
        """The whole answer; sentences that have not been taken yet are waited for and passed over."""
        for _ in self:
            pass
        assert self._answer is not None  # the sentences end with the answer
        return self._answer
