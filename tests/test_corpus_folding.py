"""A folded text compares equal where people see the same, and every character knows its place in the source."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.folding import fold, fold_with_offsets

letters = st.text(
    st.sampled_from("aé ﬂﬁﬀ\u00ad\n\u200bＡ１ｶﾞe\u0301o\u0308각\u1100\u1161\u11a8\ufeff…“”½🙂\u0e01\u0e33"), max_size=12
)


@pytest.mark.parametrize(
    ("found", "seen"),
    [
        ("ﬂour and oﬀice", "flour and office"),
        ("in\u00adfor\u00ad\n mation", "information"),
        ("Cafe\u0301", "Café"),
        ("Ｐｅｒｕ　１９９８", "Peru　1998"),
        ("ｶﾞｽ", "ガス"),
        ("\u1112\u1161\u11ab", "한"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("“Well…” ½", "“Well…” ½"),
        ("plain", "plain"),
    ],
)
def test_what_looks_alike_is_alike(found: str, seen: str) -> None:
    assert fold(found) == seen


def test_a_word_that_is_found_is_the_sources_own_slice() -> None:
    source = "He sold ﬂour in the o\u00adﬃce."
    folded = fold_with_offsets(source)
    for word, written in (("flour", "ﬂour"), ("office", "o\u00adﬃce"), ("He", "He")):
        start = folded.text.index(word)
        first, last = folded.to_source(start, start + len(word))
        assert source[first:last] == written


@given(letters)
def test_both_ways_give_the_same_and_offsets_grow(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert fold(folded.text) == folded.text
    assert unicodedata.is_normalized("NFC", folded.text)
