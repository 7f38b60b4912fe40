"""What a customer, or somebody without a name, has in the cart right now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import pings
from crm.models.customer import Customer
from crm.models.order import Order

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


class Cart(models.Model):
    """A cart of the shop; it may have no customer. Amounts are in `currency`, tax included."""

    shop_id = models.CharField(_("id in the shop"), max_length=64, blank=True, db_index=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="carts")
    order = models.OneToOneField(Order, models.SET_NULL, null=True, blank=True, related_name="cart")
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_index=True)
    seen_at = models.DateTimeField(_("customer last seen"), null=True, blank=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("cart")
        indexes = [models.Index(fields=["customer", "-changed_at"], name="carts_of_a_customer")]

    def __str__(self) -> str:
        return f"{self.pk:06d}"

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
        customer_id = self.customer_id
        transaction.on_commit(lambda: pings.cart_changed(customer_id))


class CartLine(models.Model):
    """One product in a cart."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    product_ref = models.CharField(_("product reference"), max_length=64, blank=True)
    name = models.CharField(_("product"), max_length=255)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("cart line")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def total(self) -> Decimal:
        """Quantity times unit price."""
        return self.quantity * self.unit_price
