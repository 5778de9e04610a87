"""The reader that is measured: whole, or the small one where that is asked for."""

import argparse

from index import Embedder
from qa import Reader, open_reader
from qa.reading.two_step import TwoStepReader


def open_whole_reader(parser: argparse.ArgumentParser, embedder: Embedder, *, fast: bool) -> Reader:
    """The reader, made ready; where the large one is missing, the command of `parser` ends and says so."""
    reader = open_reader(embedder, fast=fast)
    if isinstance(reader, TwoStepReader):
        reader.finish()
        if reader.note:
            parser.error(reader.note)
    return reader
