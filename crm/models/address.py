"""Where a customer lives or wants parcels."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.customer import Customer
from crm.models.shop import FromShop


class AddressQuerySet(models.QuerySet["Address"]):
    """Addresses, in the desk's words."""

    def present(self) -> "AddressQuerySet":
        """Those that were not deleted, of customers that were not."""
        return self.filter(deleted_at=None, customer__deleted_at=None, customer__erased_at=None)


class Address(FromShop):
    """A postal address of a customer. Orders keep their own copy."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    alias = models.CharField(_("alias"), max_length=64, blank=True)
    first_name = models.CharField(_("first name"), max_length=255, blank=True)
    last_name = models.CharField(_("last name"), max_length=255, blank=True)
    company = models.CharField(_("company"), max_length=255, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=32, blank=True)
    identity_number = models.CharField(_("identity number"), max_length=32, blank=True)
    line1 = models.CharField(_("address"), max_length=255)
    line2 = models.CharField(_("address, second line"), max_length=255, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True, db_index=True)
    city = models.CharField(_("city"), max_length=128)
    state = models.CharField(_("state or province"), max_length=64, blank=True)
    country = models.CharField(_("country"), max_length=2, db_index=True, help_text=_("Two letters, as in ES."))
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=32, blank=True)
    other = models.CharField(_("anything else"), max_length=300, blank=True)
    for_delivery = models.BooleanField(_("usual address for parcels"), default=False)
    for_invoice = models.BooleanField(_("usual address for invoices"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["updated_at"])

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [FromShop.once_a_shop("address")]
        indexes = [
            models.Index(fields=["phone"], name="addresses_by_phone"),
            models.Index(fields=["mobile"], name="addresses_by_mobile"),
            models.Index(fields=["source", "updated_at", "id"], name="addresses_as_told"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.line1, f"{self.postcode} {self.city}".strip(), self.country) if part)
