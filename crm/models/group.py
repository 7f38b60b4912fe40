"""Customer groups: what their members pay and see, and how they are served."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, kept
from accounts.languages import in_language
from accounts.models import Agent
from crm.models.shop import FromShop, RecordSettings

# Sent with customers=: ids of those who are in other groups from now on, in the transaction in which that is so.
customers_regrouped = Signal()

LONGEST_NAME = 32
PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class FixedGroupError(Exception):
    """The group has to stay; its words say why."""


class PriceDisplay(models.TextChoices):
    """How a group sees prices."""

    WITH_TAX = "with", _("With VAT")
    WITHOUT_TAX = "without", _("Without VAT")


class AreaPage(models.TextChoices):
    """A page of the private area that a group may use."""

    THREADS = "threads", _("Messages")
    ORDERS = "orders", _("Orders")
    PROFILE = "profile", _("My details")


class Tone(models.TextChoices):
    """Colours of a group's badge."""

    VIP = "vip", _("Violet")
    INFO = "info", _("Blue")
    OK = "ok", _("Green")
    WARN = "warn", _("Amber")
    BAD = "bad", _("Red")


def all_pages() -> list[str]:
    """Every page of the private area."""
    return list(AreaPage.values)


class CustomerGroupQuerySet(models.QuerySet["CustomerGroup"]):
    """Groups, in the desk's words."""

    def special(self) -> "CustomerGroupQuerySet":
        """Those whose members are served in a way of their own: with a badge, or a time to answer."""
        return self.exclude(badge="", answer_hours=None)

    def with_people(self) -> "CustomerGroupQuerySet":
        """Each with `people`: how many members are on file, as its list of members shows them."""
        present = models.Q(members__deleted_at=None, members__erased_at=None, members__merged_into=None)
        return self.annotate(people=models.Count("members", filter=present))

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: Agent | None) -> "CustomerGroup":
        """A new group; `values` as for edit()."""
        group = self.model()
        group.edit(values, by=by)
        return group


class CustomerGroup(Kept, FromShop):
    """A group of customers. Visitor, guest and customer are fixed: they have a key."""

    class Key(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        GUEST = "guest", _("Guest")
        CUSTOMER = "customer", _("Customer")

    key = models.CharField(max_length=12, choices=Key, null=True, blank=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=64)
    names = models.JSONField(_("name by language"), default=dict, blank=True)
    description = models.CharField(_("who belongs to it"), max_length=160, blank=True)
    discount = models.DecimalField(
        _("discount in %"), max_digits=5, decimal_places=2, default=Decimal(0), validators=PERCENT
    )
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
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    CACHE_KEY = "special-groups"
    history = HistoricalRecords()

    objects = CustomerGroupQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("customer group")
        constraints = [FromShop.once_a_shop("group")]

    def __str__(self) -> str:
        own = in_language(self.names, get_language())
        return own or (str(self.Key(self.key).label) if self.key else self.name)

    def all_names(self) -> set[str]:
        """What it is called in any language: a file may have been written in another than its reader's."""
        names = {self.name, *map(str, (self.names or {}).values())}
        for language, _label in settings.LANGUAGES:
            with override(language):
                names.add(str(self))
        return names

    @classmethod
    def fixed(cls, key: str) -> "CustomerGroup":
        """One of the three that every shop has; a migration makes them, and whoever misses one makes it again."""
        return cls.objects.get_or_create(key=key, defaults={"name": cls.Key(key).value.capitalize()})[0]

    @classmethod
    def special_ones(cls) -> dict[int, "CustomerGroup"]:
        """The special groups by id; every page of the queue asks for them."""
        return kept(cls.CACHE_KEY, lambda: {group.pk: group for group in cls.objects.special()})

    @property
    def own_discounts(self) -> "list[CategoryDiscount]":
        """Its discounts by category, to read from: wherever prices are shown, they are asked for."""
        return kept(CategoryDiscount.CACHE_KEY, lambda: list(self.category_discounts.all()), part=self.pk)

    @property
    def is_special(self) -> bool:
        """Its members are served in a way of their own."""
        return bool(self.badge) or self.answer_hours is not None

    @transaction.atomic
    def edit(self, values: Mapping[str, Any], *, by: Agent | None) -> None:
        """Make these its values, by the names of its fields; what is not named stays.

        `category_discounts` is a dictionary: percent by category. Raises ValidationError, by field.
        """
        columns = dict(values)
        discounts = columns.pop("category_discounts", None)
        for name, value in columns.items():
            setattr(self, name, value)
        self.names = {language: name.strip() for language, name in self.names.items() if name.strip()}
        self.name = in_language(self.names, "") or self.name
        self.full_clean()
        self._history_user = by
        self.save()
        if discounts is not None:
            self._set_category_discounts(discounts, by=by)

    def clean(self) -> None:
        """No name is too long. Raises ValidationError."""
        if any(len(name) > LONGEST_NAME for name in self.names.values()):
            raise ValidationError({"names": _("The name of a group has 32 letters at most.")})

    @property
    def reason_to_stay(self) -> str:
        """Why the group cannot be deleted; an empty string where it can."""
        if self.key:
            return gettext("This group is fixed: every shop has it.")
        if self.pk in RecordSettings.load().usual_groups:
            return gettext("New people go into this group. Choose another one for them first.")
        return ""

    def _set_category_discounts(self, discounts: Mapping[str, Decimal], *, by: Agent | None) -> None:
        for gone in self.category_discounts.exclude(category__in=discounts):
            gone._history_user = by  # type: ignore[attr-defined]
            gone.delete()
        has = {one.category: one for one in self.category_discounts.all()}
        for category, percent in discounts.items():
            row = has.get(category) or CategoryDiscount(group=self, category=category)
            if row.pk is None or row.discount != percent:
                row.discount = percent
                row._history_user = by  # type: ignore[attr-defined]
                row.full_clean(exclude=["group"])
                row.save()


class CategoryDiscount(Kept):
    """A group's discount for the products of one category; it replaces the group's own, they do not add up."""

    group = models.ForeignKey(CustomerGroup, models.CASCADE, related_name="category_discounts")
    category_ref = models.CharField(_("category's id in the shop"), max_length=64, blank=True)
    category = models.CharField(_("category"), max_length=128)
    discount = models.DecimalField(_("discount in %"), max_digits=5, decimal_places=2, validators=PERCENT)
    CACHE_KEY = "category-discounts"
    history = HistoricalRecords()

    class Meta:
        ordering = ["category"]
        verbose_name = _("category discount")
        constraints = [models.UniqueConstraint(fields=["group", "category"], name="one_discount_a_category")]

    def __str__(self) -> str:
        return f"{self.category} −{self.discount.normalize():f} %"
