"""Tags on quotes: kept line by line, held against the sources, counted, exported, and more like them."""

import json
from pathlib import Path

import pytest

from corpus import Document
from index import build_index, open_store, remove_documents
from qa import QA, TagInvalid
from qa.answers import Quote
from qa.tags import (
    CodeBook,
    change_tag,
    delete_tag,
    find_tags_file,
    gather,
    make_tag,
    read_book,
    suggest,
    tag_quote,
    untag_quote,
)
from qa.tags.book import COLORS, MAX_TAGS
from qa.tags.command import tag_command
from tests.fakes import HashEmbedder, WordReader

TALKS = {
    "ann": "Host: What were the wages like?\n\nAnn: The wages were low. We emigrated to Chile.",
    "ben": "Host: And you?\n\nBen: The wages were fair. My wages paid for the house.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = [Document.from_text(text, doc_id=name, title=f"Talk of {name}") for name, text in TALKS.items()]
    build_index(documents, tmp_path / "index", embedder=HashEmbedder())
    return tmp_path / "index"


def quote_of(folder: Path, doc_id: str, words: str) -> Quote:
    with open_store(folder).reading() as view:
        document = view.document(doc_id)
    start = document.text.index(words)
    return Quote.from_span(document, start, start + len(words), score=1.0)


def read(folder: Path) -> CodeBook:
    return read_book(find_tags_file(folder))


def test_what_is_tagged_is_gathered_and_counted(folder: Path) -> None:
    path = find_tags_file(folder)
    assert read(folder).tags == []
    make_tag(path, "Wages", definition="What work was paid")
    make_tag(path, "Leaving")
    tag_quote(path, "wages", quote_of(folder, "ben", "My wages paid for the house."))
    tag_quote(path, "Wages", quote_of(folder, "ann", "The wages were low."))
    tag_quote(path, "Wages", quote_of(folder, "ben", "The wages were fair."))
    tag_quote(path, "Wages", quote_of(folder, "ben", "The wages were fair."))
    tag_quote(path, "Leaving", quote_of(folder, "ann", "We emigrated to Chile."))
    with open_store(folder).reading() as view:
        wages, leaving = gather(read(folder), view)
    assert [quote.text for quote in wages.quotes] == [
        "The wages were low.",
        "The wages were fair.",
        "My wages paid for the house.",
    ]
    assert wages.by_document == {"Talk of ben": 2, "Talk of ann": 1}
    assert wages.by_speaker == {"Ben": 2, "Ann": 1}
    assert (leaving.tag.name, len(leaving.quotes), leaving.fallen) == ("Leaving", 1, 0)
    assert wages.tag.color != leaving.tag.color
    assert read(folder).tags_of(quote_of(folder, "ann", "The wages were low.")) == ("Wages",)
    untag_quote(path, "Wages", quote_of(folder, "ben", "The wages were fair."))
    assert [quote.doc_id for quote in read(folder).tagged["Wages"]] == ["ben", "ann"]


def test_tags_are_renamed_and_deleted(folder: Path) -> None:
    path = find_tags_file(folder)
    make_tag(path, "Pay", color="red")
    tag_quote(path, "Pay", quote_of(folder, "ann", "The wages were low."))
    assert change_tag(path, "pay", to="Wages", definition="What work was paid").color == "red"
    assert [(tag.name, tag.color, tag.definition) for tag in read(folder).tags] == [
        ("Wages", "red", "What work was paid")
    ]
    assert len(read(folder).tagged["Wages"]) == 1
    # The same name in other letters is no other tag.
    assert change_tag(path, "wages", to="WAGES").name == "WAGES"
    delete_tag(path, "WAGES")
    assert (read(folder).tags, read(folder).tagged) == ([], {})
    make_tag(path, "Wages")
    assert read(folder).tagged == {"Wages": []}


def test_the_words_of_a_source_that_is_gone_are_not_shown(folder: Path) -> None:
    path = find_tags_file(folder)
    make_tag(path, "Wages")
    tag_quote(path, "Wages", quote_of(folder, "ann", "The wages were low."))
    tag_quote(path, "Wages", quote_of(folder, "ben", "The wages were fair."))
    remove_documents(["ann"], folder, embedder=HashEmbedder())
    with open_store(folder).reading() as view:
        (wages,) = gather(read(folder), view)
    assert ([quote.doc_id for quote in wages.quotes], wages.fallen) == (["ben"], 1)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is no name of a tag; expected 1 to 60 characters on one line"),
        ("a\nb", "is no name of a tag"),
        ("x" * 61, "is no name of a tag"),
        ("wAGES", "there is a tag 'Wages' already"),
    ],
)
def test_names_that_cannot_be(folder: Path, name: str, says: str) -> None:
    make_tag(find_tags_file(folder), "Wages")
    with pytest.raises(TagInvalid, match=says):
        make_tag(find_tags_file(folder), name)
    assert [tag.name for tag in read(folder).tags] == ["Wages"]


def test_what_else_cannot_be(folder: Path) -> None:
    path = find_tags_file(folder)
    with pytest.raises(TagInvalid, match="no color of a tag; expected one of blue, green"):
        make_tag(path, "x", color="mauve")
    with pytest.raises(TagInvalid, match="at most 500 are kept"):
        make_tag(path, "x", definition="x" * 501)
    with pytest.raises(TagInvalid, match="there is no tag 'x'; the tags are: none yet"):
        delete_tag(path, "x")
    with pytest.raises(TagInvalid, match="is a server"):
        find_tags_file("http://127.0.0.1:19530")
    for number in range(MAX_TAGS):
        make_tag(path, f"tag {number}")
    assert {tag.color for tag in read(folder).tags} == set(COLORS)
    with pytest.raises(TagInvalid, match=f"there are {MAX_TAGS} tags already"):
        make_tag(path, "x")


def test_a_line_without_its_end_is_passed_over_and_another_file_refused(folder: Path) -> None:
    path = find_tags_file(folder)
    make_tag(path, "Wages")
    with path.open("ab") as file:
        file.write(b'{"about": "made", "tag": "Lea')
    make_tag(path, "Leaving")
    assert [tag.name for tag in read(folder).tags] == ["Wages", "Leaving"]
    path.write_text('{"about": "table", "version": 1, "by": "document"}\n')
    with pytest.raises(TagInvalid, match="is no file of tags of this program"):
        read(folder)
    path.write_text('{"about": "tags", "version": 1}\n{"about": "made"}\n')
    with pytest.raises(TagInvalid, match="has a line that is none of tags"):
        read(folder)


def test_more_like_these_leaves_out_what_has_the_tag(folder: Path) -> None:
    path = find_tags_file(folder)
    make_tag(path, "Wages")
    tag_quote(path, "Wages", quote_of(folder, "ann", "The wages were low."))
    qa = QA.open(folder, embedder=HashEmbedder(), reader=WordReader())
    found = suggest(qa, read(folder), "wages", at_most=2)
    assert {quote.text for quote in found} == {"The wages were fair.", "My wages paid for the house."}
    with pytest.raises(TagInvalid, match="there is no tag 'Leaving'; the tags are: Wages"):
        suggest(qa, read(folder), "Leaving")


def test_the_commands(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--index", str(folder)]
    assert tag_command(["new", "Wages", "--definition", "What work was paid", *where]) == 0
    assert tag_command(["add", "Wages", "ann", "The wages were low.", *where]) == 0
    start = TALKS["ben"].index("The wages")
    assert tag_command(["add", "Wages", "ben", f"{start}-{start + 20}", *where]) == 0
    assert "tagged: Ben, Ben, Talk of ben, characters" in capsys.readouterr().err
    assert tag_command(["list", *where]) == 0
    assert capsys.readouterr().out == "Wages\t2 quotes\tblue\tWhat work was paid\n"
    exported = tmp_path / "tags.json.csv"
    assert tag_command(["show", "Wages", "--export", str(exported), *where]) == 0
    shown = capsys.readouterr()
    assert "Talk of ann 1, Talk of ben 1" in shown.out
    assert "Ann: “The wages were low.” (Ann, Talk of ann, characters" in shown.out
    assert "2 quotes from 2 documents, each checked against its source" in shown.err
    assert exported.read_text(encoding="utf-8-sig").count("Wages") == 2
    assert tag_command(["show", "--json", *where]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["count"], record["by_speaker"]) == (2, {"Ann": 1, "Ben": 1})
    assert tag_command(["remove", "Wages", "ann", "The wages were low.", *where]) == 0
    assert tag_command(["change", "Wages", "--to", "Pay", "--color", "red", *where]) == 0
    capsys.readouterr()
    assert tag_command(["list", *where]) == 0
    assert capsys.readouterr().out == "Pay\t1 quote\tred\tWhat work was paid\n"
    assert tag_command(["delete", "pay", *where]) == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["add", "Wages", "ann", "no such words"], "'no such words' does not stand in ann"),
        (["add", "Wages", "ben", "wages"], "'wages' stands 2 times in ben"),
        (["add", "Wages", "ben", "0-9999"], "does not lie in one turn of the text; give words that one person says"),
        (["add", "None", "ann", "The wages were low."], "there is no tag 'None'; the tags are: Wages"),
        (["suggest", "Wages", "--count", "0"], "--count is 0, expected 1 to 100"),
        (["new", "Wages"], "there is a tag 'Wages' already"),
    ],
)
def test_commands_that_cannot_be(
    folder: Path, command: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_tag(find_tags_file(folder), "Wages")
    assert tag_command([*command, "--index", str(folder)]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
