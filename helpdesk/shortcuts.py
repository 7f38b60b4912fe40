"""The keys of agents' pages, in one place: the list that `?` opens and what static/js/shortcuts.js obeys.

A page offers an action by an element with `data-shortcut="ACTION"`: its button is clicked, its field focused,
or its script listens for the event "shortcut". Keys without a taker on the page do nothing and are not listed.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Key:
    """What one presses (by character, "g q" for two after another, "Control+Enter" with a modifier)."""

    action: str
    press: str
    label: str | Promise

    @property
    def caps(self) -> list[str]:
        """The key caps to draw."""
        return [CAPS.get(word, word.upper()) for word in self.press.replace("+", " ").split()]

    @property
    def is_sequence(self) -> bool:
        """Two keys, one after the other."""
        return " " in self.press


CAPS = {"enter": "↵", "arrowdown": "↓", "arrowup": "↑", "escape": "Esc", "control": "Ctrl", "shift": "⇧"}

GROUPS: tuple[tuple[str | Promise, tuple[Key, ...]], ...] = (
    (
        _("Move"),
        (
            Key("next", "j", _("Next")),
            Key("previous", "k", _("Previous")),
            Key("open", "enter", pgettext_lazy("verb", "Open")),
            Key("search", "/", _("Search")),
            Key("palette", "control+k", _("Go to or do")),
            Key("reveal", ".", _("Show the new ones")),
            Key("escape", "escape", _("Close, leave the list")),
        ),
    ),
    (
        _("Selection"),
        (
            Key("select", "x", pgettext_lazy("verb", "Select")),
            Key("select-to", "shift+x", _("Select up to here")),
            Key("select-all", "shift+a", _("Select all that is shown")),
        ),
    ),
    (
        _("In a list of records"),
        (
            Key("tags", "l", _("Tags")),
            Key("write", "m", _("Write e-mail")),
        ),
    ),
    (
        _("With the thread"),
        (
            Key("close", "e", _("Close")),
            Key("reopen", "o", _("Reopen")),
            Key("pending1", "1", _("Pending 1")),
            Key("pending2", "2", _("Pending 2")),
            Key("snooze", "s", _("Put off until a date")),
            Key("merge", "m", _("Merge")),
            Key("assign", "a", _("Assign to…")),
            Key("take", "i", _("Assign to me")),
            Key("tag", "l", _("Tags")),
            Key("unread", "u", _("Mark unread")),
            Key("undo", "z", _("Undo")),
            Key("panel", "\\", _("Customer panel")),
        ),
    ),
    (
        _("Write"),
        (
            Key("reply", "r", _("Reply")),
            Key("note", "n", _("Internal note")),
            Key("forward", "f", _("Forward or hand over")),
            Key("replies", "#", _("Predefined replies")),
            Key("send", "control+enter", _("Send and keep open")),
            Key("save", "control+s", _("Save")),
            Key("send-and-close", "control+shift+enter", _("Send and close")),
        ),
    ),
    (
        _("In the Friday review"),
        (
            Key("review-send", "enter", _("Send and next")),
            Key("review-edit", "r", _("Edit the follow-up")),
            Key("review-hand-over", "h", _("Hand over")),
            Key("review-close", "c", _("Close")),
            Key("review-skip", "x", _("Skip, with a reason")),
            Key("review-chase", "f", _("Ask a carrier or a supplier")),
            Key("review-next", "arrowdown", _("Next")),
            Key("review-previous", "arrowup", _("Previous")),
        ),
    ),
    (
        _("Go to"),
        (
            Key("go-queue", "g q", _("Whole queue")),
            Key("go-mine", "g m", _("Mine")),
            Key("go-unassigned", "g u", _("Unassigned")),
            Key("go-customers", "g c", _("Customers")),
            Key("go-carts", "g k", _("Carts")),
            Key("go-week", "g s", _("Statistics")),
            Key("go-review", "g f", _("Friday review")),
        ),
    ),
    (_("Help"), (Key("help", "?", _("All shortcuts")),)),
)
