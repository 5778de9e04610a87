"""What can be wrong with a source.

CorpusError
├── SourceNotFound      there is no such file
├── SourceUnreadable    a folder, no permission, damaged or encrypted
│   └── SourceTooLarge  more bytes, pages or time than a transcript takes
├── SourceNotText       binary, or in a format or encoding that is not read
├── SourceEmpty         no words in it, such as pictures of pages
└── CorrectionInvalid   a correction that names no place or nobody, or no record of one
"""


class CorpusError(Exception):
    """A source that cannot become a document; the message says why and what to do."""


class SourceNotFound(CorpusError):
    """The path names nothing."""


class SourceUnreadable(CorpusError):
    """The path names something that cannot be read as one file."""


class SourceTooLarge(SourceUnreadable):
    """The file asks for more memory or time than any transcript does."""


class SourceNotText(CorpusError):
    """The file holds something other than text that this program reads."""


class SourceEmpty(CorpusError):
    """There are no words to quote."""


class CorrectionInvalid(CorpusError):
    """A correction cannot be made so, or what is kept of it is no correction."""


class ConditionInvalid(CorpusError):
    """A condition cannot be set so, or what is kept of it is no condition."""
