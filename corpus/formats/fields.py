"""What a column or key holds by what it is called: the speaker, the words, or the time at which they begin.

People and programs name one thing in many ways: "Speaker Name", "speakerName", "SPEAKER_ID", "hablante". A name is
parted into its words, and the words are looked up; of several that fit, the one that says more is taken.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from corpus.formats.times import Unit

_SPEAKER = frozenset(
    """speaker speakers participant participants talker speakername sprecher sprecherin hablante locutor locuteur orador
    orateur tier intervenant interlocutor parlante falante spreker 说话人 发言人 話者""".split()
)
_PERSON = frozenset("who name author user username person character voice sender nombre nom nome".split())
# The name of one of these is nobody's.
_THINGS = frozenset(
    """app audio book chapter city class collection column company corpus country course dataset device document doc
    episode event field folder interview item location media meeting model organisation organization path
    place podcast product program programme project record recording school section segment series session sheet show
    site song source station study subject table tag task text title topic track url video word archivo fichier datei
    titel titulo título titre""".split()
)
_PART = frozenset("role spk channel".split())
_NAMING = frozenset("name label displayname".split())
_NUMBERING = frozenset("id tag number num no index nr".split())

_ASKING = frozenset("question questions interviewer moderator q pregunta preguntas entrevistador frage fragen".split())
_ANSWERING = frozenset(
    "answer answers response responses respondent interviewee a respuesta entrevistado antwort antworten".split()
)

# In this order: where a row has several, the first is taken to be what was said.
_TEXT = tuple(
    """text transcript transcription utterance content body verbatim dialogue dialog speech sentence said message
    response quote words punctuated word display caption subtitle value line detected texto texte testo tekst diálogo
    dialogo inhalt transkript antwort respuesta contenido remarks comment annotation w 内容 文本 発言""".split()
)
_START = frozenset(
    """start begin from in onset tcin starttime startms begintime timestart startsec starts von inicio anfang beginn
    début debut inizio""".split()
)
_TIME = frozenset(
    """time timestamp timestamps timecode tc offset offsets ts tiempo zeit temps hora s clock timestart 时间""".split()
)
_END = frozenset("end ends stop to out bis offset2 ende fin fine final last endtime timeend until duration dur".split())
_LASTING = frozenset({"duration", "dur"})
_MS = frozenset("ms msec millis milliseconds millisecond startms".split())
_TICKS = frozenset({"ticks"})
# With such a word, a name says something about the speaker, the words or the time, and is none of these.
_ABOUT = frozenset(
    """count length confidence score color colour email url uri link lang language gender age type format size style
    translation translated change embedding probability logprob raw status version created updated date zone file
    filename""".split()
)


def find_speaker_field(names: Iterable[str]) -> tuple[str, ...]:
    """The names of fields that hold the speaker, the best first; () where there is none."""
    return _sort(tuple(names), _rank_speaker)


def find_text_field(names: Iterable[str]) -> tuple[str, ...]:
    """The names of fields that hold the words, the best first."""
    return _sort(tuple(names), _rank_text)


def find_time_field(names: Iterable[str]) -> tuple[str, ...]:
    """The names of fields that hold the time of the beginning, the best first."""
    return _sort(tuple(names), _rank_time)


def find_question_and_answer(names: Sequence[str]) -> tuple[int, int] | None:
    """Where a table has a column of questions and one of answers, or of the words of those who ask and answer."""
    words = [set(split_words(name)) for name in names]
    other = _NUMBERING | _ABOUT
    asking = [number for number, given in enumerate(words) if given & _ASKING and not given & other]
    answering = [number for number, given in enumerate(words) if given & _ANSWERING and not given & other]
    found = [(asks, answers) for asks in asking[:1] for answers in answering if answers != asks]
    return found[0] if found else None


def is_end_field(name: str) -> bool:
    """Whether a field holds the time of the end."""
    return bool(_END - _LASTING & set(split_words(name))) and _rank_text(name) is None


@lru_cache(maxsize=4096)
def read_unit(name: str) -> Unit | None:
    """What the numbers of a field count, where its name says so: "start_ms", "offsetInTicks"."""
    words = set(split_words(name))
    if words & _TICKS:
        return "ticks"
    return "ms" if words & _MS or name.endswith(("Ms", "Millis")) else None


@lru_cache(maxsize=4096)
def split_words(name: str) -> tuple[str, ...]:
    """The words of a field's name in lower case: "startTimeMs", "START_TIME_MS" and "Start time (ms)" are the same."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name[:100])
    return tuple(re.findall(r"[^\W\d_]+", parted.casefold()))


@lru_cache(maxsize=1024)  # records of one file have the same keys
def _sort(names: tuple[str, ...], rank: Callable[[str], int | None]) -> tuple[str, ...]:
    ranked = [(rank_of, name) for name in names if (rank_of := rank(name)) is not None]
    return tuple(name for _, name in sorted(ranked, key=lambda pair: pair[0]))


@lru_cache(maxsize=4096)
def _rank_speaker(name: str) -> int | None:
    words = split_words(name)
    given = set(words)
    if not given or given & _ABOUT or len(words) > 3:
        return None
    numbered = bool(given & _NUMBERING)
    if given & _SPEAKER:
        return 4 if numbered else 0 if given & _NAMING else 1
    if (
        given & _PERSON
        and not given & _THINGS
        and not (given & _END or given & _START or len(given - _PERSON - _NAMING - _NUMBERING) > 1)
    ):
        return 5 if numbered else 2 if len(words) == 1 else 3
    return 6 if given & _PART and len(words) == 1 else None


@lru_cache(maxsize=4096)
def _rank_text(name: str) -> int | None:
    words = split_words(name)
    given = set(words)
    found = [rank for rank, word in enumerate(_TEXT) if word in given]
    if not found or len(words) > 3 or given & (_ABOUT | _NUMBERING | _NAMING | _TIME | _START | _END | _SPEAKER):
        return None
    return 2 * found[0] + (len(words) > 1)


@lru_cache(maxsize=4096)
def _rank_time(name: str) -> int | None:
    words = split_words(name)
    given = set(words)
    if given & _END or given & (_ABOUT | _NUMBERING | _SPEAKER) or len(words) > 4:
        return None
    if given & _START:
        return 0 if given & (_MS | _TICKS) else 1
    return (2 if given & (_MS | _TICKS) else 3) if given & _TIME else None
