"""Answers by a scripted language model over real HTTP: what passes, what falls back, and that nothing is half done."""

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus import Document
from index import build_index
from qa import QA, Answer, WriterSettings, WrittenSentence, open_writer
from tests.fakes import HashEmbedder, WordReader
from tests.llm_server import KEY, Says, language_server, points, says

TALK = Document.from_text(
    "Rosa: Was the strike so long because the union had no plan?\n\n"
    "Ivan: The strike lasted eleven weeks. The owners never paid the fines of 1987. Our bakery closed in March.\n\n"
    "Rosa: And the harbour?\n\n"
    "Ivan: The harbour at Callao was shut by Maersk for 9 days. Nobody was hurt.\n",
    doc_id="strike",
)
QUESTION = "How long did the strike last?"
Ask = Callable[..., Answer]


@pytest.fixture
def plain_qa(tmp_path: Path) -> QA:
    build_index([TALK], tmp_path / "index", embedder=HashEmbedder())
    return QA.open(tmp_path / "index", embedder=HashEmbedder(), reader=WordReader())


def with_model(qa: QA, url: str, **options: Any) -> QA:  # noqa: ANN401 - the fields of the settings
    given = {"way": "point", "decides": "model", "timeout_s": 20.0, "key": KEY, **options}
    return qa.with_writer(open_writer(WriterSettings(url=url, **given)))


def ask(qa: QA, reply: Says | Callable[[dict[str, Any]], Says], question: str = QUESTION, **options: Any) -> Answer:  # noqa: ANN401
    with language_server(reply if callable(reply) else lambda _: reply) as server:
        return with_model(qa, server.url, **options).answer(question)


def assert_quotes_stand(answer: Answer) -> None:
    assert [quote.text for quote in answer.quotes] == [TALK.text[q.start : q.end] for q in answer.quotes]


def assert_is_extractive(answer: Answer, plain: QA, question: str = QUESTION) -> None:
    expected = plain.answer(question)
    assert (answer.route, answer.written, answer.quotes) == ("extractive", (), expected.quotes)
    assert answer.abstained == expected.abstained
    assert answer.text.endswith(expected.text) or answer.text.startswith(expected.text)


def test_a_written_answer_rests_on_quotes_sliced_from_the_source(plain_qa: QA) -> None:
    answer = ask(plain_qa, points(("Ivan said that the strike lasted 11 weeks.", [2])))
    assert (answer.route, answer.model, answer.abstained, answer.notice) == ("written", "tiny", False, None)
    assert answer.written == (WrittenSentence("Ivan said that the strike lasted 11 weeks.", (1,)),)
    assert [(quote.text, quote.speaker) for quote in answer.quotes] == [("The strike lasted eleven weeks.", "Ivan")]
    assert answer.text == (
        "Ivan said that the strike lasted 11 weeks. [1]\n\nIvan: “The strike lasted eleven weeks.” [1]"
    )
    assert_quotes_stand(answer)
    assert json.loads(json.dumps(answer.to_dict()))["written"][0]["quotes"] == [1]
    assert "write" in answer.timings_ms


def test_the_source_comes_first_in_the_prompt_and_the_question_last(plain_qa: QA) -> None:
    with language_server(lambda _: points(("The strike lasted eleven weeks.", [2]))) as server:
        qa = with_model(plain_qa, server.url)
        qa.answer(QUESTION)
        qa.answer("Who was hurt at the harbour?")
    first, second = server.prompt(0), server.prompt(1)
    assert "[1] Rosa (interviewer): Was the strike" in first
    assert "[2] Ivan: The strike lasted eleven weeks." in first
    assert first.endswith(QUESTION)
    assert first.split("QUESTION")[0] == second.split("QUESTION")[0]
    assert server.requests[0]["messages"][0] == server.requests[1]["messages"][0]
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is True


def test_sentences_appear_when_they_have_passed(plain_qa: QA) -> None:
    go_on = threading.Event()
    reply = points(("The strike lasted eleven weeks.", [2]), ("The harbour was shut for 10 days.", [6]))
    cut = next(place for place in range(99) if "sources" in "".join(reply.pieces[:place]).partition("weeks")[2]) + 4
    waiting = Says(reply.pieces, waits=go_on, before=cut)
    with language_server(lambda _: waiting) as server:
        parts = with_model(plain_qa, server.url).stream(QUESTION)
        assert next(parts) == WrittenSentence("The strike lasted eleven weeks.", (1,))
        go_on.set()
        answer = parts.answer
    assert answer.dropped == {"figure": 1}
    assert len(answer.written) == 1


@pytest.mark.parametrize(
    ("sentence", "numbers", "reason"),
    [
        ("The strike lasted twelve weeks.", [2], "figure"),
        ("The harbour was shut for 9 days in 1987.", [6], "figure"),
        ("The owners paid the fines of 1987.", [3], "negation"),
        ("The strike did not last eleven weeks.", [2], "negation"),
        ("The harbour was shut by Siemens.", [6], "name"),
        ("Rosa said that the strike lasted eleven weeks.", [2], "speaker"),
        ("The interviewer said that the strike lasted eleven weeks.", [2], "speaker"),
        ("The union had no plan.", [1], "premise"),
        ("Ivan said that the union had no plan.", [1], "premise"),
        ("Ivan said “we won the strike”.", [2], "quotation"),
        ("We had a strike of eleven weeks.", [2], "first person"),
        ("The strike is told at www.strike.example.", [2], "link"),
        ("The strike lasted eleven weeks.", [], "cites nothing"),
        ("The strike lasted eleven weeks.", [99], "cites nothing"),
        ("The strike lasted eleven weeks.", [1, 2, 3, 4, 5], "cites too much"),
        ("<b>The strike</b> lasted eleven weeks.", [2], "form"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_citation_does_not_support_is_dropped(
    plain_qa: QA, sentence: str, numbers: list[int], reason: str
) -> None:
    answer = ask(plain_qa, points((sentence, numbers)))
    assert answer.dropped == {reason: 1}
    assert_is_extractive(answer, plain_qa)
    assert answer.notice == (
        "The language model tiny wrote nothing that the source supports. The quotes below were found without it."
    )
    assert answer.text.startswith(answer.notice)


def test_the_good_sentences_stay_when_others_are_dropped(plain_qa: QA) -> None:
    answer = ask(plain_qa, points(("The strike lasted 12 weeks.", [2]), ("The strike lasted 11 weeks.", [2])))
    assert (answer.dropped, [sentence.text for sentence in answer.written]) == (
        {"figure": 1},
        ["The strike lasted 11 weeks."],
    )


def test_what_our_reader_would_not_look_for_there_is_dropped(plain_qa: QA) -> None:
    answer = ask(plain_qa, points(("The bakery is closed.", [7])))
    assert answer.dropped == {"unrelated": 1}
    both = ask(plain_qa, points(("The bakery is closed.", [4, 7])))
    assert [quote.text for quote in both.quotes] == ["Our bakery closed in March."]


def test_no_more_sentences_than_were_asked_for(plain_qa: QA) -> None:
    weeks = [(f"The strike{' really' * place} lasted 11 weeks.", [2]) for place in range(9)]
    answer = ask(plain_qa, points(*weeks))
    assert (len(answer.written), answer.dropped, len(answer.quotes)) == (6, {"too many": 3}, 1)


def test_the_interviewers_words_may_be_told_as_theirs(plain_qa: QA) -> None:
    answer = ask(plain_qa, points(("The interviewer asked whether the union had no plan.", [1])))
    assert [(quote.speaker, quote.role) for quote in answer.quotes] == [("Rosa", "asks")]


def test_a_model_that_decides_may_decline(plain_qa: QA) -> None:
    answer = ask(plain_qa, points(answered=False))
    assert (answer.abstained, answer.quotes, answer.route) == (True, (), "extractive")
    assert answer.reason == "The language model tiny read it and found no answer."
    assert answer.text.startswith("The source does not answer this.")


def test_a_model_that_may_only_phrase_neither_chooses_nor_declines(plain_qa: QA) -> None:
    question = "strike lasted weeks"
    expected = plain_qa.answer(question)
    answer = ask(plain_qa, points(("The strike lasted 11 weeks.", [1])), question, decides="reader")
    assert [sentence.quotes for sentence in answer.written] == [(1,)]
    assert (answer.route, answer.quotes, answer.confidence) == ("written", expected.quotes, expected.confidence)
    assert answer.text.endswith(expected.text)
    assert_is_extractive(ask(plain_qa, points(answered=False), question, decides="reader"), plain_qa, question)


def test_it_is_not_asked_where_our_reader_abstains(plain_qa: QA) -> None:
    with language_server(lambda _: points(("Nobody was hurt.", [1]))) as server:
        answer = with_model(plain_qa, server.url, decides="reader").answer("What did lithium cost in Chile?")
    assert (answer.abstained, answer.notice, server.requests) == (True, None, [])


def test_free_text_is_located_by_our_reader(plain_qa: QA) -> None:
    reply = says("The strike lasted 11 weeks. The harbour at Callao was shut for 9 days. The mayor liked cheese.")
    answer = ask(plain_qa, reply, way="locate")
    assert [quote.text for quote in answer.quotes] == [
        "The strike lasted eleven weeks.",
        "The harbour at Callao was shut by Maersk for 9 days.",
    ]
    assert [sentence.quotes for sentence in answer.written] == [(1,), (2,)]
    assert sum(answer.dropped.values()) == 1
    assert ask(plain_qa, says("NOT ANSWERED."), way="locate").abstained


def test_what_its_likeliest_sentence_denies_is_not_laid_upon_another(tmp_path: Path) -> None:
    talk = Document.from_text(
        "Rosa: What of the fines?\n\nIvan: The owners never paid the fines. The owners paid us after the fines.\n",
        doc_id="fines",
    )
    build_index([talk], tmp_path / "fines", embedder=HashEmbedder())
    qa = QA.open(tmp_path / "fines", embedder=HashEmbedder(), reader=WordReader())
    answer = ask(qa, says("The owners paid the fines."), "Who paid the fines?", way="locate")
    assert (answer.route, answer.dropped) == ("extractive", {"negation": 1})


def fault(name: str) -> Says:
    whole = points(("The strike lasted eleven weeks.", [2]))
    too_long = {"message": "request (9 tokens) exceeds the available context size", "code": 400}
    leaky = {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}
    return {
        "bad key": Says(status=401, error=leaky),
        "no such model": Says(status=404, error={"message": "no model"}),
        "too busy": Says(status=429, error={"message": "slow down"}),
        "server error": Says(status=500, error={"message": f"Traceback: {KEY}"}),
        "window too small": Says(status=400, error=too_long),
        "sent elsewhere": Says(status=302, error={"message": "there"}),
        "cut off by length": Says(whole.pieces, ends="length"),
        "connection lost in the middle": Says(whole.pieces[:-3], ends=None),
        "connection lost at the end": Says(whole.pieces, ends=None),
        "filtered": Says(whole.pieces[:2], ends="content_filter"),
        "half of the JSON": Says(whole.pieces[:-3]),
        "no JSON": says("Sure! I would love to help you with that."),
        "JSON of another form": says('{"answered": true, "sentences": [{"text": 7, "sources": "all"}]}'),
        "numbers that are none": says('{"answered": true, "sentences": [{"text": "So.", "sources": [true, 1.5]}]}'),
        "not events": Says(raw=b"<html>502 Bad Gateway</html>"),
        "events that are no JSON": Says(raw=b"data: {]\n\n"),
        "events of another form": Says(raw=b'data: {"choices": 7}\n\n'),
        "no end": says("x" * 9000),
        "empty": Says(),
    }[name]


FAULTS = {
    "bad key": "was refused by its server: the key in $ONTHERECORD_LLM_KEY is missing or wrong",
    "no such model": "is not known to its server; check --model and the address",
    "too busy": "has too much to do just now",
    "server error": "failed: its server answered 500",
    "window too small": "has too small a window for the prompt",
    "sent elsewhere": "failed: its server answered 302",
    "cut off by length": "broke off within its reply",
    "connection lost in the middle": "broke off within its reply",
    "connection lost at the end": "broke off within its reply",
    "filtered": "stopped (content_filter)",
    "half of the JSON": "sent a reply that cannot be read",
    "no JSON": "sent a reply that cannot be read",
    "JSON of another form": "sent a reply that cannot be read",
    "numbers that are none": "sent a reply that cannot be read",
    "not events": "broke off within its reply",
    "events that are no JSON": "sent a reply that cannot be read",
    "events of another form": "sent a reply that cannot be read",
    "no end": "sent a reply without end",
    "empty": "sent a reply that cannot be read",
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("decides", ["model", "reader"])
def test_a_fault_leaves_the_extractive_answer_and_a_notice(
    plain_qa: QA, name: str, decides: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(plain_qa, fault(name), decides=decides)
    assert_is_extractive(answer, plain_qa)
    assert answer.notice == f"The language model tiny {FAULTS[name]}. The quotes below were found without it."
    assert KEY not in json.dumps(answer.to_dict()) + caplog.text


def test_an_abstention_says_so_behind_its_reason(plain_qa: QA) -> None:
    question = "What did lithium cost in Chile?"
    answer = ask(plain_qa, fault("server error"), question)
    assert_is_extractive(answer, plain_qa, question)
    assert answer.notice == "The language model tiny failed: its server answered 500. This was found without it."
    assert answer.text.endswith(f"“chile”. {answer.notice}")


@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
def test_a_server_that_is_too_slow(plain_qa: QA, drips: bool) -> None:
    never = threading.Event()
    whole = points(("The strike lasted eleven weeks.", [2]))
    answer = ask(plain_qa, Says(whole.pieces, waits=never, before=len(whole.pieces) - 1, drips=drips), timeout_s=0.5)
    assert_is_extractive(answer, plain_qa)
    assert answer.notice is not None
    assert "tiny took longer than 0.5 s." in answer.notice


def test_a_server_that_is_not_there(plain_qa: QA) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        answer = with_model(plain_qa, url, model="m").answer(QUESTION)
        nameless = with_model(plain_qa, url, way="auto").answer(QUESTION)
    assert_is_extractive(answer, plain_qa)
    assert answer.notice == (
        "The language model m cannot be reached; check that its server runs, and the address. "
        "The quotes below were found without it."
    )
    assert_is_extractive(nameless, plain_qa)
    assert "The language model that was chosen cannot be reached" in nameless.text


def test_a_server_without_schemas_or_old_names_is_asked_without_them(plain_qa: QA) -> None:
    def script(body: dict[str, Any]) -> Says:
        for name in ("response_format", "max_tokens", "seed"):
            if name in body:
                return Says(status=400, error={"message": f"Unsupported parameter: '{name}'"})
        return says("```json\n" + "".join(points(("The strike lasted eleven weeks.", [2])).pieces) + "\n```")

    with language_server(script) as server:
        qa = with_model(plain_qa, server.url)
        assert qa.answer(QUESTION).route == "written"
        asked = len(server.requests)
        assert qa.answer(QUESTION).route == "written"
    assert (asked, len(server.requests)) == (4, 5)
    assert server.requests[-1]["max_completion_tokens"] == 400


def test_marks_in_plain_text_point_as_well(plain_qa: QA) -> None:
    reply = says("<think>hm [9]</think>\n- The strike lasted **eleven** weeks [2].\n- Nobody was hurt [7].\n")
    answer = ask(plain_qa, reply)
    assert [str(sentence) for sentence in answer.written] == [
        "The strike lasted eleven weeks [1]",
        "Nobody was hurt [2]",
    ]


def test_a_prompt_that_does_not_fit_is_made_of_fewer_sentences(plain_qa: QA) -> None:
    def script(body: dict[str, Any]) -> Says:
        if "Callao" in str(body["messages"]):
            return Says(status=400, error={"code": "context_length_exceeded", "message": "too long"})
        return points(("The strike lasted eleven weeks.", [1, 2]))

    with language_server(script) as server:
        answer = with_model(plain_qa, server.url).answer(QUESTION)
    assert (answer.route, len(server.requests)) == ("written", 3)


def test_the_window_is_the_servers(plain_qa: QA) -> None:
    listed = [{"id": "small", "object": "model", "meta": {"n_ctx": 512}}]
    with language_server(lambda _: points(("The strike lasted eleven weeks.", [2])), listed) as server:
        answer = with_model(plain_qa, server.url).answer(QUESTION)
    assert "The language model small has too small a window for the prompt." in answer.text
    assert server.requests == []


def test_the_key_goes_to_the_server_and_nowhere_else(plain_qa: QA, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with language_server(lambda _: points(("The strike lasted eleven weeks.", [2]))) as server:
        settings = WriterSettings(url=server.url, key=KEY, way="point", decides="model")
        answer = plain_qa.with_writer(open_writer(settings)).answer(QUESTION)
    assert server.keys == [f"Bearer {KEY}"]
    assert KEY not in repr(settings) + json.dumps(answer.to_dict()) + caplog.text + json.dumps(server.requests)


def test_only_the_speaker_asked_for_is_given_and_quoted(plain_qa: QA) -> None:
    with language_server(lambda _: points(("The interviewer asked about the strike.", [1]))) as server:
        answer = with_model(plain_qa, server.url).answer("What was the strike?", speaker="Rosa")
    assert "Ivan" not in server.prompt()
    assert {quote.speaker for quote in answer.quotes} == {"Rosa"}


def test_questions_about_the_whole_need_no_model(plain_qa: QA) -> None:
    with language_server(lambda _: Says(status=500)) as server:
        assert with_model(plain_qa, server.url).answer("Who is speaking?").notice is None
    assert server.requests == []
