"""Corrections beside an index: seen at once, embedded only where words changed, and never in the source."""

import sqlite3
from contextlib import suppress
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from corpus import (
    Correction,
    CorrectionInvalid,
    Corrections,
    Document,
    correct_words,
    drop_speaker,
    reassign,
    rename_speaker,
    set_role,
    split_sentences,
)
from index import (
    EVERYWHERE,
    DocumentNotFound,
    IndexDamaged,
    IndexNotWritable,
    PassageView,
    Scope,
    SqliteStore,
    add_corrections,
    build_index,
    import_corrections,
    list_corrections,
    list_documents,
    open_store,
    remove_documents,
    update_index,
    withdraw_corrections,
)
from index.check import check_index
from qa import Quote
from qa.answers import Citation
from qa.answers.codec import citation_from_dict
from qa.verify import verify
from tests.fakes import HashEmbedder

EMBEDDER = HashEmbedder()
PORT = (
    "S1: Is it true that the port was sold for nothing?\n\nS2: No. We sold the RSPs in May. The port stays ours.\n\n"
    "S1: And the price?\n\nS2: It was fair.\n"
)
FARM = (
    "S1: Who keeps the farm?\n\nS2: My sister keeps the farm. I keep the bees.\n\nS1: Since when?\n\nS2: Since May.\n"
)


def port(text: str = PORT) -> Document:
    return Document.from_text(text, doc_id="port")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_index([port(), Document.from_text(FARM, doc_id="farm")], tmp_path, embedder=HashEmbedder())
    return tmp_path


def place(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def found(view: PassageView, question: str, scope: Scope = EVERYWHERE) -> list[tuple[str, str | None]]:
    """The words and the speaker of what is nearest, best first."""
    hits = view.nearest(EMBEDDER.embed_question(question), 50, scope)
    return [(view.document(hit.doc_id).text[hit.start : hit.end], hit.speaker) for hit, _ in hits]


def said_by(view: PassageView, name: str, doc_ids: frozenset[str] | None = None) -> set[str]:
    scope = Scope(doc_ids, frozenset({name}))
    nearest = found(view, "port", scope)
    assert view.count(scope, 100) == len(nearest)
    assert {speaker for _, speaker in nearest} <= {name}
    return {words for words, _ in nearest}


def test_a_new_name_is_everywhere_at_once_and_nothing_is_embedded(folder: Path) -> None:
    embedder = HashEmbedder()
    report = add_corrections([rename_speaker("S2", "Anna", by="me", doc_id="port")], folder, embedder=embedder)
    assert (report.passage_count, embedder.embedded) == (0, [])
    with open_store(folder).reading() as view:
        assert [info.speakers for info in view.documents()] == [("S1", "Anna"), ("S1", "S2")]
        assert said_by(view, "Anna") == {"No.", "We sold the RSPs in May.", "The port stays ours.", "It was fair."}
        assert "My sister keeps the farm." in said_by(view, "S2")
        assert said_by(view, "S2", frozenset({"port"})) == set()
        quote = Quote.from_span(view.document("port"), *place(view.document("port"), "It was fair."), score=1.0)
        assert quote.speaker == "Anna"
        (hit, _), *_ = view.matching(["bees"], 1, Scope(speakers=frozenset({"S2"})))
        assert hit.doc_id == "farm"
    assert check_index(open_store(folder)) == []


def test_a_name_can_be_another_one_everywhere(folder: Path) -> None:
    add_corrections([rename_speaker("S1", "Interviewer", by="me")], folder, embedder=HashEmbedder())
    with open_store(folder).reading() as view:
        assert [info.speakers for info in view.documents()] == [("Interviewer", "S2"), ("Interviewer", "S2")]
        assert {"Since when?", "And the price?"} <= said_by(view, "Interviewer")
        assert said_by(view, "S1") == set()


def test_a_turn_given_to_the_interviewer_is_theirs_and_what_follows_answers_it(folder: Path) -> None:
    document = port()
    embedder = HashEmbedder()
    change = reassign(document, *place(document, "The port stays ours."), "S1", by="me")
    add_corrections([change], folder, embedder=embedder)
    assert embedder.embedded == []
    with open_store(folder).reading() as view:
        assert "The port stays ours." in said_by(view, "S1")
        assert said_by(view, "S2", frozenset({"port"})) == {"No.", "We sold the RSPs in May.", "It was fair."}
        assert view.document("port").role_of("S1") == "asks"
    assert check_index(open_store(folder)) == []


def test_corrected_words_are_found_and_only_their_passage_is_embedded(folder: Path) -> None:
    document = port()
    embedder = HashEmbedder()
    change = correct_words(document, *place(document, "RSPs"), "RSUs", by="me")
    report = add_corrections([change], folder, embedder=embedder)
    assert (report.passage_count, embedder.embedded) == (1, ["We sold the RSUs in May."])
    with open_store(folder).reading() as view:
        assert [
            view.document("port").text[hit.start : hit.end] for hit, _ in view.matching(["rsus"], 5, EVERYWHERE)
        ] == ["We sold the RSPs in May."]
        assert view.matching(["rsps"], 5, EVERYWHERE) == []
        assert found(view, "RSUs")[0][0] == "We sold the RSPs in May."
        quote = Quote.from_span(view.document("port"), *place(document, "We sold the RSPs in May."), score=1.0)
        assert (quote.text, quote.corrected) == ("We sold the RSPs in May.", "We sold the [RSUs] in May.")
        assert quote.to_dict()["corrected"] == "We sold the [RSUs] in May."
    assert check_index(open_store(folder)) == []
    withdrawn = HashEmbedder()
    withdraw_corrections([change.id], folder, embedder=withdrawn)
    assert withdrawn.embedded == ["We sold the RSPs in May."]
    with open_store(folder).reading() as view:
        assert len(view.matching(["rsps"], 5, EVERYWHERE)) == 1
        assert view.matching(["rsus"], 5, EVERYWHERE) == []


def test_the_source_is_stored_as_it_was_read(folder: Path) -> None:
    before = _stored(folder)
    document = port()
    changes = [
        correct_words(document, *place(document, "RSPs"), "RSUs", by="me"),
        rename_speaker("S2", "Anna", by="me", doc_id="port"),
        reassign(document, *place(document, "No."), "S1", by="me"),
        drop_speaker("port", "S1", by="me"),
    ]
    add_corrections(changes, folder, embedder=HashEmbedder())
    assert _stored(folder) == before
    withdraw_corrections([change.id for change in changes], folder, embedder=HashEmbedder())
    assert _stored(folder) == before
    with open_store(folder).reading() as view:
        assert view.document("port") == document


def _stored(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "catalog.sqlite3")
    try:
        documents = connection.execute("SELECT doc_id, text, sha256, record_sha256 FROM documents ORDER BY doc_id")
        turns = connection.execute("SELECT * FROM turns ORDER BY doc_id, turn")
        return [*documents.fetchall(), *turns.fetchall()]
    finally:
        connection.close()


def test_a_changed_file_keeps_its_corrections_or_says_which_are_lost(folder: Path) -> None:
    document = port()
    kept = correct_words(document, *place(document, "RSPs"), "RSUs", by="me")
    lost = reassign(document, *place(document, "It was fair."), "S1", by="me")
    add_corrections([kept, lost], folder, embedder=HashEmbedder())
    embedder = HashEmbedder()
    edited = port("Lima, 2025.\n\n" + PORT.replace("It was fair.", "Nobody knows."))
    report = update_index([edited], folder, embedder=embedder)
    assert report.lost == (lost,)
    assert "We sold the RSUs in May." not in embedder.embedded
    with open_store(folder).reading() as view:
        assert view.document("port").bracket(*place(edited, "We sold the RSPs in May.")) == "We sold the [RSUs] in May."
    assert [(each.correction.id, each.effect) for each in list_corrections(open_store(folder))] == [
        (kept.id, "applied"),
        (lost.id, "lost"),
    ]
    assert check_index(open_store(folder)) == []


def test_reading_the_same_file_again_changes_nothing(folder: Path) -> None:
    document = port()
    add_corrections([correct_words(document, *place(document, "RSPs"), "RSUs", by="me")], folder, embedder=EMBEDDER)
    report = update_index([document], folder, embedder=HashEmbedder())
    assert (report.added, report.unchanged) == ((), ("port",))


def test_a_writer_who_is_stopped_after_the_corrections_leaves_nothing_wrong(folder: Path) -> None:
    document = port()
    changes = (
        reassign(document, *place(document, "The port stays ours."), "S1", by="me"),
        correct_words(document, *place(document, "RSPs"), "RSUs", by="me"),
    )
    store = SqliteStore(folder)
    store.keep_corrections(Corrections(changes))  # and the passages are as they were
    with store.reading() as view:
        for name in ("S1", "S2"):
            for words in said_by_anyhow(view, name):
                document = view.document("port")
                start = document.text.find(words)
                if start >= 0:
                    turn = document.turn_at(start, start + len(words))
                    assert turn is not None
                    assert document.turns[turn].speaker == name
    assert any("port" in problem for problem in check_index(store))
    embedder = HashEmbedder()
    build_index([port(), Document.from_text(FARM, doc_id="farm")], folder, embedder=embedder)
    assert embedder.embedded == ["We sold the RSUs in May."]
    assert check_index(store) == []


def said_by_anyhow(view: PassageView, name: str) -> list[str]:
    return [words for words, speaker in found(view, "port", Scope(speakers=frozenset({name}))) if speaker == name]


def test_corrections_outlive_the_documents_and_an_index_that_is_built_again(folder: Path) -> None:
    add_corrections([rename_speaker("S2", "Anna", by="me", doc_id="port")], folder, embedder=EMBEDDER)
    remove_documents(["port"], folder, embedder=HashEmbedder())
    assert [each.effect for each in list_corrections(open_store(folder))] == ["idle"]
    build_index([port()], folder, embedder=HashEmbedder())
    assert list_documents(open_store(folder))[0].speakers == ("S1", "Anna")


def test_a_filter_passes_over_corrections_of_a_document_that_is_gone(folder: Path) -> None:
    change = reassign(port(), *place(port(), "The port stays ours."), "S1", by="me")
    add_corrections([change], folder, embedder=EMBEDDER)
    remove_documents(["port"], folder, embedder=HashEmbedder())
    with open_store(folder).reading() as view:
        assert said_by(view, "S1") == {"Who keeps the farm?", "Since when?"}


def test_corrections_of_another_index_are_taken_in_once(folder: Path, tmp_path: Path) -> None:
    document = port()
    changes = [
        correct_words(document, *place(document, "RSPs"), "RSUs", by="me"),
        rename_speaker("S2", "Anna", by="me", doc_id="elsewhere"),
    ]
    for _ in range(2):
        import_corrections(Corrections(tuple(changes)), folder, embedder=HashEmbedder())
    assert [(each.correction, each.effect) for each in list_corrections(open_store(folder))] == [
        (changes[0], "applied"),
        (changes[1], "idle"),
    ]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (rename_speaker("Zoe", "Ann", by="me"), CorrectionInvalid, "nobody is called 'Zoe'; there are S1, S2"),
        (rename_speaker("Zoe", "Ann", by="me", doc_id="port"), CorrectionInvalid, "port has no speaker 'Zoe'"),
        (drop_speaker("port", "Zoe", by="me"), CorrectionInvalid, "port has no speaker 'Zoe'; there are S1, S2"),
        (set_role("nowhere", "S1", "asks", by="me"), DocumentNotFound, "holds no document 'nowhere'"),
        (
            correct_words(port(PORT.replace("RSPs", "RSVs")), *place(port(), "RSPs"), "RSUs", by="me"),
            CorrectionInvalid,
            "the words at 72-76 of port are not in its text",
        ),
        (
            reassign(port(), *place(port(), "It was fair."), "Anna", by="me"),
            CorrectionInvalid,
            "are given to them already",
        ),
    ],
)
def test_a_correction_without_effect_is_refused_and_nothing_is_kept(
    folder: Path, change: Correction, error: type[Exception], message: str
) -> None:
    good = rename_speaker("S2", "Anna", by="me", doc_id="port")
    with pytest.raises(error, match=message):
        add_corrections([good, change], folder, embedder=HashEmbedder())
    assert list_corrections(open_store(folder)) == []


def test_what_was_never_made_cannot_be_withdrawn(folder: Path) -> None:
    with pytest.raises(CorrectionInvalid, match="there is no correction 'abc'"):
        withdraw_corrections(["abc"], folder, embedder=HashEmbedder())


def test_a_broken_file_of_corrections_is_named_and_left(folder: Path) -> None:
    path = folder / "corrections.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"corrections\.json is no JSON"):
        build_index([port()], folder, embedder=HashEmbedder())
    assert path.read_text(encoding="utf-8") == "{"


def test_a_server_keeps_no_corrections(tmp_path: Path) -> None:
    from index.milvus.store import MilvusStore

    store = MilvusStore(str(tmp_path / "lite.db"), "talks")
    assert store.corrections() == Corrections()
    with pytest.raises(IndexNotWritable, match="corrections are kept beside an index in a folder"):
        store.keep_corrections(Corrections())


def test_a_new_name_in_a_thousand_documents_writes_one_file_and_embeds_nothing(tmp_path: Path) -> None:
    documents = [Document.from_text(FARM + f"S2: Number {number}.\n", doc_id=f"d{number}") for number in range(1000)]
    build_index(documents, tmp_path, embedder=HashEmbedder())
    catalog = (tmp_path / "catalog.sqlite3").read_bytes()
    embedder = HashEmbedder()
    add_corrections([rename_speaker("S2", "Anna", by="me")], tmp_path, embedder=embedder)
    assert embedder.embedded == []
    assert (tmp_path / "catalog.sqlite3").read_bytes() == catalog
    with open_store(tmp_path).reading() as view:
        assert all(info.speakers == ("S1", "Anna") for info in view.documents())
        assert view.count(Scope(speakers=frozenset({"Anna"})), 10_000) == 4000


# What a person may do to a collection, by numbers that choose among what there is then.
STEPS = st.lists(
    st.tuples(
        st.sampled_from("rename everywhere reassign drop role words withdraw edit".split()),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    min_size=1,
    max_size=8,
)
EDITS = ["Lima, 2025.\n\n", "S2: Before that, nothing.\n\n"]


def _make(step: tuple[str, int, int], view: PassageView) -> Correction | None:
    kind, one, two = step
    document = view.document(["farm", "port"][one % 2])
    speakers = [speaker.name for speaker in document.speakers]
    if not speakers:
        return None
    speaker, name = speakers[two % len(speakers)], ["Anna", "S1", "S2", "Interviewer"][one % 4]
    turn = document.turns[two % len(document.turns)]
    sentences = split_sentences(document.text, turn.start, turn.end)
    start, end = sentences[one % len(sentences)]
    if kind in ("rename", "everywhere"):
        everywhere = kind == "everywhere"
        return (
            None
            if name == speaker
            else rename_speaker(speaker, name, by="me", doc_id=None if everywhere else document.doc_id)
        )
    if kind == "reassign":
        return reassign(document, start, end if two % 2 else turn.end, [name, None][one % 5 == 0], by="me")
    if kind == "drop":
        return drop_speaker(document.doc_id, speaker, by="me")
    if kind == "role":
        return set_role(document.doc_id, speaker, "asks" if one % 2 else "answers", by="me")
    word = document.text[start:end].split()[0]
    return correct_words(document, start, start + len(word), f"{word}x{one % 3}", by="me")


def _quotes(view: PassageView) -> list[Quote]:
    quotes = []
    for hit, _ in view.nearest(EMBEDDER.embed_question("port"), 100, EVERYWHERE):
        quote = Quote.from_span(view.document(hit.doc_id), hit.start, hit.end, score=1.0)
        assert (quote.speaker, quote.turn) == (hit.speaker, hit.turn)
        quotes.append(quote)
    return quotes


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_corrected_changed_and_undone_every_quote_is_true(
    steps: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("index")
    texts = {"port": PORT, "farm": FARM}
    build_index([Document.from_text(text, doc_id=name) for name, text in texts.items()], folder, embedder=EMBEDDER)
    store = open_store(folder)
    exported: list[Citation] = []
    for step in steps:
        _take(step, folder, texts)
        assert check_index(store) == []
        with store.reading() as view:
            quotes = _quotes(view)
            for name in {quote.speaker for quote in quotes if quote.speaker}:
                assert len(said_by(view, name)) > 0
            for quote in quotes:
                assert texts[quote.doc_id][quote.start : quote.end] == quote.text
            exported += [citation_from_dict(quote.to_dict()) for quote in quotes]
            for finding in verify(exported, view):
                if finding.verdict == "exact":
                    citation = finding.citation
                    now = Quote.from_span(view.document(citation.doc_id), citation.start, citation.end, score=1.0)
                    assert (now.text, now.speaker, now.role, now.corrected) == (
                        citation.text,
                        citation.speaker,
                        citation.role,
                        citation.corrected,
                    )
            assert {finding.verdict for finding in verify([citation_from_dict(q.to_dict()) for q in quotes], view)} <= {
                "exact"
            }


def _take(step: tuple[str, int, int], folder: Path, texts: dict[str, str]) -> None:
    kind, one, two = step
    if kind == "withdraw":
        kept = list_corrections(open_store(folder))
        if kept:
            withdraw_corrections([kept[one % len(kept)].correction.id], folder, embedder=EMBEDDER)
        return
    if kind == "edit":
        name = ["port", "farm"][one % 2]
        texts[name] = EDITS[two % 2] + texts[name]
        update_index([Document.from_text(texts[name], doc_id=name)], folder, embedder=EMBEDDER)
        return
    with open_store(folder).reading() as view:
        change = _make(step, view)
    if change is not None:
        with suppress(CorrectionInvalid):  # it is theirs already
            add_corrections([change], folder, embedder=EMBEDDER)
