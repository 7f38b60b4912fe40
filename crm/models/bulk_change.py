"""One change of many customers at once, and how it is taken back."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models.customer import Customer
from crm.models.entrance import CustomerSession
from crm.models.group import CustomerGroup, customers_regrouped
from crm.models.record_event import RecordEvent
from crm.models.tag import CustomerTag

UNDO_FOR = timedelta(days=30)
BATCH = 1000
Ids = list[int]


def _batches(ids: Ids) -> Iterator[Ids]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    """Verbs for many customers. Each takes a queryset, changes those who are not so already, and can be undone."""

    @transaction.atomic
    def set_active(self, customers: models.QuerySet[Customer], is_active: bool, *, by: Any) -> "BulkChange":
        """Let all of them in, or shut all of them out."""
        ids = _ids(customers.filter(is_active=not is_active))
        _write_active(ids, is_active, by=by)
        kind = BulkChange.Kind.ENABLED if is_active else BulkChange.Kind.DISABLED
        return self.create(kind=kind, by=by, count=len(ids), data={"customers": ids})

    @transaction.atomic
    def retag(
        self, customers: models.QuerySet[Customer], *, add: Iterable[str] = (), remove: Iterable[str] = (), by: Any
    ) -> "BulkChange":
        """Put some tags on all of them and take others off; new words become tags.

        Raises ValueError for an empty name, or for one that is to be put on and taken off.
        """
        added = {tag.pk: tag for tag in map(CustomerTag.objects.named, add)}
        removed = {tag.pk: tag for tag in map(CustomerTag.objects.named, remove)}
        if clash := added.keys() & removed.keys():
            names = ", ".join(sorted(added[pk].name for pk in clash))
            raise ValueError(_("“%(names)s” cannot be put on and taken off at once.") % {"names": names})
        ids = _ids(customers)
        links = {tag.pk: _ids_with(tag, ids) for tag in (*added.values(), *removed.values())}
        data: dict[str, Any] = {
            "added": {str(pk): [one for one in ids if one not in links[pk]] for pk in added},
            "removed": {str(pk): sorted(links[pk]) for pk in removed},
            "names": {str(pk): tag.name for pk, tag in {**added, **removed}.items()},
        }
        for pk, tag in added.items():
            _put_on(tag, data["added"][str(pk)], by=by)
        for pk, tag in removed.items():
            _take_off(tag, data["removed"][str(pk)], by=by)
        touched = {one for part in ("added", "removed") for some in data[part].values() for one in some}
        return self.create(kind=BulkChange.Kind.TAGGED, by=by, count=len(touched), data=data)

    @transaction.atomic
    def add_to_group(self, customers: models.QuerySet[Customer], group: CustomerGroup, *, by: Any) -> "BulkChange":
        """Make all of them members; main groups stay."""
        members = Customer.groups.through.objects.filter(customergroup=group).values("customer")
        ids = _ids(customers.exclude(pk__in=members))
        for batch in _batches(ids):
            Customer.groups.through.objects.bulk_create(
                Customer.groups.through(customer_id=one, customergroup_id=group.pk) for one in batch
            )
        _write_down(RecordEvent.Kind.GROUPED, ids, by=by, group=str(group))
        customers_regrouped.send(Customer, customers=ids)
        return self.create(
            kind=BulkChange.Kind.GROUPED, by=by, count=len(ids), data={"customers": ids, "group": group.pk}
        )

    @transaction.atomic
    def delete_customers(self, customers: models.QuerySet[Customer], *, by: Any) -> "BulkChange":
        """Move those without orders to the bin. Whoever has an order stays: their invoices need a name."""
        ids = [one.pk for one in _each(_ids(customers.filter(orders=None))) if one.trash(by=by)]
        return self.create(kind=BulkChange.Kind.DELETED, by=by, count=len(ids), data={"customers": ids})


class BulkChange(models.Model):
    """What was done to many customers, with all that undoing it needs."""

    class Kind(models.TextChoices):
        ENABLED = "enabled", gettext_lazy("Enabled")
        DISABLED = "disabled", gettext_lazy("Disabled")
        TAGGED = "tagged", gettext_lazy("Tags changed")
        GROUPED = "grouped", gettext_lazy("Added to a group")
        DELETED = "deleted", gettext_lazy("Moved to the bin")

    kind = models.CharField(max_length=12, choices=Kind)
    data = models.JSONField(default=dict)
    count = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.Agent", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = gettext_lazy("change of many customers")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.count})"

    @property
    def may_be_undone(self) -> bool:
        """Once, within 30 days."""
        return self.undone_at is None and timezone.now() - self.at < UNDO_FOR

    @transaction.atomic
    def undo(self, *, by: Any) -> int:
        """Make it as it was, for those whom nobody changed since; how many. Raises ValueError if it is too late."""
        change = BulkChange.objects.select_for_update().get(pk=self.pk)
        if not change.may_be_undone:
            raise ValueError(_("This cannot be undone any more."))
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])
        match change.kind:
            case self.Kind.ENABLED | self.Kind.DISABLED:
                return _undo_active(change, by=by)
            case self.Kind.TAGGED:
                return _undo_tags(change, by=by)
            case self.Kind.GROUPED:
                return _undo_group(change, by=by)
        return _undo_deletion(change, by=by)


# -- writing --------------------------------------------------------------------------------------


def _ids(customers: models.QuerySet[Customer]) -> Ids:
    """Their ids, rising, locked until the change is done."""
    wanted = customers.order_by().values("pk")
    locked = Customer.objects.present().filter(pk__in=wanted).select_for_update(of=("self",))
    return list(locked.order_by("pk").values_list("pk", flat=True))


def _each(ids: Ids) -> Iterator[Customer]:
    """The customers, some at a time."""
    for batch in _batches(ids):
        yield from Customer.objects.filter(pk__in=batch).order_by("pk")


def _within(ids: Ids, **conditions: Any) -> Ids:
    """Those of the ids that fit."""
    found: Ids = []
    for batch in _batches(ids):
        found += Customer.objects.filter(pk__in=batch, **conditions).order_by("pk").values_list("pk", flat=True)
    return found


def _write_active(ids: Ids, is_active: bool, *, by: Any) -> None:
    for batch in _batches(ids):
        rows = Customer.objects.filter(pk__in=batch)
        rows.update(is_active=is_active, version=models.F("version") + 1, updated_at=timezone.now())
        Customer.history.bulk_history_create(rows, update=True, default_user=by, batch_size=200)
        if not is_active:
            CustomerSession.objects.filter(customer__in=batch).delete()


def _write_down(kind: str, ids: Ids, *, by: Any, **data: Any) -> None:
    now = timezone.now()
    for batch in _batches(ids):
        RecordEvent.objects.bulk_create(
            RecordEvent(kind=kind, customer_id=one, by=by, at=now, data=data) for one in batch
        )


def _ids_with(tag: CustomerTag, ids: Ids) -> set[int]:
    links, found = Customer.tags.through.objects.filter(customertag=tag), set()
    for batch in _batches(ids):
        found |= set(links.filter(customer__in=batch).values_list("customer", flat=True))
    return found


def _put_on(tag: CustomerTag, ids: Ids, *, by: Any) -> None:
    for batch in _batches(ids):
        links = (Customer.tags.through(customer_id=one, customertag_id=tag.pk) for one in batch)
        Customer.tags.through.objects.bulk_create(links, ignore_conflicts=True)
    _write_down(RecordEvent.Kind.TAGGED, ids, by=by, tag=tag.name)


def _take_off(tag: CustomerTag, ids: Ids, *, by: Any) -> None:
    for batch in _batches(ids):
        Customer.tags.through.objects.filter(customertag=tag, customer__in=batch).delete()
    _write_down(RecordEvent.Kind.UNTAGGED, ids, by=by, tag=tag.name)


# -- undoing --------------------------------------------------------------------------------------


def _undo_active(change: BulkChange, *, by: Any) -> int:
    was = change.kind == BulkChange.Kind.ENABLED
    ids = _within(change.data["customers"], is_active=was)
    _write_active(ids, not was, by=by)
    return len(ids)


def _undo_tags(change: BulkChange, *, by: Any) -> int:
    touched: set[int] = set()
    for part, undo in (("added", _take_off), ("removed", _put_on)):
        for pk, told in change.data[part].items():
            tag = CustomerTag.objects.filter(pk=pk).first() or CustomerTag.objects.named(change.data["names"][pk])
            has = _ids_with(tag, told)
            ids = [one for one in _within(told) if (one in has) == (part == "added")]
            undo(tag, ids, by=by)
            touched |= set(ids)
    return len(touched)


def _undo_group(change: BulkChange, *, by: Any) -> int:
    group = CustomerGroup.objects.filter(pk=change.data["group"]).first()
    if group is None:
        return 0
    members = Customer.groups.through.objects.filter(customergroup=group)
    gone: Ids = []
    for batch in _batches(change.data["customers"]):
        here = members.filter(customer__in=batch).exclude(customer__group=group)
        gone += here.values_list("customer", flat=True)
        here.delete()
    _write_down(RecordEvent.Kind.UNGROUPED, gone, by=by, group=str(group))
    customers_regrouped.send(Customer, customers=gone)
    return len(gone)


def _undo_deletion(change: BulkChange, *, by: Any) -> int:
    """Through the verb of one: whoever's e-mail is somebody else's by now stays in the bin."""
    done = 0
    for customer in _each(_within(change.data["customers"], deleted_at__isnull=False, erased_at=None)):
        try:
            done += customer.restore(by=by)
        except ValueError:
            continue
    return done
