"""Figures as a table in Markdown."""

from collections.abc import Iterable, Sequence


def format_rows(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The cells of `rows` under those of `heading`."""
    lines = ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in (heading, *rows)]
    return "\n".join([lines[0], "|---" * len(heading) + "|", *lines[1:]])
