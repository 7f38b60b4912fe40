"""Carts, also those without an owner: whose they may be, and what the team said of that."""

from typing import Any

from accounts.models import Agent
from crm import links, panel
from crm.matching import Candidate, Complaint, candidates_for
from crm.models import Cart, CartMatch, CartWatch, Customer


def carts_of(customer: Customer | None) -> list[Cart]:
    """A customer's newest carts."""
    return panel.carts_with_lines(customer) if customer else []


def cart_to_write_about(cart_id: int) -> Cart | None:
    """A cart with its lines and whoever it belongs to."""
    related = Cart.objects.select_related("customer", "source").prefetch_related("lines", "customer__emails")
    return related.filter(pk=cart_id).first()


def cart_with_lines(cart_id: int) -> Cart | None:
    """One cart, as panels show it."""
    return Cart.objects.select_related("source", "customer").prefetch_related("lines").filter(pk=cart_id).first()


def cart_contacted(cart: Cart, *, by: Any, thread: int) -> None:
    """An agent wrote about a cart, in this thread."""
    cart.note_contact(by=by, thread=thread)


def restore_cart(token: str) -> str:
    """Where a customer with this signed link finds the cart again; the shop is told.

    Raises signing.SignatureExpired, signing.BadSignature, or LookupError if the cart is not kept any more.
    """
    cart = Cart.objects.select_related("source").filter(pk=links.cart_in(token)).first()
    if cart is None:
        raise LookupError(token)
    return cart.restore()


def carts_for(complaint: Complaint, *, about: str, most: int) -> list[Candidate]:
    """Carts that a complaint may be about, without those refused for this matter or this customer."""
    refused = CartMatch.objects.refused_by(about, complaint.customer)
    return candidates_for(complaint, refused=refused, most=most)


def was_linked(cart: Cart) -> bool:
    """Whether the team said whose it is, and may take that back."""
    return cart.customer_id is not None and cart.was_linked()


def unlink_cart(cart: Cart, *, by: Agent) -> bool:
    """It is nobody's again."""
    return cart.unlink(by=by)


def refuse_cart(cart: Cart, about: str, *, customer: int | None, by: Agent) -> None:
    """It is not theirs."""
    CartMatch.objects.refuse(cart, about, customer=customer, by=by)


def keep_matches(about: str, found: list[Candidate], *, customer: int | None) -> None:
    """What was found for a matter, for the pages of the carts."""
    CartMatch.objects.keep(about, found, customer=customer)


def matches_of(cart_id: int) -> list[CartMatch]:
    """What may be about a cart, the likeliest first; what was refused is left out."""
    return list(CartMatch.objects.standing().filter(cart=cart_id))


def fire_watches(found: list[Candidate]) -> list[Candidate]:
    """Those of the found carts that are watched, and likely enough that the team shall hear of it."""
    likely = {one.cart.pk: one for one in found if one.sure != "low"}
    watches = CartWatch.objects.open().filter(cart__in=likely)
    return [likely[watch.cart_id] for watch in watches if watch.fire()]
