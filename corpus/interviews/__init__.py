"""The interview that ships with the program, byte for byte as it was published."""

from importlib import resources

from corpus.document import Document

BUNDLED_NAME = "peru-ambassador-global-times-2024"


def bundled_interview() -> Document:
    """The Global Times interview with the Peruvian ambassador to China, Marco V. Balarezo (November 2024)."""
    file = resources.files(__name__) / f"{BUNDLED_NAME}.txt"
    return Document.from_text(
        file.read_bytes().decode("utf-8"), doc_id=BUNDLED_NAME, source=f"bundled:{BUNDLED_NAME}.txt"
    )
