"""References of HTML in Markdown: the text keeps them, sentences and searches read them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, cut_passages, fold, fold_with_offsets, is_question, read_references, split_sentences
from corpus.references import find_references, mask_references

TALK = """**Rosa:**&nbsp;Was the strike long?

**Ivan:** The strike lasted eleven weeks.&nbsp; Nobody left.&nbsp;We stayed&hellip; He said: &quot;Go home.&quot; We \
did not. It&#39;s over; AT&amp;T left.&nbsp;&nbsp;&mdash;&nbsp;She is here.

&nbsp;

**Rosa:** &quot;Really?&quot;&nbsp;
"""
SENTENCES = [
    "Was the strike long?",
    "The strike lasted eleven weeks.",
    "Nobody left.",
    "We stayed&hellip;",
    "He said: &quot;Go home.&quot;",
    "We did not.",
    "It&#39;s over; AT&amp;T left.",
    "&mdash;&nbsp;She is here.",
    "&quot;Really?&quot;",
]
pieces = st.lists(
    st.sampled_from(["&quot;", "&nbsp;", "&#769;", "&shy;", "a", "e", " ", ". ", "? ", "\n\n", "&", ";", "🙂", "ﬂ"]),
    max_size=14,
).map("".join)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def test_sentences_end_where_they_end_on_the_page() -> None:
    document = Document.from_text(TALK, doc_id="x")
    assert document.text == TALK
    passages = cut_passages(document, max_tokens=100, count_tokens=count_words)
    assert [TALK[passage.start : passage.end] for passage in passages] == SENTENCES


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("&quot;So&#39;s AT&amp;T&quot;", '"So\'s AT&T"'),
        ("a&nbsp;b&#x2009;c&#10;d", "a\u00a0b c d"),
        ("in&shy;form", "inform"),
        ("&bogus; &quot &#xD800; &#8238; &#0; R&D;", "&bogus; &quot &#xD800; &#8238; &#0; R&D;"),
        ("&amp;nbsp;", "&nbsp;"),
    ],
)
def test_what_a_reference_shows(written: str, read: str) -> None:
    assert read_references(written) == read
    assert fold(written) == fold(read) if "&" not in read else True


def test_a_question_may_end_in_a_reference() -> None:
    assert is_question("&quot;Really?&quot;")


def test_a_word_that_is_found_is_the_sources_own_slice() -> None:
    folded = fold_with_offsets("He said: She&rsquo;s &quot;here&quot;.")
    start = folded.text.index("She’s")
    assert folded.to_source(start, start + len('She’s "')) == (9, 9 + len("She&rsquo;s &quot;"))


@given(pieces)
def test_offsets_and_sentences_never_part_a_reference(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(mask_references(text)) == len(text)
    edges = {edge for start, end in split_sentences(text) for edge in (start, end)}
    edges |= {*folded.starts, *folded.ends}
    assert not any(start < edge < end for start, end, _ in find_references(text) for edge in edges)
