"""How figures become tables: for each table the results that it is made from, and its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.evaluation.table import format_rows
from tests.bench import across, each, index_sizes, peers

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Layout:
    """A table: the names of the results that it shows, and what makes Markdown of their figures, one argument each."""

    sources: tuple[str, ...]
    make: Callable[..., str]


@dataclass(frozen=True, slots=True)
class KeyedColumn:
    """A column of records: its heading, the key of its figures and how they are written."""

    heading: str
    key: str
    form: str = "{}"


def _records(*columns: KeyedColumn) -> Callable[[Sequence[Mapping[str, Any]]], str]:
    """A layout of a list of records, a row each."""

    def make(records: Sequence[Mapping[str, Any]]) -> str:
        rows = [[_show(record.get(column.key), column.form) for column in columns] for record in records]
        return format_rows([column.heading for column in columns], rows)

    return make


def _named(*columns: KeyedColumn) -> Callable[[Mapping[str, Mapping[str, Any]]], str]:
    """The same of records by name, which is the column "name"."""
    make = _records(*columns)
    return lambda figures: make([{"name": name, **record} for name, record in figures.items()])


def _show(value: object, form: str = "{}") -> str:
    return NOTHING if value is None else form.format(value)


def _share(count: float, of: float) -> str:
    return f"{count} of {of}"


def _pair(one: Mapping[str, float], keys: tuple[str, str], between: str = " / ") -> str:
    return NOTHING if one.get(keys[0]) is None else between.join(f"{one[key]:.2f}" for key in keys)


def _make_answers(figures: Mapping[str, Mapping[str, Any]]) -> str:
    pairs = {
        "right sentence first / among the first three": ("best", "of three"),
        "the same by the embedder alone": ("cosine best", "cosine of three"),
        "the same by BM25 alone": ("BM25 best", "BM25 of three"),
        "follow-ups first, as asked / asked in words that stand alone": (
            "follow-ups best",
            "follow-ups best, asked alone",
        ),
    }
    shares = {
        "right and answered": "right and answered",
        "unanswerable questions refused": "refused",
        "area under the curve, answerable against unanswerable": "area under curve",
        "calibration error": "calibration error",
        "items of lists and compound questions that are quoted": "items quoted",
        "F1 of the short answer": "short F1",
        "right speaker, where the sentence is right": "speaker right",
    }
    gain, interval = (
        "first, minus first by cosine: 95 % interval",
        ("best minus cosine, low", "best minus cosine, high"),
    )
    sets = figures.values()
    rows = [["questions (unanswerable)", *(f"{one['questions']} ({one['unanswerable']})" for one in sets)]]
    rows += [
        [heading, *(_pair(one, keys) for one in sets)]
        for heading, keys in pairs.items()
        if any(keys[0] in one for one in sets)
    ]
    rows += [
        [f"the same by {name}", *(_pair(one.get("others", {}).get(name, {}), ("best", "of three")) for one in sets)]
        for name in dict.fromkeys(name for one in sets for name in one.get("others", {}))
    ]
    rows.append([gain, *(_pair(one, interval, " to ") for one in sets)])
    rows += [
        [heading, *(_show(one.get(key), "{:.2f}") for one in sets)]
        for heading, key in shares.items()
        if any(key in one for one in sets)
    ]
    rows.append(["quotes that are not the source's", *(str(one["quote violations"]) for one in sets)])
    return format_rows(["", *figures], rows)


_SYSTEMS = {
    "BM25": "BM25",
    "all-MiniLM-L6-v2": "all-MiniLM-L6-v2, cosine",
    "all-mpnet-base-v2": "all-mpnet-base-v2, cosine",
    "cross-encoder": "ms-marco-MiniLM-L-12-v2 over the 20 nearest",
    "embedder": "our embedder, cosine",
    "small reader": "On the Record, `--fast`",
    "both": "**On the Record**",
}


def _make_benchmark(figures: Mapping[str, Mapping[str, Any]]) -> str:
    one = figures["benchmark, report"]
    systems = {
        **one["others"],
        "BM25": {"best": one["BM25 best"], "of three": one["BM25 of three"]},
        "embedder": {"best": one["cosine best"], "of three": one["cosine of three"]},
        "both": one,
    }
    shown = ("best", "of three", "area under curve", "right and answered", "refused")
    rows = [
        [heading, *(_show(systems[name].get(key), "{:.2f}") for key in shown)]
        for name, heading in _SYSTEMS.items()
        if name in systems
    ]
    return format_rows(["", "right first", "of three", *shown[2:]], rows)


def _make_summary(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The few figures that somebody who decides whether to use the program wants first."""
    facts = (
        ("questions asked", "questions", "{}"),
        ("quotes that are not the source's own words", "quote violations", "{}"),
        ("right speaker, where the right sentence is quoted", "speaker right", "{:.0%}"),
        ("right sentence quoted first", "best", "{:.0%}"),
        ("right sentence among the first three", "of three", "{:.0%}"),
        ("says so, where the source has no answer", "refused", "{:.0%}"),
    )
    sets = (figures["bundled interview"], figures["interviews, report"])
    rows = [[heading, *(_show(one[key], form) for one in sets)] for heading, key, form in facts]
    return format_rows(["", "bundled interview", "ten other conversations"], rows)


def _make_kinds(figures: Mapping[str, Mapping[str, Any]]) -> str:
    parts: Mapping[str, Mapping[str, Any]] = figures["interviews, report"]["parts"]
    shown = ("best", "of three", "items quoted", "all items quoted", "right and answered", "refused")
    rows = [
        [part, str(one["questions"]), *(_show(one.get(key), "{:.2f}") for key in shown)] for part, one in parts.items()
    ]
    return format_rows(["", "questions", *shown], rows)


def _make_meetings(figures: Mapping[str, Mapping[str, Any]]) -> str:
    one = figures["QMSum"]
    ways = {"this program": "", "cosine alone": "cosine ", "BM25 alone": "BM25 "}
    rows = [
        [way, *(_show(one.get(f"{key}{rank}"), "{:.2f}") for rank in ("best", "of three"))] for way, key in ways.items()
    ]
    return format_rows(["", "right stretch of talk first", "among the first three"], rows)


# What each stage of an answer does.
_STAGES = {
    "embed": "the question into its embedding",
    "retrieve": "nearest by meaning, matching by words, their documents",
    "read": "32 passages by the small network, the best 16 by the large one",
    "compose": "quotes, checked against the source",
    "total": "",
}


def _make_answer_time(figures: Mapping[str, Any]) -> str:
    ways = figures["ways"]
    rows = [
        ["all" if stage == "total" else f"`{stage}`", *(f"{way[stage]:g}" for way in ways.values()), what]
        for stage, what in _STAGES.items()
    ]
    return format_rows(
        ["stage, ms", *(f"`--{name}`" if name[0] == "f" else name for name in ways), "what it does"], rows
    )


_COLLECTION = {
    "build_s": "build it",
    "add_s": "add a document",
    "change_s": "the same with a sentence more",
    "rename_s": "rename a speaker everywhere",
    "take_back_s": "take that back",
    "list_s": "list the documents",
    "check_s": "hold a draft of 60 quotations against all",
    "answer_fast_s": "an answer, `--fast`, median of ten",
    "answer_s": "an answer, median of ten",
}
_LISTING = {
    "listing_ms": "the list of all, as each question needs it",
    "retrieve_ms": "a question's retrieval within a hundred of them and one speaker",
    "answer_ms": "the whole answer, with fakes in place of the models",
}


def _make_collection(figures: Mapping[str, float]) -> str:
    heading = f"{figures['documents']:,.0f} documents, {figures['characters'] / 1e6:.1f} million characters"
    return format_rows([heading, "seconds"], [[what, f"{figures[key]:.3g}"] for key, what in _COLLECTION.items()])


def _make_listing(figures: Mapping[str, float]) -> str:
    heading = f"of {figures['documents']:,.0f} documents"
    return format_rows([heading, "ms"], [[what, f"{figures[key]:g}"] for key, what in _LISTING.items()])


def _make_start(records: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for one in records:
        span = f"{one['from']:g} to {one['to']:g}"
        seconds = span if one["seconds"] is None else f"{one['seconds']:g} ({span})"
        rows.append([one["what"], seconds, str(one["runs"])])
    return format_rows(["", "seconds", "runs"], rows)


def _make_peers(figures: Mapping[str, Any]) -> str:
    return peers.format_table(figures["medians"], figures["ours_to_best_of_others"])


def _make_follow_ups(figures: Mapping[str, Mapping[str, float]]) -> str:
    ways = {
        "as asked": "as asked",
        "the previous question in front": "previous question in front",
        "our rewrite, by its text alone": "our rewrite",
        "as the program asks, but for nearness to the last quote": "our rewrite, title known, quoted ones last",
        "as the program asks": "our rewrite and nearness",
        "a person's rewrite": "human rewrite",
        "a person's rewrite, the last quote read last": "human rewrite, quoted ones last",
    }
    rows = [["questions", *(str(one["questions"]) for one in figures.values())]]
    rows += [[heading, *(_show(one.get(key), "{:.2f}") for one in figures.values())] for heading, key in ways.items()]
    return format_rows(["", *figures], rows)


def _make_chat_load(*runs: Mapping[str, Any]) -> str:
    rows = [
        [
            *(str(run["visitors"]), str(run["seconds"]), f"{run['answers']:,}", str(len(run["errors"]))),
            *(str(run["mixed_up"]), f"{run['median_ms'] / 1000:.1f}", f"{run['p95_ms'] / 1000:.1f}"),
        ]
        for run in runs
    ]
    heading = "visitors at once|seconds|answers|errors|from another's transcript|median wait, s|95th percentile, s"
    return format_rows(heading.split("|"), rows)


def _make_grounding(records: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for one in records:
        kind = f"**{one['kind']}**" if one["kind"].startswith("all ") else one["kind"]
        counts = ((one["dropped"], one["sentences"]), (one["choose_dropped"], one["choose_sentences"]))
        rows.append([kind, "false" if one["false"] else "true", *(_share(some, of) for some, of in counts)])
    return format_rows(["sentences", "", "dropped", "dropped on the half that rules were chosen by"], rows)


def _make_written_related(records: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for one in records:
        dropped = f"{one['dropped_more']} more" if "dropped_more" in one else str(one["dropped"])
        by_words = _show(one.get("dropped_by_words"))
        passed = (_show(one.get("right")), _show(one.get("another")))
        rows.append([one["case"], str(one["sentences"]), *passed, by_words, dropped])
    heading = "|sentences|pass at a right sentence|pass at another, or false|dropped by words alone|dropped"
    return format_rows(heading.split("|"), rows)


def _make_written(*runs: Mapping[str, Any]) -> str:
    rows = [
        ["questions (unanswerable)", *(f"{one['questions']} ({one['unanswerable']})" for one in runs)],
        ["right and answered, without it", *(_share(one["right_extractive"], one["answerable"]) for one in runs)],
        ["right and answered, with it", *(_share(one["right"], one["answerable"]) for one in runs)],
        ["gained, lost", *(_pair_of_counts(one["gained"], one["lost"]) for one in runs)],
        ["unanswerable refused, without it", *(_share(one["refused_extractive"], one["unanswerable"]) for one in runs)],
        ["unanswerable refused, with it", *(_share(one["refused"], one["unanswerable"]) for one in runs)],
        ["answers phrased", *(str(one["phrased"]) for one in runs)],
        ["fell back with a notice", *(str(one["fell_back"]) for one in runs)],
        ["sentences shown", *(_show(one["sentences_shown"]) for one in runs)],
        ["sentences dropped", *(_show_dropped(one["sentences_dropped"]) for one in runs)],
        ["quotes that are not the source's", *(str(one["quote_violations"]) for one in runs)],
        ["wrong speakers on quotes", *(str(one["wrong_speakers"]) for one in runs)],
    ]
    return format_rows(["", "SmolLM2-135M", "Qwen2.5-Coder-1.5B"], rows)


def _pair_of_counts(one: int | None, other: int | None) -> str:
    return NOTHING if one is None or other is None else f"{one}, {other}"


def _show_dropped(dropped: Mapping[str, int]) -> str:
    return f"{sum(dropped.values())}: {', '.join(f'{reason} {count}' for reason, count in dropped.items())}"


def _make_quotation_verdicts(figures: Mapping[str, Any]) -> str:
    verdicts = "exact typography edited changed stitched misattributed not_found no_quotation paraphrase missed".split()
    shown = [verdict for verdict in verdicts if any(verdict in row for row in figures["verdicts"].values())]
    rows = [
        [kind, str(sum(row.values())), *(str(row.get(verdict, "")) for verdict in shown)]
        for kind, row in figures["verdicts"].items()
    ]
    return format_rows(["made as", "all", *shown], rows)


def _make_quotation_figures(figures: Mapping[str, Any]) -> str:
    counts = {"quotations", "missed"}
    rows = [
        [name, str(value) if name in counts or "called" in name else f"{value:.3f}"]
        for name, value in figures["figures"].items()
    ]
    return format_rows(["of the suite", ""], rows)


LAYOUTS = {
    "across": Layout(("across",), across.format_figures),
    "each": Layout(("each",), each.format_figures),
    "quotations": Layout(("quotations",), _make_quotation_figures),
    "quotation-verdicts": Layout(("quotations",), _make_quotation_verdicts),
    "quotation-checkers": Layout(
        ("quotations",),
        lambda figures: _named(
            KeyedColumn("lets pass, of those made as", "name"),
            KeyedColumn("exact", "exact", "{:.2f}"),
            KeyedColumn("typography", "typography", "{:.2f}"),
            KeyedColumn("edited", "edited", "{:.2f}"),
            KeyedColumn("changed, stitched, foreign", "false", "{:.2f}"),
            KeyedColumn("somebody else's", "misattributed", "{:.2f}"),
        )(figures["checkers"]),
    ),
    "summary": Layout(("interviews",), _make_summary),
    "interviews": Layout(("interviews",), _make_answers),
    "benchmark": Layout(("benchmark",), _make_benchmark),
    "kinds": Layout(("interviews",), _make_kinds),
    "answers": Layout(("answers",), _make_answers),
    "meetings": Layout(("meetings",), _make_meetings),
    "follow-ups": Layout(("follow-ups",), _make_follow_ups),
    "stand-alone-questions": Layout(
        ("stand-alone-questions",),
        _named(
            KeyedColumn("questions of", "name"),
            KeyedColumn("questions", "questions"),
            KeyedColumn("lost", "lost", "{:.1%}"),
        ),
    ),
    "languages": Layout(
        ("languages",),
        _named(
            KeyedColumn("", "name"),
            KeyedColumn("questions", "questions"),
            KeyedColumn("right passage among the first five", "recall@5", "{:.2f}"),
        ),
    ),
    "grounding": Layout(("grounding",), _make_grounding),
    "written-related": Layout(("written-related",), _make_written_related),
    "written": Layout(("written-smollm2-135m", "written-qwen2.5-coder-1.5b"), _make_written),
    "answer-time": Layout(("answer-time",), _make_answer_time),
    "passages-read": Layout(
        ("passages-read",),
        _records(
            KeyedColumn("passages read", "passages"),
            KeyedColumn("the answer is among them", "answer_among_them", "{:.2f}"),
        ),
    ),
    "collection": Layout(("collection",), _make_collection),
    "listing": Layout(("listing",), _make_listing),
    "start": Layout(("start",), _make_start),
    "chat-load": Layout(("chat-load", "chat-load@5eddaf8"), _make_chat_load),
    "peers": Layout(("peers",), _make_peers),
    "peers-earlier": Layout(("peers@cc6b935",), _make_peers),
    "embedding-ways": Layout(
        ("embedding-ways",),
        _records(
            KeyedColumn("way to run the model", "way"),
            KeyedColumn("tokens a second", "tokens_a_second"),
            KeyedColumn("ten nearest kept", "ten_nearest_kept"),
        ),
    ),
    "embedding-bfloat16": Layout(
        ("embedding-bfloat16",),
        _records(
            KeyedColumn("way to run the model", "way"),
            KeyedColumn("characters a second", "chars_a_second", "{:,}"),
            KeyedColumn("ten nearest kept", "ten_nearest_kept", "{:g}"),
        ),
    ),
    "index-sizes": Layout(
        ("index-sizes",),
        lambda figures: _records(
            *(KeyedColumn(heading, key, form) for key, (heading, form) in index_sizes.COLUMNS.items())
        )(figures["sizes"]),
    ),
    "embedding-rate": Layout(
        ("index-sizes",),
        lambda figures: format_rows(
            ["passages embedded", "a second"],
            [[f"{figures['embedding']['passages']:,}", f"{figures['embedding']['a second']:,.0f}"]],
        ),
    ),
}
