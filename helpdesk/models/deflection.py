"""That the contact form itself answered a customer: they saw how their order stands, and nothing was sent."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from helpdesk import context
    from helpdesk.models.contact import Contact


class DeflectionManager(models.Manager["Deflection"]):
    """Notes and counts."""

    def note(
        self, key: str, *, contact: "Contact", order: "context.Order", customer: "context.Customer | None"
    ) -> bool:
        """Somebody was answered by what the form told of an order. The same `key` counts once; whether it was new."""
        facts = {"contact": contact, "order": order, "customer": customer, "state": order.state[:64]}
        return self.get_or_create(key=key[:64], defaults=facts)[1]


class Deflection(models.Model):
    """One question that needed no thread."""

    key = models.CharField(max_length=64, unique=True)  # of the form and the order: a double click is one
    contact = models.ForeignKey("helpdesk.Contact", models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("crm.Customer", models.SET_NULL, null=True, blank=True, related_name="+")
    order = models.ForeignKey("crm.Order", models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(_("state of the order"), max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = DeflectionManager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("question that the form answered")
        indexes = [models.Index(fields=["contact", "at"], name="deflections_of_a_contact")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%F %T}"
