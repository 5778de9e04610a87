"""False sentences made from true ones by rule, seeded: what a careless model would write."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa.evaluation.metrics import hits
from qa.evaluation.questions import GoldQuestion, load_question_set
from qa.generation.claim_features import find_proper, is_negation, words_of
from qa.generation.grounding import Claim
from qa.generation.source_sentences import SourceSentence, sentences_of_document

FOLDER = Path(__file__).parent / "eval"
EACH = 40
# Two places that are stitched together stand at least so far apart.
APART_CHARS = 2000
MIN_WORDS, MAX_WORDS = 8, 40

_FIGURE = re.compile(r"(?<![\w.,:])\d+(?![\w%]|[.,:]\d)")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]\w+|[Ww]e|[Ww]e['’]\w+|[Mm]y|me|[Oo]ur|us|[Mm]yself|ours|ourselves)\b")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A sentence that the source does not bear out, the way in which it was made, and the true one it was made of."""

    kind: str
    claim: Claim
    true: str


class Interviews:
    """The five shipped interviews, their sentences, and people's paraphrases of some of these."""

    def __init__(self) -> None:
        questions = load_question_set(FOLDER)
        self.documents = questions.documents
        self.lines = [line for document in self.documents.values() for line in sentences_of_document(document)]
        self.shorts = _read_shorts()
        self.questions = questions.questions

    def claim(self, text: str, *cited: SourceSentence) -> Claim:
        """The claim that `text` stands in the sentences `cited`."""
        return Claim(text, cited, self.documents)

    def plain(self) -> list[SourceSentence]:
        """Sentences of people who answer, of some length, that can be told as they stand: nobody is "I" in them."""
        return [line for line in self.lines if _is_plain(line)]

    def told(self) -> list[Claim]:
        """True sentences: those that can be told as they stand, and each as what its speaker said."""
        return [self.claim(text, line) for line in self.plain() for text in (_show(line), report(line, line.speaker))]

    def paraphrases(self) -> list[Claim]:
        """True sentences in other words: the annotator's short answers, each with the sentences of its first quote."""
        return [claim for _, claim in self.answered()]

    def answered(self) -> list[tuple[GoldQuestion, Claim]]:
        """The same, each with the question that it answers."""
        claims = []
        for question in self.questions:
            short = self.shorts.get(question.question_id)
            cited = [
                line
                for line in sentences_of_document(self.documents[question.doc_id])
                if hits(line.start, line.end, question.spans[:1])
            ]
            if short and cited and cited[0].role != "asks":
                claims.append((question, self.claim(f"{short[0].upper()}{short[1:]}.", *cited)))
        return claims

    def mutations(self, seed: int) -> list[Mutation]:
        """`EACH` false sentences of each kind."""
        made = []
        for kind, mutate in _WAYS.items():
            source = random.Random(f"{seed} {kind}")
            found: list[Mutation] = []
            lines = self.plain()
            source.shuffle(lines)
            for line in lines:
                claim = mutate(self, line, source)
                if claim is not None and len(found) < EACH:
                    found.append(Mutation(kind, claim, line.text))
            made += found
        return made


def report(line: SourceSentence, speaker: str | None) -> str:
    """The sentence as what `speaker` said."""
    text = _show(line)
    return f"{speaker} said that {text[0].lower() if text.split()[0] not in find_proper(text) else text[0]}{text[1:]}"


def _change_number(interviews: Interviews, line: SourceSentence, source: random.Random) -> Claim | None:
    text = _show(line)
    figures = list(_FIGURE.finditer(text))
    if figures:
        figure = source.choice(figures)
        other = str(int(figure.group()) + source.choice([1, 2, 7, 10]))
        return interviews.claim(text[: figure.start()] + other + text[figure.end() :], line)
    words = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred".split()
    said = [match for match in re.finditer(r"\w+", text) if match.group().lower() in words]
    if not said:
        return None
    figure = source.choice(said)
    other = source.choice([word for word in words if word != figure.group().lower()])
    return interviews.claim(text[: figure.start()] + other + text[figure.end() :], line)


def _drop_negation(interviews: Interviews, line: SourceSentence, source: random.Random) -> Claim | None:
    text = _show(line)
    words = [match for match in re.finditer(r"[\w’']+", text) if is_negation(match.group().lower().replace("’", "'"))]
    if len(words) != 1:
        return None  # of two denials one may stay true without the other
    word = words[0]
    whole = word.group().lower().replace("’", "'")
    kept = {"can't": "can", "won't": "will", "cannot": "can", "never": "always", "nobody": "everybody", "none": "all"}
    left = kept.get(whole, re.sub(r"n't$", "", word.group()) if whole.endswith("n't") else "")
    if whole in {"nothing", "nowhere", "nor", "neither", "without", "hardly", "barely"}:
        left = {"nothing": "everything", "nowhere": "everywhere", "without": "with"}.get(whole, "")
    return interviews.claim(" ".join((text[: word.start()] + left + text[word.end() :]).split()), line)


def _swap_name(interviews: Interviews, line: SourceSentence, source: random.Random) -> Claim | None:
    text = _show(line)
    names = [name for name in find_proper(text) if len(name) > 2]
    if not names:
        return None
    here = set(words_of(interviews.documents[line.doc_id].text[max(0, line.start - 1000) : line.end + 1000]))
    document_names = {
        name
        for other in interviews.lines
        if other.doc_id == line.doc_id
        for name in find_proper(other.text)
        if len(name) > 2 and name.lower() not in here
    }
    if not document_names:
        return None
    return interviews.claim(text.replace(source.choice(names), source.choice(sorted(document_names)), 1), line)


def _swap_speaker(interviews: Interviews, line: SourceSentence, source: random.Random) -> Claim | None:
    others = [speaker.name for speaker in interviews.documents[line.doc_id].speakers if speaker.name != line.speaker]
    others = [
        name for name in others if name[0].isupper() and not set(name.split()) & set((line.speaker or "").split())
    ]
    return interviews.claim(report(line, source.choice(others)), line) if others else None


def _stitch(interviews: Interviews, line: SourceSentence, source: random.Random) -> Claim | None:
    others = [
        other
        for other in interviews.plain()
        if other.doc_id == line.doc_id and abs(other.start - line.start) > APART_CHARS
    ]
    if not others:
        return None
    other = source.choice(others)
    first, second = _show(line).split(), _show(other).split()
    text = " ".join([*first[: source.randint(4, len(first) - 2)], *second[-source.randint(5, len(second) - 2) :]])
    return interviews.claim(text, *((line, other) if source.random() < 0.5 else (line,)))


_WAYS: dict[str, Callable[[Interviews, SourceSentence, random.Random], Claim | None]] = {
    "number changed": _change_number,
    "negation dropped": _drop_negation,
    "name swapped": _swap_name,
    "speaker swapped": _swap_speaker,
    "stitched": _stitch,
}


def _show(line: SourceSentence) -> str:
    return " ".join(line.text.split())


def _is_plain(line: SourceSentence) -> bool:
    words = line.text.split()
    return (
        line.speaker is not None
        and line.role != "asks"
        and MIN_WORDS <= len(words) <= MAX_WORDS
        and not line.text.endswith("?")
        and not _FIRST_PERSON.search(line.text)
        and line.text[0].isalpha()
        and not re.search(r"[\[\]<>“”\"]", line.text)
    )


def _read_shorts() -> dict[str, str]:
    records = (json.loads(line) for line in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines())
    return {record["id"]: record["meta"]["short"] for record in records if record["meta"].get("short")}
