"""`ontherecord verify`: exported quotes held against the sources as they are indexed now."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from index import default_index_path, open_store
from index.cli import EXIT_CHECK_FAILED, EXIT_DONE, OneLineParser, add_index_argument, run, say, show_row
from qa.errors import QAError
from qa.exports.formats import load_citations
from qa.verify import verify

__all__ = ["verify_command"]


def verify_command(arguments: Sequence[str]) -> int:
    """Check exported quotes against the index; the exit code."""
    return run(lambda: _verify(arguments), (QAError,))


def _verify(command_line: Sequence[str]) -> int:
    arguments = _make_verify_parser().parse_args(command_line)
    citations = [citation for file in arguments.files for citation in load_citations(file)]
    with open_store(arguments.index or default_index_path()).reading() as view:
        findings = verify(citations, view)
    for finding in findings:
        citation = finding.citation
        place = f"{finding.start}-{finding.end}" if finding.start is not None else "-"
        now = (f"now: {finding.now}",) if finding.now is not None else ()
        differs = (f"differs: {'; '.join(finding.differences)}",) if finding.differences else ()
        show_row(finding.verdict, citation.doc_id, place, citation.speaker or "-", citation.text, *now, *differs)
    counts = Counter(finding.verdict for finding in findings)
    say(", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "no quotes")
    return EXIT_DONE if all(finding.holds for finding in findings) else EXIT_CHECK_FAILED


def _make_verify_parser() -> OneLineParser:
    parser = OneLineParser(
        prog="ontherecord verify", description="Check exported quotes against the sources as they are indexed now."
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="what was exported, or answers as `--json` prints them"
    )
    add_index_argument(parser)
    return parser
