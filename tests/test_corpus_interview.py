"""The bundled interview: byte for byte, and every turn where a reader finds it."""

import hashlib
from importlib import resources

from corpus import Document, Speaker, cut_passages
from tests.fakes import HashEmbedder

# Speaker and first words of every turn, in order; furniture last.
TURNS = [
    (None, "narration", "Peru positioned as a strategic gateway"),
    ("GT", "speech", "How do you evaluate the current level of development"),
    ("Balarezo", "speech", "The current level of development in Peru-China relations"),
    ("GT", "speech", "There has been much discussion about China's presence"),
    ("Balarezo", "speech", "Chinese investments in infrastructure, mining, energy"),
    ("GT", "speech", "The Chancay Port, held and invested by Chinese companies"),
    ("Balarezo", "speech", "The Chancay Port is expected to officially open"),
    ("GT", "speech", "What are your expectations for the deepening"),
    ("Balarezo", "speech", "China's expertise and resources provide Peru"),
    ("GT", "speech", "In the context of multiple challenges facing"),
    ("Balarezo", "speech", "As the host of APEC 2024"),
    ("GT", "speech", "How do you view the role of Global South countries"),
    ("Balarezo", "speech", "The participation of developing countries in APEC"),
    (None, "furniture", "Leave a Reply"),
    (None, "furniture", "Your email address will not be published"),
]


def test_the_file_is_the_one_that_was_published(interview: Document) -> None:
    data = (resources.files("corpus.interviews") / "peru-ambassador-global-times-2024.txt").read_bytes()
    assert hashlib.sha256(data).hexdigest() == "651122900f2ccd375305909ddac37c063030bfbb7f3490beac7c5ce4e1a46ccf"
    assert interview.text.encode() == data
    assert len(interview.text) == 7236


def test_every_turn_has_its_speaker_and_first_words(interview: Document) -> None:
    found = [
        (turn.speaker, turn.kind, interview.text[turn.start :][: len(words)])
        for turn, (_, _, words) in zip(interview.turns, TURNS, strict=True)
    ]
    assert found == TURNS


def test_turn_bounds_leave_out_label_and_white_space(interview: Document) -> None:
    bounds = [(turn.start, turn.end) for turn in interview.turns[:4]]
    assert bounds == [(0, 1199), (1205, 1364), (1376, 2209), (2215, 2413)]
    assert interview.text[1366:1376] == "Balarezo:\u00a0"


def test_who_asks_and_who_answers(interview: Document) -> None:
    assert interview.speakers == (Speaker("GT", "asks"), Speaker("Balarezo", "answers"))


def test_title_is_the_headline(interview: Document) -> None:
    assert interview.title.startswith("Peru positioned as a strategic gateway")
    assert interview.title.endswith("Peruvian Ambassador to China")


def test_passages_first_tenth_last(interview: Document) -> None:
    embedder = HashEmbedder()
    passages = cut_passages(interview, max_tokens=embedder.max_tokens, count_tokens=embedder.count_tokens)
    assert len(passages) == 42
    first, tenth, last = passages[0], passages[9], passages[-1]
    assert (first.passage_id, first.speaker, first.question) == ("peru-ambassador-global-times-2024:0-112", None, None)
    assert interview.text[tenth.start : tenth.end].startswith("This partnership not only boosts bilateral trade")
    assert (tenth.speaker, tenth.turn, tenth.question) == ("Balarezo", 2, (1205, 1364))
    assert interview.text[last.start : last.end].startswith("Working together, they can promote initiatives")
