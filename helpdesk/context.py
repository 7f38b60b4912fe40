"""All that helpdesk asks of crm; the only importer of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models.functions import Coalesce

from accounts.models import Agent
from crm import links, panel
from crm.guests import guest_for
from crm.matching import Candidate, Complaint, Reason, Sure, candidates_for
from crm.models import Cart, CartMatch, CartWatch, Customer, Order, OrderLine, customers_merged, customers_split

__all__ = ["Complaint", "Reason", "Sure", "customers_merged", "customers_split", "guest_for"]

SENDERS_COLUMNS = ("language", "first_name", "last_name", "company")


def customers() -> models.QuerySet[Customer]:
    """All on file, whatever became of them."""
    return Customer.objects.prefetch_related("emails")


def count_threads(customers: Iterable[int | None], threads: models.QuerySet[Any]) -> None:
    """Write down how many of these threads each of these customers (ids) has: counted anew, so that nothing drifts.

    Call it inside the transaction that changed a thread. Whoever counts the same customer meanwhile waits.
    """
    ids = sorted({one for one in customers if one is not None})
    if not ids:
        return
    rows = Customer.objects.filter(pk__in=ids)
    if connection.features.has_select_for_update:
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    own = threads.filter(customer=models.OuterRef("pk")).order_by().values("customer")
    rows.update(open_threads=Coalesce(models.Subquery(own.annotate(n=models.Count("pk")).values("n")), 0))


def panel_of(customer_id: int | None, *, order: int | None, line: int | None, at: datetime | None) -> dict[str, Any]:
    """What the panel shows of a customer; nothing where there is none. As crm.panel.panel_of."""
    customer = panel.customer_with_card(customer_id) if customer_id else None
    return panel.panel_of(customer, order=order, line=line, written_at=at) if customer else {}


def orders_of_address(address: str) -> list[Order]:
    """Orders made with an address that nobody on file has."""
    return panel.orders_of_address(address)


def orders_mentioned(texts: list[str]) -> list[Order]:
    """Orders whose references stand in what somebody wrote."""
    return panel.orders_mentioned(texts)


def carts_of(customer: Customer | None) -> list[Cart]:
    """A customer's newest carts."""
    return panel.carts_with_lines(customer) if customer else []


def restore_cart(token: str) -> str:
    """Where a customer with this signed link finds the cart again; the shop is told.

    Raises signing.SignatureExpired, signing.BadSignature, or LookupError if the cart is not kept any more.
    """
    cart = Cart.objects.select_related("source").filter(pk=links.cart_in(token)).first()
    if cart is None:
        raise LookupError(token)
    return cart.restore()


def customer_for(address: str) -> Customer | None:
    """Who writes from this address. Each mail asks: only the columns that its arrival needs are read."""
    return Customer.objects.only(*SENDERS_COLUMNS).for_email(address)


def customer_known_to_shop(shop_id: str, address: str) -> Customer | None:
    """Whom the shop vouches for: by its own id where it gives one that we know, else by address."""
    known = Customer.objects.filter(shop_id=shop_id).order_by("is_guest", "pk").first() if shop_id else None
    return known or customer_for(address)


def order_for(reference: str, *, customer: Customer | None, email: str) -> Order | None:
    """The order with this reference, only if it is this sender's: by customer or by the order's own e-mail."""
    order = Order.objects.referred_to(reference)
    if order is None:
        return None
    same_customer = customer is not None and order.customer_id == customer.pk
    same_address = bool(email) and order.email.lower() == email.lower()
    owner_address = (
        bool(email) and order.customer is not None and order.customer.emails.filter(address=email.lower()).exists()
    )
    return order if same_customer or same_address or owner_address else None


def product_of(order: Order | None, product_ref: str) -> OrderLine | None:
    """The line of an order with this product reference."""
    return order.lines.filter(product_ref=product_ref).first() if order and product_ref else None


def orders_of(customer: Customer | None, *, limit: int = 10) -> list[Order]:
    """A customer's newest orders with their lines."""
    if customer is None:
        return []
    return list(customer.orders.prefetch_related("lines")[:limit])


def with_purchases(threads: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Threads, each with its customer's `order_count` and `order_total` of valid orders, in `order_currency`.

    The total is None where the customer bought in several currencies: then there is no one number.
    """
    valid = Order.objects.filter(customer=models.OuterRef("customer"), is_valid=True).order_by().values("customer")
    one = models.Q(first=models.F("last"))
    sums = valid.annotate(
        count=models.Count("pk"), sum=models.Sum("total"), first=models.Min("currency"), last=models.Max("currency")
    )
    return threads.annotate(
        order_count=models.Subquery(sums.values("count")),
        order_total=models.Subquery(sums.filter(one).values("sum")),
        order_currency=models.Subquery(sums.values("first")),
    )


def is_known_address(customer: Customer | None, address: str) -> bool:
    """Whether the address is one of the customer's."""
    return customer is not None and customer.emails.filter(address=address.lower()).exists()


# -- carts without an owner -----------------------------------------------------------------------


def carts_for(complaint: Complaint, *, about: str, most: int) -> list[Candidate]:
    """Carts that a complaint may be about, without those refused for this matter or this customer."""
    refused = CartMatch.objects.refused_by(about, complaint.customer)
    return candidates_for(complaint, refused=refused, most=most)


def cart_with_lines(cart_id: int) -> Cart | None:
    """One cart, as panels show it."""
    return Cart.objects.select_related("source", "customer").prefetch_related("lines").filter(pk=cart_id).first()


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
