"""Strings that make careless patterns and loops slow, of any length, alone and inside files of each format."""

from collections.abc import Callable, Mapping

Fill = Callable[[int], str]

# What is repeated until the length is reached, what stands in front of it, and what behind it.
_PARTS: tuple[tuple[str, str, str], ...] = (
    *(("", unit, "") for unit in ("a", "A", " ", "\n", "\r", "\t", "\0", "0", ".", "!", "?", ":", "-", "*", "_", "#")),
    *(
        ("", unit, "")
        for unit in ("(", ")", "[", "]", "{", "<", ">", "|", "\\", '"', "'", "&", ",", ";", "=", "/", "`")
    ),
    *(
        ("", unit, "")
        for unit in ("![", "](", "[]()", '!"', "?)", "...", ". . ", "?! ", "a. ", "A. ", "A.", "Mr. ", "a.b.")
    ),
    *(("", unit, "") for unit in ("a ", "A a ", "Ab Cd ", "a-", "a'", "a\n", "a\n\n", " \n", "\r\n", "a\r", "\n \n")),
    *(
        ("", unit, "")
        for unit in ("A: ", "A: b\n", "Ab: b. ", "A\n", "**A:** ", "**", "__", "* ", "- ", "> ", ">> ", ">>a ", "-- ")
    ),
    *(
        ("", unit, "")
        for unit in ("00:01 ", "00:01\n", "[00:01] ", "(00:01)", "00:00:01.000 --> ", "1:", "1:1", "1, ", "1.", "1 ")
    ),
    *(
        ("", unit, "")
        for unit in ("[a] ", "(a) ", "(a", "[a", "{a}", "<a>", "</a>", "<!--", "<!---->", "<!-- -->\n", "-->", "<a ")
    ),
    *(
        ("", unit, "")
        for unit in ("&amp;", "&#", "&lt;", "|a", "|a|\n", "|-|\n", "a,b\n", '"a",', '""', "a\tb\n", "```\n", "---\n")
    ),
    *(
        ("", unit, "")
        for unit in (
            "\u00ad",
            "\u200b",
            "a\u00ad",
            "a\u0300",
            "\u0300",
            "\u00ad \u0300",
            "\ufb01",
            "、",
            "。",
            "中",
            "か。",
        )
    ),
    *(
        ("", unit, "")
        for unit in ("\u00ad ", "\u2060", "\u202e", "\U0001f600", "é", "the such as ", "such as ", "what is ", "1999 ")
    ),
    *(
        ("", unit, "")
        for unit in (
            "direct ",
            "cross-",
            "started ",
            "page 1 of ",
            "(laughter ",
            "action item: ",
            "copyright ",
            "[x](y) ",
        )
    ),
    *(
        ("a", unit, "b")
        for unit in (" ", "\n", "\t", "-", "*", "_", "\u00ad", "\u200b", "\u0300", ".", "'", "(", " (", "> ", "00:01 ")
    ),
    *(("a. ", unit, ":") for unit in (" ", "a", "a ", "A ", "*", "(a) ", "\u200b", "-", ".")),
    *(("**", unit, ":") for unit in ("a", "a ", " ", "*", "(a)", "[a]", "_")),
    *(("A (", unit, "): b") for unit in ("a", "(", ")", " ", "a, ")),
    *(("[", unit, "]") for unit in ("a", "[", " ", "0", "00:01 ")),
    *(("# ", unit, "") for unit in ("a", "#", " ", " #")),
    *(("<SPEAKER ", unit, ">") for unit in ("a", " NAME=", 'NAME="a" ')),
    *(("00:00:01.000 --> 00:00:02.000", unit, "\na\n") for unit in ("a", " ", "align:", "<v a>", ":", "x ")),
    *(("![a](", unit, "") for unit in ("(", "a", " ", "![a](")),
    ("<?xml ", "<?xml ", ""),
    ("<?xml ?>", "<!---->", "x"),
    ("<?xml ?>", "<!-- a -->\n", "x"),
    ("<!--", "-->", ""),
    ("---\n", "a: b\n", ""),
    ("```\n", "a\n", ""),
)


def _fill(before: str, unit: str, after: str) -> Fill:
    return lambda length: before + unit * max(1, (length - len(before) - len(after)) // len(unit)) + after


HOSTILE: Mapping[str, Fill] = {
    ascii(f"{before}({unit}){after}"): _fill(before, unit, after) for before, unit, after in _PARTS
}
