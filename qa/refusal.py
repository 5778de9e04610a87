"""What is said where nothing is quoted: which words are missing, what a filter hides, who else says it."""

from collections.abc import Sequence
from dataclasses import replace

from index import PassageStore
from qa.abstention import explain_abstention, explain_filter, explain_narrowing
from qa.answers import Answer, Quote
from qa.finder import Finder
from qa.findings import Findings
from qa.quote_selection import choose_evidence


def explain_refusal(question: str, findings: Findings, texts: Sequence[str], store: PassageStore) -> str:
    """Why `findings` do not answer, naming the words that nothing in what was searched has.

    :param texts: those of the passages that were found.
    """
    # What a follow-up takes along in brackets was not asked for.
    asked = question if findings.standalone.startswith(question.strip()) else findings.standalone
    speakers = (speaker.name for document in findings.documents.values() for speaker in document.speakers)
    names = {word.casefold() for name in speakers for word in name.split()}
    with store.reading() as view:
        return explain_abstention(
            asked, texts, lambda word: word in names or bool(view.matching([word], 1, findings.scope))
        )


def look_elsewhere(answer: Answer, findings: Findings, speaker: str | None, finder: Finder) -> Answer:
    """An abstention with a reason that says what stands where it was not looked, if anything does.

    :param speaker: the one that was chosen; None where none was, so that the question itself asks for somebody's words,
        or only documents were chosen.
    """
    chosen = speaker is not None or not findings.narrowed
    everywhere = finder.look_everywhere(findings, None if chosen else findings.scope.doc_ids)
    choice = choose_evidence(everywhere, finder.reader)
    if not choice.evidence:
        return answer
    best = choice.evidence[0]
    found = Quote.from_span(everywhere.documents[best.doc_id], best.start, best.end, score=best.score)
    scope = findings.scope
    if scope.has_document(found.doc_id) and (scope.speakers is None or found.speaker in scope.speakers):
        return answer  # it was looked there, and in its context it does not answer
    if chosen:
        return replace(answer, reason=explain_filter(speaker, found))
    return replace(answer, reason=explain_narrowing(findings.scope.speakers or (), found))
