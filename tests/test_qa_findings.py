"""The short answer of what was found: whose words may stand in large type, without the name beside them."""

from corpus import Corrections, Document, correct_words
from qa import Evidence
from qa.findings import find_short

TALK = (
    "Ann: The port, held by Chinese companies, opens in May. What do you expect?\n\n"
    "Bob: It opens in June, with three cranes.\n\nAnn: In June?\n\nBob: Yes.\n"
)


def short(question: str, sentence: str, span: str, document: Document | None = None) -> str | None:
    document = document or Document.from_text(TALK, doc_id="talk")
    start, at = TALK.index(sentence), TALK.index(span)
    evidence = Evidence("talk", start, start + len(sentence), 1.0, (at, at + len(span)))
    return find_short(question, [evidence], {"talk": document})


def test_what_somebody_replied_stands_alone() -> None:
    assert short("When does it open?", "It opens in June, with three cranes.", "in June") == "in June"


def test_what_was_put_to_somebody_never_does() -> None:
    sentence = "The port, held by Chinese companies, opens in May."
    assert short("Who holds the port?", sentence, "Chinese companies") is None
    assert short("When does it open?", "In June?", "In June") is None


def test_but_where_it_is_asked_what_was_asked() -> None:
    sentence = "The port, held by Chinese companies, opens in May."
    assert short("What did the interviewer say about who holds the port?", sentence, "Chinese companies") is not None


def test_corrected_words_do_not() -> None:
    document = Document.from_text(TALK, doc_id="talk")
    start = TALK.index("June")
    shown = Corrections((correct_words(document, start, start + 4, "July", by="me"),)).lay_out(document).show()
    assert short("When does it open?", "It opens in June, with three cranes.", "in June", shown) is None
