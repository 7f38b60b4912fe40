"""What a customer, or somebody without a name, has in the cart right now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import pings
from crm.models.binding import Binding
from crm.models.customer import Customer
from crm.models.order import Order
from crm.models.shop import FromShop

ONLINE_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class CartItem:
    """A line as the shop sends it."""

    name: str
    quantity: int = 1
    unit_price: Decimal = Decimal(0)
    product_ref: str = ""


class CartQuerySet(models.QuerySet["Cart"]):
    """Carts, in the desk's words."""

    def unordered(self) -> "CartQuerySet":
        """Carts that made no order."""
        return self.filter(order=None)

    def nameless(self) -> "CartQuerySet":
        """Carts of nobody we know."""
        return self.filter(customer=None)


class CartState(models.TextChoices):
    """Where a cart stands, by its last change and its order."""

    ACTIVE = "active", _("Active")
    ABANDONED = "abandoned", _("Abandoned")
    RECOVERED = "recovered", _("Recovered")
    ORDERED = "ordered", _("Ordered")
    EXPIRED = "expired", _("Expired")


class Cart(Binding, FromShop):
    """A cart of the shop; it may have no customer. Amounts are in `currency`, tax included."""

    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="carts")
    order = models.OneToOneField(Order, models.SET_NULL, null=True, blank=True, related_name="cart")
    state = models.CharField(_("state"), max_length=10, choices=CartState, default=CartState.ACTIVE)
    step = models.CharField(_("how far the customer came"), max_length=64, blank=True)
    is_charged = models.BooleanField(_("charged, though there is no order"), default=False)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_products = models.DecimalField(_("products"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_discounts = models.DecimalField(_("discounts"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_wrapping = models.DecimalField(_("gift wrapping"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_shipping = models.DecimalField(_("shipping"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_tax = models.DecimalField(_("tax in the total"), max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    item_count = models.PositiveIntegerField(_("products in it"), default=0)
    vouchers = models.JSONField(_("codes of vouchers"), default=list, blank=True)
    carrier = models.CharField(_("carrier"), max_length=64, blank=True)

    # What is known of whoever fills it
    email = models.CharField(_("e-mail typed"), max_length=255, blank=True, db_index=True)
    name = models.CharField(_("name typed"), max_length=255, blank=True)
    phone = models.CharField(_("phone typed"), max_length=32, blank=True)
    postcode = models.CharField(_("postcode typed"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=128, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    device = models.CharField(_("device"), max_length=120, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    page = models.CharField(_("page being looked at"), max_length=255, blank=True)

    created_at = models.DateTimeField(_("made"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_index=True)
    seen_at = models.DateTimeField(_("customer last seen"), null=True, blank=True)
    abandoned_at = models.DateTimeField(_("abandoned"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("contacted"), null=True, blank=True)
    recovered_at = models.DateTimeField(_("recovered"), null=True, blank=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("cart")
        constraints = [FromShop.once_a_shop("cart")]
        indexes = [
            models.Index(fields=["customer", "-changed_at"], name="carts_of_a_customer"),
            models.Index(fields=["state", "-changed_at"], name="carts_in_a_state"),
            # Holds all that carts without an owner are counted by, so that looking for one reads no rows.
            models.Index(
                fields=["changed_at", "total", "is_charged", "postcode"],
                condition=models.Q(customer=None, order=None),
                name="nameless_carts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk:06d}"

    @property
    def in_shop(self) -> str:
        """Where the shop itself shows this cart; empty where it told no address. Reads `source`."""
        return self.source.link(self.source.cart_link, id=self.shop_id) if self.source and self.shop_id else ""

    @property
    def is_online(self) -> bool:
        """The customer was in the shop within the last half hour."""
        return self.seen_at is not None and timezone.now() - self.seen_at < ONLINE_FOR

    @transaction.atomic
    def replace_lines(self, items: Iterable[CartItem]) -> None:
        """Make these the cart's lines, set its total and tell open browsers."""
        self.lines.all().delete()
        lines = CartLine.objects.bulk_create(CartLine(cart=self, **vars(item)) for item in items)
        self.total = sum((line.total for line in lines), Decimal(0))
        self.changed_at = self.seen_at = timezone.now()
        self.save(update_fields=["total", "changed_at", "seen_at"])
        self.watch_if_lost()
        customer_id = self.customer_id
        transaction.on_commit(lambda: pings.cart_changed(customer_id))


class CartLine(models.Model):
    """One product in a cart."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    product_ref = models.CharField(_("product reference"), max_length=64, blank=True)
    name = models.CharField(_("product"), max_length=255)
    attributes = models.CharField(_("variant"), max_length=255, blank=True)
    customization = models.CharField(_("customisation"), max_length=255, blank=True)
    supplier_ref = models.CharField(_("supplier's reference"), max_length=64, blank=True)
    category = models.CharField(_("category"), max_length=128, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    stock = models.IntegerField(_("in stock"), null=True, blank=True)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2, default=Decimal(0))
    tax_rate = models.DecimalField(_("tax in %"), max_digits=5, decimal_places=2, default=Decimal(0))
    image_url = models.URLField(_("picture"), max_length=500, blank=True)
    added_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("cart line")
        indexes = [models.Index(fields=["name", "cart"], name="lines_by_name")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def total(self) -> Decimal:
        """Quantity times unit price."""
        return self.quantity * self.unit_price
