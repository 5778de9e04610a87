"""Past conversations: kept whoever writes beside, found, renamed, deleted and had back, and checked when shown."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from corpus import Document
from index import Collection, build_index, prepare_index, remove_documents, update_index
from qa import QA
from qa.answers import Quote
from qa.verify import verify
from tests.fakes import HashEmbedder, WordReader
from ui import conversation_store
from ui.callers import BROWSER_COOKIE, NOBODY, keeper_of
from ui.collection_events import CollectionEvents
from ui.conversation import UNREADABLE, Exchange
from ui.conversation_html import render_conversation
from ui.conversation_rows import ConversationNotKept
from ui.conversation_store import (
    MAX_TITLE_CHARS,
    ConversationGone,
    ConversationStore,
    HistoryKey,
)
from ui.export import export_json
from ui.feedback import FeedbackLog
from ui.history import History
from ui.history_events import HistoryEvents
from ui.history_html import MAX_SHOWN, render_history
from ui.kept_uploads import KeptUploads
from ui.service import ChatService, Restriction
from ui.standing import CHANGED, MOVED, NEVER, REMOVED, STANDS
from ui.uploads import Uploads

QUESTION = "strike lasted eleven weeks"
TALK = "Rosa: Was the strike so very long?\n\nIvan: The strike lasted eleven weeks. Nobody left the union."
ANN = HistoryKey("user:ann", "c")
REQUEST = SimpleNamespace(session_hash="s")


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(tmp_path / "data" / "conversations.sqlite3")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    put(tmp_path / "index", TALK)
    return tmp_path / "index"


@pytest.fixture
def service(index: Path, tmp_path: Path) -> ChatService:
    qa = QA.open(index, embedder=HashEmbedder(), reader=WordReader())
    return ChatService(Uploads(qa), FeedbackLog(tmp_path / "feedback"))


@pytest.fixture
def history(service: ChatService, tmp_path: Path) -> History:
    return History(service, tmp_path / "conversations.sqlite3")


def put(folder: Path, text: str) -> None:
    other = Document.from_text("Ann: Hello there.\n\nBob: The weather is fine.", doc_id="other")
    build_index([Document.from_text(text, doc_id="strike"), other], folder, embedder=HashEmbedder())


def ask(service: ChatService, question: str, before: tuple[Exchange, ...] = ()) -> tuple[Exchange, ...]:
    *_, exchanges = service.ask("v", question, before, Restriction())
    return exchanges


def questions(store: ConversationStore, name: str, key: HistoryKey = ANN) -> list[str]:
    return [record["question"] for record in store.read(key, name) if isinstance(record, dict)]


def keep(store: ConversationStore, *asked: str, name: str = "", key: HistoryKey = ANN) -> str:
    return store.keep(key, name, dict(enumerate(map(Exchange, asked))), ())


def test_two_tabs_lose_nothing_of_each_other(service: ChatService, history: History) -> None:
    one = ask(service, QUESTION)
    name = history.keep(REQUEST, "", (), one)
    other = history.read(REQUEST, name)
    assert [exchange.exchange_id for exchange in other] == [exchange.exchange_id for exchange in one]
    here, there = ask(service, "union", one), ask(service, "Rosa", other)
    assert history.keep(REQUEST, name, one, here) == history.keep(REQUEST, name, other, there) == name
    assert [exchange.question for exchange in history.read(REQUEST, name)] == [QUESTION, "union", "Rosa"]
    # One asks the first question otherwise, the other judges the second: each changes what it changed.
    edited = ask(service, "eleven weeks", ())
    history.keep(REQUEST, name, here, edited)
    judged = service.judge("v", there, 1, "answer", "good")
    history.keep(REQUEST, name, there, judged)
    read = history.read(REQUEST, name)
    assert [exchange.question for exchange in read] == ["eleven weeks", "Rosa"]
    assert read[1].verdicts == {"answer": "good"}


def test_many_who_write_at_the_same_moment(store: ConversationStore) -> None:
    shared = keep(store, "first")
    begin = threading.Barrier(8)
    others = [ConversationStore(store.path) for _ in range(8)]

    def write(number: int) -> None:
        begin.wait()
        for count in range(10):
            own = others[number]
            own.keep(ANN, shared, {1 + count: Exchange(f"{number} {count}")}, ())
            keep(own, f"alone {number} {count}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = {f"{number} {count}" for number in range(8) for count in range(10)}
    assert set(questions(store, shared)) == {"first", *written}
    assert len(store.find(ANN)) == 81


def test_a_deletion_stays_a_deletion_until_it_is_undone(store: ConversationStore) -> None:
    name = keep(store, "first", "second")
    deleted = store.delete(ANN, name)
    assert deleted.title == "first"
    with pytest.raises(ConversationGone, match="no such conversation here"):
        keep(store, "third", name=name)
    with pytest.raises(ConversationGone, match="no such conversation"):
        store.read(ANN, name)
    assert store.find(ANN) == []
    store.put_back(deleted)
    assert questions(store, name) == ["first", "second"]
    keep(store, "third", name=name)
    store.put_back(deleted)  # twice is as once
    assert sorted(questions(store, name)) == ["first", "second", "third"]


def test_what_is_deleted_is_not_in_the_file_any_more(store: ConversationStore) -> None:
    name = keep(store, "the whistleblower is Zebulon")
    assert b"Zebulon" in store.path.read_bytes()
    store.delete(ANN, name)
    assert b"Zebulon" not in store.path.read_bytes()


def test_nobody_reads_anothers(store: ConversationStore) -> None:
    name = keep(store, "first")
    calls: list[Callable[[HistoryKey], object]] = [
        lambda key: store.read(key, name),
        lambda key: store.delete(key, name),
        lambda key: store.rename(key, name, "mine"),
        lambda key: keep(store, "x", name=name, key=key),
    ]
    for key in (HistoryKey("user:bob", "c"), HistoryKey("user:ann", "another collection")):
        assert store.find(key) == []
        for call in calls:
            with pytest.raises(ConversationGone, match="no such conversation"):
                call(key)
    assert store.path.stat().st_mode & 0o077 == 0


def test_all_about_a_collection_can_be_deleted(store: ConversationStore) -> None:
    store.delete_all(ANN)
    assert not store.path.exists()
    other = HistoryKey(ANN.owner, "another collection")
    keep(store, "first")
    keep(store, "second", key=other)
    store.delete_all(ANN)
    assert (len(store.find(ANN)), len(store.find(other))) == (0, 1)


def test_conversations_belong_to_the_collection_that_is_open(service: ChatService, tmp_path: Path) -> None:
    home = Collection("default", "Default", tmp_path / "index")
    uploads = KeptUploads(service.uploads.served, home, tmp_path / "collections")
    service.uploads = uploads
    history = History(service, tmp_path / "conversations.sqlite3", collection=str(tmp_path / "index"))
    at_home = SimpleNamespace(session_hash="s", query_params={})
    named = SimpleNamespace(session_hash="s", query_params={"collection": "default"})
    name = history.keep(at_home, "", (), before := ask(service, QUESTION))
    assert [kept.title for kept in history.find(named)] == [QUESTION]

    garden = uploads.make("session:s", "Garden club")
    prepare_index(garden.location, HashEmbedder())
    there = SimpleNamespace(session_hash="s", query_params={"collection": garden.collection_id})
    assert history.find(there) == []
    other = history.keep(there, name, before, (*before, Exchange("union")))
    assert other != name
    assert [kept.title for kept in history.find(there)] == ["union"]
    assert [kept.question_count for kept in history.find(at_home)] == [1]
    with pytest.raises(ConversationGone, match="no such conversation"):
        history.read(there, name)

    events, event = CollectionEvents(service, HistoryEvents(history)), SimpleNamespace(_data={"id": "garden-club"})
    events.delete(event, there)  # type: ignore[arg-type]
    again = uploads.make("session:s", "Garden club")
    assert again.collection_id == garden.collection_id
    assert history.find(there) == []
    assert len(history.find(at_home)) == 1


def test_titles_and_dates(store: ConversationStore) -> None:
    first, second = keep(store, "first"), keep(store, "second")
    assert [(kept.conversation_id, kept.title) for kept in store.find(ANN)] == [(second, "second"), (first, "first")]
    store.rename(ANN, first, f"  On\nstrike \u202e{'x' * 500}")
    keep(store, "again", name=first)
    latest = store.find(ANN)[0]
    assert (latest.conversation_id, latest.question_count) == (first, 2)
    assert latest.title.startswith("On strike \ufffd")
    assert len(latest.title) == MAX_TITLE_CHARS
    assert latest.day == latest.changed_at[:10] >= "2026-01-01"
    store.rename(ANN, first, " ")
    assert store.find(ANN)[0].title == "first"


def test_they_are_found_by_words_of_questions_answers_and_titles(service: ChatService, history: History) -> None:
    strike = history.keep(REQUEST, "", (), ask(service, QUESTION))
    weather = history.keep(REQUEST, "", (), ask(service, "How is the café, Señor %_?"))
    history.rename(REQUEST, weather, "Größe der Maße")

    def find(words: str) -> list[str]:
        return [kept.conversation_id for kept in history.find(REQUEST, words)]

    assert find("") == [weather, strike]
    assert find("ELEVEN ivan") == find("weeks") == [strike]  # of the answer and its speaker
    assert find("cafe senor") == find("%_?") == find("GRÖSSE masse") == [weather]
    assert find("weeks café") == find("'; DROP TABLE conversations; --") == find("\ud800x") == []
    assert len(find("")) == 2


def test_there_is_a_limit_and_the_oldest_go(store: ConversationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation_store, "MAX_CONVERSATIONS", 3)
    monkeypatch.setattr(conversation_store, "MAX_ALL_CONVERSATIONS", 4)
    names = [keep(store, str(number)) for number in range(5)]
    assert [kept.conversation_id for kept in store.find(ANN)] == names[:1:-1]
    bob = HistoryKey("user:bob", "c")
    keep(store, "b", key=bob)
    keep(store, "b", key=bob)
    assert (len(store.find(ANN)), len(store.find(bob))) == (2, 2)

    monkeypatch.setattr(conversation_store, "MAX_EXCHANGES", 3)
    assert questions(store, keep(store, *"abcde")) == ["c", "d", "e"]
    with pytest.raises(ConversationNotKept, match=r"it has 5\d\d,\d\d\d characters, at most 400,000 are kept"):
        keep(store, "x" * 500_000)


def test_halves_of_characters_are_kept_as_what_can_be(store: ConversationStore) -> None:
    assert questions(store, keep(store, "what \ud83d is")) == ["what ? is"]


def test_a_file_that_cannot_be_used_is_told_in_a_sentence(store: ConversationStore, tmp_path: Path) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ConversationNotKept, match=r"conversations\.sqlite3 cannot be used \(file is not a database\)"):
        store.find(ANN)
    store.path.unlink()
    store.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConversationNotKept, match="is no file but a link"):
        keep(store, "x")
    assert not (tmp_path / "elsewhere").exists()
    store.path.unlink()
    keep(store, "x")
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(ConversationNotKept, match="in the form 9, this version reads 1"):
        store.find(ANN)


def tamper(history: History, change: Callable[[dict[str, Any]], object]) -> None:
    """As somebody who writes the file: `change` gets each exchange as it is kept."""
    with closing(sqlite3.connect(history.path)) as connection:
        for name, text in connection.execute("SELECT exchange_id, exchange FROM exchanges").fetchall():
            record = json.loads(text)
            changed = change(record)
            text = changed if isinstance(changed, str) else json.dumps(record)
            connection.execute("UPDATE exchanges SET exchange = ? WHERE exchange_id = ?", (text, name))
        connection.commit()


def test_a_tampered_store_shows_no_false_quote(service: ChatService, history: History) -> None:
    name = history.keep(REQUEST, "", (), ask(service, QUESTION))

    def forge(record: dict[str, Any]) -> None:
        record["answer"]["quotes"][0]["cited_text"] = "The strike lasted eleven YEARS."
        record["answer"]["short"] = "eleven YEARS"
        record["question"] = "<script>window.hacked = 1</script>"

    tamper(history, forge)
    (exchange,) = history.read(REQUEST, name)
    assert exchange.answer is not None
    assert not isinstance(exchange.answer.quotes[0], Quote)
    page = render_conversation([exchange])
    assert NEVER.words in page
    assert 'class="short"' not in page
    assert '<a class="number"' not in page.split("blockquote")[1]
    assert "<script>" not in page


@pytest.mark.parametrize(
    "value",
    ["", "null", "7", "[" * 100_000, '{"question": 1}', '{"question": "q", "answer": {"quotes": [{}]}}', '"\\ud800"'],
)
def test_what_cannot_be_read_says_so_and_breaks_nothing(service: ChatService, history: History, value: str) -> None:
    name = history.keep(REQUEST, "", (), ask(service, QUESTION))
    first = history.read(REQUEST, name)
    history.keep(REQUEST, name, first, (*first, *ask(service, "union")))
    tamper(history, lambda record: value if record["question"] == QUESTION else None)
    broken, whole = history.read(REQUEST, name)
    assert (broken.problem, whole.question) == (UNREADABLE, "union")
    assert UNREADABLE in render_conversation([broken, whole])


def test_more_citations_than_any_answer_has_are_refused(service: ChatService, history: History) -> None:
    name = history.keep(REQUEST, "", (), ask(service, QUESTION))

    def multiply(record: dict[str, Any]) -> None:
        record["answer"]["quotes"] *= 101

    tamper(history, multiply)
    assert history.read(REQUEST, name)[0].problem == UNREADABLE


def shown(history: History, name: str) -> tuple[Exchange, str]:
    (exchange,) = history.read(REQUEST, name)
    return exchange, render_conversation([exchange])


def test_a_source_that_changed_since_is_told(service: ChatService, history: History, index: Path) -> None:
    name = history.keep(REQUEST, "", (), ask(service, QUESTION))
    exchange, page = shown(history, name)
    assert exchange.standings == {}
    assert "since" not in page

    put(index, f"{TALK}\n\nRosa: And then?")
    exchange, page = shown(history, name)
    assert {standing.words for standing in exchange.standings.values()} == {STANDS.words}
    assert f'<p class="aged">{STANDS.words}</p>' in page

    put(index, f"Rosa: Good day.\n\n{TALK}")
    exchange, page = shown(history, name)
    assert exchange.answer is not None
    quote = exchange.answer.quotes[0]
    assert isinstance(quote, Quote)
    assert quote.text == TALK[quote.start - 17 : quote.end - 17] == "The strike lasted eleven weeks."
    assert MOVED.words in page
    assert f"#strike:{quote.start}-{quote.end}" in page

    put(index, TALK.replace("eleven", "twelve"))
    exchange, page = shown(history, name)
    assert exchange.answer is not None
    assert not isinstance(exchange.answer.quotes[0], Quote)
    assert f'<p class="fallen">{CHANGED.words}</p>' in page
    assert "The quote of this answer does not hold any more" in page
    assert "[source changed since]" in page  # what "Copy" copies

    put(index, TALK.replace("Ivan", "Oleg"))  # the same words, somebody else's
    assert CHANGED.words in shown(history, name)[1]

    remove_documents(["strike"], index, embedder=HashEmbedder())
    assert f'<p class="fallen">{REMOVED.words}</p>' in shown(history, name)[1]

    put(index, TALK)
    assert "since" not in shown(history, name)[1]


def test_an_open_conversation_is_checked_again(service: ChatService, history: History, index: Path) -> None:
    exchanges = ask(service, QUESTION)
    update_index(
        [Document.from_text(TALK.replace("eleven", "twelve"), doc_id="strike")], index, embedder=HashEmbedder()
    )
    page = render_conversation(history.check_again(REQUEST, exchanges))
    assert CHANGED.words in page
    assert CHANGED.words not in render_conversation(exchanges)


def test_every_quote_that_is_shown_as_one_is_the_sources_own(
    service: ChatService, history: History, index: Path
) -> None:
    name = history.keep(REQUEST, "", (), ask(service, "union"))
    for text in (TALK, f"Rosa: Hm.\n\n{TALK}", TALK.replace("left", "LEFT"), f"{TALK} Nobody left the union."):
        put(index, text)
        for exchange in history.read(REQUEST, name):
            assert exchange.answer is not None
            for quote in exchange.answer.quotes:
                if isinstance(quote, Quote):
                    assert text[quote.start : quote.end] == quote.text
        exported = export_json(history.read(REQUEST, name))
        with service.qa_of("v").store.reading() as view:
            quotes = [
                quote for exchange in history.read(REQUEST, name) if exchange.answer for quote in exchange.answer.quotes
            ]
            held = [isinstance(quote, Quote) for quote in quotes]
            assert [finding.verdict == "exact" for finding in verify(quotes, view)] == held
        assert json.loads(exported)["conversation"][0]["id"] == exchange.exchange_id


def test_whose_they_are() -> None:
    page = SimpleNamespace(session_hash="s", username=None, cookies={})
    assert keeper_of(page, strangers=False) == "owner"
    assert keeper_of(SimpleNamespace(username="ann"), strangers=False) == "user:ann"
    assert keeper_of(SimpleNamespace(username="ann", cookies={BROWSER_COOKIE: "k"}), strangers=True) == "user:ann"
    assert keeper_of(page, strangers=True) == NOBODY
    one, other = (SimpleNamespace(username=None, cookies={BROWSER_COOKIE: key}) for key in ("k", "l"))
    assert keeper_of(one, strangers=True) == keeper_of(one, strangers=True) != keeper_of(other, strangers=True)
    assert keeper_of(one, strangers=True).startswith("browser:")


def test_strangers_without_a_cookie_are_told(service: ChatService) -> None:
    history = History(service, None, strangers=True)
    with pytest.raises(ConversationNotKept, match="a browser that takes no cookies"):
        history.keep(REQUEST, "", (), ask(service, QUESTION))
    assert history.explain(REQUEST) == "Conversations are kept until this server stops; save what you need."


def test_what_an_earlier_version_left_in_the_browser_is_taken_over(service: ChatService, history: History) -> None:
    record = ask(service, QUESTION)[0].to_dict()
    del record["id"], record["asked_at"]
    kept = {"id": "1", "exchanges": [record]}
    hostile: list[object] = [7, None, {"exchanges": [{}]}, {"exchanges": "x"}, {"exchanges": []}, kept, "y"]
    events = HistoryEvents(history)
    request: Any = REQUEST
    assert events.adopt(hostile, request) == []
    assert [found.title for found in history.find(REQUEST)] == [QUESTION]
    for other in ({"a": 1}, "x", 7):
        assert events.adopt(other, request) == []
    assert len(history.find(REQUEST)) == 1
    left = HistoryEvents(History(service, None)).adopt(hostile, request)
    assert left != []  # what does not last takes nothing away


def test_the_list_escapes_and_is_bounded(store: ConversationStore) -> None:
    for number in range(MAX_SHOWN + 2):
        keep(store, f'<img src=x onerror="{number}">')
    page = render_history(store.find(ANN), "A note.", deleted="<b>gone</b>")
    assert page.count("<li") == MAX_SHOWN
    assert "and 2 older; search for their words" in page
    assert "<img" not in page
    assert "Deleted “<bdi>&lt;b&gt;gone&lt;/b&gt;</bdi>”." in page
    assert "No conversation has all of these words." in render_history((), "", searched=True)
