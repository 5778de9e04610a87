"""What the dialogs with tags ask of the server.

Every reply has the `marks`, by which the page shows the tags of quotes that stand on it.
"""

import time

from qa.exports import FORMATS
from qa.tags import COLORS, MAX_NAME_CHARS
from ui.call_panel import Action, CallEvents, Reply
from ui.markup import render
from ui.tags import Tags


def render_dialogs() -> str:
    """All that is there before anything of a visitor's is."""
    return render("tags.html", "shell", FORMATS, COLORS, MAX_NAME_CHARS)


class TagEvents(CallEvents):
    """What can be done with tags."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags
        actions: dict[str, Action] = {
            "marks": lambda visitor, asked: {},
            "menu": self._menu,
            "toggle": self._toggle,
            "make": self._make,
            "open": self._open,
            "change": self._change,
            "delete": self._delete,
            "suggest": self._suggest,
            "save": self._save,
        }
        super().__init__({name: self._then_mark(action) for name, action in actions.items()})

    def _then_mark(self, action: Action) -> Action:
        def act(visitor: str, asked: Reply) -> Reply:
            reply = action(visitor, asked)
            marks = self._tags.marks(visitor)
            return {**reply, "marks": {place: [[tag.name, tag.color] for tag in tags] for place, tags in marks.items()}}

        return act

    def _menu(self, visitor: str, asked: Reply) -> Reply:
        """The tags to choose from for the quote at `place`."""
        quote, book = self._tags.find_quote(visitor, _text(asked, "place")), self._tags.book(visitor)
        return {"menu": render("tags.html", "menu", quote, book.tags, book.tags_of(quote))}

    def _toggle(self, visitor: str, asked: Reply) -> Reply:
        self._tags.toggle(visitor, _text(asked, "tag"), _text(asked, "place"))
        return self._menu(visitor, asked)

    def _make(self, visitor: str, asked: Reply) -> Reply:
        """A tag; where a `place` is given, its quote has it then."""
        tag = self._tags.make(visitor, _text(asked, "tag"))
        return self._toggle(visitor, {**asked, "tag": tag.name}) if asked.get("place") else self._open(visitor, {})

    def _open(self, visitor: str, asked: Reply) -> Reply:
        """All tags, and of the one that is named what has it."""
        gathered = self._tags.gathered(visitor)
        name = _text(asked, "tag")
        opened = next((each for each in gathered if each.tag.name == name), None)
        keeping = self._tags.place(visitor).keeping
        return {
            "listed": render("tags.html", "listed", gathered, name, keeping),
            "opened": "" if opened is None else render("tags.html", "opened", opened, COLORS, MAX_NAME_CHARS),
        }

    def _change(self, visitor: str, asked: Reply) -> Reply:
        to, color, definition = (_text(asked, key) for key in ("to", "color", "definition"))
        return self._open(visitor, {"tag": self._tags.change(visitor, _text(asked, "tag"), to, color, definition).name})

    def _delete(self, visitor: str, asked: Reply) -> Reply:
        self._tags.delete(visitor, _text(asked, "tag"))
        return self._open(visitor, {})

    def _suggest(self, visitor: str, asked: Reply) -> Reply:
        name = _text(asked, "tag")
        return {"suggested": render("tags.html", "suggested", name, self._tags.suggest(visitor, name))}

    def _save(self, visitor: str, asked: Reply) -> Reply:
        file = self._tags.export(visitor, _text(asked, "tag") or None, _text(asked, "form"))
        return {"file": {**file, "made": str(time.time_ns())}}  # the same file is saved once more, too


def _text(asked: Reply, key: str) -> str:
    return str(asked.get(key) or "")
