"""What documents of word processors have in common: paragraphs, and transcripts that stand in a table."""

from collections.abc import Iterator, Sequence

from corpus.formats.extract import Extract, Piece, clean_name, write_pieces
from corpus.formats.plain import read_plain
from corpus.formats.rows import Columns, find_columns, guess_columns, read_rows
from corpus.speakers.names import is_name

# A paragraph is a text; a table is its rows of cells.
HtmlBlock = str | list[list[str]]


def read_blocks(blocks: Sequence[HtmlBlock]) -> Extract:
    """A document's text: the speech from the table that holds a transcript, or else the labels of its paragraphs."""
    found = _find_transcript(blocks)
    if found is not None:
        return write_pieces(_read_with_table(blocks, *found))
    return read_plain("\n".join(_write_block(block) for block in blocks).strip())


def _find_transcript(blocks: Sequence[HtmlBlock]) -> tuple[list[list[str]], Columns, bool] | None:
    """The longest table with a column of speakers and one of words, these columns, and whether it has a head."""
    tables = [block for block in blocks if not isinstance(block, str) and len(block) > 1]
    tables.sort(key=len, reverse=True)
    for table in tables:
        columns = find_columns(table[0], table[1:])
        if columns is not None and (columns.speaker is not None or columns.question is not None):
            return table, columns, True
    for table in tables:
        # One of two columns without a head is read as labelled lines, which knows a row that goes on.
        columns = guess_columns(table)
        if columns is not None and columns.time is not None:
            return table, columns, False
    return None


def _read_with_table(
    blocks: Sequence[HtmlBlock], transcript: list[list[str]], columns: Columns, has_head: bool
) -> Iterator[Piece]:
    """The transcript in its table as speech, all around it as narration."""
    for block in blocks:
        if block is transcript:
            header = transcript[0] if has_head else []
            yield from read_rows(header, transcript[1:] if has_head else transcript, columns)
        else:
            yield from (Piece(None, line, kind="narration", fresh=True) for line in _write_block(block).splitlines())


def _write_block(block: HtmlBlock) -> str:
    """A paragraph, or a table of two columns as labelled lines, or any other table as its cells."""
    if isinstance(block, str):
        return block
    pairs = all(len(row) == 2 for row in block)
    if pairs and len(block) > 1 and all(is_name(clean_name(row[0]) or "X") for row in block):
        return "\n".join(f"{clean_name(row[0])}: {row[1]}" if row[0] else row[1] for row in block)
    return "\n".join(" | ".join(cell for cell in row if cell) for row in block)
