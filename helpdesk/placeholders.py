"""The names a predefined reply may contain as {{ name }}, each with what it stands for."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANY = re.compile(r"\{\{(.{0,80}?)\}\}", re.DOTALL)

NAMES: dict[str, str | Promise] = {
    "customer.name": _("The customer's whole name"),
    "customer.first_name": _("The customer's first name"),
    "order.reference": _("The reference of the order"),
    "order.state": _("The state of the order in the shop"),
    "order.tracking_number": _("The carrier's tracking number"),
    "order.tracking_url": _("The carrier's page for the parcel"),
    "order.promised_on": _("The day the order was promised for"),
    "agent.name": _("The name of whoever answers"),
    "shop.name": _("The name of the shop"),
    "contact.title": _("The title of the contact"),
    "thread.id": _("The number of the thread"),
}


def unknown(text: str) -> list[str]:
    """The names in {{ }} that stand for nothing, in the order they appear, each once."""
    return list(dict.fromkeys(name for name in (found.strip() for found in ANY.findall(text)) if name not in NAMES))
