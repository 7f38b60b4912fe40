"""The placeholders of predefined replies: their names, and the values that a thread, its customer and order give."""

import re

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from accounts.pieces import money
from helpdesk import context as shop
from helpdesk.models import DeskSettings, Thread

ANY = re.compile(r"\{\{(.{0,80}?)\}\}", re.DOTALL)

NAMES: dict[str, str | Promise] = {
    "salutation": _("How the reply begins: by title and name, as in Dear Ms Clarke"),
    "customer.name": _("The customer's whole name"),
    "customer.first_name": _("The customer's first name"),
    "customer.email": _("The customer's e-mail address"),
    "order.reference": _("The reference of the order"),
    "order.state": _("The state of the order in the shop"),
    "order.total": _("What the order costs, with its currency"),
    "order.carrier": _("The carrier"),
    "order.tracking_number": _("The carrier's tracking number"),
    "order.tracking_url": _("The carrier's page for the parcel"),
    "order.promised_on": _("The day the order was promised for"),
    "cart.number": _("The number of the cart the thread is about"),
    "cart.date": _("The day of the cart"),
    "cart.total": _("What the cart comes to, with its currency"),
    "cart.lines": _("What lies in the cart"),
    "product.name": _("The product the thread is about"),
    "agent.name": _("The name of whoever answers"),
    "shop.name": _("The name of the shop"),
    "contact.title": _("The title of the contact"),
    "thread.id": _("The number of the thread"),
    "thread.subject": _("The subject of the thread"),
}
OF_VOUCHER: dict[str, str | Promise] = {
    "voucher.code": _("The code of the voucher that goes with the letter: each customer's own"),
    "voucher.worth": _("What the voucher takes off, such as 10 %"),
    "voucher.until": _("The last day of the voucher"),
}


def unknown(text: str, *, in_letter: bool = False) -> list[str]:
    """The names in {{ }} that stand for nothing, in the order they appear, each once.

    Only in a letter to customers may a voucher be named.
    """
    known = NAMES.keys() | OF_VOUCHER.keys() if in_letter else NAMES.keys()
    return list(dict.fromkeys(name for name in (found.strip() for found in ANY.findall(text)) if name not in known))


def values_for(thread: Thread, *, agent: Agent) -> dict[str, str]:
    """Every name of NAMES with its value in the customer's language; empty where nothing is known."""
    with translation.override(thread.language or DeskSettings.load().language):
        return {
            **dict.fromkeys(NAMES, ""),
            **_of_thread(thread, agent),
            **_of_customer(thread),
            **_of_order(thread),
            **_of_cart(thread),
        }


def _of_thread(thread: Thread, agent: Agent) -> dict[str, str]:
    desk = DeskSettings.load()
    return {
        "thread.id": str(thread.pk or ""),
        "thread.subject": thread.subject,
        "agent.name": str(agent),
        "contact.title": thread.contact.title_in(thread.language or desk.language),
        "shop.name": desk.shop_name,
    }


def _of_customer(thread: Thread) -> dict[str, str]:
    name = (thread.customer.name if thread.customer else "") or thread.name
    first = (thread.customer.first_name if thread.customer else "") or name.split(" ")[0]
    language = thread.language or DeskSettings.load().language
    return {
        "salutation": shop.salutation(thread.customer, name=thread.name, language=language),
        "customer.name": name,
        "customer.first_name": first,
        "customer.email": thread.email,
    }


def _of_order(thread: Thread) -> dict[str, str]:
    order = thread.order
    if order is None:
        return {}
    return {
        "order.reference": order.reference,
        "order.state": order.state,
        "order.total": money(order.total, order.currency),
        "order.carrier": order.carrier,
        "order.tracking_number": order.tracking_number,
        "order.tracking_url": order.tracking_link,
        "order.promised_on": date_format(order.promised_on, "DATE_FORMAT") if order.promised_on else "",
        "product.name": thread.product.name if thread.product else "",
    }


def _of_cart(thread: Thread) -> dict[str, str]:
    cart = thread.cart
    if cart is None:
        return {}
    return {
        "cart.number": str(cart),
        "cart.date": date_format(timezone.localtime(cart.changed_at), "DATE_FORMAT"),
        "cart.total": money(cart.total, cart.currency),
        "cart.lines": ", ".join(str(line) for line in cart.lines.all()),
    }
