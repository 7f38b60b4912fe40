"""Where a customer lives or wants parcels."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.customer import Customer


class Address(models.Model):
    """A postal address of a customer. Orders keep their own copy."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    alias = models.CharField(_("alias"), max_length=64, blank=True)
    first_name = models.CharField(_("first name"), max_length=255, blank=True)
    last_name = models.CharField(_("last name"), max_length=255, blank=True)
    company = models.CharField(_("company"), max_length=255, blank=True)
    line1 = models.CharField(_("address"), max_length=255)
    line2 = models.CharField(_("address, second line"), max_length=255, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=128)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, as in ES."))
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.line1, f"{self.postcode} {self.city}".strip(), self.country) if part)
