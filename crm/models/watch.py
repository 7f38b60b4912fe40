"""Carts that somebody paid, or nearly, and that nobody has: watched until their owner writes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from crm.models.customer import Customer
from crm.models.shop import RecordSettings

if TYPE_CHECKING:
    from crm.models.cart import Cart

SURE = [("high", _("high")), ("medium", _("medium")), ("low", _("low"))]


class Outcome(models.TextChoices):
    """What became of a watched cart."""

    FOUND = "found", _("Found")
    ORDERED = "ordered", _("Ordered")
    REFUNDED = "refunded", _("Refunded")
    NOBODY = "nobody", _("Nobody wrote")


class CartWatchQuerySet(models.QuerySet["CartWatch"]):
    """Watches, in the desk's words."""

    def open(self) -> "CartWatchQuerySet":
        """Somebody is still expected to write."""
        return self.filter(closed_at=None)

    def begin(self, carts: "Iterable[Cart]") -> int:
        """Watch these carts; those that were watched before stay as they are. Returns how many began."""
        days, before = timedelta(days=RecordSettings.load().watch_days), self.count()
        self.bulk_create(
            [self.model(cart=cart, due_on=timezone.localdate(cart.changed_at + days)) for cart in carts],
            ignore_conflicts=True,
        )
        return self.count() - before

    def settle(self, cart: "Cart", *, by: Agent | None, outcome: str = Outcome.FOUND, note: str = "") -> None:
        """The watch of a cart has come to an end."""
        ended = {"closed_at": timezone.now(), "closed_by": by, "outcome": outcome, "note": note[:255]}
        self.open().filter(cart=cart).update(**ended)

    def reopen(self, cart: "Cart") -> None:
        """It was not the right one: go on watching."""
        self.filter(cart=cart).update(closed_at=None, closed_by=None, outcome="", note="")


class CartWatch(models.Model):
    """That somebody is expected to ask for a cart, until `due_on`. It fires when a letter fits."""

    cart = models.ForeignKey("crm.Cart", models.CASCADE, related_name="watches")
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("a complaint is expected until"), db_index=True)
    alerts = models.BooleanField(_("tell us when somebody writes whom it fits"), default=True)
    fired_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, db_index=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    note = models.CharField(_("how it ended"), max_length=255, blank=True)

    objects = CartWatchQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("watched cart")
        constraints = [models.UniqueConstraint(fields=["cart"], name="one_watch_a_cart")]

    def __str__(self) -> str:
        return f"{self.cart_id} {self.due_on:%F}"

    @property
    def days_left(self) -> int:
        """Until the complaint is expected at the latest; below 0 it is overdue."""
        return (self.due_on - timezone.localdate()).days

    def fire(self) -> bool:
        """Somebody wrote whom it fits. Returns whether the team shall hear of it: not if they want none."""
        if self.closed_at is not None or not self.alerts:
            return False
        self.fired_at = timezone.now()
        self.save(update_fields=["fired_at"])
        return True

    def set_alerts(self, on: bool) -> None:
        """Whether the team hears of letters that fit."""
        self.alerts = on
        self.save(update_fields=["alerts"])


class CartMatchQuerySet(models.QuerySet["CartMatch"]):
    """Matches, in the desk's words."""

    def standing(self) -> "CartMatchQuerySet":
        """Those that nobody has refused."""
        return self.filter(refused_at=None)

    def refused_by(self, about: str, customer: int | None) -> list[int]:
        """Ids of the carts that are not theirs: said of this matter, or of this customer in any."""
        whose = models.Q(about=about) | models.Q(customer=customer) if customer else models.Q(about=about)
        return list(self.filter(whose).exclude(refused_at=None).values_list("cart", flat=True))

    @transaction.atomic
    def keep(self, about: str, found: Iterable[Any], *, customer: int | None) -> None:
        """What was found for a matter (crm.matching.Candidate) in place of what was found before."""
        rows = [
            self.model(
                cart=one.cart,
                about=about,
                customer_id=customer,
                chance=one.chance,
                sure=one.sure,
                reasons=[reason.kept() for reason in one.reasons],
            )
            for one in found
        ]
        self.standing().filter(about=about).delete()
        self.bulk_create(rows, ignore_conflicts=True)

    def refuse(self, cart: "Cart", about: str, *, customer: int | None, by: Agent) -> None:
        """It is not theirs: never offered for this matter, or to this customer, again."""
        said = {"customer_id": customer, "refused_at": timezone.now(), "refused_by": by}
        self.update_or_create(cart=cart, about=about, defaults=said, create_defaults={**said, "sure": "low"})

    def take_back(self, cart: "Cart", about: str, *, customer: int | None) -> None:
        """Undo refuse()."""
        whose = models.Q(about=about) | models.Q(customer=customer) if customer else models.Q(about=about)
        self.filter(whose, cart=cart).update(refused_at=None, refused_by=None)


class CartMatch(models.Model):
    """That a cart may be about a matter, or is not. `about` is a word of whoever asked, such as "thread-12"."""

    cart = models.ForeignKey("crm.Cart", models.CASCADE, related_name="matches")
    about = models.CharField(max_length=40, db_index=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="+")
    chance = models.FloatField(default=0)
    sure = models.CharField(max_length=6, choices=SURE)
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField(default=timezone.now)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CartMatchQuerySet.as_manager()

    class Meta:
        ordering = ["-chance", "pk"]
        verbose_name = _("match of a cart")
        constraints = [models.UniqueConstraint(fields=["cart", "about"], name="one_match_a_cart_and_matter")]

    def __str__(self) -> str:
        return f"{self.cart_id} {self.about} {self.sure}"
