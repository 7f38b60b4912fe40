"""How an order stands, in the words of its customer; shown only to whoever is proven to be that customer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date, format_skeleton
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk import links
from helpdesk.models import Thread
from portal.customer import Order

SALT = "portal-answer"


def long_day(day: date) -> str:
    """A day with its weekday in the reader's language, such as Tuesday, November 24."""
    locale = (get_language() or "en").replace("-", "_")
    return f"{format_date(day, 'EEEE', locale=locale)}, {format_skeleton('MMMMd', day, locale=locale)}"


def headline(order: Order) -> str:
    """The one thing that people want to know of it."""
    if order.delivered_at is not None:
        return _("Delivered on %(day)s") % {"day": long_day(timezone.localdate(order.delivered_at))}
    if order.is_done:
        return order.state
    if not order.is_valid:
        return _("Waiting for your payment")
    if order.promised_on is not None:
        words = _("It should have arrived on %(day)s") if order.is_late else _("It arrives on %(day)s")
        return words % {"day": long_day(order.promised_on)}
    return _("It is on its way") if order.is_shipped else _("We are preparing it")


def steps_of(order: Order) -> list[tuple[str, bool, bool]]:
    """How far an order has come: (word, reached, stands there now)."""
    words = (_("Order placed"), _("Paid"), _("On its way"), _("Delivered"))
    last = max(n for n, reached in enumerate(order.steps) if reached)
    steps = enumerate(zip(words, order.steps, strict=True))
    return [(word, reached, n == last and not order.is_done) for n, (word, reached) in steps]


@dataclass(frozen=True)
class Answer:
    """What the contact form tells instead of being sent."""

    order: Order
    product: Any = None  # the line that was chosen
    earlier: Thread | None = None  # the customer's newest thread about it

    @property
    def headline(self) -> str:
        """When it comes."""
        return headline(self.order)

    @property
    def steps(self) -> list[tuple[str, bool, bool]]:
        """How far it is; nothing for an order that was never paid."""
        return steps_of(self.order) if self.order.is_valid else []

    @property
    def days_late(self) -> int:
        """Since it was promised; 0 while it may still be in time."""
        order = self.order
        return (timezone.localdate() - order.promised_on).days if order.is_late and order.promised_on else 0

    @property
    def lines(self) -> list[Any]:
        """The product that was chosen, else all of them."""
        return [self.product] if self.product else list(self.order.lines.all())

    @property
    def earlier_url(self) -> str:
        """The page of the thread about it: whoever sees an answer is proven to be its customer."""
        return reverse("portal:thread", args=[links.portal_token(self.earlier, proven=True)]) if self.earlier else ""

    @property
    def word(self) -> str:
        """What was shown, signed, so that the thread can tell the agent."""
        order = self.order
        day = order.promised_on.isoformat() if order.promised_on and not order.is_done else ""
        return signing.dumps({"name": order.reference, "to": order.state, "day": day}, salt=SALT)


def answer_about(order: Order, *, product_ref: str, email: str) -> Answer:
    """What the shop knows of an order, for its customer at this address."""
    product = next((one for one in order.lines.all() if product_ref and one.product_ref == product_ref), None)
    threads = Thread.objects.on_desk().from_address(email).filter(order=order.pk, merged_into=None)
    return Answer(order, product, threads.newest_first().first())


def read_shown(word: str) -> dict[str, str] | None:
    """What a form had shown; None for nothing, or what we did not sign."""
    try:
        return dict(signing.loads(word, salt=SALT)) if word else None
    except signing.BadSignature:
        return None
