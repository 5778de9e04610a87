"""Corrections: a layer over the sources of a collection, which it never changes."""

from corpus.corrections.anchor import Anchor, find_anchor, make_anchor
from corpus.corrections.codec import read_corrections, write_corrections
from corpus.corrections.layer import Corrections, Effect, Layout
from corpus.corrections.record import (
    Correction,
    correct_words,
    describe_correction,
    drop_speaker,
    find_said,
    reassign,
    rename_speaker,
    set_role,
)

__all__ = [
    "Anchor",
    "Correction",
    "Corrections",
    "Effect",
    "Layout",
    "correct_words",
    "describe_correction",
    "drop_speaker",
    "find_anchor",
    "find_said",
    "make_anchor",
    "read_corrections",
    "reassign",
    "rename_speaker",
    "set_role",
    "write_corrections",
]
