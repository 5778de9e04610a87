"""Mutated requests, conversations and exports: `python -m tests.fuzz_server [--seconds N] [--seed N]`, by hand.

What is sent to `/v1` gets an answer or a 4xx in the form of OpenAI's API. What a browser kept is shown, or refused as
no conversation; a page of it is no larger than what it shows. What was exported is verified, or refused; nothing that
is called exact is anything but the source's words. Anything else ends the run with 1 and is printed. Not
collected by pytest.
"""

import argparse
import copy
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from corpus import bundled_interview
from index import build_index
from qa import QA, AnswersInvalid
from qa.answers import load_answers
from qa.verify import verify
from tests.attacks.test_time_is_bounded import UNITS
from tests.fakes import HashEmbedder, WordReader
from tests.fuzz_formats import ODD_VALUES
from ui.conversation import ConversationInvalid, Exchange, read_conversation
from ui.conversation_html import render_conversation
from ui.export import export_json, export_markdown
from ui.loading import Loading
from ui.web import make_routes

QUESTION = "vessels between Chancay and Shanghai"
SLOW_S = 10.0
MAX_PAGE_SHARE = 200


def main() -> int:
    """Run for so long; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance, outcomes = random.Random(arguments.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        build_index([bundled_interview()], Path(folder), embedder=HashEmbedder())
        qa = QA.open(Path(folder), embedder=HashEmbedder(), reader=WordReader())
        server = TestClient(Starlette(routes=make_routes(qa, Loading(), ())), raise_server_exceptions=True)
        kept = [Exchange.of(qa.answer(QUESTION)).to_dict()]
        end = time.monotonic() + arguments.seconds
        while time.monotonic() < end:
            begun = time.process_time()
            turn = chance.randrange(3)
            if turn == 0:
                outcome, tried = try_request(server, kept, chance)
            elif turn == 1:
                outcome, tried = try_conversation(qa, kept, chance)
            else:
                outcome, tried = try_export(qa, kept, Path(folder) / "answers.json", chance)
            if outcome.startswith("wrong") or time.process_time() - begun > SLOW_S:
                sys.stdout.write(f"{outcome}: {tried!r:.2000}\n")
                return 1
            outcomes[outcome] += 1
    sys.stdout.write(f"{outcomes.total()} inputs: {dict(outcomes)}\n")
    return 0


def try_request(server: TestClient, kept: list[dict[str, Any]], chance: random.Random) -> tuple[str, object]:
    """What becomes of a request."""
    answer = kept[0]["answer"]
    assistant = {"role": "assistant", "content": answer["text"], "quotes": answer["quotes"]}
    user = {"role": "user", "content": QUESTION}
    last = {"role": "user", "content": chance.choice(["Why?", "And the second one?", "Who said that?", QUESTION])}
    sent = mutate({"messages": [user, assistant, last], "stream": chance.random() < 0.3}, chance)
    body = bytearray(json.dumps(sent).encode())
    for _ in range(chance.choice([0, 0, 0, 1, 5])):
        body[chance.randrange(len(body))] = chance.randrange(256)
    reply = server.post("/v1/chat/completions", content=bytes(body))
    if reply.status_code == 200:
        return "answered", sent
    told = reply.json().get("error", {}).keys() >= {"message", "type"} and 400 <= reply.status_code < 500
    return (f"{reply.status_code}" if told else "wrong status"), bytes(body)


def try_conversation(qa: QA, kept: list[dict[str, Any]], chance: random.Random) -> tuple[str, object]:
    """What becomes of a conversation that comes back."""
    sent = mutate(kept, chance)
    try:
        with qa.store.reading() as view:
            exchanges = read_conversation(sent, view)
    except ConversationInvalid:
        return "no conversation", sent
    page = render_conversation(exchanges)
    if len(page) > MAX_PAGE_SHARE * len(json.dumps(sent)):
        return "wrong size", sent
    export_json(exchanges)
    export_markdown(exchanges)
    return "shown", sent


def try_export(qa: QA, kept: list[dict[str, Any]], path: Path, chance: random.Random) -> tuple[str, object]:
    """What becomes of an export that is verified."""
    sent = mutate(kept[0]["answer"], chance)
    path.write_text(json.dumps(sent), encoding="utf-8")
    try:
        answers = load_answers(path)
    except AnswersInvalid:
        return "no export", sent
    with qa.store.reading() as view:
        findings = verify([quote for answer in answers for quote in answer.quotes], view)
        for finding in findings:
            cited = finding.citation
            if finding.verdict == "exact" and view.document(cited.doc_id).text[cited.start : cited.end] != cited.text:
                return "wrong verdict", sent
    return "verified", sent


def mutate(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 - any JSON
    """A copy with one to four places changed: another value, a long text, a place left out or repeated."""
    value = copy.deepcopy(value)
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(list(_places(value)) or [([value], 0)])
        change = chance.randrange(4)
        if change == 0:
            holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))
        elif change == 1:
            holder[key] = chance.choice(UNITS) * chance.choice([1, 100, 5_000])
        elif change == 2:
            del holder[key]
        elif isinstance(holder, list):
            holder.extend(copy.deepcopy(holder[key]) for _ in range(chance.choice([1, 20])))
    return value


def _places(value: Any) -> Any:  # noqa: ANN401 - the same
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)


if __name__ == "__main__":
    sys.exit(main())
