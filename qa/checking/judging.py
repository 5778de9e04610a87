"""The verdict on a quotation, from what was found of its words and whom the draft names."""

from collections.abc import Sequence

from qa.checking.attribution import Told
from qa.checking.matching import GRADES, WordsMatch
from qa.checking.records import CheckedQuotation, SourcePlace
from qa.checking.scan import Found
from qa.checking.speakers import is_nameless, is_same_person, split_name
from qa.checking.stitching import find_cover, is_stitched

# From this similarity on, words are taken to be made of those of the source: below, they are only the nearest.
MIN_SIMILARITY = 0.62
# Of a few words more must be the same, since any few words are like some others.
MIN_SIMILARITY_OF_FEW = 0.7
_FEW_WORDS = 6
# Below this, the nearest words have nothing to do with the quotation; the passage that shares most is shown instead.
MIN_NEAREST = 0.2


def judge(text: str, start: int, end: int, told: Told | None, found: Found) -> CheckedQuotation:
    """The quotation `text`, from `start` to `end` of the draft, with its verdict."""
    if found.matches:
        return _judge_matches(text, start, end, told, found.matches)
    runs = [run for _, _, run in found.runs]
    cover = find_cover(runs, len(found.query.words))
    if cover and is_stitched(cover, runs, found.near.similarity if found.near is not None else 0.0):
        parts = tuple(run.place for run in cover)
        return CheckedQuotation(
            text,
            start,
            end,
            "stitched",
            attributed_to=_name(told, parts[0]),
            told=told.name if told is not None else None,
            places=parts,
            note=_explain_stitching(parts, marked=found.query.marked),
        )
    near = found.near
    told_name = told.name if told is not None else None
    # Words that were all said, in one place, are changed however much was left out between them.
    if near is not None and (cover or near.similarity >= _threshold(len(found.query.words))):
        note = "" if agrees(told, near.place, has_speakers=True) else f"and it was said by {_show(near.place)}"
        return CheckedQuotation(
            text,
            start,
            end,
            "changed",
            attributed_to=_name(told, near.place),
            told=told_name,
            places=(near.place,),
            changes=near.changes,
            note=note,
        )
    nearest = near.place if near is not None and near.similarity >= MIN_NEAREST else found.passage
    return CheckedQuotation(
        text, start, end, "not_found", attributed_to=_name(told, nearest), told=told_name, nearest=nearest
    )


def _threshold(words: int) -> float:
    return MIN_SIMILARITY_OF_FEW if words <= _FEW_WORDS else MIN_SIMILARITY


def _judge_matches(
    text: str, start: int, end: int, told: Told | None, matches: Sequence[WordsMatch]
) -> CheckedQuotation:
    ordered = sorted(matches, key=lambda match: GRADES.index(match.grade))
    theirs = [match for match in ordered if agrees(told, match.place, match.has_speakers)]
    others = [match for match in ordered if match not in theirs]
    best = (theirs or others)[0]
    places = tuple(match.place for match in [*theirs, *others])
    notes = [_explain_marks(best), *(_explain_unsure(told, best.place) if theirs else _explain_name(told, best.place))]
    return CheckedQuotation(
        text,
        start,
        end,
        best.grade if theirs else "misattributed",
        attributed_to=_name(told, best.place),
        told=told.name if told is not None else None,
        places=places,
        note="; ".join(filter(None, notes)),
    )


def agrees(told: Told | None, place: SourcePlace, has_speakers: bool) -> bool:
    """Whether the words can be those of whom the draft names; also where the source leaves open whose they are."""
    if told is None:
        return True
    if place.speaker is None:
        return place.kind == "speech" or not has_speakers
    if told.role is not None:
        return place.role is None or place.role == told.role
    if told.labels:
        return place.speaker in told.labels
    return is_nameless(place.speaker) or is_same_person(split_name(told.name), split_name(place.speaker))


def _name(told: Told | None, place: SourcePlace | None) -> str | None:
    """Whom the draft names, by the label of the source where that is one person's."""
    if told is None:
        return None
    speaker = place.speaker if place is not None else None
    if place is not None and (speaker in told.labels or (told.role is not None and place.role == told.role)):
        return speaker
    return next(iter(told.labels)) if len(told.labels) == 1 else told.name


def _explain_name(told: Told | None, place: SourcePlace) -> list[str]:
    if place.speaker is None:
        return ["these are words of the text around the talk, which nobody said in it"]
    if place.role == "asks":
        return [f"this was said by {_show(place)}, who asks"]
    return [f"this was said by {_show(place)}"]


def _explain_unsure(told: Told | None, place: SourcePlace) -> list[str]:
    if told is not None and not told.labels and told.role is None and is_nameless(place.speaker):
        return [f"the source does not say whose words they are ({_show(place)})"]
    return []


def _explain_marks(match: WordsMatch) -> str:
    left_out = [words for words in match.left_out if any(character.isalnum() for character in words)]
    if not left_out:
        return ""
    shown = ", ".join(f"“{words[:200]}{'…' if len(words) > 200 else ''}”" for words in left_out)
    return f"at the editor’s marks the source has {shown}"


def _explain_stitching(parts: Sequence[SourcePlace], *, marked: bool) -> str:
    speakers = {part.speaker for part in parts}
    documents = {part.doc_id for part in parts}
    what = f"{len(parts)} parts"
    how = "are joined, and the mark does not say that they are apart" if marked else "are joined without a mark"
    if len(speakers) > 1:
        return f"{what} of {len(speakers)} persons {how}"
    if len(documents) > 1:
        return f"{what} from {len(documents)} documents {how}"
    return f"{what} from different places {how}"


def _show(place: SourcePlace) -> str:
    return place.speaker or "somebody not named"
