"""What the pane with tables, over the page, asks of the server.

It stands in the page and has no address of its own to be loaded from: whoever has no user's name is known by the page
that they have open, and would leave their transcripts with it.
"""

import time

from ui.call_panel import CallEvents, Reply
from ui.table_html import render_cell, render_listed, render_table
from ui.tables import Tables

MAX_ASKED_CHARS = 400_000


class TableEvents(CallEvents):
    """What can be done with tables."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        actions = {
            "list": self._list,
            "open": self._open,
            "look": self._look,
            "begin": self._begin,
            "add": self._add,
            "go on": self._go_on,
            "again": self._ask_again,
            "stop": self._stop,
            "judge": self._judge,
            "delete": self._delete,
            "save": self._save,
        }
        super().__init__(actions)

    def _list(self, visitor: str, asked: Reply) -> Reply:
        place = self._tables.place(visitor)
        return {"listed": render_listed(self._tables.listed(visitor)), "keeping": place.keeping}

    def _open(self, visitor: str, asked: Reply) -> Reply:
        opened = self._tables.open(visitor, _name(asked))
        return {
            "name": opened.name,
            "table": render_table(opened),
            "running": opened.is_running,
            "ended": opened.problem,
        }

    def _look(self, visitor: str, asked: Reply) -> Reply:
        since, questions = asked.get("since"), asked.get("questions")
        run, found, count = self._tables.look(visitor, _name(asked), since if isinstance(since, int) else 0)
        numbers = {str(question): number for number, question in enumerate(questions or ())}
        cells = [
            {"q": numbers[question], "key": cell.key, "html": render_cell(cell, numbers[question])}
            for question, cell in found
            if question in numbers
        ]
        return {"name": _name(asked), "cells": cells, "since": count, "running": run is not None and run.is_running}

    def _begin(self, visitor: str, asked: Reply) -> Reply:
        name = _name(asked).strip()
        self._tables.begin(visitor, name, _questions(asked), str(asked.get("by")))
        return self._open(visitor, {"name": name})

    def _add(self, visitor: str, asked: Reply) -> Reply:
        self._tables.add(visitor, _name(asked), _questions(asked))
        return self._open(visitor, asked)

    def _go_on(self, visitor: str, asked: Reply) -> Reply:
        self._tables.go_on(visitor, _name(asked))
        return self._open(visitor, asked)

    def _ask_again(self, visitor: str, asked: Reply) -> Reply:
        self._tables.go_on(visitor, _name(asked), again=True)
        return self._open(visitor, asked)

    def _stop(self, visitor: str, asked: Reply) -> Reply:
        self._tables.stop(visitor, _name(asked))
        return {}

    def _judge(self, visitor: str, asked: Reply) -> Reply:
        verdict, note = asked.get("verdict"), asked.get("note")
        given = None if verdict is None else str(verdict)
        question, key = str(asked.get("question")), str(asked.get("key"))
        cell = self._tables.judge(visitor, _name(asked), question, key, given, None if note is None else str(note))
        number = asked.get("q")
        number = number if isinstance(number, int) else 0
        return {"name": _name(asked), "cells": [{"q": number, "key": key, "html": render_cell(cell, number)}]}

    def _delete(self, visitor: str, asked: Reply) -> Reply:
        self._tables.delete(visitor, _name(asked))
        return self._list(visitor, asked)

    def _save(self, visitor: str, asked: Reply) -> Reply:
        file = self._tables.export(visitor, _name(asked), str(asked.get("form")))
        return {"file": {**file, "made": str(time.time_ns())}}  # the same file is saved once more, too


def _name(asked: Reply) -> str:
    return str(asked.get("name", ""))


def _questions(asked: Reply) -> list[str]:
    """One a line; a text that is too long is cut off, as no question of it would be asked anyway."""
    text = str(asked.get("questions", ""))[:MAX_ASKED_CHARS]
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
