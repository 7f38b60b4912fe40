"""What a customer bought, as the shop tells it."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import models, transaction
from django.db.models.functions import Cast, Coalesce, Least, Round
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import pings
from crm.models.address import Address
from crm.models.customer import Customer
from crm.models.shop import FromShop

SENT_TO = ("delivery_name", "delivery_address", "delivery_postcode", "delivery_phone")
TOLD = ("first_name", "last_name", "company", "line1", "line2", "postcode", "city", "state", "country", "phone")
MOST_SPENT = 999999999999.99  # what the column holds


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, in the desk's words."""

    def referred_to(self, reference: str) -> "Order | None":
        """The order with this reference, whatever its case."""
        return self.filter(reference__iexact=reference.strip()).order_by("-pk").first() if reference.strip() else None

    def of_person(self, customer: Customer) -> "OrderQuerySet":
        """A customer's orders, and those of nobody that were made with one of their addresses."""
        addresses = [one.address for one in customer.emails.all()]
        return self.filter(models.Q(customer=customer) | models.Q(customer=None, email__in=addresses))

    def for_address(self, address: Address | int) -> "OrderQuerySet":
        """Those that went to this address (or the one with this id), or whose invoice did."""
        return self.filter(models.Q(delivered_to=address) | models.Q(invoiced_to=address))

    def add_up(self, customers: Iterable[int]) -> None:
        """Write how many paid orders these customers (ids) have, and their sum in the main currency.

        Nobody's sum is zero for want of orders: it is unknown, and a list shows a dash.
        """
        paid = self.filter(customer=models.OuterRef("pk"), is_valid=True).order_by().values("customer")
        # SQLite divides whole numbers as such: 10 / 3 would be 3.
        each = Cast("total", models.FloatField()) / Cast("rate", models.FloatField())
        sum_of = Least(models.Sum(each), models.Value(MOST_SPENT))
        sums = paid.annotate(count=models.Count("pk"), sum=sum_of)
        Customer.objects.filter(pk__in=list(customers)).update(
            order_count=Coalesce(models.Subquery(sums.values("count")), 0),
            # To the cent: lists are paged by it.
            spent=Round(Cast(models.Subquery(sums.values("sum")), Customer._meta.get_field("spent")), precision=2),
        )


class Order(FromShop):
    """An order of the shop. Amounts are in `currency`, tax included; `rate` of that currency buy one of the main."""

    reference = models.CharField(_("reference"), max_length=64, db_index=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    email = models.CharField(_("e-mail of the order"), max_length=255, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=64, help_text=_("In the shop's own words."))
    state_color = models.CharField(_("colour of the state"), max_length=7, blank=True)
    is_shipped = models.BooleanField(_("on its way"), default=False)
    is_valid = models.BooleanField(_("paid"), default=True)
    is_done = models.BooleanField(_("delivered or cancelled"), default=False)
    payment = models.CharField(_("payment"), max_length=64, blank=True)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_products = models.DecimalField(_("products"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_shipping = models.DecimalField(_("shipping"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_discounts = models.DecimalField(_("discounts"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_tax = models.DecimalField(_("tax in the total"), max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    rate = models.DecimalField(_("exchange rate"), max_digits=14, decimal_places=6, default=Decimal(1))
    vouchers = models.JSONField(_("codes of vouchers used"), default=list, blank=True)
    carrier = models.CharField(_("carrier"), max_length=64, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    tracking_url = models.URLField(_("tracking link"), max_length=500, blank=True)
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    delivery_name = models.CharField(_("name at the delivery"), max_length=255, blank=True)
    delivery_address = models.TextField(_("delivery address"), blank=True)
    delivery_postcode = models.CharField(_("postcode of the delivery"), max_length=16, blank=True)
    delivery_phone = models.CharField(_("phone at the delivery"), max_length=32, blank=True)
    invoice_address = models.TextField(_("invoice address"), blank=True)
    # Which addresses on file these were: the copies above stay as they are, whatever becomes of those.
    delivered_to = models.ForeignKey(Address, models.SET_NULL, null=True, blank=True, related_name="deliveries")
    invoiced_to = models.ForeignKey(Address, models.SET_NULL, null=True, blank=True, related_name="invoices")
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("order")
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer"),
            models.Index(fields=["delivery_phone"], name="orders_by_phone"),
            models.Index(fields=["source", "updated_at", "id"], name="orders_as_told"),
            models.Index(fields=["placed_at", "carrier"], name="orders_by_carrier"),
        ]
        constraints = [FromShop.once_a_shop("order")]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_left(self) -> bool:
        """Nothing of where it goes can be changed any more."""
        return self.is_shipped or self.is_done

    @transaction.atomic
    def deliver_to(self, address: Address) -> None:
        """Send it there; the shop is told, for it makes the parcel. `address` may be none that is on file.

        Raises ValueError, with a sentence, once the order has left.
        """
        self.refresh_from_db(from_queryset=Order.objects.select_for_update(of=("self",)))
        if self.has_left:
            raise ValueError(gettext("Order %(order)s has left already: it goes where it was sent.") % {"order": self})
        self.delivery_name, self.delivery_address = address.addressee[:255], address.label
        self.delivery_postcode, self.delivery_phone = address.postcode, address.mobile or address.phone
        self.delivered_to = address if address.pk else None
        self.save(update_fields=[*SENT_TO, "delivered_to", "updated_at"])
        self._tell_where(address)

    def _tell_where(self, address: Address) -> None:
        from crm import outbound
        from crm.models.words import OrderWords

        OrderWords.write([self.pk])
        pings.customers_changed([self.customer_id])
        where = {name: getattr(address, name) for name in TOLD}
        outbound.announce(
            "order.address_changed",
            {"order": self.shop_id or None, "reference": self.reference, "address": where},
            shop=self.source,
        )

    @property
    def is_late(self) -> bool:
        """Promised for a day that has passed, and not there."""
        return self.promised_on is not None and not self.is_done and self.promised_on < timezone.localdate()

    @property
    def steps(self) -> list[bool]:
        """How far it is: placed, paid, on its way, done."""
        return [True, self.is_valid, self.is_shipped or self.is_done, self.is_done]

    @property
    def in_shop(self) -> str:
        """Where the shop itself shows this order; empty where it told no address. Reads `source`."""
        shop = self.source
        return shop.link(shop.order_link, id=self.shop_id, reference=self.reference) if shop else ""

    @property
    def tracking_link(self) -> str:
        """The carrier's page, if it is a web address: what the shop sent is not trusted to be one."""
        return self.tracking_url if self.tracking_url.lower().startswith(("https://", "http://")) else ""


class OrderState(models.Model):
    """A state that an order came into, and when; what it was when the customer wrote is read from here."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="states")
    state = models.CharField(_("state"), max_length=64)
    at = models.DateTimeField(_("since"))

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("state of an order")
        indexes = [models.Index(fields=["order", "at"], name="states_of_an_order")]

    def __str__(self) -> str:
        return self.state


class OrderLine(models.Model):
    """One product of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product_ref = models.CharField(_("product reference"), max_length=64, blank=True)
    name = models.CharField(_("product"), max_length=255)
    category = models.CharField(_("category"), max_length=128, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2, default=Decimal(0))
    tax_rate = models.DecimalField(_("tax in %"), max_digits=5, decimal_places=2, default=Decimal(0))
    image_url = models.URLField(_("picture"), max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("order line")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def total(self) -> Decimal:
        """Quantity times unit price."""
        return self.quantity * self.unit_price
