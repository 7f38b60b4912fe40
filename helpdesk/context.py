"""All that helpdesk asks of crm; the only importer of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models.functions import Coalesce

from accounts.access import AgentRequest
from accounts.models import Agent
from crm import finding, following, links, outbound, panel, phones, salutations
from crm.copying import Fact as Fact
from crm.copying import Section as Section
from crm.finding import Network
from crm.following import Claimed, Due
from crm.guests import guest_for as guest_for
from crm.identity import Likeness, resembling
from crm.lists import customers as customer_list
from crm.matching import Candidate, Complaint, candidates_for
from crm.matching import Reason as Reason
from crm.matching import Sure as Sure
from crm.models import (
    Cart,
    CartMatch,
    CartWatch,
    Customer,
    CustomerEmail,
    CustomerGroup,
    FollowUp,
    Order,
    OrderLine,
    RecordSettings,
    Shop,
)
from crm.models import customers_merged as customers_merged
from crm.models import customers_split as customers_split
from crm.tables import Selection

SENDERS_COLUMNS = ("language", "first_name", "last_name", "company", "erased_at")


def customers() -> models.QuerySet[Customer]:
    """All on file, whatever became of them."""
    return Customer.objects.prefetch_related("emails")


def people() -> models.QuerySet[Customer]:
    """All who are neither deleted nor erased nor part of somebody else."""
    return Customer.objects.present()


def chosen_customers(request: AgentRequest) -> Selection:
    """Those that a form of the customers' list means: ticked ones, or all that its filters match."""
    return customer_list.selection_of(request)


def with_mail(customers: models.QuerySet[Customer]) -> models.QuerySet[Customer]:
    """Those of them who have an address of mail."""
    return customers.filter(models.Exists(CustomerEmail.objects.filter(customer=models.OuterRef("pk"))))


def newest_orders(customers: Iterable[int]) -> dict[int, Order]:
    """The newest order of each of these customers (ids), by customer. One query."""
    own = Order.objects.filter(customer=models.OuterRef("customer")).order_by("-placed_at", "-pk").values("pk")[:1]
    found = Order.objects.filter(customer__in=list(customers), pk=models.Subquery(own)).select_related("source")
    return {order.customer_id: order for order in found if order.customer_id is not None}


def whatsapp_number(customer: Customer) -> tuple[str, str]:
    """A customer's number as E.164 and an empty string; or an empty string and why there is none."""
    return phones.number_of(customer)


def people_of_household(household_id: int) -> models.QuerySet[Customer]:
    """Who belongs to a shared account."""
    return Customer.objects.present().filter(household=household_id)


def people_like(*, first_name: str, last_name: str, email: str, phone: str) -> list[Likeness]:
    """Who on file somebody new might be, with the reason."""
    return resembling(first_name=first_name, last_name=last_name, email=email, phone=phone)


def add_customer(values: Mapping[str, Any], *, by: Agent) -> Customer:
    """A new customer. Raises ValidationError, by field."""
    return Customer.objects.add(values, by=by)


def add_address_of_mail(customer: Customer, address: str, *, by: Agent) -> None:
    """One more e-mail of a customer. Raises ValidationError where somebody else has it."""
    customer.edit({"emails": [*customer.addresses_of_mail(), address]}, by=by)


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


def cart(cart_id: int) -> Cart | None:
    """A cart with its lines and whoever it belongs to."""
    related = Cart.objects.select_related("customer", "source").prefetch_related("lines", "customer__emails")
    return related.filter(pk=cart_id).first()


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


def customer_for(address: str) -> Customer | None:
    """Who writes from this address. Each mail asks: only the columns that its arrival needs are read."""
    return Customer.objects.only(*SENDERS_COLUMNS).for_email(address)


def customer_who_wrote(customer_id: int, address: str) -> Customer | None:
    """Who is proven to have written, else who writes from this address."""
    known = Customer.objects.present().filter(pk=customer_id).first() if customer_id else None
    return known or customer_for(address)


def customer_vouched_for(*, email: str, shop_id: str = "", customer: int = 0) -> Customer | None:
    """Whom the shop vouches for, by its own id where it gives one that we know, else by address.

    `customer` is our own number, of somebody who is signed in here.
    """
    known = Customer.objects.filter(shop_id=shop_id).order_by("is_guest", "pk").first() if shop_id else None
    return known or customer_who_wrote(customer, email)


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
    """Threads, each with its customer's `order_count` and `order_total` of valid orders, in `order_currency`,
    and with their standing.

    The total is None where the customer bought in several currencies: then there is no one number.
    """
    valid = Order.objects.filter(customer=models.OuterRef("customer"), is_valid=True).order_by().values("customer")
    one = models.Q(first=models.F("last"))
    sums = valid.annotate(
        count=models.Count("pk"), sum=models.Sum("total"), first=models.Min("currency"), last=models.Max("currency")
    )
    return with_standing(threads).annotate(
        order_count=models.Subquery(sums.values("count")),
        order_total=models.Subquery(sums.filter(one).values("sum")),
        order_currency=models.Subquery(sums.values("first")),
    )


def groups() -> models.QuerySet[CustomerGroup]:
    """Every group of customers."""
    return CustomerGroup.objects.all()


def groups_of(customer: Customer | None, *, is_known_to_shop: bool) -> set[int]:
    """The groups (ids) that somebody belongs to: of a customer their own, else those new people go into.

    `is_known_to_shop`: they are signed in there, though we have no record of them.
    """
    if customer is not None:
        own = [customer.group_id] if customer.group_id else []
        return {*customer.groups.values_list("pk", flat=True), *own}
    records = RecordSettings.load()
    usual = records.customer_group_id if is_known_to_shop else records.visitor_group_id
    return {usual} if usual else set()


def with_standing(threads: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Threads, each with `standing_id`: the group that says how its customer is served, as Customer.standing."""
    own = models.Q(customer__group__badge__gt="") | models.Q(customer__group__answer_hours__isnull=False)
    member = Customer.groups.through.objects.filter(
        customer=models.OuterRef("customer"), customergroup__in=CustomerGroup.objects.special().values("pk")
    )
    first = models.Subquery(member.order_by("customergroup").values("customergroup")[:1])
    return threads.annotate(
        standing_id=models.Case(
            models.When(own, then=models.F("customer__group_id")), default=first, output_field=models.BigIntegerField()
        ),
    )


def standing_of(thread: Any) -> CustomerGroup | None:
    """The group that says how a thread's customer is served: its badge and its time to answer."""
    if hasattr(thread, "standing_id"):  # most threads have none, and need not ask for the groups
        return CustomerGroup.special_ones().get(thread.standing_id) if thread.standing_id else None
    return thread.customer.standing if thread.customer else None


def salutation(customer: Customer | None, *, name: str, language: str) -> str:
    """The first words of a reply to somebody, in their language."""
    return salutations.salutation(customer, name=name, language=language)


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


def take_back_refusal(cart: Cart, about: str, *, customer: int | None) -> None:
    """It may be theirs after all."""
    CartMatch.objects.take_back(cart, about, customer=customer)


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


# -- finding ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Records:
    """Ids of customers, orders or carts that were found, the best first. Unless `is_all` there are more."""

    ids: Sequence[int] = ()
    is_all: bool = True


def find_customers(typed: str, *, machine: Network | None = None, with_gone: bool = False) -> Records:
    """Customers by what was typed, or by the network that they visited from. Gone ones only if asked for."""
    found = finding.customers_from(machine) if machine else finding.customers(typed, with_gone=with_gone)
    return Records(finding.present(found, with_gone=with_gone), found.is_all)


def find_orders(typed: str) -> Records:
    """Orders by what was typed."""
    found = finding.orders(typed)
    return Records(found.ids, found.is_all)


def find_carts(typed: str, *, machine: Network | None = None) -> Records:
    """Carts by what was typed, or by the network that they were filled from."""
    found = finding.carts_from(machine) if machine else finding.carts(typed)
    return Records(found.ids, found.is_all)


show_customers, show_orders, show_carts = finding.show_customers, finding.show_orders, finding.show_carts
order_called, nearest_order = finding.order_called, finding.nearest_order


def is_customer(customer_id: int) -> bool:
    """Whether there is such a customer to look at."""
    return Customer.objects.present().filter(pk=customer_id).exists()


def is_wanted(event: str) -> bool:
    """Whether any shop asked to be told of such an event; costs no query while that is known."""
    return outbound.is_wanted(event)


def announce(event: str, data: Mapping[str, Any], *, shop: Shop | None) -> None:
    """Tell a shop, or all of them, of an event: written down in this transaction and sent afterwards."""
    outbound.announce(event, data, shop=shop)


def shop_of(record: Customer | Order | None) -> Shop | None:
    """The shop that told us of a customer or an order."""
    return record.source if record else None
