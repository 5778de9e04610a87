"""What a model says to itself before it answers: kept out of the reply, and counted apart from it."""

from qa.errors import ReplyBroken

# More characters than this a token is no language; a server that sends more is broken.
MAX_CHARS_A_TOKEN = 16
# Room for thinking, beside that for the reply.
THINKING_TOKENS = 2048
_OPENING, _CLOSING = "<think>", "</think>"


class ThoughtBrokeOff(ReplyBroken):
    """The model was still thinking, or had thought, when the room that it was given came to an end."""


class ReplyMeter:
    """Takes a reply piece by piece, gives it back without the thought at its beginning, and ends what has no end.

    :param reply_tokens: the longest reply.
    """

    def __init__(self, reply_tokens: int) -> None:
        self._max_chars = MAX_CHARS_A_TOKEN * reply_tokens
        self._replied = 0
        self._thought = 0
        self._held = ""  # what may still turn out to be the beginning of a thought, or its end
        self._begun = False
        self._thinking = False
        self.has_thought = False  # whether the model has thought aloud so far

    def note_thought(self, piece: str) -> None:
        """A piece of thought that the server has told from the reply.

        :raises ReplyBroken: when there is no end of it.
        """
        self._thought += len(piece)
        self.has_thought |= bool(piece)
        if self._thought > MAX_CHARS_A_TOKEN * THINKING_TOKENS:
            raise ReplyBroken("thought without end")

    def take(self, piece: str) -> str:
        """What of the reply is certain with this piece; "" where none is.

        :raises ReplyBroken: when the reply, or the thought, has no end.
        """
        if not self._begun and not self._thinking:
            self._held += piece
            beginning = self._held.lstrip()
            if _OPENING.startswith(beginning[: len(_OPENING)]):
                if len(beginning) < len(_OPENING):
                    return self._count("")
                self._thinking = self.has_thought = True
                piece, self._held = beginning[len(_OPENING) :], ""
            else:
                self._begun, piece, self._held = True, self._held, ""
        if self._thinking:
            piece = self._think(piece)
        return self._count(piece)

    def end(self) -> str:
        """What was held back and is no thought, now that nothing follows."""
        return "" if self._thinking else self._held

    def _think(self, piece: str) -> str:
        """What stands behind the end of the thought."""
        thought, closed, reply = (self._held + piece).partition(_CLOSING)
        # A piece may end within the mark.
        self._held = "" if closed else thought[-len(_CLOSING) + 1 :]
        self.note_thought(piece if not closed else thought)
        if closed:
            self._thinking, self._begun = False, True
        return reply

    def _count(self, piece: str) -> str:
        self._replied += len(piece)
        if self._replied > self._max_chars or len(self._held) > self._max_chars:
            raise ReplyBroken("sent a reply without end")
        return piece
