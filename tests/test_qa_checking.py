"""What is a quotation in a draft, whose it is told to be, and what became of it: cases in the words of articles."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus import Document, Prose, bundled_interview
from index import DocumentNotFound, PassageStore, build_index, open_store
from qa import DraftInvalid, check_draft
from qa.checking.check import check_text
from qa.checking.draft import MAX_QUOTATIONS, make_draft
from tests.fakes import HashEmbedder, WordReader

SPANISH = (
    "Periodista: ¿Cuándo empezó usted a cantar?\n\n"
    'María Pérez: Empecé a cantar cuando tenía nueve años, en la iglesia de mi pueblo. Mi abuela decía: "La '
    'voz es un regalo". No me gustaba estudiar, pero me encantaba escuchar la radio con ella todas las '
    "tardes.\n\n"
    "Periodista: ¿Y el miedo al escenario?\n\n"
    "María Pérez: Nunca desaparece del todo. Uno aprende a vivir con él, como con un viejo amigo."
)

GERMAN = (
    "Reporter: Wann haben Sie mit dem Klettern begonnen?\n\n"
    "Jonas Müller: Ich habe mit zwölf Jahren begonnen, gemeinsam mit meinem Vater. Damals gab es in unserem "
    "Dorf keine Halle. Wir sind einfach an den Felsen hinter der Mühle gegangen und haben es versucht.\n\n"
    "Reporter: Hatten Sie nie Angst?\n\n"
    "Jonas Müller: Doch, natürlich hatte ich Angst. Wer keine Angst hat, der klettert nicht lange."
)

CHINESE = (
    "记者：您什么时候开始学习书法？\n\n"
    "王小明：我从七岁开始学习书法，那时候每天都要练习两个小时。我的父亲是一位老师，他对我要求非常严格。\n\n"
    "记者：现在还每天练习吗？\n\n"
    "王小明：是的，没有一天不练习。书法让我的心安静下来。"
)

FRENCH = (
    "Journaliste : Pourquoi avez-vous quitté Paris ?\n\n"
    "Claire Dupont : J'ai quitté Paris parce que je voulais respirer. La ville m'avait tout donné, mais elle "
    "me prenait trop de temps. Aujourd'hui, je vis au bord de la mer et je n'ai jamais regretté ce choix."
)

ENGLISH = (
    "Interviewer: When did the harvest fail?\n\n"
    "Rosa Delgado: The harvest failed in 1987, when the river dried up. We didn't have anything to eat but "
    'roots. My mother sold the workers\' tools, and she said "never again" to all of us.\n\n'
    "Sam O'Brien: I remember it differently. The river never dried up completely; it was the canal that "
    "broke.\n\n"
    "Rosa Delgado: Perhaps. But I can tell you what I saw. The men came back from the fields with empty carts. "
    "[laughs] Nobody laughed then. It took us eleven years to recover.\n\n"
    "Interviewer: Eleven years is a long time.\n\n"
    "Sam O'Brien: Yes. It took us eleven years to recover... and some never did."
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> PassageStore:
    """Five short interviews in as many languages, and the bundled one."""
    talks = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "fr": FRENCH, "zh": CHINESE}
    documents = [Document.from_text(text, doc_id=name) for name, text in talks.items()]
    folder = tmp_path_factory.mktemp("talks")
    build_index([*documents, bundled_interview()], folder, embedder=HashEmbedder())
    return open_store(folder)


# A draft, and for each of its quotations the verdict and whom it names, in order; "|" parts what may be either.
CASES: list[tuple[str, Sequence[str]]] = [
    ("“We didn’t have anything to eat but roots,” Rosa Delgado recalled.", ["typography/Rosa Delgado"]),
    ("‘We didn’t have anything to eat but roots,’ said Delgado.", ["typography/Rosa Delgado"]),
    ("'My mother sold the workers' tools,' said Delgado.", ["exact/Rosa Delgado"]),
    (
        "“My mother sold the workers’ tools, and she said ‘never again’ to all of us,” Delgado said.",
        ["typography/Rosa Delgado"],
    ),
    ("The workers’ rights and the children's toys weren't discussed in the '90s.", []),
    (
        "“The harvest failed in 1987,” Delgado said, “when the river dried up.”",
        ["exact/Rosa Delgado", "exact/Rosa Delgado"],
    ),
    ("“The harvest failed in 1986,” Delgado said.", ["changed/Rosa Delgado"]),
    ("“The harvest did not fail in 1987, when the river dried up,” Delgado said.", ["changed/Rosa Delgado"]),
    ("“The harvest failed in 1987, when the canal dried up.”", ["changed/None"]),
    ("“When did the harvest fail?” asked the interviewer.", ["exact/Interviewer"]),
    ("Delgado asked: “When did the harvest fail?”", ["misattributed/Rosa Delgado"]),
    ("“The river never dried up completely,” Rosa Delgado said.", ["misattributed/Rosa Delgado"]),
    ("Sam O'Brien disagrees. “The river never dried up completely,” he said.", ["typography/Sam O'Brien"]),
    ("According to O'Brien, “it was the canal that broke.”", ["exact/Sam O'Brien"]),
    (
        "“The men came back from the fields with empty carts. Nobody laughed then,” said Delgado.",
        ["typography/Rosa Delgado"],
    ),
    ("“The men came back […] with empty carts,” said Delgado.", ["edited/Rosa Delgado"]),
    ("“The men … with empty carts,” said Delgado.", ["edited/Rosa Delgado"]),
    (
        "“She sold the workers’ tools” and “[t]he men came back from the fields,” Delgado says.",
        ["changed/Rosa Delgado|changed/None", "edited/Rosa Delgado"],
    ),
    ("“[My mother] sold the workers' tools,” Delgado says.", ["edited/Rosa Delgado"]),
    ("“It took us eleven years to recover,” they said.", ["typography/None"]),
    ("“It took us eleven years to recover,” said O’Brien.", ["typography/Sam O'Brien"]),
    ("“The harvest failed in 1987, when the river dried up. It took us eleven years to recover.”", ["stitched/None"]),
    ("“The harvest failed in 1987, when the river dried up. I remember it differently.”", ["stitched/None"]),
    (
        "“I remember it differently. The harvest failed in 1987, when the river dried up,” said Delgado.",
        ["stitched/Rosa Delgado"],
    ),
    ("“Nobody laughed *then*,” Delgado said (emphasis added).", ["edited/Rosa Delgado"]),
    (
        '"We didn\'t have anything to eat but roots. [...] It took us eleven years to recover."',
        ["stitched/None|edited/None"],
    ),
    ("She calls it a “lost decade” for the “so-called” farmers.", ["no_quotation/None", "no_quotation/None"]),
    (
        "Her book “The Empty Carts” and the film “River of No Return” are famous.",
        ["no_quotation/None", "no_quotation/None"],
    ),
    (
        "Ms Delgado met Mr O'Brien. As Mr O'Brien has it, “some never did”. “Perhaps,” she said.",
        ["exact/Sam O'Brien", "typography/Rosa Delgado"],
    ),
    ("Delgado cries: “THE HARVEST FAILED IN 1987, WHEN THE RIVER DRIED UP.”", ["typography/Rosa Delgado"]),
    (
        "“The harvest failed in 1987, when the river dried up. … It took us eleven years to recover,” Delgado said.",
        ["stitched/Rosa Delgado"],
    ),
    (
        "Delgado, 71, a farmer, said the family “didn't have anything to eat but roots” for months.",
        ["exact/Rosa Delgado"],
    ),
    ("“[They] came back from the fields with empty carts,” Delgado said of the men.", ["edited/Rosa Delgado"]),
    ("“Perhaps,” said Delgado.", ["typography/Rosa Delgado"]),
    ("Delgado said that the harvest had failed because of the drought.", ["paraphrase/Rosa Delgado"]),
    ("The harvest had failed because of the drought, Delgado said.", ["paraphrase/Rosa Delgado"]),
    ("«Empecé a cantar cuando tenía nueve años», recuerda María Pérez.", ["exact/María Pérez"]),
    ("Pérez recuerda que “Mi abuela decía: ‘La voz es un regalo’”.", ["typography/María Pérez"]),
    (
        "«Nunca desaparece del todo», dijo la cantante María Pérez, «uno aprende a vivir con él».",
        ["exact/María Pérez", "typography/María Pérez"],
    ),
    ("— ¿Cuándo empezó usted a cantar? —pregunta el periodista.", []),
    (
        "„Ich habe mit zwölf Jahren begonnen“, sagte Müller, „gemeinsam mit meinem Vater.“",
        ["exact/Jonas Müller", "exact/Jonas Müller"],
    ),
    (
        "»Wer keine Angst hat, der klettert nicht lange«, so Jonas Müller.",
        ["exact/Jonas Müller|typography/Jonas Müller"],
    ),
    ("Müller: „Doch, natürlich hatte ich keine Angst.“", ["changed/Jonas Müller"]),
    ("Der „Herr der Felsen“ sagte, dass er nie wieder klettern werde.", ["no_quotation/None"]),
    ("« La ville m’avait tout donné », confie Claire Dupont.", ["typography/Claire Dupont"]),
    ("« J’ai quitté Paris, explique-t-elle, parce que je voulais respirer. »", ["changed/None|edited/None"]),
    ("王小明说：“我从七岁开始学习书法，那时候每天都要练习两个小时。”", ["exact/王小明"]),
    ("“我从八岁开始学习书法，那时候每天都要练习两个小时。”王小明说。", ["changed/王小明"]),
    ("“书法让我的心安静下来”，王小明表示。", ["exact/王小明"]),
    ("「我的父親」 is a title.", ["no_quotation/None"]),
    ("王小明说：「没有一天不练习。」", ["exact/王小明"]),
    (
        (
            "“The harvest failed in 1987, when the river dried up.\n\n"
            "“We didn't have anything to eat but roots,” Delgado said."
        ),
        ["typography/Rosa Delgado"],
    ),
    (
        (
            "> The harvest failed in 1987, when the river dried up.\n"
            "> We didn't have anything to eat but roots.\n"
            ">\n"
            "> — Rosa Delgado"
        ),
        ["typography/Rosa Delgado"],
    ),
    (
        "Delgado remembers the drought:\n\n> The harvest failed in 1987, when the river dried up.",
        ["exact/Rosa Delgado"],
    ),
    ("**Delgado:** “The harvest failed in 1987, when the river dried up.”", ["exact/Rosa Delgado"]),
    ("“The harvest failed in 1987, when the river dried up.” — Rosa Delgado", ["exact/Rosa Delgado"]),
    ("“The harvest failed in 1987, when the river dried up” (Delgado).", ["exact/Rosa Delgado"]),
    (
        (
            "“The harvest failed in 1987, when the river dried up.” Delgado sighed. “We didn't have anything "
            "to eat but roots.”"
        ),
        ["exact/Rosa Delgado", "exact/Rosa Delgado"],
    ),
    (
        "“The harvest failed in 1987,” Delgado said. “We didn't have anything to eat but roots.”",
        ["exact/Rosa Delgado", "exact/Rosa Delgado"],
    ),
    ("Delgado told O'Brien: “Perhaps. But I can tell you what I saw.”", ["exact/Rosa Delgado"]),
    ("“I remember it differently,” O'Brien told Delgado.", ["typography/Sam O'Brien"]),
    ('"I remember it differently.", O\'Brien replied to Delgado.', ["exact/Sam O'Brien"]),
    (
        "“I remember it differently,” said the witness, Sam O'Brien, who had met Delgado before.",
        ["typography/Sam O'Brien"],
    ),
    ("“I remember it differently,” said Boris Johnson.", ["misattributed/Boris Johnson"]),
    ("“The committee will never approve this budget,” said Delgado.", ["not_found/Rosa Delgado"]),
    (
        "“It is impossible for the port to have dual-use purposes,” Ambassador Marco Balarezo told the Global Times.",
        ["typography/Balarezo"],
    ),
    ("The Global Times asked: “What does this mean for the region?”", ["exact/GT"]),
    ("“What does this mean for the region?” asked the reporter.", ["exact/GT"]),
    ('Nails of 5" and 6" length. “Perhaps,” said Delgado.', ["typography/Rosa Delgado"]),
    (
        '"The harvest failed in 1987, when the river dried up," Delgado said of "the year of hunger".',
        ["typography/Rosa Delgado", "no_quotation/None"],
    ),
    ("Delgado called it “a long time”.", ["no_quotation/None"]),
    (
        (
            "“The river never dried up completely; it was the canal that broke,” O'Brien said, adding that “it "
            "took us eleven years to recover … and some never did.”"
        ),
        ["typography/Sam O'Brien", "typography/Sam O'Brien"],
    ),
    ("“Eleven years is a long time,” Delgado said.", ["misattributed/Rosa Delgado"]),
    ("“We did not have anything to eat but roots,” Delgado said.", ["changed/Rosa Delgado"]),
    (
        "O'Brien, however, insisted that “the river never dried up completely”.",
        ["exact/Sam O'Brien|typography/Sam O'Brien"],
    ),
    ("As Delgado puts it: 'It took us eleven years to recover.'", ["exact/Rosa Delgado"]),
    ("In Delgado’s words, “It took us eleven years to recover.”", ["exact/Rosa Delgado"]),
    ("For Delgado the loss was total: “We didn't have anything to eat but roots.”", ["exact/Rosa Delgado"]),
    ("It was Rosa Delgado who said, “We didn't have anything to eat but roots.”", ["exact/Rosa Delgado"]),
    (
        "“We didn't have anything to eat but roots,” the farmer Rosa Delgado, now 71, told us last week.",
        ["typography/Rosa Delgado"],
    ),
    (
        "“We didn't have anything to eat but roots,” says Delgado's neighbour Sam O'Brien.",
        ["misattributed/Sam O'Brien"],
    ),
    (
        'Rosa: "We didn\'t have anything to eat but roots."\nSam: "I remember it differently."',
        ["exact/Rosa Delgado", "exact/Sam O'Brien"],
    ),
]


@pytest.mark.parametrize(("draft", "expected"), CASES, ids=[draft[:60] for draft, _ in CASES])
def test_each_quotation_gets_its_verdict_and_its_speaker(
    draft: str, expected: Sequence[str], store: PassageStore
) -> None:
    report = check_text(draft, store)
    found = [f"{quotation.verdict}/{quotation.attributed_to}" for quotation in report.quotations]
    assert len(found) == len(expected), found
    assert [one for one, other in zip(found, expected, strict=True) if one not in other.split("|")] == []
    for quotation in report.quotations:
        assert draft[quotation.start : quotation.end] == quotation.text


def test_words_that_were_said_twice_have_all_places_those_of_the_one_named_first(store: PassageStore) -> None:
    (quotation,) = check_text("“It took us eleven years to recover,” said O’Brien.", store).quotations
    assert [place.speaker for place in quotation.places] == ["Sam O'Brien", "Rosa Delgado"]
    assert quotation.is_twice


def test_every_place_is_a_slice_of_its_source(store: PassageStore) -> None:
    with store.reading() as view:
        for draft, _ in CASES:
            for quotation in check_text(draft, store).quotations:
                for place in quotation.places:
                    text = view.document(place.doc_id).text
                    assert text[place.start : place.end] == place.text
                    assert text[: place.start].endswith(place.before)
                    assert text[place.end :].startswith(place.after)
                if quotation.verdict == "exact":
                    assert quotation.places[0].text == quotation.text


@pytest.mark.parametrize(
    ("written", "change", "shown"),
    [
        ("The harvest failed in 1986, when the river dried up.", "number", "“1986” stands for “1987”"),
        ("We did have anything to eat but roots.", "negation", "“did” stands for “didn't”"),
        ("My mother sold the king's tools, and she said", "word", "“king's” stands for “workers”"),
        ("The men came back with empty carts from the fields.", "order", "the order: the source has"),
        ("The men came slowly back from the fields with empty carts.", "word", "“slowly” is added"),
        ("The men came from the fields with empty carts.", "word", "“back” is left out"),
        ("The Men came back from the fields with empty carts.", "case", "“Men” stands for “men”"),
        ("The men came back, from the fields, with empty carts.", "punctuation", "“back, from” stands for"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_changed_is_said_word_by_word(written: str, change: str, shown: str, store: PassageStore) -> None:
    (quotation,) = check_text(f"Delgado said: “{written}”", store).quotations
    assert quotation.verdict == "changed"
    assert quotation.changes[0].change == change
    assert str(quotation.changes[0]).startswith(shown)


def test_what_is_nearest_is_never_a_match(store: PassageStore) -> None:
    (quotation,) = check_text("“The men in the fields were paid in silver,” said Delgado.", store).quotations
    assert (quotation.verdict, quotation.speaker, quotation.places) == ("not_found", None, ())
    assert quotation.nearest is not None
    assert quotation.nearest.text in ENGLISH


def test_a_statement_made_of_a_question_is_changed(store: PassageStore) -> None:
    (quotation,) = check_text("The interviewer said: “When did the harvest fail.”", store).quotations
    assert quotation.verdict == "changed"


def test_narration_is_nobodys_speech(store: PassageStore) -> None:
    words = 'Peru can serve as a "gateway" for China\'s cooperation with Latin America'
    (quotation,) = check_text(f"Balarezo said: “{words}.”", store).quotations
    assert (quotation.verdict, quotation.speaker) == ("misattributed", None)
    assert "nobody said" in quotation.note


def test_a_quotation_over_paragraphs_is_one_row(store: PassageStore) -> None:
    draft = "“The harvest failed in 1987, when the river dried up.\n\n“We didn't have anything to eat but roots.”"
    (quotation,) = check_text(draft, store).quotations
    assert quotation.text == draft[1:-1]
    assert quotation.verdict == "typography"


def test_only_the_documents_named_are_looked_into(store: PassageStore) -> None:
    draft = "“The harvest failed in 1987, when the river dried up.”"
    assert check_text(draft, store, doc_ids=["es"]).quotations[0].verdict == "not_found"
    with pytest.raises(DocumentNotFound, match="no document 'nowhere'"):
        check_text(draft, store, doc_ids=["nowhere"])


def test_reported_speech_gets_the_nearest_passage_of_its_speaker(store: PassageStore) -> None:
    draft = "Delgado said that the harvest failed because the river dried up."
    (quotation,) = check_draft(draft, store, embedder=HashEmbedder(), reader=WordReader()).quotations
    assert (quotation.verdict, quotation.attributed_to) == ("paraphrase", "Rosa Delgado")
    assert quotation.text == "the harvest failed because the river dried up"
    assert quotation.nearest is not None
    assert quotation.nearest.text == "The harvest failed in 1987, when the river dried up."
    assert quotation.places == ()


def test_an_index_of_another_embedder_gives_verdicts_and_no_nearest_passage(store: PassageStore) -> None:
    draft = "Delgado said that the harvest failed because the river dried up. “Perhaps,” she said."
    report = check_draft(draft, store, embedder=HashEmbedder("another"), reader=WordReader())
    assert [quotation.verdict for quotation in report.quotations] == ["paraphrase", "typography"]
    assert report.quotations[0].nearest is None


def test_a_draft_without_words_is_refused(store: PassageStore) -> None:
    with pytest.raises(DraftInvalid, match="no words"):
        check_draft(" “…” ", store, embedder=HashEmbedder())


def test_too_many_quotations_are_refused() -> None:
    with pytest.raises(DraftInvalid, match="split it"):
        make_draft(Prose("“a” " * (MAX_QUOTATIONS + 1), "text", ()), "")


@pytest.mark.parametrize("mark", list("\"'“”„«»‹›「」『』‘’‚*_[(<>&.-…\n\u200d"))
def test_a_hundred_thousand_of_any_mark_are_read_at_once(mark: str, store: PassageStore) -> None:
    for draft in (f"“a {mark * 100_000} b” he said", "x" + mark * 100_000):
        assert len(check_text(draft, store).quotations) <= 2


def test_a_file_is_read_by_its_path(tmp_path: Path, store: PassageStore) -> None:
    path = tmp_path / "draft.md"
    path.write_text("# Drought\n\n“Perhaps,” said Delgado.", encoding="utf-8")
    for given in (path, str(path)):
        report = check_draft(given, store, embedder=HashEmbedder())
        assert (report.name, report.format, report.count()["typography"]) == ("draft.md", "md", 1)
