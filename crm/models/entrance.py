"""How customers come into the private area: links that were mailed, and sessions. Secrets are kept as digests only."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer
from crm.models.shop import digest_of
from crm.models.visit import Visit

STAYS = timedelta(days=30)  # a session that nobody used for so long has ended
SEEN_EVERY = timedelta(minutes=1)  # how often a session writes down that it is used
A_VISIT_ENDS = timedelta(minutes=30)  # without a page


class AreaLinkQuerySet(models.QuerySet["AreaLink"]):
    """Mailed links, in the area's words."""

    def mint(self, customer: Customer, purpose: str, *, address: str, lasts: timedelta | None = None) -> str:
        """A new link for an address; returns its token, which is not kept."""
        token = secrets.token_urlsafe(32)
        until = timezone.now() + (lasts or AreaLink.LASTS[purpose])
        self.create(customer=customer, purpose=purpose, digest=digest_of(token), address=address, expires_at=until)
        return token

    def with_token(self, token: str, *purposes: str) -> "AreaLink | None":
        """The link with this token, for one of these purposes; its customer comes along."""
        return self.filter(digest=digest_of(token), purpose__in=purposes).select_related("customer__group").first()

    def open(self) -> "AreaLinkQuerySet":
        """Neither used nor too old."""
        return self.filter(used_at=None, expires_at__gt=timezone.now())


class AreaLink(models.Model):
    """A link that was mailed to a customer. It works once, and until its time is over."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("Signs in")
        PASSWORD = "password", _("Chooses a password")
        ADDRESS = "address", _("Confirms an address")

    LASTS: dict[str, timedelta] = {
        Purpose.SIGN_IN: timedelta(minutes=15),
        Purpose.PASSWORD: timedelta(days=7),
        Purpose.ADDRESS: timedelta(days=1),
    }

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="area_links")
    purpose = models.CharField(max_length=8, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = AreaLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("link to the private area")

    def __str__(self) -> str:
        return f"{self.purpose} {self.address}"

    @property
    def is_open(self) -> bool:
        """Neither used nor too old."""
        return self.used_at is None and self.expires_at > timezone.now()

    @transaction.atomic
    def use(self) -> bool:
        """Use it up; False if somebody else was faster or its time is over. What it proves is the address."""
        if not AreaLink.objects.open().filter(pk=self.pk).update(used_at=timezone.now()):
            return False
        unproven = self.customer.emails.filter(address=self.address, verified_at=None)
        unproven.update(verified_at=timezone.now())
        return True


class CustomerSessionQuerySet(models.QuerySet["CustomerSession"]):
    """Sessions of customers, in the area's words."""

    def alive(self) -> "CustomerSessionQuerySet":
        """Those that were used lately."""
        return self.filter(seen_at__gt=timezone.now() - STAYS)

    def with_token(self, token: str) -> "CustomerSession | None":
        """The session with this token, with its customer and their group, whether they may still enter or not."""
        found = self.alive().filter(digest=digest_of(token)).select_related("customer__group")
        return found.first() if token else None

    @transaction.atomic
    def begin(self, customer: Customer, *, by_link: bool, ip: str, user_agent: str) -> str:
        """Let a customer in: a session, a visit and the event; returns the token, which is not kept."""
        token, now = secrets.token_urlsafe(32), timezone.now()
        told: dict[str, Any] = {"ip_address": ip or None, "user_agent": user_agent.replace("\0", "")[:400]}
        visit = Visit.objects.create(customer=customer, began_at=now, **told)
        self.create(customer=customer, digest=digest_of(token), by_link=by_link, visit=visit, **told)
        customer.was_here(now, entered=True)
        customer.events.record("signed_in", customer, ip=ip)
        return token


class CustomerSession(models.Model):
    """A customer's stay in the private area, on one device. It gives no right anywhere else."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    by_link = models.BooleanField(default=False)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, blank=True, related_name="+")
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(_("signed in"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now, db_index=True)

    objects = CustomerSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "-pk"]
        verbose_name = _("session of a customer")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.created_at:%F %R}"

    @property
    def is_fresh_by_link(self) -> bool:
        """The customer has just shown that they read the address on file: no old password is asked for."""
        return self.by_link and self.created_at > timezone.now() - AreaLink.LASTS[AreaLink.Purpose.SIGN_IN]

    def was_used(self, page: str) -> None:
        """Write down that a page was looked at: the visit counts it, and says how long it has lasted."""
        now = timezone.now()
        if self.visit is None or now - self.seen_at > A_VISIT_ENDS:
            told = {"ip_address": self.ip_address, "user_agent": self.user_agent}
            self.visit = Visit.objects.create(customer=self.customer, began_at=now, page=page[:255], **told)
        else:
            seconds = int((now - self.visit.began_at).total_seconds())
            counted = Visit.objects.filter(pk=self.visit.pk)
            counted.update(pages=models.F("pages") + 1, seconds=seconds, page=page[:255])
        if now - self.seen_at > SEEN_EVERY:
            self.seen_at = now
            self.save(update_fields=["seen_at", "visit"])
            self.customer.was_here(now)
