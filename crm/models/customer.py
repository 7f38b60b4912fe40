"""The person who buys, with their addresses of e-mail."""

from collections.abc import Iterable

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from crm.models.group import CustomerGroup, SocialTitle


class CustomerTag(models.Model):
    """A word that the team puts on customers."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    tone = models.CharField(_("colour"), max_length=8, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("customer tag")

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers, in the desk's words."""

    def for_email(self, address: str) -> "Customer | None":
        """Who writes from this address: by any address on file, accounts before guests."""
        if not address:
            return None
        return self.filter(emails__address=address.strip().lower()).order_by("is_guest", "pk").first()


class Customer(models.Model):
    """A person who buys or may buy."""

    shop_id = models.CharField(_("id in the shop"), max_length=64, blank=True, db_index=True)
    title = models.ForeignKey(SocialTitle, models.SET_NULL, null=True, blank=True, verbose_name=_("social title"))
    first_name = models.CharField(_("first name"), max_length=255, blank=True)
    last_name = models.CharField(_("last name"), max_length=255, blank=True)
    company = models.CharField(_("company"), max_length=255, blank=True)
    phone = models.CharField(
        _("phone"), max_length=32, blank=True, help_text=_("With country code, as in +34600000123.")
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    group = models.ForeignKey(CustomerGroup, models.PROTECT, null=True, blank=True, verbose_name=_("group"))
    tags = models.ManyToManyField(CustomerTag, blank=True, verbose_name=_("tags"))
    is_active = models.BooleanField(_("enabled"), default=True)
    is_guest = models.BooleanField(_("guest"), default=False)
    newsletter = models.BooleanField(_("newsletter"), default=False)
    partner_offers = models.BooleanField(_("partner offers"), default=False)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    history = HistoricalRecords()

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("customer")

    def __str__(self) -> str:
        return self.name or self.email or f"#{self.pk}"

    @property
    def name(self) -> str:
        """First and last name, or the company's."""
        return f"{self.first_name} {self.last_name}".strip() or self.company

    @property
    def formal_name(self) -> str:
        """The name with its social title."""
        return f"{self.title or ''} {self.name}".strip()

    @property
    def email(self) -> str:
        """The main address, or an empty string. Uses prefetched addresses when there are any."""
        addresses = sorted(self.emails.all(), key=lambda one: (not one.is_main, one.pk))
        return addresses[0].address if addresses else ""

    @transaction.atomic
    def set_emails(self, addresses: Iterable[str]) -> None:
        """Make these the person's addresses; the first is the main one."""
        wanted = list(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
        self.emails.exclude(address__in=wanted).delete()
        self.emails.update(is_main=False)
        for position, address in enumerate(wanted):
            CustomerEmail.objects.update_or_create(customer=self, address=address, defaults={"is_main": position == 0})


class CustomerEmail(models.Model):
    """One address of a person, in lower case. Guests may share one with an account."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="emails")
    address = models.CharField(_("e-mail"), max_length=255, db_index=True)
    is_main = models.BooleanField(_("main address"), default=False)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-is_main", "pk"]
        verbose_name = _("customer's e-mail")
        constraints = [
            models.UniqueConstraint("customer", Lower("address"), name="one_address_once_a_customer"),
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep addresses in lower case, so that a plain index finds them."""
        self.address = self.address.strip().lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]
