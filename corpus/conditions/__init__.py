"""Conditions: what must not be shown of the sources of a collection, which they never change."""

from corpus.conditions.codec import read_conditions, write_conditions
from corpus.conditions.hiding import FILLER
from corpus.conditions.names import Names, list_forms
from corpus.conditions.overlay import Conditions, Overlay, ShownLayout
from corpus.conditions.record import (
    Condition,
    describe_condition,
    embargo,
    no_export,
    off_record,
    pseudonym,
)

__all__ = [
    "FILLER",
    "Condition",
    "Conditions",
    "Names",
    "Overlay",
    "ShownLayout",
    "describe_condition",
    "embargo",
    "list_forms",
    "no_export",
    "off_record",
    "pseudonym",
    "read_conditions",
    "write_conditions",
]
