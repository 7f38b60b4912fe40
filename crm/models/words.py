"""The words under which customers, orders and carts are found."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Self

from django.db import models

from crm.models.address import Address
from crm.models.cart import Cart
from crm.models.cart_line import CartLine
from crm.models.customer import Customer, CustomerEmail
from crm.models.order import Order
from search import folding
from search.models import SameId, Words

READ_OF_OWNERS = tuple(f"customer__{name}" for name in ("first_name", "last_name", "company", "erased_at"))
READ_OF_LINES = ("name", "attributes", "product_ref")
READ_OF_CARTS = ("shop_id", "email", "name", "postcode", "city", "phone", "ip_address", *READ_OF_OWNERS)
PRESENT, GONE = f"{folding.OURS}here", f"{folding.OURS}gone"


class CustomerWords(Words):
    """Names, user name, company, every address of e-mail, phones, postal addresses. `key` is the full name."""

    customer = SameId(Customer)
    key = models.CharField(max_length=120, db_index=True)
    subject: ClassVar[str] = "customer"

    class Meta:
        verbose_name = "words of a customer"

    def __str__(self) -> str:
        return self.words

    @classmethod
    def described(cls, ids: Iterable[int]) -> Iterator[Self]:
        """Also those who are gone: a supervisor may look for them."""
        for one in Customer.objects.filter(pk__in=ids).prefetch_related("emails", "addresses"):
            yield cls.of(one, one.emails.all(), one.addresses.all())

    @classmethod
    def of(cls, one: Customer, emails: Iterable[CustomerEmail], addresses: Iterable[Address]) -> Self:
        """The row of a customer whose addresses of both kinds are known; not saved."""
        words = folding.line(one.pk, _words_of_customer(one, emails, addresses))
        return cls(customer=one, key=folding.name_key(one.name), words=words)

    @classmethod
    def add(cls, one: Customer) -> None:
        """Make a new customer findable, who has no addresses yet: nothing is read for it."""
        cls.of(one, (), ()).save(force_insert=True)

    @classmethod
    def tell_of(cls, ids: list[int]) -> None:
        """Orders and carts are found by the name and the addresses of whose they are."""
        for kind in (OrderWords, CartWords):
            kind.write(kind.subjects().filter(customer__in=ids).values_list("pk", flat=True))


def _words_of_customer(one: Customer, known: Iterable[CustomerEmail], places_of: Iterable[Address]) -> list[str]:
    gone = one.deleted_at or one.erased_at or one.merged_into_id
    addresses = [address for address in places_of if address.deleted_at is None]
    phones = [one.phone, one.other_phone, *(number for a in addresses for number in (a.phone, a.mobile))]
    names = [one.first_name, one.last_name, one.company, one.username]
    places = [
        text for a in addresses for text in (a.first_name, a.last_name, a.company, a.line1, a.line2, a.postcode, a.city)
    ]
    emails = [email.address for email in known]
    said = folding.indexed(*names, *emails, one.tax_number, one.shop_id, *places)
    near = folding.near_words(*names, *(address.partition("@")[0] for address in emails))
    return [GONE if gone else PRESENT, *_once(said, folding.phone_words(*phones), near)]


def _once(*lists: Iterable[str]) -> list[str]:
    """Each word once: records have no sentences that anybody could quote."""
    return list(dict.fromkeys(word for words in lists for word in words))


def _words_of_owner(customer: Customer | None) -> list[str]:
    """What an order or a cart is found by because of whose it is."""
    if customer is None or customer.erased_at:
        return []
    return [customer.name, customer.company, *(email.address for email in customer.emails.all())]


class OrderWords(Words):
    """Reference, e-mail, tracking number, where it goes, what is in it, whose it is. `key` is the reference."""

    order = SameId(Order)
    key = models.CharField(max_length=64, db_index=True)
    subject: ClassVar[str] = "order"

    class Meta:
        verbose_name = "words of an order"

    def __str__(self) -> str:
        return self.words

    @classmethod
    def described(cls, ids: Iterable[int]) -> Iterator[Self]:
        """All of them."""
        orders = Order.objects.filter(pk__in=ids).select_related("customer")
        for one in orders.prefetch_related("lines", "customer__emails"):
            yield cls(
                order=one, key=folding.reference_key(one.reference), words=folding.line(one.pk, _words_of_order(one))
            )


def _words_of_order(one: Order) -> list[str]:
    said = folding.indexed(
        *(one.reference, one.shop_id, one.email, one.tracking_number, one.delivery_name),
        *(one.delivery_address, one.delivery_postcode, one.invoice_address),
        *_words_of_owner(one.customer),
        *(text for line in one.lines.all() for text in (line.name, line.product_ref)),
    )
    return _once(said, folding.phone_words(one.delivery_phone))


class CartWords(Words):
    """Number, what is known of whoever fills it, what is in it."""

    cart = SameId(Cart)
    subject: ClassVar[str] = "cart"

    class Meta:
        verbose_name = "words of a cart"

    def __str__(self) -> str:
        return self.words

    @classmethod
    def described(cls, ids: Iterable[int]) -> Iterator[Self]:
        """All of them."""
        carts = Cart.objects.filter(pk__in=ids).select_related("customer").only(*READ_OF_CARTS)
        lines = models.Prefetch("lines", CartLine.objects.only("cart", *READ_OF_LINES))
        for one in carts.prefetch_related(lines, "customer__emails"):
            yield cls(cart=one, words=folding.line(one.pk, _words_of_cart(one)))


def _words_of_cart(one: Cart) -> list[str]:
    lines: Iterable[Any] = one.lines.all()
    said = folding.indexed(
        *(str(one), str(one.pk), one.shop_id, one.email, one.name, one.postcode, one.city),
        *_words_of_owner(one.customer),
        *(getattr(line, name) for line in lines for name in READ_OF_LINES),
    )
    machine = [folding.machine_word(one.ip_address)] if one.ip_address else []
    return _once(said, folding.phone_words(one.phone), machine)
