"""What can be wrong with asking.

QAError
├── QuestionInvalid   no words in it, or far too long
├── HistoryInvalid    not a list of messages with role and content
├── AnswersInvalid    exported answers that cannot be read
├── ExportInvalid     a file that answers cannot be exported to, or quotes that no longer hold
├── TableInvalid      a kept table that is not there, cannot be read or is another one than is meant
├── TagInvalid        a tag that is not there, or cannot be made so; tags that cannot be read
├── DraftInvalid      a draft without words, or with far too many quotations; a report that cannot be read
├── SpeakerUnknown    nobody of that name speaks in the documents
├── ReaderUnavailable the model that reads is missing or broken
├── WriterInvalid     settings of a language model that cannot be
├── WriterFailed      the language model did not write; the answer is then made of quotes alone
│   ├── PromptTooLong more than its window holds
│   └── ReplyBroken   it replied, but not in a form that can be used, or without end
└── QuoteInvalid      words that are not the source's; a fault of the program, never shown
"""


class QAError(Exception):
    """A question that cannot be answered as asked; the message says why and what to do."""


class QuestionInvalid(QAError):
    """There is no question to answer."""


class HistoryInvalid(QAError):
    """The conversation so far cannot be read."""


class AnswersInvalid(QAError):
    """Exported answers that cannot be read."""


class ExportInvalid(QAError):
    """Answers that cannot be exported as asked."""


class TableInvalid(QAError):
    """A table that is kept cannot be read or written as asked."""


class TagInvalid(QAError):
    """Tags cannot be read or written as asked."""


class DraftInvalid(QAError):
    """A draft that cannot be checked, or a report of one that cannot be read."""


class SpeakerUnknown(QAError):
    """Nobody of that name speaks."""


class ReaderUnavailable(QAError):
    """The model that reads cannot be loaded."""


class WriterInvalid(QAError):
    """Settings of a language model that cannot be."""


class WriterFailed(QAError):
    """The language model did not write; the message is the rest of a sentence that begins with its name."""


class PromptTooLong(WriterFailed):
    """The prompt is longer than the model's window."""

    def __init__(self) -> None:
        super().__init__("has too small a window for the prompt")


class ReplyBroken(WriterFailed):
    """The model replied, but not in a form that can be used, or without coming to an end."""


class QuoteInvalid(QAError):
    """A quote that is not an exact slice of what one speaker said."""
