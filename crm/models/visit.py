"""When a customer was in the shop, and their pages elsewhere."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer
from crm.models.shop import FromShop


class Visit(FromShop):
    """A customer's visit to the shop or to the private area. Kept for as many days as the settings say."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="visits")
    began_at = models.DateTimeField(_("began"), default=timezone.now, db_index=True)
    pages = models.PositiveIntegerField(_("pages seen"), default=1)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    origin = models.CharField(_("came from"), max_length=255, blank=True)
    page = models.CharField(_("last page"), max_length=255, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-began_at", "-pk"]
        verbose_name = _("visit")
        indexes = [models.Index(fields=["customer", "-began_at"], name="visits_of_a_customer")]
        constraints = [FromShop.once_a_shop("visit")]

    def __str__(self) -> str:
        return f"{self.began_at:%F %R}"


class CustomerLink(models.Model):
    """An external page of a customer, such as a gallery."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="links")
    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=500)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("link of a customer")

    def __str__(self) -> str:
        return self.name
