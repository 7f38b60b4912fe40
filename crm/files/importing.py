"""Lines of a file become customers, by the verbs of their records. A trial does the same and takes it back."""

import re
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.models import Customer, CustomerFile, CustomerFileLine, CustomerGroup, RecordEvent
from crm.validators import clean_emails, clean_links

AT_ONCE = 25
TURN = 20  # seconds that one turn of a worker takes
Outcome = CustomerFileLine.Outcome
DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")


class Refused(Exception):
    """Why a line cannot be taken; a sentence."""


def import_files() -> int:
    """Go on with a file that waits; returns how many lines were seen. Named in settings.PERIODIC_JOBS.

    Each line is written with its outcome in one transaction, so that a worker that dies leaves nothing half done,
    and the next goes on where it was.
    """
    file = CustomerFile.objects.claim()
    if file is None:
        return 0
    language = getattr(file.by, "language", "") or settings.LANGUAGE_CODE
    with translation.override(language):
        return Run(file).go(seconds=TURN)


class Run:
    """One worker's turn at a file."""

    def __init__(self, file: CustomerFile) -> None:
        self.file, self.columns, self.by = file, list(file.columns), file.by
        self.groups = {name.casefold(): group for group in CustomerGroup.objects.all() for name in group.all_names()}
        self.first_with: dict[str, int] = {}
        for number, cells in file.lines.order_by("number").values_list("number", "cells"):
            self.first_with.setdefault(self._email(cells), number)

    def go(self, *, seconds: float) -> int:
        """Lines in their order, until there is none, somebody else began anew, or the time is over."""
        until, count = time.monotonic() + seconds, 0
        while self.file.hold(self.columns):
            lines = list(self.file.lines.filter(outcome=Outcome.WAITING).order_by("number")[:AT_ONCE])
            for line in lines:
                self._take(line)
                count += 1
            if not lines:
                self._finish()
                return count
            if time.monotonic() > until:
                break
        CustomerFile.objects.filter(pk=self.file.pk).update(leased_until=None)
        return count

    def _email(self, cells: Sequence[str]) -> str:
        return dict(zip(self.columns, cells, strict=False)).get("email", "").strip().lower()

    def _take(self, line: CustomerFileLine) -> None:
        line.problem, line.email = "", self._email(line.cells)[:255]
        try:
            with transaction.atomic():
                line.outcome, line.customer = self._write(line)
                if self.file.is_trial:
                    line.customer = None
                    transaction.set_rollback(True)
                else:
                    self._note(line)
        except Refused as refusal:
            line.outcome, line.problem = Outcome.REFUSED, str(refusal)
        except ValidationError as error:
            line.outcome, line.problem = Outcome.REFUSED, _sentence(error)
        except DatabaseError:
            line.outcome, line.problem = Outcome.REFUSED, _("A value is too long or too large.")
        if line.outcome == Outcome.REFUSED or self.file.is_trial:
            line.save(update_fields=["outcome", "problem", "email"])

    def _note(self, line: CustomerFileLine) -> None:
        """In the same transaction as the customer: the line is done, and its text is needed no more."""
        line.cells = []
        line.save(update_fields=["outcome", "problem", "email", "cells", "customer"])
        if line.outcome != Outcome.UNCHANGED:
            RecordEvent.objects.record(RecordEvent.Kind.IMPORTED, line.customer, by=self.by, file=self.file.name)

    def _write(self, line: CustomerFileLine) -> tuple[str, Customer]:
        """Create or change whom the line is about. Raises Refused and ValidationError."""
        values = self._values(line)
        email = values.pop("email")
        if self.first_with.get(email, line.number) != line.number:
            raise Refused(_("Line %(number)s has the same e-mail.") % {"number": self.first_with[email]})
        customer = Customer.objects.for_email(email)
        if customer is None and Customer.objects.in_bin().filter(emails__address=email).exists():
            raise Refused(_("This customer lies in the bin. Restore them first."))
        group = values.pop("group", None)
        if customer is None:
            member = {"group": group, "groups": [group]} if group else {}
            return Outcome.CREATED, Customer.objects.add(
                {**values, **member, "emails": [email]}, by=self.by, greets=False
            )
        if group:
            values |= {"group": group, "groups": [*customer.all_groups(), group]}
        return (Outcome.CHANGED if customer.edit(values, by=self.by) else Outcome.UNCHANGED), customer

    def _values(self, line: CustomerFileLine) -> dict[str, Any]:
        """What the line says; empty cells say nothing."""
        said = {name: cell for name, cell in zip(self.columns, line.cells, strict=False) if name and cell.strip()}
        if "email" not in said:
            raise Refused(_("There is no e-mail in this line."))
        values: dict[str, Any] = {**said, "email": clean_emails([said["email"]])[0]}
        if "birthday" in said:
            values["birthday"] = _day(said["birthday"])
        if "website" in said:
            values["website"] = clean_links([("", said["website"])])[0][1]
        if "group" in said:
            values["group"] = self._group(said["group"])
        for name in ("first_name", "last_name", "company", "tax_number", "language", "website"):
            _fits(name, values.get(name, ""))
        return values

    def _group(self, name: str) -> CustomerGroup:
        if name.casefold() not in self.groups:
            raise Refused(_("There is no group “%(name)s”.") % {"name": name})
        return self.groups[name.casefold()]

    @transaction.atomic
    def _finish(self) -> None:
        """The trial is over, or the import: that is written down once."""
        State, at_work = CustomerFile.State, self.file.state
        state = State.TRIED if self.file.is_trial else State.DONE
        waiting = CustomerFile.objects.filter(pk=self.file.pk, state=at_work)
        if waiting.update(state=state, leased_until=None, finished_at=timezone.now()) and state == State.DONE:
            said: dict[str, Any] = {"file": self.file.name, **self.file.counts()}
            RecordEvent.objects.record(RecordEvent.Kind.IMPORTED, None, by=self.by, **said)


def _fits(name: str, text: str) -> None:
    column: Any = Customer._meta.get_field(name)
    if len(text) > column.max_length:
        said = _("%(field)s: at most %(most)s characters.")
        raise Refused(said % {"field": str(column.verbose_name).capitalize(), "most": column.max_length})


def _day(text: str) -> date:
    """A day as 1988-04-02, or with the day first. Raises Refused."""
    try:
        if found := DAY_FIRST.match(text):
            day, month, year = map(int, found.groups())
            born = date(year, month, day)
        else:
            born = date.fromisoformat(text[:10])
    except ValueError:
        raise Refused(_("“%(text)s” is no date. Write it as 1988-04-02 or 02/04/1988.") % {"text": text}) from None
    if not born.year >= 1900 or born > timezone.localdate():
        raise Refused(_("Nobody was born on %(text)s.") % {"text": text})
    return born


def _sentence(error: ValidationError) -> str:
    """All that is wrong, in one line."""
    return " ".join(error.messages)
