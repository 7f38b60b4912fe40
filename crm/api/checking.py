"""From what a shop sent to checked objects: one wrong one does not spoil the others."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from crm.api.nouns import ADDRESSES, CUSTOMERS, Noun
from crm.models import RecordSettings, Shop
from crm.models.record import fields_off

MOST_OBJECTS = 1000
Errors = dict[str, Any]


def objects_of(data: Any) -> list[Any]:
    """The objects of a call. Raises ValidationError if it is no list of them."""
    if not isinstance(data, list):
        raise ValidationError({"detail": _("Send a list of objects.")})
    if not 1 <= len(data) <= MOST_OBJECTS:
        raise ValidationError({"detail": _("Send from 1 to %(most)s objects.") % {"most": MOST_OBJECTS}})
    return data


class Checker:
    """Checks objects of one kind for one shop. `partial` for what is on file already."""

    def __init__(self, noun: Noun, shop: Shop, *, partial: bool = False) -> None:
        self.noun, self.shop, self.partial = noun, shop, partial
        self.body = noun.body(partial=partial, context={"shop": shop})
        self.required = _required(noun)

    def check(self, data: Any) -> tuple[dict[str, Any], Errors]:
        """The checked values, or what is wrong with them by field."""
        try:
            values: dict[str, Any] = self.body.run_validation(data)
        except ValidationError as error:
            return {}, error.detail if isinstance(error.detail, dict) else {"detail": error.detail}
        if not values.get("id"):
            return {}, {"id": [_("This field is required.")]}
        return values, {}

    def check_all(self, data: Iterable[Any]) -> list[tuple[dict[str, Any], Errors]]:
        """As check(), and what the desk requires of new objects, which costs one question for all of them."""
        checked = [self.check(one) for one in data]
        if not self.required:
            return checked
        ids = [values["id"] for values, errors in checked if not errors]
        known = set(self.noun.rows().filter(source=self.shop, shop_id__in=ids).values_list("shop_id", flat=True))
        return [
            (values, errors or self._missing(values, is_new=not self.partial and values["id"] not in known))
            for values, errors in checked
        ]

    def _missing(self, values: Mapping[str, Any], *, is_new: bool) -> Errors:
        """Required fields that a new object lacks, or that a known one would lose."""
        sentence = [_("The shop asks for this.")]
        lost = {name for name in self.required if name in values and not values[name]}
        lacking = {name for name in self.required if name not in values} if is_new else set()
        if "emails" in self.required and values.get("email"):
            lacking.discard("emails")
        return dict.fromkeys(sorted(lost | lacking), sentence)


def _required(noun: Noun) -> set[str]:
    """What the team made mandatory in the settings of records."""
    records = RecordSettings.load()
    if noun is CUSTOMERS:
        return set(records.required_customer) - fields_off()
    return set(records.required_address) if noun is ADDRESSES else set()
