"""The story of a customer's record: changes of its fields, sign-ins, consents and exports, the newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, pairwise
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from crm.models import Address, Customer, CustomerGroup, Household, RecordEvent, Shop, SocialTitle

MOST = 2000  # versions of one record that are told; older ones stay in the database
CHANGES, ACCESS, CONSENTS, EXPORTS = "changes", "access", "consents", "exports"
KINDS: dict[str, str | Promise] = {
    CHANGES: gettext_lazy("Changes"),
    ACCESS: gettext_lazy("Sign-ins"),
    CONSENTS: gettext_lazy("Consents"),
    EXPORTS: gettext_lazy("Exports"),
}
ACCESS_EVENTS = {RecordEvent.Kind.SIGNED_IN, RecordEvent.Kind.PASSWORD, RecordEvent.Kind.INVITED}
NAMED: dict[str, Any] = {"title": SocialTitle, "group": CustomerGroup, "household": Household, "source": Shop}
EXPORT_EVENTS = {RecordEvent.Kind.EXPORTED, RecordEvent.Kind.IMPORTED}


@dataclass(frozen=True)
class Entry:
    """One line of the story. `old` and `new` are words; `field` with `version` is what may be put back."""

    at: datetime
    kind: str
    what: str
    by: Agent | None = None
    detail: str = ""
    old: str = ""
    new: str = ""
    ip: str = ""
    field: str = ""
    version: int = 0

    @property
    def is_change(self) -> bool:
        """Whether it says what a field was and is."""
        return bool(self.field)


def story_of(customer: Customer) -> list[Entry]:
    """All there is to tell, the newest first. A fixed number of queries."""
    told = [*_changes(customer), *_address_changes(customer), *_events(customer), *_consents(customer)]
    return sorted(told, key=lambda entry: entry.at, reverse=True)


def newest_of(customer: Customer, *, most: int = 5) -> list[Entry]:
    """The last of it: changes of the record and what happened to it."""
    told = [*islice(_changes(customer, most=most + 1), most), *_events(customer, most=most)]
    return sorted(told, key=lambda entry: entry.at, reverse=True)[:most]


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    """How many entries there are of each kind."""
    found = dict.fromkeys(KINDS, 0)
    for entry in entries:
        found[entry.kind] += 1
    return found


def day_of(entry: Entry) -> date:
    """The day of an entry in the reader's time zone."""
    return timezone.localtime(entry.at).date()


def _changes(customer: Customer, *, most: int = MOST) -> Iterator[Entry]:
    versions = list(Customer.history.filter(id=customer.pk).select_related("history_user")[:most])
    fields = [field for field in Customer.history.model.tracked_fields if field.name not in {"id", "merged_into"}]
    names = _names_of(versions)
    for newer, older in pairwise(versions):
        for field in fields:
            was, now = getattr(older, field.attname), getattr(newer, field.attname)
            if was != now:
                yield Entry(
                    at=newer.history_date,
                    kind=CHANGES,
                    what=_label(field),
                    by=newer.history_user,
                    detail=newer.history_change_reason or "",
                    old=_say(field, was, names),
                    new=_say(field, now, names),
                    field=field.name,
                    version=older.history_id,
                )
    if versions and versions[-1].history_type == "+":
        yield Entry(versions[-1].history_date, CHANGES, _("Record created"), by=versions[-1].history_user)


def _names_of(versions: list[Any]) -> dict[str, dict[Any, str]]:
    """Words for what a version holds as an id: one query a table, whatever the number of versions."""
    found: dict[str, dict[Any, str]] = {}
    for name, table in NAMED.items():
        ids = {getattr(version, f"{name}_id") for version in versions} - {None}
        found[name] = {one.pk: str(one) for one in table.objects.filter(pk__in=ids)} if ids else {}
    return found


def _address_changes(customer: Customer) -> Iterator[Entry]:
    said = {"+": _("Address added"), "~": _("Address changed"), "-": _("Address deleted")}
    versions = Address.history.filter(customer_id=customer.pk).select_related("history_user")[:MOST]
    for version in versions:
        kind = "-" if version.deleted_at else version.history_type
        yield Entry(
            at=version.history_date,
            kind=CHANGES,
            what=said[kind],
            by=version.history_user,
            detail=f"{version.line1}, {version.postcode} {version.city}",
        )


def _events(customer: Customer, *, most: int = MOST) -> Iterator[Entry]:
    for event in customer.events.select_related("by")[:most]:
        kind = ACCESS if event.kind in ACCESS_EVENTS else EXPORTS if event.kind in EXPORT_EVENTS else CHANGES
        words = ", ".join(str(value) for value in event.data.values() if isinstance(value, str | int))
        yield Entry(event.at, kind, event.get_kind_display(), by=event.by, detail=words, ip=event.ip_address or "")


def _consents(customer: Customer) -> Iterator[Entry]:
    for consent in customer.consents.select_related("by")[:MOST]:
        source, wording = consent.get_source_display(), consent.detail or consent.wording
        yield Entry(
            at=consent.at,
            kind=CONSENTS,
            what=consent.get_kind_display(),
            by=consent.by,
            detail=_("%(source)s: “%(words)s”") % {"source": source, "words": wording} if wording else source,
            new=_("Yes") if consent.given else _("No"),
            ip=consent.ip_address or "",
        )


def _label(field: models.Field) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


def _say(field: models.Field, value: Any, names: dict[str, dict[Any, str]]) -> str:
    """A field's value in words; an empty one is an empty string."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None or value == "":
        return ""
    if field.name in names:
        return names[field.name].get(value, f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)
