"""Two records side by side: where they differ, what would move, and what would not."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.identity import Sign, signs_of, traces_of
from crm.models import Customer
from crm.models.merging import CHOICES, MOVED, STRICTER

NAMES: dict[str, str | Promise] = {
    "name": _("Name"),
    "birthday": _("Birthday"),
    "phone": _("Phone"),
    "other_phone": _("Other phone"),
    "language": _("Language"),
    "company": _("Company"),
    "tax_number": _("Tax number"),
    "website": _("Website"),
    "group": _("Main group"),
    "household": _("Shared account"),
    "payment_method": _("Payment"),
    "shipping_method": _("Shipping"),
    "newsletter": _("Newsletter"),
    "partner_offers": _("Partner offers"),
    "do_not_contact": _("Must not be contacted"),
}


@dataclass(frozen=True)
class Choice:
    """A field in which the two differ. `takes` says that the other one's value is proposed."""

    name: str
    kept: str
    gone: str

    @property
    def label(self) -> str | Promise:
        """Its name for people."""
        return NAMES[self.name]

    @property
    def takes(self) -> bool:
        """Where this record says nothing, the other one's word is proposed."""
        return not self.kept


class Comparison:
    """Two records, of which `kept` stays."""

    def __init__(self, kept: Customer, gone: Customer) -> None:
        self.kept, self.gone = kept, gone

    @cached_property
    def signs(self) -> list[Sign]:
        """Why they may be one person."""
        traces = traces_of([self.kept, self.gone])
        found = signs_of(traces[self.kept.pk], traces[self.gone.pk])
        return [sign for sign in found if sign.fits]

    @cached_property
    def choices(self) -> list[Choice]:
        """Where they differ."""
        pairs = [(name, *(self._say(one, name) for one in (self.kept, self.gone))) for name in CHOICES]
        return [Choice(name, one, other) for name, one, other in pairs if one != other]

    def _say(self, customer: Customer, name: str) -> str:
        if name == "name":
            return customer.formal_name
        value: Any = getattr(customer, name)
        return date_format(value, "DATE_FORMAT") if hasattr(value, "isoformat") else str(value or "")

    @cached_property
    def stricter(self) -> list[tuple[str | Promise, bool]]:
        """Permissions in which they differ, with what will stand: the more careful one."""
        return [
            (NAMES[name], strict)
            for name, strict in STRICTER.items()
            if getattr(self.kept, name) != getattr(self.gone, name)
        ]

    @cached_property
    def moves(self) -> dict[str, int]:
        """How much of each would move."""
        return {name: getattr(self.gone, name).count() for name in MOVED}

    @cached_property
    def tags(self) -> list[Any]:
        """All tags it will have."""
        return sorted({*self.kept.tags.all(), *self.gone.tags.all()}, key=str)
