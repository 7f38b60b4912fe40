"""Customer groups and social titles."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class CustomerGroup(models.Model):
    """A group of customers. Visitor, guest and customer are fixed: they have a key."""

    class Key(models.TextChoices):
        VISITOR = "visitor", _("Visitor")
        GUEST = "guest", _("Guest")
        CUSTOMER = "customer", _("Customer")

    key = models.CharField(max_length=12, choices=Key, null=True, blank=True, unique=True, editable=False)
    shop_id = models.CharField(_("id in the shop"), max_length=64, blank=True, db_index=True)
    name = models.CharField(_("name"), max_length=64)
    discount = models.DecimalField(_("discount in %"), max_digits=5, decimal_places=2, default=0)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("customer group")

    def __str__(self) -> str:
        return str(self.Key(self.key).label) if self.key else self.name

    @classmethod
    def fixed(cls, key: str) -> "CustomerGroup":
        """One of the three that every shop has; a migration makes them, and whoever misses one makes it again."""
        return cls.objects.get_or_create(key=key, defaults={"name": cls.Key(key).value.capitalize()})[0]


class SocialTitle(models.Model):
    """How a person is addressed, such as Sra. or Dr., by language."""

    names = models.JSONField(_("names by language"), default=dict)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("social title")

    def __str__(self) -> str:
        return self.in_language(get_language() or "en")

    def in_language(self, language: str) -> str:
        """The title in a language, or in any when that one is missing."""
        return self.names.get(language[:2]) or next(iter(self.names.values()), "")
