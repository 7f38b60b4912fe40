"""What the shop gave a customer to spend."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer
from crm.models.shop import FromShop


class Voucher(FromShop):
    """A voucher of the shop that belongs to one customer."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="vouchers")
    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=255, blank=True)
    percent = models.DecimalField(_("discount in %"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    quantity = models.PositiveIntegerField(_("uses left"), default=1)
    is_active = models.BooleanField(_("active"), default=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("voucher")
        constraints = [FromShop.once_a_shop("voucher")]
        indexes = [models.Index(fields=["source", "updated_at", "id"], name="vouchers_as_told")]

    def __str__(self) -> str:
        return self.code
