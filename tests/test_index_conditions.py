"""Conditions over an index: what is kept back, hidden and renamed, whichever way it is asked for."""

from datetime import date
from pathlib import Path

import pytest

from corpus import (
    FILLER,
    ConditionInvalid,
    Conditions,
    Document,
    correct_words,
    embargo,
    no_export,
    off_record,
    pseudonym,
    reassign,
    rename_speaker,
)
from index import (
    EVERYWHERE,
    DocumentNotFound,
    IndexDamaged,
    PassageStore,
    Recording,
    Scope,
    SqliteStore,
    add_conditions,
    add_corrections,
    build_index,
    explain_held_back,
    lift_conditions,
    list_held_back,
    list_playable,
    list_recordings,
    open_store,
    update_index,
)
from index.check import check_index
from index.recording_list import write_list as write_recordings
from qa import QA
from tests.fakes import HashEmbedder, WordReader
from tests.oracle import NumpyStore
from ui.feedback import FeedbackLog
from ui.service import ChatService
from ui.uploads import Uploads

EMBEDDER = HashEmbedder()
TALK = (
    "Interviewer: Who taught you to weld?\n"
    "Zelda Quux: My aunt did. Quux women all weld. The foreman hid the ledger in Oslo. I kept my own torch.\n"
    "Interviewer: And then?\n"
    "Zelda Quux: Then I moved to the harbour.\n"
)
OTHER = "Interviewer: Who ran the yard?\nOle Dahl: ZELDA ran the yard for years. Zelda's torch is there still.\n"
SECRET = "The foreman hid the ledger in Oslo."


@pytest.fixture(params=["sqlite", "numpy"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PassageStore:
    held: PassageStore = (
        SqliteStore(tmp_path, today=lambda: date(2026, 1, 1)) if request.param == "sqlite" else NumpyStore()
    )
    documents = [Document.from_text(TALK, doc_id="talk"), Document.from_text(OTHER, doc_id="other")]
    fill(held, documents)
    return held


def fill(store: PassageStore, documents: list[Document]) -> None:
    from index.build import Plan, _store

    _store(Plan(documents), store, EMBEDDER, None)


def talk(store: PassageStore) -> Document:
    with store.reading_stored() as view:
        return view.entry("talk").document


def hide(store: PassageStore) -> None:
    document = talk(store)
    start = document.text.index(SECRET)
    add_conditions([off_record(document, start, start + len(SECRET), by="ed")], store, embedder=EMBEDDER)


def rename(store: PassageStore) -> None:
    add_conditions([pseudonym("Zelda Quux", "Welder One", by="ed")], store, embedder=EMBEDDER)


def found(store: PassageStore, question: str, scope: Scope = EVERYWHERE) -> list[str]:
    with store.reading() as view:
        hits = [*view.nearest(EMBEDDER.embed_question(question), 50, scope), *view.matching([question], 50, scope)]
        return [view.document(hit.doc_id).text[hit.start : hit.end] for hit, _ in hits]


def test_a_document_under_embargo_is_not_there(store: PassageStore) -> None:
    add_conditions([embargo("talk", "2026-01-02", by="ed")], store)
    with store.reading() as view:
        assert [info.doc_id for info in view.documents()] == ["other"]
        with pytest.raises(DocumentNotFound, match="the index holds no document 'talk'") as refusal:
            view.document("talk")
        with pytest.raises(DocumentNotFound, match="the index holds no document 'nobody'") as unknown:
            view.document("nobody")
        assert str(refusal.value) == str(unknown.value).replace("nobody", "talk")
        assert view.around(EMBEDDER.embed_question("weld"), "talk", 60, 3, None) == []
        assert view.count(EVERYWHERE, 100) == view.count(Scope(frozenset({"other"})), 100)
        assert view.count(Scope(frozenset({"talk"})), 100) == 0
    assert not any("harbour" in words for words in found(store, "harbour"))
    assert found(store, "weld", Scope(speakers=frozenset({"Zelda Quux"}))) == []
    held = list_held_back(store, date(2026, 1, 1))
    assert explain_held_back(held) == ["1 transcript is under embargo until 2026-01-02."]


def test_an_embargo_ends_with_its_day(tmp_path: Path) -> None:
    day = [date(2026, 1, 1)]
    store = SqliteStore(tmp_path, today=lambda: day[0])
    fill(store, [Document.from_text(TALK, doc_id="talk")])
    add_conditions([embargo("talk", "2026-01-02", by="ed", named=True)], store)
    with store.reading() as view:
        assert view.documents() == []
    assert explain_held_back(list_held_back(store, day[0])) == [
        "1 transcript is under embargo until 2026-01-02 (talk)."
    ]
    day[0] = date(2026, 1, 2)
    with store.reading() as view:
        assert view.document("talk").text == TALK
    assert list_held_back(store, day[0]) == []


def test_words_off_the_record_are_masked_and_their_sentences_not_found(store: PassageStore) -> None:
    hide(store)
    with store.reading() as view:
        document = view.document("talk")
        assert {info.doc_id: info.sha256 for info in view.documents()}["talk"] == document.sha256
    start = TALK.index(SECRET)
    assert document.text == TALK.replace(SECRET, FILLER * len(SECRET))
    assert document.sha256 != talk(store).sha256
    turn = document.turn_at(start, start + len(SECRET))
    assert turn is not None
    assert document.turns[turn].kind == "furniture"
    assert document.text[document.turns[turn - 1].start :].startswith("My aunt did.")
    assert document.turns[turn + 1].speaker == "Zelda Quux"
    assert not any(FILLER in words for words in found(store, "foreman"))
    assert "I kept my own torch." in found(store, "torch")
    assert check_index(store) == []


def test_half_a_sentence_off_the_record_leaves_no_half_to_quote(store: PassageStore) -> None:
    document = talk(store)
    start = TALK.index("in Oslo")
    add_conditions([off_record(document, start, start + 7, by="ed")], store, embedder=EMBEDDER)
    with store.reading() as view:
        shown = view.document("talk")
    assert f"The foreman hid the ledger {FILLER * 7}." in shown.text
    assert not any("foreman" in words for words in found(store, "foreman"))
    assert shown.turns[shown.turn_at(TALK.index("foreman"), TALK.index("foreman") + 3) or 0].kind == "furniture"


def test_a_name_is_a_pseudonym_in_labels_words_and_lists(store: PassageStore) -> None:
    rename(store)
    with store.reading() as view:
        document, other = view.document("talk"), view.document("other")
        infos = {info.doc_id: info.speakers for info in view.documents()}
    assert [speaker.name for speaker in document.speakers] == ["Interviewer", "Welder One"]
    assert infos == {"talk": ("Interviewer", "Welder One"), "other": ("Interviewer", "Ole Dahl")}
    assert "Zelda" not in document.text
    assert "quux" not in document.text.lower()
    assert len(document.text) == len(TALK)
    start = OTHER.index("ZELDA")
    assert other.bracket(start, start + 28) == "[Welder One] ran the yard for years"
    assert "zelda" not in other.text.lower()
    assert all("zelda" not in words.lower() for words in found(store, "zelda"))
    said = found(store, "weld", Scope(speakers=frozenset({"Welder One"})))
    assert "My aunt did." in said
    assert found(store, "weld", Scope(speakers=frozenset({"Zelda Quux"}))) == []
    assert check_index(store) == []


def test_nobody_finds_by_the_hidden_name(store: PassageStore) -> None:
    with store.reading() as view:
        assert view.matching(["zelda"], 5, EVERYWHERE) != []
    rename(store)
    with store.reading() as view:
        assert view.matching(["zelda"], 5, EVERYWHERE) == []
        assert view.matching(["quux"], 5, EVERYWHERE) == []
        assert sorted(hit.doc_id for hit, _ in view.matching(["welder"], 5, EVERYWHERE)) == ["other", "other", "talk"]


def test_documents_that_come_later_obey_too(store: PassageStore) -> None:
    rename(store)
    fill(store, [Document.from_text("Ole Dahl: I met Zelda Quux at sea.\n", doc_id="late", title="About Zelda Quux")])
    fill(store, [Document.from_text("Ole Dahl: We sailed far.\n", doc_id="zelda-quux-2")])
    with store.reading() as view:
        assert view.document("late").title == "About Welder One"
        assert {info.doc_id for info in view.documents()} == {"talk", "other", "late"}
        assert view.matching(["zelda"], 5, EVERYWHERE) == []
    assert not any("sailed" in words for words in found(store, "sailed"))
    held = list_held_back(store, date(2026, 1, 1))
    assert explain_held_back(held) == [
        "1 transcript is held back until its conditions are mended; see: ontherecord conditions list."
    ]


def test_a_document_whose_words_off_the_record_are_lost_is_held_back(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    fill(store, [Document.from_text(TALK, doc_id="talk")])
    hide(store)
    update_index([Document.from_text(TALK.replace("hid the", "buried a"), doc_id="talk")], tmp_path, embedder=EMBEDDER)
    with store.reading() as view:
        assert view.documents() == []
        assert view.matching(["foreman", "torch"], 5, EVERYWHERE) == []


def test_conditions_lie_over_corrections(store: PassageStore) -> None:
    document = talk(store)
    start = TALK.index("My aunt")
    changes = [
        rename_speaker("Interviewer", "Zelda M. Quux", by="ed", doc_id="other"),
        correct_words(document, start, start + 7, "Mother Quux", by="ed"),
        reassign(document, TALK.index("I kept"), TALK.index("I kept") + 20, "Ole Dahl", by="ed"),
    ]
    add_corrections(changes, store, embedder=EMBEDDER)
    rename(store)
    hide(store)
    with store.reading() as view:
        shown, other = view.document("talk"), view.document("other")
    assert other.turns[0].speaker == "Welder One"
    assert shown.bracket(start, start + 12) == "[Mother Welder One] did."
    assert shown.text[start : start + 7] == FILLER * 7
    assert shown.turns[-3].speaker == "Ole Dahl"
    assert check_index(store) == []


def test_lifted_conditions_leave_nothing(store: PassageStore) -> None:
    rename(store)
    hide(store)
    report = lift_conditions([record.id for record in store.conditions().records], store, embedder=EMBEDDER)
    assert len(report.conditions) == 2
    with store.reading() as view:
        assert view.document("talk") == talk(store)
        assert view.matching(["zelda"], 5, EVERYWHERE) != []
    assert check_index(store) == []


def test_what_must_not_be_exported_says_so(store: PassageStore) -> None:
    add_conditions([no_export(by="ed", doc_id="talk")], store)
    with store.reading() as view:
        assert (view.document("talk").may_export, view.document("other").may_export) == (False, True)
        assert view.document("talk").sha256 == talk(store).sha256


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"version": 2, "conditions": []}', b'{"version": 1, "conditions": [{}]}']
)
def test_conditions_that_cannot_be_read_open_nothing(tmp_path: Path, content: bytes) -> None:
    build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=EMBEDDER)
    add_conditions([embargo("talk", "2999-01-01", by="ed")], tmp_path)
    (tmp_path / "conditions.json").write_bytes(content)
    with pytest.raises(IndexDamaged, match="the conditions cannot be read"), SqliteStore(tmp_path).reading():
        pass
    with pytest.raises(IndexDamaged, match="the conditions cannot be read"):
        build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=EMBEDDER)
    lift_conditions(None, tmp_path, embedder=EMBEDDER)
    with SqliteStore(tmp_path).reading() as view:
        assert view.document("talk").text == TALK


def test_conditions_that_are_missing_open_nothing(tmp_path: Path) -> None:
    build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=EMBEDDER)
    add_conditions([embargo("talk", "2999-01-01", by="ed")], tmp_path)
    (tmp_path / "conditions.json").unlink()
    with pytest.raises(IndexDamaged, match=r"conditions\.json is missing"), SqliteStore(tmp_path).reading():
        pass
    with pytest.raises(IndexDamaged, match=r"conditions\.json is missing"):
        update_index([Document.from_text(OTHER, doc_id="other")], tmp_path, embedder=EMBEDDER)
    lift_conditions(None, tmp_path, embedder=EMBEDDER)
    with SqliteStore(tmp_path).reading() as view:
        assert view.document("talk").text == TALK


def test_a_rebuilt_index_keeps_its_conditions(tmp_path: Path) -> None:
    build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=EMBEDDER)
    add_conditions([pseudonym("Zelda Quux", "Welder One", by="ed")], tmp_path, embedder=EMBEDDER)
    build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=HashEmbedder("another"))
    with SqliteStore(tmp_path).reading() as view:
        assert "Zelda" not in view.document("talk").text
        assert view.matching(["zelda"], 5, EVERYWHERE) == []
    (tmp_path / "conditions.json").unlink()
    with pytest.raises(IndexDamaged, match="missing"), SqliteStore(tmp_path).reading():
        pass


def test_conditions_that_cannot_be_are_refused(store: PassageStore) -> None:
    before = store.conditions()
    for condition, words in (
        (embargo("nobody", "2026-01-02", by="ed"), "there is no document 'nobody'"),
        (pseudonym("Talk Show", "Somebody", by="ed"), "has the name in its own"),
        (pseudonym("Zelda Quux", "Ole Dahl", by="ed"), "called 'Ole Dahl' already"),
    ):
        with pytest.raises(ConditionInvalid, match=words):
            add_conditions([condition], store, embedder=EMBEDDER)
    with pytest.raises(ConditionInvalid, match="no condition 'abc'"):
        lift_conditions(["abc"], store)
    assert store.conditions() == before == Conditions()


def test_recordings_are_heard_only_where_nothing_is_hidden(tmp_path: Path) -> None:
    texts = {"talk": TALK, "other": OTHER, "free": "Ole Dahl: The yard is closed.\n"}
    documents = [Document.from_text(text, doc_id=name) for name, text in texts.items()]
    build_index(documents, tmp_path, embedder=EMBEDDER)
    recorded = [
        Recording(each.doc_id, each.sha256, "r.wav", "r.wav", False, each.doc_id, 1, 1, "audio/wav", 1)
        for each in documents
    ]
    write_recordings(tmp_path, recorded)
    assert len(list_playable(tmp_path)) == 3
    add_conditions([pseudonym("Zelda Quux", "Welder One", by="ed", doc_id="talk")], tmp_path, embedder=EMBEDDER)
    add_conditions([embargo("other", "2999-01-01", by="ed")], tmp_path)
    assert [each.doc_id for each in list_playable(tmp_path)] == ["free"]
    assert len(list_recordings(tmp_path)) == 3


def test_what_is_uploaded_never_takes_the_place_of_what_is_kept_back(tmp_path: Path) -> None:
    build_index([Document.from_text(TALK, doc_id="talk")], tmp_path, embedder=EMBEDDER)
    add_conditions([embargo("talk", "2999-01-01", by="ed")], tmp_path)
    service = ChatService(
        Uploads(QA.open(tmp_path, embedder=EMBEDDER, reader=WordReader()), shared=tmp_path), FeedbackLog(tmp_path / "f")
    )
    added, said = service.paste("v", "Ole Dahl: Something else.\n", "talk")
    with open_store(tmp_path).reading_stored() as view:
        assert view.document("talk").text == TALK
    assert added, said
