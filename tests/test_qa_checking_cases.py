"""What an editor's drafts have shown to be judged or ascribed wrongly, each as the kind that it is."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus import Document
from index import PassageStore, build_index, open_store
from qa.checking.check import check_text
from qa.checking.comparable import fold_for_comparing
from tests.fakes import HashEmbedder

HEARING = (
    "Ms Hart: Mr Lind, when did the mill close, and who was told?\n\n"
    "Mr Lind: The mill closed in March, and nobody was told. We had some old machines, some new machines, some large, "
    "some small. I had inherited most of them from my father, who bought three mills and made one of them. [laughs] "
    "The machines were actually quite old, they worked quite well. When necessary, we could grind ten tonnes in eight "
    "hours instead of twelve. I wanted to get out, I loved the noise, I knew that the river was rising.\n\n"
    "The Witness: I was there. It is not a magic pill, and it never was. We were open from 8 AM to 5 PM Sundays.\n\n"
    "Ms Hart: How did you pay the men who worked for you?\n\n"
    "Mr Lind: A friend was a pretty good banker. It was (in a way) cheap --\n\n"
    "Ms Hart: Every miller thinks that he is a good banker.\n\n"
    "Mr Lind: I did. The formula was 2*3 and the answer was six."
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PassageStore:
    """One hearing with three people in it, one of them by her part alone."""
    folder = tmp_path_factory.mktemp("hearing")
    build_index([Document.from_text(HEARING, doc_id="hearing")], folder, embedder=HashEmbedder())
    return open_store(folder)


CASES: list[tuple[str, Sequence[str]]] = [
    # All of it is the editor's: nothing to hold against anybody.
    ("“[They lied],” said Lind. “I did.”", ["no_quotation/None", "exact/Mr Lind"]),
    # "The" is no part of anybody's name.
    ("The reporter asked: “How did you pay the men?” The mill was silent.", ["changed/Ms Hart|exact/Ms Hart"]),
    ("“It is not a magic pill,” the witness said.", ["exact/The Witness|typography/The Witness"]),
    # The same words in another order are changed, not made up.
    ("“I loved the noise, I wanted to get out, I knew that the river was rising,” Lind says.", ["changed/Mr Lind"]),
    ("“We could grind ten tonnes in twelve hours instead of eight,” Lind says.", ["changed/Mr Lind"]),
    # What was left out without a mark is changed, however long it is.
    (
        "“We had some old machines, some new machines, some large, some small. The machines were actually quite old,” "
        "said Lind.",
        ["changed/Mr Lind|stitched/Mr Lind"],
    ),
    # Sounds may be left out and not put in; words in round brackets are words.
    ("“They [laughs] worked quite well,” said Lind.", ["edited/Mr Lind"]),
    ("“It was cheap,” said Lind.", ["changed/Mr Lind|not_found/Mr Lind"]),
    ("“The mill closed (laughably) in March,” said Lind.", ["changed/Mr Lind"]),
    ("“The answer was *six*,” said Lind, “the formula was 2*3.”", ["edited/Mr Lind", "typography/Mr Lind"]),
    ("“The formula was 23,” said Lind.", ["changed/Mr Lind|not_found/Mr Lind"]),
    # Marks.
    ('"It was (in a way) cheap --", Lind said.', ["exact/Mr Lind"]),
    (
        "The millers’ ‘small wonder’ wasn’t the owners’ favourite; ‘I did,’ said Lind.",
        ["no_quotation/None", "exact/Mr Lind|typography/Mr Lind"],
    ),
    ("Rock 'n' roll and the '80s. '-- and nobody was told,' said Lind.", ["changed/Mr Lind|typography/Mr Lind"]),
    # Whose: the name in front of a colon, where the sentence ends with the quotation.
    (
        "Hart wondered: “How did you pay the men who worked for you?” Lind answered that a friend had been a banker.",
        ["exact/Ms Hart", "paraphrase/Mr Lind"],
    ),
    # A clause that begins with a conjunction is another one.
    (
        "Lind answered that “a friend was a pretty good banker”, whereas Hart held that “every miller thinks that he "
        "is a good banker”.",
        ["typography/Mr Lind", "typography/Ms Hart"],
    ),
    ("‘The mill closed in March,’ Lind told Hart. ‘Nobody was told.’", ["exact/Mr Lind", "typography/Mr Lind"]),
    ("Hart asked Lind about the mill. He replied: “I did.”", ["exact/Mr Lind"]),
    ("Ms Hart pressed the miller Lind on pay. “I did,” he said.", ["typography/Mr Lind"]),
    ("“The mill closed in March” — Mr Lind", ["exact/Mr Lind"]),
    ("“The mill closed in March” (the miller, Mr Lind).", ["exact/None|exact/Mr Lind"]),
    ("Lind spoke first. The director also said the mill “closed in March”.", ["exact/Mr Lind"]),
    # What stands right behind a verb of saying is no term, and words that were said are no title.
    ("Lind says “the mill burned down”.", ["changed/Mr Lind|not_found/Mr Lind"]),
    ("The mill, said the witness, was open from “8 AM to 5 PM Sundays”.", ["exact/The Witness"]),
    # The sentence's own subject, however far; what only lends a noun its name, or is told something, does not speak.
    (
        "Mr Lind, who had run the mill by the river for thirty years before the Horizon Group of banks and its "
        "lawyers at the Harbour Bank system took it over, has described the place as “actually quite old”.",
        ["exact/Mr Lind"],
    ),
    (
        "The chairman, who was sued by the Post Office repeatedly, told Paula Venn that it “worked quite well”.",
        ["exact/None"],
    ),
    # A tag that ends in a colon leads to the next quotation.
    (
        "Asked by Ms Hart “how did you pay the men who worked for you”, Lind replied: “A friend was a pretty good "
        "banker.”",
        ["typography/Ms Hart|typography/None", "exact/Mr Lind"],
    ),
    ("“The mill closed in March,” said Jonathan Lind.", ["exact/Mr Lind"]),
    # Single marks that are set twice.
    ("‘‘The mill closed in March,’’ said Lind. The miller‘s dog barked.", ["exact/Mr Lind"]),
    ("``The mill closed in March,'' said Lind.", ["exact/Mr Lind"]),
    ("''I did,'' said Lind.", ["typography/Mr Lind"]),
    # Reported speech with somebody told, or a time, before its clause.
    ("Lind told the inquiry on Thursday that the old mill had closed.", ["paraphrase/Mr Lind"]),
    ("Lind said on Thursday that the old mill had closed.", ["paraphrase/Mr Lind"]),
    ("Lind ran the mill. The former director insisted that nobody had been told.", ["paraphrase/Mr Lind"]),
    ("Hart asked why nobody had been told of it.", ["paraphrase/Ms Hart"]),
]


@pytest.mark.parametrize(("draft", "expected"), CASES, ids=[draft[:60] for draft, _ in CASES])
def test_each_kind_gets_its_verdict_and_its_speaker(draft: str, expected: Sequence[str], store: PassageStore) -> None:
    report = check_text(draft, store)
    found = [f"{quotation.verdict}/{quotation.attributed_to}" for quotation in report.quotations]
    assert len(found) == len(expected), found
    assert [one for one, other in zip(found, expected, strict=True) if one not in other.split("|")] == []


def test_another_order_is_said_to_be_that(store: PassageStore) -> None:
    draft = "“I loved the noise, I wanted to get out, I knew that the river was rising,” Lind says."
    (quotation,) = check_text(draft, store).quotations
    (change,) = quotation.changes
    assert change.change == "order"
    assert change.said == "I wanted to get out I loved the noise I knew that the river was rising"


def test_parts_too_far_apart_are_not_one_place(tmp_path: Path) -> None:
    long = "Ann: The war began in spring. " + "It rained on all of us every day. " * 100 + "We came home in autumn."
    build_index([Document.from_text(f"Bo: When?\n\n{long}", doc_id="long")], tmp_path, embedder=HashEmbedder())
    draft = "“The war began in spring … We came home in autumn,” said Ann."
    (quotation,) = check_text(draft, open_store(tmp_path)).quotations
    assert quotation.verdict == "stitched"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("2*3=6", "2*3=6"),
        ("2**10", "2**10"),
        ("*a* b", "a b"),
        ("in *1987* then", "in 1987 then"),
        ("(laughably) cheap", "(laughably) cheap"),
        ("Clapham (clapham)", "Clapham (clapham)"),
        ("so [laughter] no", "so no"),
    ],
)
def test_only_markup_and_sounds_are_folded_away(text: str, folded: str) -> None:
    assert fold_for_comparing(text) == folded
