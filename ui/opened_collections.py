"""Collections that are ready to be asked, so that not every question opens one anew."""

import threading
from collections import OrderedDict

from index import Collection, IndexNotFound, open_store, prepare_index
from qa import QA

# The one used longest ago is opened again when it is wanted.
_MAX_OPEN = 16


class OpenedCollections:
    """What asks each of them, with the models of what is served."""

    def __init__(self, served: QA) -> None:
        self._served = served
        self._lock = threading.Lock()
        self._opened: OrderedDict[str, QA] = OrderedDict()

    def get(self, collection: Collection) -> QA:
        """What asks the collection; one that was just made gets an index without documents.

        :raises IndexingError: when it cannot be read.
        """
        place = str(collection.location)
        with self._lock:
            qa = self._opened.get(place)
            if qa is not None:
                self._opened.move_to_end(place)
                return qa
        store = open_store(collection.location)
        try:
            qa = self._served.with_store(store)
        except IndexNotFound:
            prepare_index(collection.location, self._served.embedder)
            qa = self._served.with_store(store)
        with self._lock:
            self._opened[place] = qa
            if len(self._opened) > _MAX_OPEN:
                self._opened.popitem(last=False)
        return qa

    def forget(self, collection: Collection) -> None:
        """Of one that is deleted, nothing is kept open."""
        with self._lock:
            self._opened.pop(str(collection.location), None)
