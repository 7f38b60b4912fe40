"""The person who buys, with their addresses of e-mail."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Agent
from crm.emails import canonical
from crm.models.account import Account
from crm.models.area import AreaMember
from crm.models.belonging import Belonging
from crm.models.ending import Ending
from crm.models.group import CustomerGroup
from crm.models.household import Household
from crm.models.mergeable import Mergeable
from crm.models.record import Checked, hold_addresses
from crm.models.shop import FromShop, RecordSettings, TitleUse
from crm.models.tag import CustomerTag
from crm.models.title import SocialTitle


class Risk(models.TextChoices):
    """How surely a business customer pays."""

    NONE = "", _("Not rated")
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


PRESENT = models.Q(deleted_at=None, erased_at=None, merged_into=None)
# Lists sort and count by these, the id deciding between equals. They show nobody who is gone, so neither do their
# indexes: a count then reads an index alone.
LISTED = {
    "customers_present": [],
    "customers_by_name": ["last_name", "first_name"],
    "customers_by_company": ["company"],
    "customers_of_a_group": ["group"],
    "customers_by_orders": ["order_count"],
    "customers_by_sales": ["spent"],
    "customers_by_threads": ["open_threads"],
    "customers_enabled": ["is_active"],
    "customers_newsletter": ["newsletter"],
    "customers_offers": ["partner_offers"],
    "customers_registered": ["registered_at"],
    "customers_by_visit": ["visited_at"],
}


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers, in the desk's words."""

    def present(self) -> "CustomerQuerySet":
        """Neither in the bin, nor erased, nor merged into somebody else."""
        return self.filter(PRESENT)

    def numbered(self, text: str) -> "Customer | None":
        """Whom the team means by a customer number or an e-mail."""
        word = text.strip().removeprefix("#")
        if word.isdecimal() and len(word) < 12:
            return self.present().filter(pk=int(word)).first()
        return self.for_email(word)

    def for_email(self, address: str) -> "Customer | None":
        """Who writes from this address: by any address on file, accounts before guests."""
        if not address:
            return None
        found = self.present().filter(emails__address=address.strip().lower())
        return found.order_by("is_guest", "pk").first()

    def account_with(self, addresses: Iterable[str], *, besides: "Customer") -> "Customer | None":
        """Somebody else with an account (no guest) and one of these addresses."""
        accounts = self.present().filter(is_guest=False, emails__address__in=[one.lower() for one in addresses])
        return accounts.exclude(pk=besides.pk).order_by("pk").first()

    def in_bin(self) -> "CustomerQuerySet":
        """Deleted, and not yet for good."""
        return self.exclude(deleted_at=None).filter(erased_at=None)

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: Agent | None, greets: bool = True) -> "Customer":
        """A new customer; `values` as for edit(). Raises ValidationError, by field, for what must not be saved.

        They are invited to the private area if the team wants that of new ones; an import `greets` nobody.
        """
        hold_addresses(values)
        customer = self.model()
        clean = Checked(values, customer)
        for name, value in clean.columns.items():
            setattr(customer, name, value)
        customer._history_user = by  # type: ignore[attr-defined]
        customer.save()
        customer.set_emails(clean.many.get("emails", ()), by=None)
        customer.groups.set(clean.many["groups"])
        customer.set_links(clean.many.get("links", []))
        customer.adopt_orders()
        if greets:
            customer.greet(by=by)
        return customer


class Customer(AreaMember, Account, Belonging, Ending, Mergeable, FromShop):
    """A person who buys or may buy."""

    title = models.ForeignKey(SocialTitle, models.SET_NULL, null=True, blank=True, verbose_name=_("social title"))
    first_name = models.CharField(_("first name"), max_length=255, blank=True)
    last_name = models.CharField(_("last name"), max_length=255, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    phone = models.CharField(
        _("phone"), max_length=32, blank=True, help_text=_("With country code, as in +34600000123.")
    )
    other_phone = models.CharField(_("other phone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    group = models.ForeignKey(CustomerGroup, models.PROTECT, null=True, blank=True, verbose_name=_("main group"))
    groups = models.ManyToManyField(CustomerGroup, blank=True, related_name="members", verbose_name=_("groups"))
    tags = models.ManyToManyField(CustomerTag, blank=True, related_name="customers", verbose_name=_("tags"))
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("shared account")
    )

    # A business
    company = models.CharField(_("company"), max_length=255, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=32, blank=True)
    activity = models.CharField(_("register or line of business"), max_length=64, blank=True)
    website = models.URLField(_("website"), blank=True)
    credit_limit = models.DecimalField(_("credit allowed"), max_digits=12, decimal_places=2, null=True, blank=True)
    payment_days = models.PositiveIntegerField(_("days to pay"), null=True, blank=True)
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, blank=True, default=Risk.NONE)

    # Buying
    payment_method = models.CharField(_("way to pay"), max_length=64, blank=True)
    payment_is_forced = models.BooleanField(_("only this way to pay"), default=False)
    shipping_method = models.CharField(_("way to ship"), max_length=64, blank=True)
    referrer = models.CharField(_("came from"), max_length=255, blank=True)

    # The account
    username = models.CharField(_("user name"), max_length=64, blank=True)
    password = models.CharField(max_length=128, blank=True, editable=False)  # a hash, or empty: enters by links only
    is_active = models.BooleanField(_("enabled"), default=True)
    is_guest = models.BooleanField(_("guest"), default=False)
    newsletter = models.BooleanField(_("newsletter"), default=False)
    partner_offers = models.BooleanField(_("partner offers"), default=False)
    do_not_contact = models.BooleanField(_("must not be contacted"), default=False)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    entered_at = models.DateTimeField(_("last sign-in"), null=True, blank=True)
    visited_at = models.DateTimeField(_("last visit"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_index=True)
    version = models.PositiveIntegerField(default=1, editable=False)  # a form says which one it was made from

    # Kept by verbs, so that lists need no work per row
    order_count = models.PositiveIntegerField(_("paid orders"), default=0)
    spent = models.DecimalField(_("sales"), max_digits=14, decimal_places=2, null=True, blank=True)
    open_threads = models.PositiveIntegerField(_("open threads"), default=0)

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    gone_at = models.DateTimeField(_("deleted in the shop"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(  # indexed below, without all those who are nobody else
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="merged_customers",
    )
    history = HistoricalRecords(
        excluded_fields=[
            *("password", "version", "updated_at", "visited_at", "entered_at"),
            *("order_count", "spent", "open_threads"),
        ]
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            FromShop.once_a_shop("customer"),
            models.UniqueConstraint(
                Lower("username"), condition=~models.Q(username=""), name="one_customer_a_username"
            ),
        ]
        indexes = [
            *(models.Index(fields=[*fields, "id"], condition=PRESENT, name=name) for name, fields in LISTED.items()),
            # SQLite takes it for disabled accounts of an age too, and so finds in it all that it needs to count them.
            models.Index(fields=["birthday", "id", "is_active"], condition=PRESENT, name="customers_by_birthday"),
            models.Index(fields=["id"], condition=PRESENT & models.Q(is_active=False), name="customers_disabled"),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="customers_merged"
            ),
            models.Index(fields=["gone_at"], condition=models.Q(gone_at__isnull=False), name="customers_gone"),
            models.Index(fields=["phone"], name="customers_by_phone"),
            models.Index(fields=["other_phone"], name="customers_by_other_phone"),
            models.Index(fields=["source", "updated_at", "id"], name="customers_as_told"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or f"#{self.pk}"

    @property
    def name(self) -> str:
        """First and last name, or the company's; nobody's once it was erased."""
        if self.erased_at is not None:
            return gettext("Anonymous")
        return f"{self.first_name} {self.last_name}".strip() or self.company

    @property
    def formal_name(self) -> str:
        """The name with its social title, where the team uses them."""
        title = self.title if self.title_id and RecordSettings.load().title_use != TitleUse.OFF else None
        return f"{title or ''} {self.name}".strip()

    @property
    def standing(self) -> CustomerGroup | None:
        """The group that says how this customer is served: the main one if it says so, else the first that does.

        Reads `group`.
        """
        if self.group is not None and self.group.is_special:
            return self.group
        return self.groups.special().first()

    @property
    def in_shop(self) -> str:
        """Where the shop itself shows this customer; empty where it told no address. Reads `source`."""
        if self.source is None or not self.shop_id:
            return ""
        return self.source.link(self.source.customer_link, id=self.shop_id, email=self.email)

    @property
    def email(self) -> str:
        """The main address, or an empty string. Uses prefetched addresses when there are any, first `listed_emails`."""
        known = self.__dict__.get("listed_emails")
        addresses = sorted(self.emails.all() if known is None else known, key=lambda one: (not one.is_main, one.pk))
        return addresses[0].address if addresses else ""

    @property
    def age(self) -> int | None:
        """Full years, where the birthday is known."""
        if self.birthday is None:
            return None
        today = timezone.localdate()
        return today.year - self.birthday.year - ((today.month, today.day) < (self.birthday.month, self.birthday.day))

    def addresses_of_mail(self) -> list[str]:
        """All addresses, the main one first."""
        return list(self.emails.order_by("-is_main", "pk").values_list("address", flat=True))

    def all_groups(self) -> set[CustomerGroup]:
        """The main group and the others; a shop may name the main one only."""
        return {*self.groups.all(), *([self.group] if self.group else [])}

    def adopt_orders(self) -> int:
        """Make orders without a customer theirs that were placed with one of their addresses. Returns how many."""
        from crm.models.order import Order
        from crm.models.words import OrderWords

        nobodys = Order.objects.filter(customer=None, email__in=self.addresses_of_mail())
        ids = list(nobodys.values_list("pk", flat=True))
        adopted = nobodys.update(customer=self)
        if adopted:
            OrderWords.write(ids)
            Order.objects.add_up([self.pk])
        return adopted

    @transaction.atomic
    def put_back(self, field: str, version: int, *, by: Agent) -> None:
        """Make a field what it was in an earlier version (its history id).

        Raises LookupError where there is no such field or version of this customer.
        """
        old = self.history.filter(pk=version).first()
        if old is None or field not in {one.name for one in Customer.history.model.tracked_fields} - {"id"}:
            raise LookupError(field)
        column: Any = self._meta.get_field(field)
        self.lock()
        self.write(by=by, **{column.attname: getattr(old, column.attname)})
        self.refresh_from_db()


class CanonicalField(models.CharField):
    """The address in the one form that all spellings of the same box share; kept with every write, in bulk too."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Work it out anew."""
        model_instance.canonical = canonical(model_instance.address)  # type: ignore[attr-defined]
        return model_instance.canonical  # type: ignore[attr-defined]


class CustomerEmail(models.Model):
    """One address of a person, in lower case. Guests may share one with an account."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="emails")
    address = models.CharField(_("e-mail"), max_length=255, db_index=True)
    canonical = CanonicalField(max_length=255, db_index=True, blank=True, editable=False)
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
