"""Mails that follow carts and orders, and how a customer ends them."""

from collections.abc import Iterator
from typing import Any

from crm import following, links
from crm.following import Claimed, Due
from crm.models import Customer, FollowUp


def due_follow_ups() -> Iterator[Due]:
    """Mails that are due now to follow carts and orders."""
    return following.due()


def claim_follow_up(due: Due) -> Claimed | None:
    """Take one in hand, in the transaction that queues it. As crm.following.claim."""
    return following.claim(due)


def follow_up_words(claimed: Claimed, *, language: str, shop_name: str, shop_url: str) -> tuple[str, str]:
    """Subject and text of a follow-up mail."""
    return following.words_of(claimed, language=language, shop_name=shop_name, shop_url=shop_url)


def unsubscribe_url(customer: Customer) -> str:
    """The link that ends our advertising to a customer."""
    return links.unsubscribe_url(customer.pk)


def subject_of_follow_up(follow_up_id: int, customer: Customer | None) -> dict[str, Any]:
    """The cart and the order that a follow-up mail to this customer was about; nothing for somebody else's."""
    sent = FollowUp.objects.filter(pk=follow_up_id, customer=customer).select_related("cart", "order").first()
    return {"cart": sent.cart, "order": sent.order} if sent and customer else {}


def subscriber(token: str) -> Customer:
    """Whom a link to unsubscribe belongs to. Raises signing.BadSignature, or LookupError if they are gone."""
    customer = Customer.objects.present().filter(pk=links.customer_in(token)).first()
    if customer is None:
        raise LookupError(token)
    return customer


def unsubscribe(customer: Customer, *, ip: str) -> None:
    """No more newsletter and no more reminders, by the customer's own wish; the shop hears of it."""
    following.unsubscribe(customer, ip=ip)
