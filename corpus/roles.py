"""Who asks and who answers, derived from the dialogue itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.sentences import QUESTION_MARKS, split_sentences
from corpus.turn import Role, Speaker, Turn

# What people call the two parts when they do not write names.
_ASKING = frozenset(
    """q question interviewer interviewers moderator host reporter journalist presenter anchor
    entrevistador entrevistadora periodista pregunta intervieweur intervieweuse journaliste
    frage interviewerin moderatorin intervistatore intervistatrice giornalista domanda pergunta vraag
    интервьюер журналист вопрос 记者 記者 主持人 聞き手 기자 المحاور مذيع מראיין מראיינת""".split()
)
_ANSWERING = frozenset(
    "a answer interviewee participant candidate respondent guest witness entrevistado entrevistada antwort".split()
)

# Of two speakers, the one who asks puts questions half as often again and says less a turn. Among more, where
# everybody asks now and then, only a clear lead counts. Chosen on transcripts whose parts are known.
_MIN_QUESTION_RATE = 0.1
_MIN_RATE_RATIO_OF_TWO = 1.4
_MIN_RATE_RATIO = 3.0
_MIN_TURNS = 2
# Where one puts nothing but questions and the others none, how long they speak does not matter.
_ASKS_ONLY = 0.6
_ASKS_NEVER = 0.1


def find_speakers(text: str, turns: Iterable[Turn]) -> tuple[Speaker, ...]:
    """The speakers in order of first words, each with the role that the labels or the dialogue give.

    A label such as "Q" or "Interviewer" says it. Otherwise those who ask are the ones with far more questions among
    their sentences than the others, and shorter turns; everybody else then answers. Where that does not part the
    speakers, as on a panel where all ask, the roles stay None.
    """
    said: defaultdict[str, list[str]] = defaultdict(list)
    for turn in turns:
        if turn.kind == "speech" and turn.speaker is not None:
            said[turn.speaker].append(text[turn.start : turn.end])
    named = {name: role for name in said if (role := role_in_name(name))}
    roles = named or _roles_by_questions(said)
    if "asks" in roles.values():
        roles = {name: roles.get(name, "answers") for name in said}
    return tuple(Speaker(name, roles.get(name)) for name in said)


def role_in_name(name: str) -> Role | None:
    """The role that the name alone tells ("Interviewer", "Q"), None where it tells none."""
    word = name.split()[0].casefold().strip("[]()#:.,").rstrip("0123456789_#")
    if word in _ASKING or name.casefold() in _ASKING:
        return "asks"
    return "answers" if word in _ANSWERING else None


def _roles_by_questions(said: dict[str, list[str]]) -> dict[str, Role]:
    habits = {name: _Habit.of(turns) for name, turns in said.items()}
    min_ratio = _MIN_RATE_RATIO_OF_TWO if len(habits) == 2 else _MIN_RATE_RATIO
    everybody = _Habit.sum(habits.values())
    asking: dict[str, Role] = {}
    for name, habit in habits.items():
        others = everybody.without(habit)
        few = habit.turns < _MIN_TURNS and len(habits) > 2
        if few or not others.turns or habit.question_rate < _MIN_QUESTION_RATE:
            continue
        only_asks = habit.question_rate >= _ASKS_ONLY and others.question_rate <= _ASKS_NEVER
        if only_asks and habit.turns >= _MIN_TURNS:
            asking[name] = "asks"
        if habit.question_rate >= min_ratio * others.question_rate and habit.chars_a_turn < others.chars_a_turn:
            asking[name] = "asks"
    return asking


@dataclass(frozen=True, slots=True)
class _Habit:
    """How somebody speaks: turns, characters, sentences and how many of these are questions."""

    turns: int
    chars: int
    sentences: int
    questions: int

    @classmethod
    def of(cls, turns: Sequence[str]) -> "_Habit":
        sentences = [turn[start:end] for turn in turns for start, end in split_sentences(turn)]
        # A question in quotation marks is reported, not put to anybody.
        questions = sum(sentence.endswith(QUESTION_MARKS) for sentence in sentences)
        return cls(len(turns), sum(map(len, turns)), len(sentences), questions)

    @classmethod
    def sum(cls, habits: Iterable["_Habit"]) -> "_Habit":
        total = cls(0, 0, 0, 0)
        for habit in habits:
            total = cls(
                total.turns + habit.turns,
                total.chars + habit.chars,
                total.sentences + habit.sentences,
                total.questions + habit.questions,
            )
        return total

    def without(self, habit: "_Habit") -> "_Habit":
        """What is left of a sum when one of its parts is taken out."""
        return _Habit(
            self.turns - habit.turns,
            self.chars - habit.chars,
            self.sentences - habit.sentences,
            self.questions - habit.questions,
        )

    @property
    def question_rate(self) -> float:
        return self.questions / self.sentences if self.sentences else 0.0

    @property
    def chars_a_turn(self) -> float:
        return self.chars / self.turns if self.turns else 0.0
