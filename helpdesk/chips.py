"""The filters above the queue as chips: each a menu of links that put a value into the address or take it out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from helpdesk.filters import ANY, LABELS, ME, NOBODY, OVERDUE, TODAY, Choices, Filters, hours
from helpdesk.models import Folder, Priority, Target
from helpdesk.statistics.behind import Behind
from helpdesk.statistics.definitions import DEFINITIONS

WAITS = ("4", "8", "24", "48")
RARE = ("assignee", "language", "priority", "unread")  # in the menu "More" until they are chosen


@dataclass(frozen=True)
class Item:
    """A line of a menu."""

    label: str
    url: str
    chosen: bool = False
    status: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter with its menu. `text` says what is chosen; `fields` are inputs of a small form instead of items."""

    name: str
    text: str
    is_on: bool
    items: tuple[Item, ...] = ()
    fields: tuple[tuple[str, str, str, str | Promise], ...] = ()  # name, type, value, label
    others: tuple[tuple[str, str], ...] = ()  # hidden values that a form must keep
    off_url: str = ""
    inside: "tuple[Chip, ...]" = ()  # filters that have no chip of their own now


def address(filters: Filters, **changes: str | None) -> str:
    """The queue's path with these filters."""
    query = filters.query(**changes)
    return f"{reverse('helpdesk:queue')}?{query}" if query else reverse("helpdesk:queue")


def chips(filters: Filters, choices: Choices) -> list[Chip]:
    """All chips, in the order of the page."""
    return [
        _status(filters, choices),
        _menu(filters, "contact", [(one.slug, one.title) for one in choices.contacts]),
        _menu(filters, "assignee", _people(choices)),
        _menu(filters, "tag", [(tag.name, tag.name) for tag in choices.tags]),
        _menu(filters, "language", [(code, str(name)) for code, name in settings.CUSTOMER_LANGUAGES]),
        _form(filters, "order", (("order", "text"),)),
        *_waiting(filters),
        _menu(filters, "priority", [(one.value, str(one.label)) for one in reversed(Priority)]),
        _form(filters, "from", (("from", "date"), ("to", "date"))),
        _unread(filters),
        *_customer(filters),
        *_figure(filters),
    ]


def folded(chips: list[Chip]) -> list[Chip]:
    """The chips of the line: what is chosen or often chosen; the others in one menu at the end."""
    rare = tuple(chip for chip in chips if chip.name in RARE and not chip.is_on)
    shown = [chip for chip in chips if chip not in rare]
    return [*shown, Chip("more", _("More"), False, inside=rare)] if rare else shown


def _people(choices: Choices) -> list[tuple[str, str]]:
    return [(ME, _("Me")), (NOBODY, _("Unassigned")), *((str(one.pk), str(one)) for one in choices.agents)]


def _waiting(filters: Filters) -> list[Chip]:
    """How long customers wait; where something has a target, what is due. The other one if the address asks for it."""
    chips = {
        "waiting": _menu(filters, "waiting", [(word, hours(word)) for word in WAITS]),
        "due": _menu(filters, "due", [(OVERDUE, _("Overdue")), (TODAY, _("Due today"))]),
    }
    usual = "due" if Target.in_force() else "waiting"
    return [chip for name, chip in chips.items() if name == usual or chip.is_on]


def _text(name: str, words: Iterable[str]) -> str:
    chosen = ", ".join(words)
    label = str(LABELS[name])
    return _("%(filter)s: %(value)s") % {"filter": label, "value": chosen} if chosen else label


def _menu(filters: Filters, name: str, known: list[tuple[str, str]]) -> Chip:
    chosen = filters.values.get(name, ())
    names = dict(known)
    items = tuple(Item(label, address(filters.toggled(name, value)), value in chosen) for value, label in known)
    words = [names.get(value) or _beyond(name, value) for value in chosen]
    return Chip(name, _text(name, words), bool(chosen), items, off_url=address(filters.without(name, "page")))


def _beyond(name: str, value: str) -> str:
    """A value that the address may hold though the menu does not offer it."""
    return {"waiting": hours, "language": _language}.get(name, str)(value)


def _language(code: str) -> str:
    return str(get_language_info(code)["name_translated"])


def _status(filters: Filters, choices: Choices) -> Chip:
    chosen = filters.values.get("status", ())
    folder = filters.first("folder")
    known = [(status, row.name) for status, row in choices.statuses.items()]
    items = [
        Item(label, address(filters.toggled("status", value)), value in chosen, status=value) for value, label in known
    ]
    items.append(Item(_("All, closed ones too"), address(filters.toggled("status", ANY)), ANY in chosen))
    words = [dict(known).get(value, _("all")) for value in chosen]
    if not words and not folder:
        words = [_("all") if filters.covers_all else _("all but closed")]
    if folder and not words:
        words = [str(Folder(folder).label)]
    off_url = address(filters.without("status", "page")) if chosen else ""
    return Chip("status", _text("status", words), True, tuple(items), off_url=off_url)


def _form(filters: Filters, name: str, inputs: tuple[tuple[str, str], ...]) -> Chip:
    names = [one for one, _type in inputs]
    fields = tuple((one, kind, filters.first(one), LABELS[one]) for one, kind in inputs)
    rest = filters.without(*names, "order_id" if name == "order" else "", "page").values
    others = tuple((key, word) for key, words in rest.items() for word in words)
    off_url = address(filters.without(*names, "order_id" if name == "order" else "", "page"))
    text, is_on = _form_text(filters, name)
    return Chip(name, text, is_on, fields=fields, others=others, off_url=off_url)


def _form_text(filters: Filters, name: str) -> tuple[str, bool]:
    if name == "order":
        given = filters.first("order") or (f"#{filters.first('order_id')}" if filters.first("order_id") else "")
        return _text("order", [given] if given else []), bool(given)
    since, until = (_date(filters.first(one)) for one in ("from", "to"))
    if since and until:
        return _("Date: %(since)s to %(until)s") % {"since": since, "until": until}, True
    if since:
        return _("Date: since %(since)s") % {"since": since}, True
    if until:
        return _("Date: until %(until)s") % {"until": until}, True
    return _("Date"), False


def _date(word: str) -> str:
    return date_format(date.fromisoformat(word), "SHORT_DATE_FORMAT") if word else ""


def _unread(filters: Filters) -> Chip:
    return Chip("unread", _("Unread"), "unread" in filters.values, off_url=address(filters.toggled("unread", "1")))


def _customer(filters: Filters) -> list[Chip]:
    """Only where a link from a customer's page set it."""
    number = filters.first("customer")
    off_url = address(filters.without("customer", "page"))
    return [Chip("customer", _text("customer", [f"c{number}"]), True, off_url=off_url)] if number else []


def _figure(filters: Filters) -> list[Chip]:
    """Only where a number of the statistics leads here."""
    if not (word := filters.first("figure")):
        return []
    behind = Behind.read(word)
    text = _("%(label)s, %(period)s") % {"label": DEFINITIONS[behind.key].label, "period": behind.period_label("UTC")}
    return [Chip("figure", text, True, off_url=address(filters.without("figure", "page")))]
