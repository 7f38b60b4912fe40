"""What a customer allowed us."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer


class Consent(models.Model):
    """That a customer allowed us something, or took it back: when, where, in which words. Never changed."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("Newsletter")
        OFFERS = "offers", _("Partner offers")

    class Source(models.TextChoices):
        SHOP = "shop", _("In the shop")
        AREA = "area", _("In the private area")
        MAIL = "mail", _("In a message")
        PHONE = "phone", _("By phone")
        PAPER = "paper", _("On paper, signed")
        UNSUBSCRIBED = "unsubscribed", _("By the link to unsubscribe")
        TEAM = "team", _("Taken back by the team")

    PROOFS = (Source.MAIL, Source.PHONE, Source.PAPER)  # how a customer asks the team for it

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=12, choices=Kind)
    given = models.BooleanField()
    source = models.CharField(max_length=12, choices=Source)
    detail = models.CharField(max_length=255, blank=True)
    wording = models.CharField(max_length=255, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    by = models.ForeignKey("accounts.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("consent")

    def __str__(self) -> str:
        return f"{self.kind} {'+' if self.given else '-'}"
