"""Deleting a group: who leaves it, and where they go, so that nobody is left without one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Coalesce

from accounts.models import Agent
from crm.models.customer import Customer
from crm.models.group import CustomerGroup, FixedGroupError, customers_regrouped
from crm.models.record import usual_group
from crm.models.record_event import RecordEvent
from crm.models.versions import BATCH, write_versions

Membership = Customer.groups.through


@dataclass(frozen=True)
class Departure:
    """What deleting a group does: how many leave it, who is put into which group, and whose main group changes."""

    group: CustomerGroup
    people: int
    joining: list[tuple[CustomerGroup, int]] = field(default_factory=list)
    new_mains: list[tuple[CustomerGroup, int]] = field(default_factory=list)

    @classmethod
    def of(cls, group: CustomerGroup) -> "Departure":
        """What would happen, without doing it. A fixed number of queries."""
        leaving = _leaving(group)
        mains = leaving.filter(group=group).annotate(
            next=Coalesce(_smallest_other(group), _usual(), output_field=models.BigIntegerField())
        )
        return cls(
            group=group,
            people=leaving.count(),
            joining=_counted(_alone(leaving, group).annotate(next=_usual())),
            new_mains=_counted(mains),
        )

    @transaction.atomic
    def carry_out(self, *, by: Agent | None) -> None:
        """Do it: each keeps at least one group and a main one among them. Raises FixedGroupError if it has to stay."""
        if reason := self.group.reason_to_stay:
            raise FixedGroupError(reason)
        leaving = _leaving(self.group)
        ids = list(leaving.values_list("pk", flat=True))
        alone = list(_alone(leaving, self.group).annotate(next=_usual()).values_list("pk", "next"))
        mains = list(leaving.filter(group=self.group).values_list("pk", flat=True))
        Membership.objects.bulk_create(
            [Membership(customer_id=pk, customergroup_id=to) for pk, to in alone], batch_size=BATCH
        )
        version = models.F("version") + 1
        Customer.objects.filter(group=self.group).update(group=_smallest_other(self.group), version=version)
        write_versions(Customer, mains, by=by)
        self._tell(ids, alone, by)
        self.group._history_user = by
        self.group.delete()
        customers_regrouped.send(Customer, customers=ids)

    def _tell(self, ids: Iterable[int], alone: Iterable[tuple[int, int]], by: Agent | None) -> None:
        """The story of each record says which group went, and which one came."""
        names = {group.pk: str(group) for group in CustomerGroup.objects.all()}
        left = [_event("ungrouped", pk, names[self.group.pk], by) for pk in ids]
        came = [_event("grouped", pk, names[to], by) for pk, to in alone]
        RecordEvent.objects.bulk_create(left + came, batch_size=BATCH)


def _event(kind: str, customer_id: int, group: str, by: Agent | None) -> RecordEvent:
    return RecordEvent(kind=kind, customer_id=customer_id, by=by, data={"group": group})


def _leaving(group: CustomerGroup) -> Any:
    """Whoever is a member, or has it as main group, those in the bin too."""
    member = Membership.objects.filter(customer=models.OuterRef("pk"), customergroup=group)
    return Customer.objects.filter(models.Q(group=group) | models.Exists(member)).order_by()


def _others(group: CustomerGroup) -> Any:
    """The other memberships of a customer of the outer query."""
    return Membership.objects.filter(customer=models.OuterRef("pk")).exclude(customergroup=group)


def _alone(leaving: Any, group: CustomerGroup) -> Any:
    return leaving.exclude(models.Exists(_others(group)))


def _smallest_other(group: CustomerGroup) -> models.Subquery:
    return models.Subquery(_others(group).order_by("customergroup").values("customergroup")[:1])


def _usual() -> models.Case:
    """The id of the group that a customer of the query would go into."""
    return models.Case(
        models.When(is_guest=True, then=models.Value(usual_group(guest=True).pk)),
        default=models.Value(usual_group(guest=False).pk),
        output_field=models.BigIntegerField(),
    )


def _counted(customers: Any) -> list[tuple[CustomerGroup, int]]:
    rows = list(customers.values("next").annotate(n=models.Count("pk")).order_by("next"))
    groups = CustomerGroup.objects.in_bulk([row["next"] for row in rows])
    return [(groups[row["next"]], row["n"]) for row in rows]
