"""Mails that follow a cart or an order by themselves: what the team chose, and each one that was sent."""

from datetime import datetime, time
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, kept
from crm.models.cart import Cart
from crm.models.customer import Customer
from crm.models.order import Order
from crm.models.voucher import Voucher, letters

OURS = "FLW-"  # what codes of our vouchers begin with


class FollowUpKind(models.TextChoices):
    """What a mail follows."""

    CART = "cart", _("Reminder of a cart")
    THANKS = "thanks", _("Thank you for the order")
    IDLE = "idle", _("No order for a long time")
    BEST = "best", _("Best customers")


def new_code(kind: str) -> str:
    """The code of a new voucher: FLW-<type>-<10 characters>."""
    return f"{OURS}{kind.upper()}-{letters(10)}"


class FollowUpSettings(Kept):
    """What holds for all of these mails. There is one row: `FollowUpSettings.load()`."""

    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_to = models.TimeField(_("quiet until"), default=time(9))
    most_a_week = models.PositiveIntegerField(
        _("at most, per customer and week"), default=2, validators=[MinValueValidator(1), MaxValueValidator(7)]
    )
    cart_days = models.PositiveIntegerField(
        _("oldest cart, in days"),
        default=7,
        help_text=_("Older carts are left alone."),
        validators=[MinValueValidator(1)],
    )
    voucher_from_step = models.PositiveIntegerField(
        _("voucher from reminder no."),
        default=2,
        help_text=_("Earlier reminders of a cart bring none, so that nobody leaves carts for it."),
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    voucher_cap = models.PositiveIntegerField(_("vouchers per customer in 30 days"), default=2)
    history = HistoricalRecords()
    CACHE_KEY = "follow-up-settings"

    class Meta:
        verbose_name = _("settings of follow-up mails")

    def __str__(self) -> str:
        return "follow-ups"

    @classmethod
    def load(cls) -> "FollowUpSettings":
        """The one row, made with defaults if it is missing; to read from, not to change."""
        return kept(cls.CACHE_KEY, cls.fresh)

    @classmethod
    def fresh(cls) -> "FollowUpSettings":
        """The row as it is in the database now: for whoever is going to change it."""
        return cls.objects.get_or_create(pk=1)[0]

    def is_quiet(self, at: datetime) -> bool:
        """Whether nobody is written to at this time of the day (of a local datetime)."""
        clock = at.time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= clock < self.quiet_to
        return clock >= self.quiet_from or clock < self.quiet_to


class FollowUpRule(models.Model):
    """One kind of mail, or one step of the reminders of a cart. Off until somebody switches it on."""

    STEPS = (
        (FollowUpKind.CART, 1, 4),
        (FollowUpKind.CART, 2, 48),
        (FollowUpKind.CART, 3, 96),
        (FollowUpKind.THANKS, 1, 72),
        (FollowUpKind.IDLE, 1, 24 * 180),
        (FollowUpKind.BEST, 1, 24 * 90),
    )

    IN_HOURS = (FollowUpKind.CART, FollowUpKind.THANKS)  # people say the delay of the others in days

    kind = models.CharField(max_length=8, choices=FollowUpKind)
    step = models.PositiveIntegerField(default=1)
    is_on = models.BooleanField(_("send it"), default=False)
    hours = models.PositiveIntegerField(_("after how many hours"), validators=[MinValueValidator(1)])
    amount = models.DecimalField(
        _("from what was bought in that time"), max_digits=12, decimal_places=2, default=Decimal(300)
    )
    discount = models.DecimalField(
        _("discount of its voucher in %"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        help_text=_("0: no voucher."),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    voucher_days = models.PositiveIntegerField(
        _("days its voucher is valid"), default=14, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    subjects = models.JSONField(_("subject"), default=dict, blank=True)
    texts = models.JSONField(_("text"), default=dict, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("follow-up mail")
        constraints = [models.UniqueConstraint(fields=["kind", "step"], name="one_rule_a_step")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.step}" if self.kind == FollowUpKind.CART else self.get_kind_display()

    @property
    def delay(self) -> int:
        """After how long, in its own unit."""
        return self.hours // self.unit

    @property
    def unit(self) -> int:
        """The hours that its delay is counted in: 1, or those of a day."""
        return 1 if self.kind in self.IN_HOURS else 24

    @classmethod
    def all_of_them(cls) -> list["FollowUpRule"]:
        """One row a kind and step, made where one is missing."""
        known = {(rule.kind, rule.step): rule for rule in cls.objects.all()}
        return [
            known.get((kind, step)) or cls.objects.get_or_create(kind=kind, step=step, defaults={"hours": hours})[0]
            for kind, step, hours in cls.STEPS
        ]


class FollowUp(models.Model):
    """A mail that was sent. Written in the transaction that queues it: what is here is not sent again."""

    rule = models.ForeignKey(FollowUpRule, models.PROTECT, related_name="sent")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="follow_ups")
    cart = models.ForeignKey(Cart, models.SET_NULL, null=True, related_name="follow_ups")
    order = models.ForeignKey(Order, models.SET_NULL, null=True, related_name="follow_ups")
    key = models.CharField(max_length=80, unique=True)  # what it follows, and which step: never twice
    day = models.DateField()  # in the shop's time zone
    voucher = models.ForeignKey(Voucher, models.SET_NULL, null=True, related_name="follow_ups")
    voucher_code = models.CharField(max_length=64, blank=True)  # stays when the voucher is cleared away
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("follow-up mail sent")
        constraints = [models.UniqueConstraint(fields=["customer", "day"], name="one_follow_up_a_day")]
        indexes = [models.Index(fields=["customer", "-at"], name="follow_ups_of_a_customer")]

    def __str__(self) -> str:
        return self.key
