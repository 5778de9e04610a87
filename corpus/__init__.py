"""Sources: documents, their turns and speakers, and the passages cut from them."""

import corpus.before_libraries  # noqa: F401 - before any library
from corpus.conditions import (
    FILLER,
    Condition,
    Conditions,
    Names,
    Overlay,
    ShownLayout,
    describe_condition,
    embargo,
    list_forms,
    no_export,
    off_record,
    pseudonym,
    read_conditions,
    write_conditions,
)
from corpus.corrected_words import CorrectedWords
from corpus.corrections import (
    Anchor,
    Correction,
    Corrections,
    Effect,
    Layout,
    correct_words,
    describe_correction,
    drop_speaker,
    find_said,
    read_corrections,
    reassign,
    rename_speaker,
    set_role,
    write_corrections,
)
from corpus.document import Document, hash_text
from corpus.errors import (
    ConditionInvalid,
    CorpusError,
    CorrectionInvalid,
    SourceEmpty,
    SourceNotFound,
    SourceNotText,
    SourceTooLarge,
    SourceUnreadable,
)
from corpus.folding import Folded, fold, fold_with_offsets
from corpus.formats.known import READABLE, pass_over
from corpus.guarded_reading import GuardedReader
from corpus.inspection import describe_file
from corpus.interviews import BUNDLED_NAME, bundled_interview
from corpus.load import MAX_FILE_BYTES, LoadedFile, load, load_file
from corpus.one_line import MAX_LINE_CHARS, is_one_line, one_line, printable
from corpus.passages import PASSAGE_RULES, Passage, cut_passages, name_passage
from corpus.places import count_agreeing, find_all
from corpus.prose import Prose, load_prose
from corpus.quote_times import QuoteTimes, quote_times, timed_words
from corpus.references import find_references, read_references
from corpus.sentences import is_question, split_sentences
from corpus.track import TimedSpan, Track
from corpus.turn import Kind, Role, Speaker, Turn

__all__ = [
    "BUNDLED_NAME",
    "FILLER",
    "MAX_FILE_BYTES",
    "MAX_LINE_CHARS",
    "PASSAGE_RULES",
    "READABLE",
    "Anchor",
    "Condition",
    "ConditionInvalid",
    "Conditions",
    "CorpusError",
    "CorrectedWords",
    "Correction",
    "CorrectionInvalid",
    "Corrections",
    "Document",
    "Effect",
    "Folded",
    "GuardedReader",
    "Kind",
    "Layout",
    "LoadedFile",
    "Names",
    "Overlay",
    "Passage",
    "Prose",
    "QuoteTimes",
    "Role",
    "ShownLayout",
    "SourceEmpty",
    "SourceNotFound",
    "SourceNotText",
    "SourceTooLarge",
    "SourceUnreadable",
    "Speaker",
    "TimedSpan",
    "Track",
    "Turn",
    "bundled_interview",
    "correct_words",
    "count_agreeing",
    "cut_passages",
    "describe_condition",
    "describe_correction",
    "describe_file",
    "drop_speaker",
    "embargo",
    "find_all",
    "find_references",
    "find_said",
    "fold",
    "fold_with_offsets",
    "hash_text",
    "is_one_line",
    "is_question",
    "list_forms",
    "load",
    "load_file",
    "load_prose",
    "name_passage",
    "no_export",
    "off_record",
    "one_line",
    "pass_over",
    "printable",
    "pseudonym",
    "quote_times",
    "read_conditions",
    "read_corrections",
    "read_references",
    "reassign",
    "rename_speaker",
    "set_role",
    "split_sentences",
    "timed_words",
    "write_conditions",
    "write_corrections",
]
