"""Two records of one person become one, and can be split again for as many days as a deletion can be undone."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from crm import pings
from crm.models.customer import Customer
from crm.models.group import customers_regrouped
from crm.models.order import Order
from crm.models.record_event import RecordEvent
from crm.models.shop import RecordSettings
from crm.models.words import CartWords, OrderWords

# Sent with kept=, gone=, by=: a receiver moves what it keeps of the customer and returns ids of it (name, list).
customers_merged = Signal()
# Sent with kept=, gone=, by=, moved=: what the receivers returned, by name.
customers_split = Signal()

# What may be chosen, in the order it is shown; names go together.
CHOICES: dict[str, tuple[str, ...]] = {
    "name": ("title", "first_name", "last_name"),
    "birthday": ("birthday",),
    "phone": ("phone",),
    "other_phone": ("other_phone",),
    "language": ("language",),
    "company": ("company",),
    "tax_number": ("tax_number",),
    "website": ("website",),
    "group": ("group",),
    "household": ("household",),
    "payment_method": ("payment_method",),
    "shipping_method": ("shipping_method",),
}
CONSENTS = {"newsletter": "newsletter", "partner_offers": "offers"}
STRICTER = {"newsletter": False, "partner_offers": False, "do_not_contact": True}
MOVED = ("orders", "carts", "addresses", "notes", "vouchers", "visits", "links", "consents", "follow_ups")


class CustomerMerge(models.Model):
    """One merge, with everything it moved, so that exactly that goes back."""

    kept = models.ForeignKey("crm.Customer", models.CASCADE, related_name="merges")
    gone = models.ForeignKey("crm.Customer", models.CASCADE, related_name="merges_away")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = gettext_lazy("merge of customers")

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"

    @property
    def ends_at(self) -> Any:
        """Until when it can be undone."""
        return self.at + timedelta(days=RecordSettings.load().bin_days)

    @property
    def may_split(self) -> bool:
        """Not undone yet, not too old, and the record that stayed has not gone into another since."""
        return self.undone_at is None and timezone.now() < self.ends_at and self.kept.merged_into_id is None

    @transaction.atomic
    def split(self, *, by: Agent) -> None:
        """Undo it: what moved goes back, and a field that has not changed since is as before.

        Raises ValueError, with a sentence, if it is too late.
        """
        merge = type(self).objects.select_for_update(of=("self",)).select_related("kept", "gone").get(pk=self.pk)
        if not merge.may_split:
            raise ValueError(_("These records can no longer be split."))
        Splitting(merge, by).run()
        self.refresh_from_db()


class DifferentPeople(models.Model):
    """That two records were said to be different people; never suggested again. The lower id comes first."""

    one = models.ForeignKey("crm.Customer", models.CASCADE, related_name="+")
    other = models.ForeignKey("crm.Customer", models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="once_a_pair_of_people")]
        verbose_name = gettext_lazy("pair of different people")

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class Joining:
    """One merge on its way: both rows are locked."""

    def __init__(self, kept: Customer, gone: Customer, by: Agent) -> None:
        self.kept, self.gone, self.by = kept, gone, by
        self.moved: dict[str, Any] = {}

    def run(self, take: set[str]) -> CustomerMerge:
        """Everything, in order; returns the record of it."""
        self.moved["fields"] = self._fields(take)
        self.moved["emails"] = self._emails()
        for name in MOVED:
            rows = getattr(self.gone, name)
            self.moved[name] = list(rows.values_list("pk", flat=True))
            rows.filter(pk__in=self.moved[name]).update(customer=self.kept)
        self.moved["pinned"] = self._one_pinned_note()
        for name in ("tags", "groups"):
            added = set(getattr(self.gone, name).values_list("pk", flat=True))
            added -= set(getattr(self.kept, name).values_list("pk", flat=True))
            getattr(self.kept, name).add(*added)
            self.moved[name] = sorted(added)
        heard = customers_merged.send(type(self.kept), kept=self.kept, gone=self.gone, by=self.by)
        self.moved["elsewhere"] = {answer[0]: answer[1] for _receiver, answer in heard if answer}
        return self._close()

    def _fields(self, take: set[str]) -> dict[str, Any]:
        """Set this record's fields; returns what they were and are, by name, for those that changed."""
        wanted: dict[str, Any] = {}
        for name, fields in CHOICES.items():
            columns = [self.kept._meta.get_field(field).attname for field in fields]  # type: ignore[union-attr]
            mine, theirs = ([getattr(one, column) for column in columns] for one in (self.kept, self.gone))
            if (name in take or not any(mine)) and any(theirs):
                wanted |= dict(zip(columns, theirs, strict=True))
        for field, strict in STRICTER.items():
            if getattr(self.gone, field) is strict:
                wanted[field] = strict
        wanted["registered_at"] = min(self.kept.registered_at, self.gone.registered_at)
        changed = {column: [getattr(self.kept, column), value] for column, value in wanted.items()}
        changed = {column: pair for column, pair in changed.items() if pair[0] != pair[1]}
        for field in CONSENTS.keys() & changed.keys():
            said = _("Merged with record %(number)s, which does not allow it") % {"number": self.gone.pk}
            _say_consent(self.kept, field, given=False, detail=said, by=self.by)
        for column, (_was, now) in changed.items():
            setattr(self.kept, column, now)
        return {column: [_plain(was), _plain(now)] for column, (was, now) in changed.items()}

    def _emails(self) -> dict[str, list[int]]:
        """Move the addresses; one that both have stays where it is, and none becomes the main one."""
        have = set(self.kept.emails.values_list("address", flat=True))
        rows = self.gone.emails.exclude(address__in=have)
        ids, mains = (
            list(rows.values_list("pk", flat=True)),
            list(rows.filter(is_main=True).values_list("pk", flat=True)),
        )
        moving = rows.model._default_manager.filter(pk__in=ids)
        moving.update(customer=self.kept, **({"is_main": False} if have else {}))
        return {"ids": ids, "mains": mains}

    def _one_pinned_note(self) -> list[int]:
        """Of two pinned notes this record's stays; returns those that lost the pin."""
        pinned = list(self.kept.notes.filter(is_pinned=True).values_list("pk", flat=True))
        lost = [pk for pk in pinned if pk in self.moved["notes"]] if len(pinned) > 1 else []
        self.kept.notes.filter(pk__in=lost).update(is_pinned=False)
        return lost

    def _close(self) -> CustomerMerge:
        kept, gone, by = self.kept, self.gone, self.by
        gone.merged_into = kept
        for one, reason in ((kept, _("Merged with record %(number)s")), (gone, _("Merged into record %(number)s"))):
            other = gone if one is kept else kept
            one._history_user = by  # type: ignore[attr-defined]
            one._change_reason = (reason % {"number": other.pk})[:100]  # type: ignore[attr-defined]
            one.version = models.F("version") + 1
            one.save()
        earlier = type(kept)._default_manager.filter(merged_into=gone)
        self.moved["earlier"] = list(earlier.values_list("pk", flat=True))
        earlier.update(merged_into=kept)
        _settle(self.moved, kept, gone)
        RecordEvent.objects.record(RecordEvent.Kind.MERGED, kept, by=by, name=str(gone), number=gone.pk)
        RecordEvent.objects.record(RecordEvent.Kind.MERGED, gone, by=by, name=str(kept), number=kept.pk)
        merge = CustomerMerge.objects.create(kept=kept, gone=gone, by=by, moved=self.moved)
        _announce(kept.pk, gone.pk)
        customers_regrouped.send(type(kept), customers=[kept.pk])
        return merge


class Splitting:
    """One merge being undone."""

    def __init__(self, merge: CustomerMerge, by: Agent) -> None:
        self.merge, self.by, self.moved = merge, by, merge.moved
        self.kept, self.gone = merge.kept, merge.gone

    def run(self) -> None:
        """Everything back, in the opposite order."""
        moved, kept, gone = self.moved, self.kept, self.gone
        customers_split.send(type(kept), kept=kept, gone=gone, by=self.by, moved=moved.get("elsewhere", {}))
        for name in ("tags", "groups"):
            getattr(kept, name).remove(*moved[name])
        kept.notes.filter(pk__in=moved["pinned"]).update(is_pinned=True)
        for name in MOVED:
            getattr(kept, name).filter(pk__in=moved[name]).update(customer=gone)
        emails = kept.emails.filter(pk__in=moved["emails"]["ids"])
        emails.model._default_manager.filter(pk__in=list(emails.values_list("pk", flat=True))).update(customer=gone)
        gone.emails.filter(pk__in=moved["emails"]["mains"]).update(is_main=True)
        self._fields()
        type(kept)._default_manager.filter(pk__in=moved["earlier"], merged_into=kept).update(merged_into=gone)
        gone.merged_into = None
        for one in (kept, gone):
            one._history_user = self.by  # type: ignore[attr-defined]
            one._change_reason = _("Split again")  # type: ignore[attr-defined]
            one.version = models.F("version") + 1
            one.save()
        self.merge.undone_at = timezone.now()
        self.merge.save(update_fields=["undone_at"])
        _settle(moved, kept, gone)
        RecordEvent.objects.record(RecordEvent.Kind.SPLIT, kept, by=self.by, name=str(gone), number=gone.pk)
        RecordEvent.objects.record(RecordEvent.Kind.SPLIT, gone, by=self.by, name=str(kept), number=kept.pk)
        _announce(kept.pk, gone.pk)
        customers_regrouped.send(type(kept), customers=[kept.pk, gone.pk])

    def _fields(self) -> None:
        """What nobody changed since becomes what it was."""
        for column, (was, now) in self.moved["fields"].items():
            if _plain(getattr(self.kept, column)) == now:
                if column in CONSENTS:
                    said = _("The merge with record %(number)s was undone") % {"number": self.gone.pk}
                    _say_consent(self.kept, column, given=bool(was), detail=said, by=self.by)
                field: Any = self.kept._meta.get_field(column.removesuffix("_id") if column.endswith("_id") else column)
                setattr(self.kept, column, field.to_python(was) if was is not None else None)


def _say_consent(customer: Customer, field: str, *, given: bool, detail: str, by: Agent) -> None:
    customer.consents.create(kind=CONSENTS[field], given=given, source="team", detail=detail, by=by)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _settle(moved: dict[str, Any], *customers: Customer) -> None:
    """What is kept beside the rows that moved: sums, and the words by which they are found."""
    Order.objects.add_up([one.pk for one in customers])
    OrderWords.write(moved["orders"])
    CartWords.write(moved["carts"])


def _announce(*ids: int) -> None:
    pings.customers_changed(ids)
