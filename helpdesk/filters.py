"""What a queue may be narrowed by: read from a query string, written back into one, put on a query."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf.locale import LANG_INFO
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import Agent
from helpdesk import finding
from helpdesk.models import ACTIVE, Contact, DeskSettings, Folder, Priority, Status, StatusLabel, Thread, ThreadTag
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.statistics.behind import Behind

ANY = "any"
ME, NOBODY = "me", "none"
OVERDUE, TODAY = "overdue", "today"
LAST_PAGE = 2_000
LONGEST_WAIT = 24 * 365  # hours


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, as this agent may see it."""

    contacts: list[Contact]
    agents: list[Agent]
    tags: list[ThreadTag]
    statuses: Mapping[str, StatusLabel]


@dataclass(frozen=True)
class Filters:
    """Cleaned values by parameter, with a sentence for each that could not be used."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @classmethod
    def read(cls, params: QueryDict | str, choices: Choices | None = None) -> "Filters":
        """From a query string. Unknown values are left out with a sentence; unknown parameters silently.

        Without `choices`, contacts, people and tags are believed: one that does not exist matches nothing.
        """
        params = QueryDict(params) if isinstance(params, str) else params
        values, problems = {}, []
        for name, is_known in KNOWN.items():
            asked = [word.replace("\0", "").strip()[:200] for word in params.getlist(name)]
            asked = list(dict.fromkeys(word for word in asked if word))
            good = tuple(word for word in asked if is_known(word, choices))
            problems += [_unknown(name, word) for word in asked if word not in good]
            if good:
                values[name] = good if name in MULTIPLE else good[-1:]
        return cls(values, tuple(problems))

    def first(self, name: str) -> str:
        """The value of a parameter; empty when it is not set."""
        return self.values.get(name, ("",))[0]

    @property
    def page(self) -> int:
        """From 1."""
        return int(self.first("page") or 1)

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The values that narrow: all but order and page."""
        return {name: values for name, values in self.values.items() if name not in {"sort", "page"}}

    def without(self, *names: str) -> "Filters":
        """The same without these parameters."""
        return replace(self, values={name: values for name, values in self.values.items() if name not in names})

    def toggled(self, name: str, value: str) -> "Filters":
        """The same with one value put in, or taken out if it was there; back on the first page."""
        before = self.values.get(name, ())
        if value in before:
            after = tuple(one for one in before if one != value)
        else:
            after = (*before, value) if name in MULTIPLE and ANY not in (value, *before) else (value,)
        values = {**self.without("page").values, name: after}
        return replace(self, values={key: words for key, words in values.items() if words})

    def query(self, **changes: str | None) -> str:
        """As a query string without "?", with some parameters set, or taken away by None."""
        values: dict[str, tuple[str, ...]] = dict(self.values)
        for name, value in changes.items():
            values.pop(name, None)
            if value:
                values[name] = (value,)
        return urlencode([(name, word) for name in KNOWN for word in values.get(name, ())])

    def narrow(self, threads: ThreadQuerySet, agent: Agent, zone: str) -> ThreadQuerySet:
        """Those of the threads that fit; `zone` says when a day begins."""
        threads = threads.filter(folder=self.first("folder") or Folder.DESK)
        statuses = self.values.get("status", ())
        if not statuses and not self.covers_all:
            statuses = ACTIVE
        if statuses and ANY not in statuses:
            threads = threads.filter(status__in=statuses)
        for name, condition in CONDITIONS.items():
            if values := self.values.get(name):
                threads = threads.filter(condition(values, agent, zone))
        if "unread" in self.values:
            threads = threads.filter(Q(is_unread=True))
        return threads

    @property
    def covers_all(self) -> bool:
        """Whoever looks for one thing wants closed threads too."""
        return any(name in self.values for name in ("q", "order", "order_id", "customer", "folder", "figure", "thanks"))


def _unknown(name: str, word: str) -> str:
    return _("There is no “%(value)s” to filter by under “%(name)s”. That filter was left out.") % {
        "value": word[:60],
        "name": LABELS[name],
    }


# -- what is known --------------------------------------------------------------------------------

Check = Callable[[str, Choices | None], bool]


def _one_of(words: Iterable[str]) -> Check:
    allowed = frozenset(words)
    return lambda word, choices: word in allowed


def _number(most: int) -> Check:
    return lambda word, choices: word.isascii() and word.isdigit() and len(word) < 16 and 1 <= int(word) <= most


def _is_date(word: str, choices: Choices | None) -> bool:
    try:
        return date(1990, 1, 1) <= date.fromisoformat(word) < date(2200, 1, 1)
    except ValueError:
        return False


def _is_contact(word: str, choices: Choices | None) -> bool:
    return choices is None or word in {contact.slug for contact in choices.contacts}


def _is_assignee(word: str, choices: Choices | None) -> bool:
    if word in {ME, NOBODY}:
        return True
    return _number(2**31)(word, None) and (choices is None or int(word) in {agent.pk for agent in choices.agents})


def _is_tag(word: str, choices: Choices | None) -> bool:
    return choices is None or word in {tag.name for tag in choices.tags}


def _is_text(word: str, choices: Choices | None) -> bool:
    return True


def _is_figure(word: str, choices: Choices | None) -> bool:
    try:
        Behind.read(word)
    except ValueError:
        return False
    return True


KNOWN: dict[str, Check] = {
    "folder": _one_of([Folder.SPAM, Folder.TRASH]),
    "status": _one_of([*Status.values, ANY]),
    "contact": _is_contact,
    "assignee": _is_assignee,
    "tag": _is_tag,
    "language": _one_of(code for code in LANG_INFO if len(code) == 2),
    "order": _is_text,
    "order_id": _number(2**53),
    "customer": _number(2**53),
    "waiting": _number(LONGEST_WAIT),
    "priority": _one_of(Priority.values),
    "due": _one_of([OVERDUE, TODAY]),
    "figure": _is_figure,
    "unread": _one_of(["1"]),
    "thanks": _one_of(["1"]),
    "from": _is_date,
    "to": _is_date,
    "q": _is_text,
    "sort": _one_of(Agent.QueueSort.values),
    "page": _number(LAST_PAGE),
}
MULTIPLE = {"status", "contact", "assignee", "tag", "language", "priority"}
LABELS = {
    "folder": gettext_lazy("Folder"),
    "status": gettext_lazy("Status"),
    "contact": gettext_lazy("Contact"),
    "assignee": gettext_lazy("Assignee"),
    "tag": gettext_lazy("Tag"),
    "language": gettext_lazy("Language"),
    "order": gettext_lazy("Order"),
    "order_id": gettext_lazy("Order"),
    "customer": gettext_lazy("Customer"),
    "waiting": gettext_lazy("Waiting"),
    "priority": gettext_lazy("Priority"),
    "due": pgettext_lazy("filter", "Due"),
    "figure": gettext_lazy("Statistics"),
    "unread": gettext_lazy("Unread"),
    "thanks": gettext_lazy("Thanks"),
    "from": pgettext_lazy("date", "From"),
    "to": pgettext_lazy("date", "To"),
    "q": gettext_lazy("Text"),
    "sort": gettext_lazy("Order of the list"),
    "page": gettext_lazy("Page"),
}


# -- what it means --------------------------------------------------------------------------------

Condition = Callable[[tuple[str, ...], Agent, str], Q]


def _by_assignee(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    people = [agent.pk if word == ME else int(word) for word in values if word != NOBODY]
    return Q(assignee__in=people) | (Q(assignee=None) if NOBODY in values else Q())


def _by_tag(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    return Q(pk__in=Thread.tags.through.objects.filter(threadtag__name__in=values).values("thread"))


def _by_order(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    return Q(order__reference__iexact=values[0]) | Q(order_text__iexact=values[0])


def _by_wait(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    return Q(needs_answer=True, waiting_since__lt=timezone.now() - timedelta(hours=int(values[0])))


def day_after(now: datetime, zone: str = "") -> datetime:
    """When the day of a moment ends, by a zone's clock; without one, the shop's."""
    local = now.astimezone(ZoneInfo(zone or DeskSettings.load().time_zone))
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo).astimezone(UTC)


def _by_priority(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    """One is found by its index, as a list of one would not be."""
    return Q(priority=values[0]) if len(values) == 1 else Q(priority__in=values)


def due_condition(word: str, zone: str) -> Q:
    """Overdue, or still to be done today."""
    now = timezone.now()
    return Q(due_at__lt=now) if word == OVERDUE else Q(due_at__gte=now, due_at__lt=day_after(now, zone))


def _day(word: str, zone: str) -> datetime:
    return datetime.combine(date.fromisoformat(word), time(), ZoneInfo(zone)).astimezone(UTC)


def _from_day(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    return Q(active_at__gte=_day(values[0], zone))


def _to_day(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    following = date.fromisoformat(values[0]) + timedelta(days=1)
    return Q(active_at__lt=_day(following.isoformat(), zone))


def _by_text(values: tuple[str, ...], agent: Agent, zone: str) -> Q:
    """As the search finds it, the newest of what is very common; #12 is the thread's number."""
    chunks = values[0].split()
    numbers = [chunk[1:16] for chunk in chunks if chunk[0] == "#" and chunk[1:].isascii() and chunk[1:].isdigit()]
    found = Q()
    for number in numbers:
        found &= Q(pk=int(number))
    if len(numbers) < len(chunks):
        words = " ".join(chunk for chunk in chunks if chunk[1:16] not in numbers)
        found &= Q(pk__in=finding.threads(agent, words, most=finding.MOST_OF_QUEUE).ids)
    return found


CONDITIONS: dict[str, Condition] = {
    "contact": lambda values, agent, zone: Q(contact__slug__in=values),
    "assignee": _by_assignee,
    "tag": _by_tag,
    "language": lambda values, agent, zone: Q(language__in=values),
    "order": _by_order,
    "order_id": lambda values, agent, zone: Q(order=int(values[0])),
    "customer": lambda values, agent, zone: Q(customer=int(values[0])),
    "waiting": _by_wait,
    "priority": _by_priority,
    "due": lambda values, agent, zone: due_condition(values[0], zone),
    "figure": lambda values, agent, zone: Behind.read(values[0]).threads(zone),
    "thanks": lambda values, agent, zone: Q(thanked_at__isnull=False),
    "from": _from_day,
    "to": _to_day,
    "q": _by_text,
}


def hours(word: str) -> str:
    """A number of hours in words."""
    return ngettext("over %(n)d hour", "over %(n)d hours", int(word)) % {"n": int(word)}
