"""Who has a mailbox on the practice mail server, and what the page says of them."""

from django.db import connection
from django.utils.translation import gettext as _

from accounts.pieces import money
from crm.models import Cart, Customer, CustomerEmail, Order
from mailgateway.models import Mailbox, Security
from mailgateway.practice.cast import CAST, EVERYBODY_ELSE, OUTSIDE, SHOP_ADDRESSES, Player

LISTED = 200  # customers in the list
CAST_BY_ACCOUNT = {player.account: player for player in (*CAST, EVERYBODY_ELSE)}


def settle(smtp_port: int, imap_port: int) -> set[str]:
    """Point the practice shop's mailboxes to these ports of loopback; returns all addresses with an account.

    For a thread of its own: closes its connection to the database.
    """
    try:
        ours = Mailbox.objects.filter(username__in=SHOP_ADDRESSES, imap_security=Security.NONE)
        ours.update(imap_port=imap_port, smtp_port=smtp_port)
        return {*CustomerEmail.objects.values_list("address", flat=True), *(one.account for one in CAST)}
    finally:
        connection.close()


def customers(words: str) -> list[Player]:
    """The shop's other customers with an address, by name; `words` narrow them down."""
    found = Customer.objects.exclude(emails=None).prefetch_related("emails").order_by("first_name", "last_name")
    for word in words.split():
        found = found.filter(first_name__icontains=word) | found.filter(last_name__icontains=word)
    players = [Player(one.email, str(one), one.email, one.language or "es") for one in found.distinct()[:LISTED]]
    return [one for one in players if one.account not in CAST_BY_ACCOUNT]


def player_of(account: str) -> Player | None:
    """Whoever may be played under this account."""
    account = account.lower()
    if account in CAST_BY_ACCOUNT:
        return CAST_BY_ACCOUNT[account]
    customer = customer_of(account)
    return Player(account, str(customer), account, customer.language or "es") if customer else None


def customer_of(account: str) -> Customer | None:
    """What the shop knows of the account's owner."""
    return None if account == OUTSIDE else Customer.objects.for_email(account)


def last_order(customer: Customer | None) -> Order | None:
    """The newest order of somebody."""
    return customer.orders.first() if customer else None


def live_cart(customer: Customer | None) -> Cart | None:
    """The newest cart without an order."""
    return customer.carts.unordered().prefetch_related("lines").first() if customer else None


def facts(customer: Customer | None) -> list[tuple[str, str]]:
    """What the shop knows, as pairs of a word and a value."""
    if customer is None:
        return []
    order, cart = last_order(customer), live_cart(customer)
    known = [(_("Group"), str(customer.group or "")), (_("Tags"), ", ".join(str(tag) for tag in customer.tags.all()))]
    if order:
        known.append((_("Order"), f"{order.reference} · {order.state}"))
    if cart:
        lines = ", ".join(str(line) for line in cart.lines.all())
        known.append((_("Cart"), f"{lines} · {money(cart.total, cart.currency)}"))
    return [(word, value) for word, value in known if value]
