"""Customer groups and social titles."""

from decimal import Decimal

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.languages import in_language
from crm.models.shop import FromShop


class PriceDisplay(models.TextChoices):
    """How a group sees prices."""

    WITH_TAX = "with", _("With VAT")
    WITHOUT_TAX = "without", _("Without VAT")


class AreaPage(models.TextChoices):
    """A page of the private area that a group may use."""

    THREADS = "threads", _("Messages")
    ORDERS = "orders", _("Orders")
    PROFILE = "profile", _("My details")


def all_pages() -> list[str]:
    """Every page of the private area."""
    return list(AreaPage.values)


class CustomerGroup(FromShop):
    """A group of customers. Visitor, guest and customer are fixed: they have a key."""

    class Key(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        GUEST = "guest", _("Guest")
        CUSTOMER = "customer", _("Customer")

    key = models.CharField(max_length=12, choices=Key, null=True, blank=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=64)
    names = models.JSONField(_("name by language"), default=dict, blank=True)
    description = models.CharField(_("who belongs to it"), max_length=160, blank=True)
    discount = models.DecimalField(_("discount in %"), max_digits=5, decimal_places=2, default=Decimal(0))
    price_display = models.CharField(_("prices"), max_length=8, choices=PriceDisplay, default=PriceDisplay.WITH_TAX)
    show_prices = models.BooleanField(_("sees prices in the shop"), default=True)
    badge = models.CharField(
        _("badge"), max_length=24, blank=True, help_text=_("Shown at their threads; may be empty.")
    )
    tone = models.CharField(_("colour of the badge"), max_length=8, blank=True)
    answer_hours = models.PositiveIntegerField(
        _("hours to answer"), null=True, blank=True, help_text=_("Empty: as the contact promises.")
    )
    area_pages = models.JSONField(_("pages of the private area"), default=all_pages, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("customer group")
        constraints = [FromShop.once_a_shop("group")]

    def __str__(self) -> str:
        own = in_language(self.names, get_language())
        return own or (str(self.Key(self.key).label) if self.key else self.name)

    @classmethod
    def fixed(cls, key: str) -> "CustomerGroup":
        """One of the three that every shop has; a migration makes them, and whoever misses one makes it again."""
        return cls.objects.get_or_create(key=key, defaults={"name": cls.Key(key).value.capitalize()})[0]


class CategoryDiscount(models.Model):
    """A group's discount for the products of one category; it replaces the group's own, they do not add up."""

    group = models.ForeignKey(CustomerGroup, models.CASCADE, related_name="category_discounts")
    category_ref = models.CharField(_("category's id in the shop"), max_length=64, blank=True)
    category = models.CharField(_("category"), max_length=128)
    discount = models.DecimalField(_("discount in %"), max_digits=5, decimal_places=2)
    history = HistoricalRecords()

    class Meta:
        ordering = ["category"]
        verbose_name = _("category discount")
        constraints = [models.UniqueConstraint(fields=["group", "category"], name="one_discount_a_category")]

    def __str__(self) -> str:
        return f"{self.category} −{self.discount.normalize():f} %"


class SocialTitle(models.Model):
    """How a person is addressed, such as Sra. or Dr., by language."""

    class Kind(models.IntegerChoices):
        MALE = 0, _("Male")
        FEMALE = 1, _("Female")
        NEUTRAL = 2, _("Neutral")

    names = models.JSONField(_("names by language"), default=dict)
    kind = models.PositiveSmallIntegerField(_("gender"), choices=Kind, default=Kind.NEUTRAL)
    symbol = models.CharField(_("symbol"), max_length=8, blank=True, help_text=_("An emoji or two letters."))
    picture = models.BinaryField(_("picture"), blank=True, default=b"", editable=False)  # PNG of our own making
    salutations = models.JSONField(
        _("salutation by language"), default=dict, blank=True, help_text=_("With {first_name} and {last_name}.")
    )
    history = HistoricalRecords(excluded_fields=["picture"])

    class Meta:
        ordering = ["pk"]
        verbose_name = _("social title")

    def __str__(self) -> str:
        return self.in_language(get_language() or "en")

    def in_language(self, language: str) -> str:
        """The title in a language, or in any when that one is missing."""
        return in_language(self.names, language)
