"""Where a customer lives or wants parcels."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_update_with_history

from accounts.models import Agent
from crm import pings, places
from crm.models.customer import Customer
from crm.models.shop import FromShop, RecordSettings

# What the team may insist on; the others are needed in every address.
OPTIONAL = ("company", "tax_number", "identity_number", "line2", "phone", "mobile", "other")
USUAL = ("for_delivery", "for_invoice")


class AddressQuerySet(models.QuerySet["Address"]):
    """Addresses, in the desk's words."""

    def present(self) -> "AddressQuerySet":
        """Those that were not deleted, of customers that were not."""
        return self.filter(deleted_at=None, customer__deleted_at=None, customer__erased_at=None)

    def deleted(self) -> "AddressQuerySet":
        """Those in the bin, of customers that are not."""
        return self.filter(customer__deleted_at=None, customer__erased_at=None).exclude(deleted_at=None)

    @transaction.atomic
    def add(self, customer: Customer, values: Mapping[str, Any], *, by: Agent | None) -> "Address":
        """A new address of a customer; `values` as for edit(). Raises ValidationError, by field."""
        address = self.model(customer=customer)
        address.edit(values, by=by)
        return address

    @transaction.atomic
    def remove(self, *, by: Agent | None) -> list[int]:
        """Put these into the bin; their ids, for an undo. Orders keep their own copies."""
        return self._bin(self.filter(deleted_at=None), timezone.now(), by)

    @transaction.atomic
    def restore(self, *, by: Agent | None) -> list[int]:
        """Out of the bin again; which of them is the usual one has to be said anew."""
        return self._bin(self.exclude(deleted_at=None), None, by)

    def _bin(self, addresses: "AddressQuerySet", at: Any, by: Agent | None) -> list[int]:
        from crm.models.words import CustomerWords

        found = list(addresses)
        for address in found:
            address.deleted_at, address.for_delivery, address.for_invoice = at, False, False
        bulk_update_with_history(found, Address, ["deleted_at", *USUAL], batch_size=500, default_user=by)
        CustomerWords.write(address.customer_id for address in found)
        pings.customers_changed(address.customer_id for address in found)
        return [address.pk for address in found]


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

    @property
    def addressee(self) -> str:
        """Who is written on the parcel."""
        name = f"{self.first_name} {self.last_name}".strip()
        return " · ".join(part for part in (name, self.company) if part)

    @property
    def label(self) -> str:
        """As it stands on a parcel, below the name."""
        town = f"{self.postcode} {self.city}".strip()
        state = "" if self.state == self.city else self.state
        country = places.names().get(self.country, self.country)
        return "\n".join(part for part in (self.line1, self.line2, town, state, country) if part)

    @property
    def use(self) -> str:
        """What the customer uses it for first; nothing for one among others."""
        if self.for_delivery:
            return gettext("Parcels and invoices") if self.for_invoice else gettext("Parcels")
        return gettext("Invoices") if self.for_invoice else ""

    @transaction.atomic
    def edit(self, values: Mapping[str, Any], *, by: Agent | None) -> None:
        """Make these its values, by the names of its fields; what is not named stays. The one door to a write.

        Raises ValidationError, by field, for what must not be saved: forms and the API say the same.
        """
        for name, value in values.items():
            setattr(self, name, value)
        self.full_clean()
        self._history_user = by
        self.save()
        self._be_the_only_usual_one(by)
        pings.customers_changed([self.customer_id])

    def clean(self) -> None:
        """What the country and the team ask for. Raises ValidationError, by field."""
        self.country, self.postcode = self.country.upper(), self.postcode.strip()
        problems = {**self.left_out(), **self._at_odds_with_country()}
        if problems:
            raise ValidationError(problems)

    def left_out(self) -> dict[str, str]:
        """What the team asks for and the address has not, by field, each with a sentence."""
        asked = [name for name in OPTIONAL if name in RecordSettings.load().required_address]
        said = dict.fromkeys((name for name in asked if not getattr(self, name)), gettext("The shop asks for this."))
        if not self.company and not (self.first_name and self.last_name):
            missing = "last_name" if self.first_name else "first_name"
            said[missing] = gettext("Enter first and last name, or a company.")
        return said

    def _at_odds_with_country(self) -> dict[str, str]:
        if self.country not in places.names():
            return {"country": gettext("Choose the country.")}
        said = {}
        if places.needs_postcode(self.country) and not self.postcode:
            said["postcode"] = gettext("Enter the postcode.")
        elif not places.postcode_fits(self.country, self.postcode):
            example = places.example_of(self.country)
            said["postcode"] = gettext("As in %(example)s") % {"example": example}
        if places.states_of(self.country) and not self.state:
            said["state"] = gettext("Choose it: addresses of this country need it.")
        return said

    def _be_the_only_usual_one(self, by: Agent | None) -> None:
        """A customer has one usual address for parcels, and one for invoices."""
        for usual in (name for name in USUAL if getattr(self, name)):
            others = list(Address.objects.filter(customer=self.customer_id, **{usual: True}).exclude(pk=self.pk))
            for other in others:
                setattr(other, usual, False)
            bulk_update_with_history(others, Address, [usual], default_user=by)
