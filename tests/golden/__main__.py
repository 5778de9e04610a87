"""`python -m tests.golden write|check fakes|models`: note what is answered now, or compare it with what was noted."""

import argparse
import sys

from index import SentenceEmbedder
from tests.fakes import HashEmbedder, WordReader
from tests.golden.answers import FILES, answer_all, compare, read_golden, write_golden


def main() -> int:
    """0 when nothing differs; what does is told on standard output."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("action", choices=["write", "check"])
    parser.add_argument("behind", choices=sorted(FILES))
    arguments = parser.parse_args()
    fakes = arguments.behind == "fakes"
    found = answer_all(HashEmbedder() if fakes else SentenceEmbedder(), WordReader() if fakes else None)
    if arguments.action == "write":
        write_golden(FILES[arguments.behind], found)
        return 0
    differences = compare(read_golden(FILES[arguments.behind]), found)
    sys.stdout.write("".join(f"{difference}\n" for difference in differences))
    sys.stdout.write(f"{len(differences)} of {len(found)} differ\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
