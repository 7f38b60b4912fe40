"""Why a cart may be somebody's, or not, in sentences; and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.pieces import money


class Sure(models.TextChoices):
    """How sure it is."""

    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")

    @property
    def bars(self) -> tuple[bool, bool, bool]:
        """Three bars, as many lit as it is sure."""
        lit = {"high": 3, "medium": 2, "low": 1}[self.value]
        return lit >= 1, lit >= 2, lit >= 3


SENTENCES: dict[str, str | Promise] = {
    "amount": _("Names the amount: %(amount)s"),
    "amount_about": _("Names about this amount: %(amount)s"),
    "amount_line": _("Names the price of a product in it: %(amount)s"),
    "amount_other": _("Names another amount: %(amount)s"),
    "day": _("Speaks of that day: %(day)s"),
    "day_near": _("Speaks of the day before or after: %(day)s"),
    "day_other": _("Speaks of another day: %(day)s"),
    "products": _("Names what is in it: %(names)s"),
    "products_other": _("Names something that is not in it: %(names)s"),
    "products_bought": _("Has bought or looked at the same: %(names)s"),
    "products_never": _("Never bought or looked at any of it"),
    "name": _("The same name: %(name)s"),
    "name_part": _("Part of the name: %(name)s"),
    "name_other": _("Another name: %(name)s"),
    "email": _("The same e-mail: %(email)s"),
    "email_alike": _("Nearly the same e-mail: %(email)s"),
    "email_other": _("Another e-mail: %(email)s"),
    "phone": _("The same phone"),
    "phone_other": _("Another phone"),
    "postcode": _("The same postcode: %(postcode)s"),
    "postcode_other": _("Another postcode: %(postcode)s"),
    "city": _("Names the place: %(city)s"),
    "browser": _("The same device and browser"),
    "browser_other": _("Another device"),
    "ip": _("The same connection"),
    "network": _("The same network"),
    "late": _("Wrote long after it"),
    "charged": _("Charged, and there is no order"),
    "step": _("Came as far as: %(step)s"),
    "owner": _("It is in somebody else's name: look whether they are the same person"),
}


@dataclass(frozen=True)
class Reason:
    """One thing that fits (True), does not (False), or is good to know (None)."""

    kind: str
    fits: bool | None = True
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The whole sentence, in the reader's language."""
        if self.kind == "soon":
            days = self.words["days"]
            said = ngettext("Wrote %(days)s day after it", "Wrote %(days)s days after it", days)
            return said % {"days": days} if days else str(_("Wrote on the same day"))
        return str(SENTENCES[self.kind]) % {name: _say(value) for name, value in self.words.items()}

    def kept(self) -> list[Any]:
        """As it is stored."""
        return [self.kind, self.fits, {name: _keep(value) for name, value in self.words.items()}]

    @classmethod
    def read(cls, kept: list[Any]) -> "Reason":
        """From where it was stored."""
        kind, fits, stored = kept
        return cls(kind, fits, {name: _read(value) for name, value in stored.items()})


def _say(value: Any) -> str:
    if isinstance(value, date):
        return date_format(value, "MONTH_DAY_FORMAT")
    if isinstance(value, tuple):
        amount, currency = value
        return money(amount, currency)
    return str(value)


def _keep(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"amount": str(value[0]), "currency": value[1]} if isinstance(value, tuple) else value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return date.fromisoformat(value["day"]) if "day" in value else (Decimal(value["amount"]), value["currency"])
