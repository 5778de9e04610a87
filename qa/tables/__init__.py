"""Questions put to each interview or speaker: the table, how it is kept and gone on with, and its command."""
