"""The shops that feed the desk, and the team's choices about customers, carts and addresses."""

import hashlib
import secrets
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, kept
from accounts.models import Agent


def digest_of(token: str) -> str:
    """What is kept of a token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class ShopQuerySet(models.QuerySet["Shop"]):
    """Shops, in the desk's words."""

    def with_token(self, token: str) -> "Shop | None":
        """The shop that this token belongs to, if it may still write to us."""
        return self.filter(token_digest=digest_of(token), is_active=True).first() if token else None


WANTED = "webhooks-want"  # the events that any webhook of a shop in use asked for


class Shop(Kept):
    """A shop that sends us its customers, orders and carts; ids of the shop are unique within it."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address of the shop"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Madrid")
    customer_link = models.CharField(
        _("link to a customer"),
        max_length=255,
        blank=True,
        help_text=_("With {shop}, {id} and {email}, as in {shop}/admin/customers/{id}."),
    )
    order_link = models.CharField(
        _("link to an order"),
        max_length=255,
        blank=True,
        help_text=_("With {shop}, {id} and {reference}, as in {shop}/order/{reference}."),
    )
    cart_link = models.CharField(
        _("link to a cart"), max_length=255, blank=True, help_text=_("With {shop} and {id}, as in {shop}/carts/{id}.")
    )
    restore_link = models.CharField(
        _("link that gives a customer the cart back"),
        max_length=255,
        blank=True,
        help_text=_("With {shop} and {id}, as in {shop}/cart/{id}. Empty leads to the shop's first page."),
    )
    gallery_link = models.CharField(
        _("link to a customer's gallery"),
        max_length=255,
        blank=True,
        help_text=_("With {shop}, {id} and {email}, as in {shop}/galleries/{id}."),
    )
    token_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    token_hint = models.CharField(max_length=8, blank=True, editable=False)
    is_active = models.BooleanField(_("may send data"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    heard_at = models.DateTimeField(_("last heard of"), null=True, blank=True, editable=False)
    CACHE_KEY = WANTED
    KEPT_COLUMNS = frozenset({"is_active"})
    history = HistoricalRecords(excluded_fields=["token_digest", "heard_at"])

    objects = ShopQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("shop")

    def __str__(self) -> str:
        return self.name

    def renew_token(self) -> str:
        """A new token; the old one ends at once. Returned once and never kept: only its digest is."""
        token = f"mst_{secrets.token_urlsafe(32)}"
        self.token_digest, self.token_hint = digest_of(token), token[-4:]
        self.save(update_fields=["token_digest", "token_hint"])
        return token

    def end_token(self) -> None:
        """From now on nobody can speak in the shop's name, until there is a new token."""
        self.token_digest = self.token_hint = ""
        self.save(update_fields=["token_digest", "token_hint"])

    def hear(self, *, every: timedelta) -> None:
        """The shop spoke just now; written down once in a while only."""
        now = timezone.now()
        if self.heard_at is None or now - self.heard_at > every:
            Shop.objects.filter(pk=self.pk).update(heard_at=now)
            self.heard_at = now

    def link(self, template: str, **values: object) -> str:
        """A template with {shop} and the given words filled in; an empty string without a template."""
        filled = template
        for name, value in {"shop": self.url.rstrip("/"), **values}.items():
            filled = filled.replace(f"{{{name}}}", str(value) if name == "shop" else quote(str(value), safe=""))
        return filled if filled.startswith(("https://", "http://")) else ""


class TitleUse(models.TextChoices):
    """What the team does with social titles."""

    OFF = "off", _("Not used")
    TEAM = "team", _("Only the team sees them")
    ASKED = "asked", _("Asked when a customer registers")


BUSINESS_FIELDS = ("company", "tax_number", "activity", "website", "credit_limit", "payment_days", "risk")


class RecordSettings(Kept):
    """The team's choices about customers, addresses and carts. There is one row: `RecordSettings.load()`."""

    currency = models.CharField(
        _("main currency"), max_length=3, default="EUR", help_text=_("Sales of a customer are added up in it.")
    )
    country = models.CharField(
        _("country of the shop"), max_length=2, default="ES", help_text=_("For phone numbers without a country code.")
    )
    business = models.BooleanField(
        _("business customers"), default=False, help_text=_("Shows tax number, credit and days to pay.")
    )
    birthdays = models.BooleanField(_("ask for the birthday"), default=True)
    partner_offers = models.BooleanField(
        _("offers of partners"), default=True, help_text=_("Off: nobody can be asked to receive them.")
    )
    title_use = models.CharField(_("social titles"), max_length=8, choices=TitleUse, default=TitleUse.OFF)
    required_customer = models.JSONField(_("required in a customer"), default=list, blank=True)
    required_address = models.JSONField(_("required in an address"), default=list, blank=True)
    registration_mail = models.BooleanField(
        _("invite new customers by e-mail"), default=False, help_text=_("One mail with a link to their private area.")
    )
    show_cart_at_entry = models.BooleanField(
        _("show the last cart again when the customer signs in"),
        default=True,
        help_text=_("The shop is told so with each cart that is restored."),
    )
    visitor_group = models.ForeignKey(
        "crm.CustomerGroup", models.PROTECT, null=True, related_name="+", verbose_name=_("group of visitors")
    )
    guest_group = models.ForeignKey(
        "crm.CustomerGroup", models.PROTECT, null=True, related_name="+", verbose_name=_("group of guests")
    )
    customer_group = models.ForeignKey(
        "crm.CustomerGroup", models.PROTECT, null=True, related_name="+", verbose_name=_("group of customers")
    )
    abandoned_hours = models.PositiveIntegerField(_("hours without change after which a cart is abandoned"), default=24)
    expired_days = models.PositiveIntegerField(_("days after which an abandoned cart has expired"), default=30)
    cart_days = models.PositiveIntegerField(
        _("days to keep carts without order"), default=365, help_text=_("0 keeps them for ever.")
    )
    watch_amount = models.DecimalField(
        _("watch carts without owner from this amount"), max_digits=12, decimal_places=2, default=Decimal(20)
    )
    watch_days = models.PositiveIntegerField(_("days within which their owner is expected to write"), default=7)
    visit_days = models.PositiveIntegerField(_("days to keep visits and their IP addresses"), default=90)
    bin_days = models.PositiveIntegerField(_("days in which a deletion can be undone"), default=30)
    CACHE_KEY = "record-settings"
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("settings of records")

    def __str__(self) -> str:
        return "records"

    @classmethod
    def load(cls) -> "RecordSettings":
        """The one row, made with defaults if it is missing; to read from, not to change."""
        return kept(cls.CACHE_KEY, cls.fresh)

    @classmethod
    @transaction.atomic
    def decide(cls, *, by: Agent | None, **choices: Any) -> "RecordSettings":
        """Make these the team's choices; the others stay. Raises ValidationError, by field."""
        row = cls.fresh()
        for name, value in choices.items():
            setattr(row, name, value)
        row.full_clean()
        row._history_user = by  # type: ignore[attr-defined]
        row.save()
        return row

    @property
    def usual_groups(self) -> set[int]:
        """The groups that visitors, guests and customers go into, by id."""
        found = (self.visitor_group_id, self.guest_group_id, self.customer_group_id)
        return {group for group in found if group is not None}

    @classmethod
    def fresh(cls) -> "RecordSettings":
        """The row as it is in the database now: for whoever is going to change it."""
        return cls.objects.get_or_create(pk=1)[0]


class FromShop(models.Model):
    """What a shop knows under an id of its own."""

    source = models.ForeignKey(Shop, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop"))
    shop_id = models.CharField(_("id in the shop"), max_length=64, blank=True, db_index=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; whatever is written, shops that read back by `updated_since` hear of it."""
        written = kwargs.get("update_fields")
        if written and hasattr(self, "updated_at"):
            kwargs["update_fields"] = {*written, "updated_at"}
        super().save(*args, **kwargs)

    @staticmethod
    def once_a_shop(noun: str) -> Any:
        """The constraint that one shop's id means one row."""
        return models.UniqueConstraint(
            fields=["source", "shop_id"], condition=~models.Q(shop_id=""), name=f"{noun}_once_a_shop"
        )
