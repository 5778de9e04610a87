"""What can be wrong with a source.

CorpusError
├── SourceNotFound      there is no such file
├── SourceUnreadable    a folder, no permission, too large
├── SourceNotText       binary, or in a format or encoding that is not read
└── SourceEmpty         no words in it
"""


class CorpusError(Exception):
    """A source that cannot become a document; the message says why and what to do."""


class SourceNotFound(CorpusError):
    """The path names nothing."""


class SourceUnreadable(CorpusError):
    """The path names something that cannot be read as one file."""


class SourceNotText(CorpusError):
    """The file holds something other than text that this program reads."""


class SourceEmpty(CorpusError):
    """There are no words to quote."""
