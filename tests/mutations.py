"""False sentences made from true ones by rule, seeded: what a careless model would write."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from qa.generation.grounding import Claim
from qa.generation.source_sentences import SourceSentence
from tests import mutation_rules as rules
from tests.mutation_names import are_apart, names_in
from tests.true_sentences import SAYINGS, SPLITS, Interviews, Split, is_tellable, tell

EACH = 40
# Two places that are stitched together stand at least so far apart.
APART_CHARS = 2000
# A name that stands so close before is one that the passage speaks of; one that stands nowhere in the second is not.
NEAR_CHARS, FAR_CHARS = 400, 1000

_TURNED = re.compile(r"^(?:And |So |But )?(is|are|was|were|does|did|can|will) (it|they|he|she|that|this|there) ", re.I)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A sentence that the source does not bear out, the way in which it was made, and the true one it was made of."""

    kind: str
    claim: Claim
    true: str


def make_mutations(interviews: Interviews, seed: int, splits: tuple[Split, ...] = SPLITS) -> list[Mutation]:
    """Of each kind at most `EACH` false sentences from the documents of each half."""
    made = []
    for split in splits:
        lines = interviews.of_split(split)
        for kind, mutate in _WAYS.items():
            chance = random.Random(f"{seed} {kind} {split}")
            found: list[Mutation] = []
            for line in chance.sample(lines, len(lines)):
                claim = mutate(interviews, line, chance) if (line.role == "asks") == (kind in _OF_QUESTIONS) else None
                if claim is not None and len(found) < EACH:
                    found.append(Mutation(kind, claim, line.text))
            made += found
    return made


def _change(rule: rules.Rule, interviews: Interviews, line: SourceSentence, chance: random.Random) -> Claim | None:
    text = rule(tell(line), chance) if is_tellable(line) else None
    return None if text is None else interviews.claim(text, line)


def _swap_name(near: bool, interviews: Interviews, line: SourceSentence, chance: random.Random) -> Claim | None:
    text, names = tell(line), interviews.names[line.doc_id]
    here = names_in(text, names)
    if not here or not is_tellable(line):
        return None
    document = interviews.documents[line.doc_id].text
    around = document[max(0, line.start - FAR_CHARS) : line.end + FAR_CHARS]
    close = names_in(document[max(0, line.start - NEAR_CHARS) : line.start], names)
    old = chance.choice(here)
    others = close if near else [name for name in names if not any(word in around for word in name.split())]
    others = [name for name in others if all(are_apart(name, known) for known in [*here, line.speaker or ""])]
    if not others:
        return None
    return interviews.claim(re.sub(rf"\b{re.escape(old)}\b", chance.choice(others), text), line)


def _swap_speaker(interviews: Interviews, line: SourceSentence, chance: random.Random) -> Claim | None:
    others = _others(interviews, line)
    if not others or not is_tellable(line):
        return None
    other = chance.choice(others)
    name = chance.choice([other, other.split()[0]])
    return interviews.claim(chance.choice(SAYINGS).format(name, interviews.within(line)), line)


def _swap_role(interviews: Interviews, line: SourceSentence, chance: random.Random) -> Claim | None:
    if line.role != "answers" or not is_tellable(line):
        return None
    called = chance.choice(["The interviewer", "The host", "The journalist", "The moderator"])
    return interviews.claim(chance.choice(SAYINGS).format(called, interviews.within(line)), line)


def _stitch(interviews: Interviews, line: SourceSentence, chance: random.Random) -> Claim | None:
    other = _elsewhere(interviews, line, chance)
    if other is None:
        return None
    first, second = tell(line).split(), tell(other).split()
    text = " ".join([*first[: chance.randint(4, len(first) - 2)], *second[-chance.randint(5, len(second) - 2) :]])
    return interviews.claim(text, *((line, other) if chance.random() < 0.5 else (line,)))


def _invent_cause(interviews: Interviews, line: SourceSentence, chance: random.Random) -> Claim | None:
    other = _elsewhere(interviews, line, chance)
    if other is None:
        return None
    link = chance.choice([" because", ", so", ", which is why", " due to the fact that"])
    return interviews.claim(f"{tell(line).rstrip('.!')}{link} {interviews.within(other)}", line, other)


def _answer_premise(
    with_answer: bool, interviews: Interviews, line: SourceSentence, chance: random.Random
) -> Claim | None:
    """What the interviewer suggests as what the other one says: of the suggestion's place, or the answer's."""
    text = tell(line)
    turned = _TURNED.match(text)
    if turned:
        text = f"{turned[2].capitalize()} {turned[1].lower()} {text[turned.end() :].rstrip('?')}."
    elif not is_tellable(line):
        return None
    answer = next((other for other in _after(interviews, line) if other.role == "answers"), None)
    if answer is None or answer.turn != line.turn + 1:
        return None
    said = f"{answer.speaker} said that {text[0].lower()}{text[1:]}"
    return interviews.claim(chance.choice([text, said]), answer if with_answer else line)


def _elsewhere(interviews: Interviews, line: SourceSentence, chance: random.Random) -> SourceSentence | None:
    others = [
        other
        for other in interviews.lines
        if other.doc_id == line.doc_id
        and other.role != "asks"
        and abs(other.start - line.start) > APART_CHARS
        and is_tellable(other)
    ]
    return chance.choice(others) if others and is_tellable(line) else None


def _others(interviews: Interviews, line: SourceSentence) -> list[str]:
    """Who else speaks in the document, by name; nobody where the speaker has none and so may be anybody."""
    names = {speaker.name for speaker in interviews.documents[line.doc_id].speakers} - {"Unknown Speaker"}
    if line.speaker not in names:
        return []
    return sorted(name for name in names if are_apart(name, line.speaker))


def _after(interviews: Interviews, line: SourceSentence) -> list[SourceSentence]:
    return [other for other in interviews.lines if other.doc_id == line.doc_id and other.start > line.start]


_OF_QUESTIONS = {"premise as the answer, citing the question": False, "premise as the answer, citing the answer": True}
_WAYS: dict[str, Callable[[Interviews, SourceSentence, random.Random], Claim | None]] = {
    "digit changed": partial(_change, rules.change_digit),
    "number spelled as another": partial(_change, rules.spell_other_number),
    "number word changed": partial(_change, rules.change_count),
    "ordinal, share or multiple changed": partial(_change, rules.change_order),
    "month or day changed": partial(_change, rules.change_date),
    "unit changed": partial(_change, rules.change_unit),
    "denial taken back": partial(_change, rules.take_back_denial),
    "denial in other words turned": partial(_change, rules.turn_worded_denial),
    "denial put in": partial(_change, rules.deny),
    "denial put in, in other words": partial(_change, rules.deny_in_words),
    "opposite": partial(_change, rules.turn_round),
    "name from elsewhere": partial(_swap_name, False),
    "name from close by": partial(_swap_name, True),
    "speaker swapped": _swap_speaker,
    "role swapped": _swap_role,
    "stitched": _stitch,
    "cause invented": _invent_cause,
    **{kind: partial(_answer_premise, with_answer) for kind, with_answer in _OF_QUESTIONS.items()},
}
