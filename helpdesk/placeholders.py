"""Values for the placeholders of predefined replies: what the thread, its customer and its order know."""

from decimal import Decimal

from babel.numbers import format_currency
from django.utils import translation
from django.utils.formats import date_format

from accounts.models import Agent
from helpdesk.models import DeskSettings, Thread

NAMES = (
    "customer.name",
    "customer.first_name",
    "customer.email",
    "order.reference",
    "order.state",
    "order.total",
    "order.carrier",
    "order.tracking",
    "order.tracking_url",
    "order.promised",
    "product.name",
    "thread.number",
    "thread.subject",
    "agent.name",
    "contact.title",
    "shop.name",
)


def values_for(thread: Thread, *, agent: Agent) -> dict[str, str]:
    """Every name of NAMES with its value in the customer's language; empty where nothing is known."""
    with translation.override(thread.language or DeskSettings.load().language):
        return {**dict.fromkeys(NAMES, ""), **_of_thread(thread, agent), **_of_customer(thread), **_of_order(thread)}


def _of_thread(thread: Thread, agent: Agent) -> dict[str, str]:
    desk = DeskSettings.load()
    return {
        "thread.number": str(thread.pk),
        "thread.subject": thread.subject,
        "agent.name": str(agent),
        "contact.title": thread.contact.title_in(thread.language or desk.language),
        "shop.name": desk.shop_name,
    }


def _of_customer(thread: Thread) -> dict[str, str]:
    name = (thread.customer.name if thread.customer else "") or thread.name
    first = (thread.customer.first_name if thread.customer else "") or name.split(" ")[0]
    return {"customer.name": name, "customer.first_name": first, "customer.email": thread.email}


def _of_order(thread: Thread) -> dict[str, str]:
    order = thread.order
    if order is None:
        return {}
    return {
        "order.reference": order.reference,
        "order.state": order.state,
        "order.total": money(order.total, order.currency),
        "order.carrier": order.carrier,
        "order.tracking": order.tracking_number,
        "order.tracking_url": order.tracking_link,
        "order.promised": date_format(order.promised_on, "DATE_FORMAT") if order.promised_on else "",
        "product.name": thread.product.name if thread.product else "",
    }


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, in the active language."""
    language = (translation.get_language() or "en").replace("-", "_")
    return str(format_currency(amount, currency, locale=language))
