"""What lies in a cart, and what was taken out of it a moment ago."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")


def before_tax(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount that holds `rate` per cent of tax, without it, to the cent."""
    return (amount * 100 / (100 + rate)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class CartItem:
    """A line as the shop sends it; the price holds the tax."""

    name: str
    quantity: int = 1
    unit_price: Decimal = Decimal(0)
    product_ref: str = ""
    attributes: str = ""
    customization: str = ""
    supplier_ref: str = ""
    category: str = ""
    stock: int | None = None
    tax_rate: Decimal = Decimal(0)
    image_url: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same line again, whatever its quantity and price."""
        return self.product_ref, self.name, self.attributes, self.customization


@dataclass(frozen=True)
class CartSums:
    """What the shop adds up beside the lines. Without `tax` and `total` they are worked out from the lines."""

    discounts: Decimal = Decimal(0)
    wrapping: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    tax: Decimal | None = None
    total: Decimal | None = None


class CartLine(models.Model):
    """One product in a cart."""

    cart = models.ForeignKey("crm.Cart", models.CASCADE, related_name="lines")
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
    def key(self) -> tuple[str, str, str, str]:
        """As CartItem.key."""
        return self.product_ref, self.name, self.attributes, self.customization

    @property
    def total(self) -> Decimal:
        """Quantity times unit price."""
        return self.quantity * self.unit_price

    @property
    def tax(self) -> Decimal:
        """The tax that the total holds."""
        return self.total - before_tax(self.total, self.tax_rate)

    @property
    def picture(self) -> str:
        """The shop's picture, if it is an address that a page may load: what the shop sent is not trusted to be one."""
        return self.image_url if self.image_url.lower().startswith("https://") else ""


class CartChange(models.Model):
    """A product taken out of a cart, or of which there are more or fewer now. What was put in, its line says."""

    cart = models.ForeignKey("crm.Cart", models.CASCADE, related_name="changes")
    name = models.CharField(_("product"), max_length=255)
    attributes = models.CharField(_("variant"), max_length=255, blank=True)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2, default=Decimal(0))
    before = models.PositiveIntegerField(_("there were"))
    after = models.PositiveIntegerField(_("there are"))  # 0: taken out
    at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of a cart")
        indexes = [models.Index(fields=["cart", "-at"], name="changes_of_a_cart")]

    def __str__(self) -> str:
        return f"{self.name}: {self.before} → {self.after}"
