"""What happened to a customer's record."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer


class RecordEventQuerySet(models.QuerySet["RecordEvent"]):
    """Facts, and how they are written down."""

    def record(self, kind: str, customer: Customer | None, *, by: Any = None, ip: str = "", **data: Any) -> None:
        """Write a fact down. `by` is an agent, or None for the customer, the shop or the product itself."""
        self.create(kind=kind, customer=customer, by=by, ip_address=ip or None, data=data)

    def exported(
        self, name: str, *, by: Any, columns: Iterable[str], kind: str, rows: int | None = None, filters: str = ""
    ) -> None:
        """Who took which list out, in which columns and kind of file, how filtered; `rows` where they were counted."""
        words: dict[str, Any] = {
            "list": name,
            "rows": rows,
            "filters": filters,
            "columns": ", ".join(columns),
            "file": kind,
        }
        self.record(self.model.Kind.EXPORTED, None, by=by, **words)


class RecordEvent(models.Model):
    """A fact in a customer's life that is no change of a field: signed in, tagged, exported, erased, merged."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        INVITED = "invited", _("Invited")
        SIGNED_IN = "signed_in", _("Signed in")
        PASSWORD = "password", _("Password changed")
        EMAIL_ADDED = "email_added", _("E-mail added")
        EMAIL_REMOVED = "email_removed", _("E-mail removed")
        TAGGED = "tagged", _("Tag added")
        UNTAGGED = "untagged", _("Tag removed")
        GROUPED = "grouped", _("Group added")
        UNGROUPED = "ungrouped", _("Group removed")
        DELETED = "deleted", _("Moved to the bin")
        RESTORED = "restored", _("Restored")
        ERASED = "erased", _("Erased")
        MERGED = "merged", _("Merged")
        SPLIT = "split", _("Split again")
        EXPORTED = "exported", _("Exported")
        IMPORTED = "imported", _("Imported")
        CART_LINKED = "cart_linked", _("Cart linked")
        CART_UNLINKED = "cart_unlinked", _("Cart unlinked")
        CART_DELETED = "cart_deleted", _("Cart deleted")
        VOUCHER_GIVEN = "voucher_given", _("Voucher given")
        VOUCHER_ENDED = "voucher_ended", _("Voucher withdrawn")
        VOUCHER_GONE = "voucher_gone", _("Voucher deleted in the shop")
        CONTACTED = "contacted", _("Contacted about a cart")

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    data = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("accounts.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = RecordEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("event of a record")
        indexes = [models.Index(fields=["customer", "-at"], name="events_of_a_customer")]

    def __str__(self) -> str:
        return self.kind
