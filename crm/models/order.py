"""What a customer bought, as the shop tells it."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, in the desk's words."""

    def referred_to(self, reference: str) -> "Order | None":
        """The order with this reference, whatever its case."""
        return self.filter(reference__iexact=reference.strip()).order_by("-pk").first() if reference.strip() else None


class Order(models.Model):
    """An order of the shop. Amounts are in `currency`, tax included."""

    shop_id = models.CharField(_("id in the shop"), max_length=64, blank=True, db_index=True)
    reference = models.CharField(_("reference"), max_length=64, db_index=True)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    email = models.CharField(_("e-mail of the order"), max_length=255, blank=True, db_index=True)
    state = models.CharField(_("state"), max_length=64, help_text=_("In the shop's own words."))
    is_valid = models.BooleanField(_("paid"), default=True)
    is_done = models.BooleanField(_("delivered or cancelled"), default=False)
    payment = models.CharField(_("payment"), max_length=64, blank=True)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    carrier = models.CharField(_("carrier"), max_length=64, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)
    tracking_url = models.URLField(_("tracking link"), max_length=500, blank=True)
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    delivery_address = models.TextField(_("delivery address"), blank=True)
    placed_at = models.DateTimeField(_("placed"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("order")
        indexes = [models.Index(fields=["customer", "-placed_at"], name="orders_of_a_customer")]

    def __str__(self) -> str:
        return self.reference

    @property
    def tracking_link(self) -> str:
        """The carrier's page, if it is a web address: what the shop sent is not trusted to be one."""
        return self.tracking_url if self.tracking_url.lower().startswith(("https://", "http://")) else ""


class OrderLine(models.Model):
    """One product of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product_ref = models.CharField(_("product reference"), max_length=64, blank=True)
    name = models.CharField(_("product"), max_length=255)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2, default=Decimal(0))
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
