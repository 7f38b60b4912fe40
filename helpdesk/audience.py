"""Whom a letter goes to: who was chosen, added and taken out again, and who may be written to."""

from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.utils.translation import gettext as _

from helpdesk import context
from helpdesk.context import Customer
from helpdesk.models import Thread


def obstacle_to(customer: Customer, address: str | None = None) -> str:
    """Why nobody may or can write to a customer, in a few words; empty where one can.

    Reads their addresses, unless the one that is meant is given.
    """
    if customer.erased_at or customer.deleted_at or customer.merged_into_id:
        return _("No customer any more")
    if customer.do_not_contact:
        return _("Must not be contacted")
    if not (customer.email if address is None else address):
        return _("No e-mail address")
    return "" if customer.is_active else _("The account is disabled")


def obstacle_in(thread: Thread) -> str:
    """Why nobody may follow up in a thread; empty where one can. Reads `customer`."""
    if thread.customer is not None:
        return obstacle_to(thread.customer, thread.email)
    return "" if thread.email else _("No e-mail address")


@dataclass(frozen=True)
class Audience:
    """Whom an agent chose. `added` are others (ids) beside those; `without` are those (ids) they took out again."""

    chosen: models.QuerySet[Customer]
    without: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()

    @cached_property
    def all_chosen(self) -> models.QuerySet[Customer]:
        """With those who were added, and with those who were taken out."""
        if not self.added:
            return self.chosen
        own = models.Q(pk__in=self.chosen.order_by().values("pk"))
        return context.people().filter(own | models.Q(pk__in=self.added))

    @cached_property
    def everybody(self) -> models.QuerySet[Customer]:
        """In the order of their numbers, with what a letter reads of them."""
        kept = self.all_chosen.exclude(pk__in=self.without) if self.without else self.all_chosen
        return kept.order_by("pk").select_related("title", "source").prefetch_related("emails")

    @cached_property
    def reachable(self) -> models.QuerySet[Customer]:
        """Those who get the mail, missing values aside; the same rule as obstacle_to(), for the database."""
        return context.with_mail(self.everybody).filter(is_active=True, do_not_contact=False)

    @cached_property
    def count(self) -> int:
        """How many can be written to."""
        return self.reachable.order_by().count()

    @cached_property
    def left_out_count(self) -> int:
        """How many were chosen but cannot be written to."""
        return self.everybody.order_by().count() - self.count

    def left_out(self, limit: int | None = None) -> list[tuple[Customer, str]]:
        """Those who get nothing, each with the reason."""
        gone = self.everybody.exclude(pk__in=self.reachable.order_by().values("pk"))[:limit]
        return [(one, obstacle_to(one)) for one in gone]

    def taken_out(self, limit: int) -> list[Customer]:
        """Those who were chosen and taken out again."""
        if not self.without:
            return []
        return list(self.all_chosen.filter(pk__in=self.without).order_by("pk").prefetch_related("emails")[:limit])

    def others_called(self, typed: str, limit: int) -> list[Customer]:
        """Customers whom these words find and who get no mail so far, the best first."""
        found = context.find_customers(typed).ids if typed.strip() else []
        known = set(self.everybody.filter(pk__in=found).values_list("pk", flat=True))
        return context.show_customers([pk for pk in found if pk not in known][:limit])
