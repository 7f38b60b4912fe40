"""Groups of customers: who is in them, and how they are served."""

from functools import cache
from typing import Any

from django.db import models

from crm.models import Customer, CustomerGroup, RecordSettings


def groups() -> models.QuerySet[CustomerGroup]:
    """Every group of customers."""
    return CustomerGroup.objects.all()


def groups_of(customer: Customer | None, *, is_known_to_shop: bool) -> set[int]:
    """The groups (ids) that somebody belongs to: of a customer their own, else those new people go into.

    `is_known_to_shop`: they are signed in there, though we have no record of them.
    """
    if customer is not None:
        own = [customer.group_id] if customer.group_id else []
        return {*customer.groups.values_list("pk", flat=True), *own}
    records = RecordSettings.load()
    usual = records.customer_group_id if is_known_to_shop else records.visitor_group_id
    return {usual} if usual else set()


def memberships(customer_id: int) -> set[int]:
    """The groups (ids) of a customer, by one query."""
    rows = Customer.objects.filter(pk=customer_id).values_list("group", "groups")
    return {group for row in rows for group in row if group}


def with_standing(threads: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Threads, each with `standing_id`: the group that says how its customer is served, as Customer.standing.

    Where no group serves anybody in a way of its own, nobody's is looked for.
    """
    nobody = models.Value(None, output_field=models.BigIntegerField())
    return threads.annotate(standing_id=_standing() if CustomerGroup.special_ones() else nobody)


@cache
def _standing() -> models.Case:
    own = models.Q(customer__group__badge__gt="") | models.Q(customer__group__answer_hours__isnull=False)
    member = Customer.groups.through.objects.filter(
        customer=models.OuterRef("customer"), customergroup__in=CustomerGroup.objects.special().values("pk")
    )
    first = models.Subquery(member.order_by("customergroup").values("customergroup")[:1])
    when = models.When(own, then=models.F("customer__group_id"))
    return models.Case(when, default=first, output_field=models.BigIntegerField())


def standing_of(thread: Any) -> CustomerGroup | None:
    """The group that says how a thread's customer is served: its badge and its time to answer."""
    if hasattr(thread, "standing_id"):  # most threads have none, and need not ask for the groups
        return CustomerGroup.special_ones().get(thread.standing_id) if thread.standing_id else None
    return thread.customer.standing if thread.customer else None
