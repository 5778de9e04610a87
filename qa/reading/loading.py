"""A reader that is loaded while something else is still being done."""

import threading
from contextlib import suppress

from qa.reading.reader import Reader


def load_behind(reader: Reader) -> threading.Thread:
    """Begin to load `reader` in a thread of its own, which is given; what is wrong with it shows where it reads.

    Where one question is asked in a new process, the models take longer to load than to answer: the reader's are loaded
    while the question is embedded and its passages are found.
    """

    def load() -> None:
        with suppress(Exception):
            reader.warm_up()

    thread = threading.Thread(target=load, name="load reader")
    thread.start()
    return thread
