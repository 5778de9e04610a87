"""The shipped interviews, and true sentences about them: as they were said, told otherwise, and in people's words."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from corpus import Document
from corpus.interviews import bundled_interview
from qa.evaluation.metrics import hits
from qa.evaluation.questions import GoldQuestion, load_question_set
from qa.generation.grounding import Claim
from qa.generation.source_sentences import SourceSentence, sentences_of_document
from tests.mutation_names import find_names
from tests.mutation_rules import respell_numbers, tell_of_others

Split = Literal["choose", "report"]
SPLITS: tuple[Split, ...] = ("choose", "report")
FOLDER = Path(__file__).parent / "eval"
MIN_WORDS, MAX_WORDS = 8, 40
# Ways to say whose words something is.
SAYINGS = (
    "{} said that {}",
    "According to {}, {}",
    "{} thinks that {}",
    "{} explained that {}",
    "In {}'s view, {}",
    "As {} put it, {}",
)

_FIRST_PERSON = re.compile(r"\b(?:I|I['’]\w+|[Ww]e|[Ww]e['’]\w+|[Mm]y|me|[Oo]ur|us|[Mm]yself|ours|ourselves)\b")
_MARKS = re.compile(r"[\[\]<>“”\"\\&]")


class Interviews:
    """The shipped interviews and their sentences.

    The checks may be changed by what is seen in the documents of "choose"; figures are those of "report", to which
    the bundled interview belongs.
    """

    def __init__(self) -> None:
        questions = load_question_set(FOLDER)
        bundled = bundled_interview()
        self.questions = questions.questions
        self.documents: dict[str, Document] = {**questions.documents, bundled.doc_id: bundled}
        self.lines = [line for document in self.documents.values() for line in sentences_of_document(document)]
        self.names = {doc_id: find_names(document) for doc_id, document in self.documents.items()}
        self._choosing = {question.doc_id for question in self.questions if question.split == "choose"}
        self._shorts = _read_shorts()

    def claim(self, text: str, *cited: SourceSentence) -> Claim:
        """The claim that `text` stands in the sentences `cited`."""
        return Claim(text, cited, self.documents)

    def of_split(self, split: Split) -> list[SourceSentence]:
        """The sentences of the documents of one half."""
        return [line for line in self.lines if (line.doc_id in self._choosing) == (split == "choose")]

    def plain(self) -> list[SourceSentence]:
        """Sentences of people who answer, of some length, that can be told as they stand: nobody is "I" in them."""
        return [
            line
            for line in self.lines
            if line.role != "asks" and is_tellable(line) and not _FIRST_PERSON.search(line.text)
        ]

    def told(self, split: Split) -> dict[str, list[Claim]]:
        """True sentences of one half, by the way in which they are told."""
        ways: dict[str, Callable[[SourceSentence], Claim | None]] = {
            "as it was said": lambda line: self.claim(tell(line), line),
            "as its speaker's": self._attribute,
            "numbers in the other spelling": self._respell,
            "with what follows": self._join,
        }
        lines = [line for line in self.of_split(split) if line.role != "asks" and is_tellable(line)]
        told = {kind: [claim for line in lines if (claim := way(line)) is not None] for kind, way in ways.items()}
        return told | {"short answers": [claim for question, claim in self.answered() if question.split == split]}

    def answered(self) -> list[tuple[GoldQuestion, Claim]]:
        """The annotator's short answers, each with the question and the sentences of its first quote."""
        claims = []
        for question in self.questions:
            short = self._shorts.get(question.question_id)
            cited = [
                line
                for line in sentences_of_document(self.documents[question.doc_id])
                if hits(line.start, line.end, question.spans[:1])
            ]
            if short and cited and cited[0].role != "asks":
                claims.append((question, self.claim(f"{short[0].upper()}{short[1:]}.", *cited)))
        return claims

    def within(self, line: SourceSentence) -> str:
        """The sentence as it stands after "said that": small, unless it begins with a name."""
        text = tell(line)
        begins_with_name = any(text.startswith(name) for name in self.names[line.doc_id])
        return text if begins_with_name else f"{text[0].lower()}{text[1:]}"

    def _attribute(self, line: SourceSentence) -> Claim | None:
        saying = SAYINGS[line.start % len(SAYINGS)]
        return self.claim(saying.format(line.speaker, self.within(line)), line)

    def _respell(self, line: SourceSentence) -> Claim | None:
        text = respell_numbers(tell(line))
        return None if text == tell(line) else self.claim(text, line)

    def _join(self, line: SourceSentence) -> Claim | None:
        following = self.lines[self.lines.index(line) + 1 :][:1]
        if not following or (following[0].doc_id, following[0].turn) != (line.doc_id, line.turn):
            return None
        if not is_tellable(following[0]):
            return None
        return self.claim(f"{tell(line).rstrip('.!')}, and {self.within(following[0])}", line, *following)


def is_tellable(line: SourceSentence) -> bool:
    """Whether it is a statement of some length by somebody, without marks."""
    return (
        line.speaker is not None
        and MIN_WORDS <= len(line.text.split()) <= MAX_WORDS
        and not line.text.endswith("?")
        and line.text[0].isalpha()
        and not _MARKS.search(line.text)
    )


def tell(line: SourceSentence) -> str:
    """The sentence on one line, as somebody else would tell it."""
    return tell_of_others(" ".join(line.text.split()))


def _read_shorts() -> dict[str, str]:
    records = (json.loads(line) for line in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines())
    return {record["id"]: record["meta"]["short"] for record in records if record["meta"].get("short")}
