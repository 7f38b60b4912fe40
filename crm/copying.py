"""Everything about one person in one file: for them to take along, and for the law."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import Agent
from crm.models import Customer

# Columns that say how we work, or open something.
LEFT_OUT = {"password", "version", "merged_into", "deleted_at", "erased_at", "open_threads", "customer", "picture"}
IN_MEMORY = 10_000_000  # bytes of an archive; a larger one goes over the disk
OF_THE_CUSTOMER = ("addresses", "consents", "links", "orders", "carts", "vouchers", "visits", "events")


@dataclass(frozen=True)
class Fact:
    """One thing known: its name for programs, its name for people, and what it is."""

    key: str
    label: str
    value: Any

    @property
    def words(self) -> str:
        """The value for people."""
        if isinstance(self.value, bool):
            return _("Yes") if self.value else _("No")
        if isinstance(self.value, datetime):
            return date_format(timezone.localtime(self.value), "DATETIME_FORMAT")
        return date_format(self.value, "DATE_FORMAT") if isinstance(self.value, date) else str(self.value)


@dataclass(frozen=True)
class Section:
    """Things of one kind."""

    key: str
    title: str
    records: list[list[Fact]]

    def plain(self) -> list[dict[str, Any]]:
        """For programs."""
        return [{fact.key: fact.value for fact in record} for record in self.records]


def archive_of(customer: Customer, *, private: bool, by: Agent) -> IO[bytes]:
    """The copy as an open file; that it was made is written down in the record's story."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - who asked closes it
    write_copy(customer, archive, private=private)
    archive.seek(0)
    customer.events.record("exported", customer, by=by, what=_("All their data"))
    return archive


def write_copy(customer: Customer, to: IO[bytes], *, private: bool) -> None:
    """A zip archive: data.json for programs, index.html for people, and the files of messages.

    With `private` it holds the team's notes too, which are never shown to customers otherwise.
    """
    sections, files = list(_sections(customer, private=private)), []
    for path in settings.PERSONAL_DATA:
        more, some = import_string(f"{path}.copy_of")(customer.pk, customer.addresses_of_mail(), private=private)
        sections += more
        files += some
    context = {"customer": customer, "sections": sections, "made_at": timezone.now()}
    data = {section.key: section.plain() for section in sections}
    with ZipFile(to, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=_say))
        archive.writestr("index.html", render_to_string("crm/copy.html", context))
        for name, source in files:
            _add(archive, name, source)


def _add(archive: ZipFile, name: str, source: Path) -> None:
    if source.exists():  # a file that a disk lost is no reason to refuse the rest
        archive.write(source, name)


def _sections(customer: Customer, *, private: bool) -> Iterator[Section]:
    """What crm knows."""
    emails = [Fact("emails", _("E-mails"), ", ".join(customer.addresses_of_mail()))]
    groups = [Fact("groups", _("Groups"), ", ".join(str(group) for group in customer.groups.all()))]
    yield Section("customer", _("Record"), [[*_facts(customer), *emails, *groups]])
    names = [*OF_THE_CUSTOMER, *(["notes"] if private else [])]
    for name in names:
        rows = getattr(customer, name).all()
        title = str(rows.model._meta.verbose_name_plural)
        records = [[*_facts(row), *_lines(row)] for row in rows]
        yield Section(name, title[:1].upper() + title[1:], records)


def _facts(row: models.Model) -> list[Fact]:
    """All columns of a row that hold something."""
    told = []
    for column in row._meta.concrete_fields:
        value = getattr(row, column.name)
        if column.name in LEFT_OUT or value in (None, "", [], {}, False):
            continue
        label = str(getattr(column, "verbose_name", column.name))
        said = str(value) if isinstance(value, models.Model) else value
        told.append(Fact(column.name, label[:1].upper() + label[1:], said))
    return told


def _lines(row: Any) -> list[Fact]:
    """The lines of an order or a cart, in words."""
    if not hasattr(row, "lines"):
        return []
    return [Fact("lines", _("Products"), "; ".join(str(line) for line in row.lines.all()))]


def _say(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else repr(value)
