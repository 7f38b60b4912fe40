"""What a shop is told of: subscriptions, and each telling with its tries."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts import vault
from accounts.kept import Kept
from crm.models.shop import WANTED, Shop


class Happening(models.TextChoices):
    """What a shop may be told of. The keys never change: shops compare them."""

    THREAD_CREATED = "thread.created", _("A thread was begun")
    MESSAGE_SENT = "message.sent", _("An answer was sent")
    THREAD_CLOSED = "thread.closed", _("A thread was closed")
    VOUCHER_WANTED = "voucher.wanted", _("The shop shall make a voucher for a customer")
    VOUCHER_WITHDRAWN = "voucher.withdrawn", _("The shop shall take a voucher back")
    ORDER_ADDRESS = "order.address_changed", _("An order that has not left goes to another address")
    CART_RESTORED = "cart.restored", _("A customer asks for a cart again")
    CUSTOMER_UNSUBSCRIBED = "customer.unsubscribed", _("A customer wants no more mail about carts or offers")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Subscriptions, in the desk's words."""

    def hearing(self, event: str, *, shop: int | None) -> list["Webhook"]:
        """Those in use that want to hear of an event; of one shop, or of all."""
        in_use = self.filter(is_active=True, shop__is_active=True)
        return [one for one in (in_use.filter(shop=shop) if shop else in_use) if event in one.events]

    def with_waiting(self) -> "WebhookQuerySet":
        """Each with `waiting`: how many tellings have not arrived."""
        still = models.Q(deliveries__state=Delivery.State.WAITING)
        return self.annotate(waiting=models.Count("deliveries", filter=still))

    def due(self) -> "WebhookQuerySet":
        """Those with something to say, whose time to wait is over and whom no worker has in hand."""
        now = timezone.now()
        waiting = Delivery.objects.filter(webhook=models.OuterRef("pk"), state=Delivery.State.WAITING)
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=now)
        rested = models.Q(retry_at=None) | models.Q(retry_at__lte=now)
        return self.filter(free, rested, models.Exists(waiting), is_active=True)

    def claim(self, pk: int, *, seconds: int) -> "Webhook | None":
        """Take one in hand, so that no other worker speaks to it meanwhile; None if another was first."""
        until = timezone.now() + timedelta(seconds=seconds)
        taken = self.due().filter(pk=pk).update(leased_until=until)
        return self.select_related("shop").get(pk=pk) if taken else None


class Webhook(Kept):
    """An address of the shop that is told of events, in their order: what fails holds the later ones up."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500, validators=[URLValidator(["https", "http"])])
    events = models.JSONField(_("events"), default=list)
    secret_locked = models.TextField(blank=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retry_at = models.DateTimeField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off by the desk"), null=True, blank=True, editable=False)
    CACHE_KEY = WANTED
    KEPT_COLUMNS = frozenset({"is_active", "events", "shop"})
    history = HistoricalRecords(
        excluded_fields=["secret_locked", "retry_at", "leased_until", "failing_since", "disabled_at"]
    )

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("webhook")

    def __str__(self) -> str:
        return self.url

    @property
    def secret(self) -> str:
        """What signs; readable only for the sender."""
        return vault.unlock(self.secret_locked)

    def renew_secret(self) -> str:
        """A new secret, returned once: only the lock of it is kept."""
        secret = f"msw_{secrets.token_urlsafe(32)}"
        self.secret_locked = vault.lock(secret)
        self.save(update_fields=["secret_locked"])
        return secret

    @property
    def event_labels(self) -> list[str]:
        """The events in words."""
        return [str(Happening(event).label) for event in self.events if event in Happening.values]

    def switch(self, *, on: bool, by: Any) -> None:
        """Use it, or let it rest. What waited while it rested is sent when it is used again."""
        self.is_active = on
        self.retry_at = self.failing_since = self.disabled_at = None
        self._history_user = by
        self.save()

    def give_up(self) -> None:
        """Nobody has answered for too long: speak no more, until a supervisor switches it on again."""
        self.is_active, self.disabled_at = False, timezone.now()
        self._history_user = None
        self.save(update_fields=["is_active", "disabled_at"])


class Delivery(models.Model):
    """One event for one address. `body` is what is signed and sent, to the byte, at each try."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    event = models.CharField(_("event"), max_length=40)
    body = models.TextField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    answer = models.TextField(blank=True)
    trouble = models.CharField(max_length=255, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    wanted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("telling")
        indexes = [
            models.Index(fields=["webhook", "id"], condition=models.Q(state="waiting"), name="tellings_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"

    @transaction.atomic
    def send_again(self, *, by: Any) -> "Delivery":
        """The same words once more, under the same key, as the next thing its address hears."""
        self.state, self.tries, self.wanted_by, self.created_at = self.State.WAITING, 0, by, timezone.now()
        self.save(update_fields=["state", "tries", "wanted_by", "created_at"])
        Webhook.objects.filter(pk=self.webhook_id).update(retry_at=None)
        return self
