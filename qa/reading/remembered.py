"""What was just read is not read again: nearly all of an answer's time goes into reading."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

from corpus import Document
from index import FloatArray, Hit
from qa.reading.reader import Reader, Reading

# So many readings are remembered, each with the documents that were read, of which there may be so many.
MOST = 16
MOST_DOCUMENTS = 8


class ReadingMemory:
    """The last readings, by all that they depend on; safe to share between threads.

    Passages are found anew for each question. So a correction, a condition or another text shows at once: what is read
    then is not the same.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readings: OrderedDict[Hashable, Reading] = OrderedDict()

    def read(
        self,
        reader: Reader,
        question: str,
        hits: Sequence[Hit],
        documents: Mapping[str, Document],
        embedding: FloatArray,
    ) -> Reading:
        """What `reader` makes of `hits`; remembered, where the same was read before by as good a reader."""
        # A reader of which the second step is ready by now has another threshold.
        key = (reader.min_confidence, question, tuple(hits), frozenset(documents.values()))
        with self._lock:
            known = self._readings.get(key)
            if known is not None:
                self._readings.move_to_end(key)
                return known
        reading = reader.read(question, hits, documents, embedding=embedding)
        # One that became better while it read may have read as the one before.
        if len(documents) <= MOST_DOCUMENTS and reader.min_confidence == key[0]:
            with self._lock:
                self._readings[key] = reading
                while len(self._readings) > MOST:
                    self._readings.popitem(last=False)
        return reading
