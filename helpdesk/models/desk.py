"""What supervisors decide for the whole desk: one row, and what the four statuses mean."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, kept
from accounts.languages import in_language
from accounts.zones import zone_called


class Status(models.TextChoices):
    """The four keys; what the two pending ones mean is a StatusLabel row."""

    OPEN = "open", _("Open")
    PENDING_1 = "pending1", _("Pending 1")
    PENDING_2 = "pending2", _("Pending 2")
    CLOSED = "closed", _("Closed")


PENDING = (Status.PENDING_1, Status.PENDING_2)


class Holder(models.TextChoices):
    """Who has to act next."""

    US = "us", _("Us")
    CUSTOMER = "customer", _("Customer")
    THIRD_PARTY = "third_party", _("Third party")
    NOBODY = "nobody", _("Nobody")


class Priority(models.TextChoices):
    """How pressing the team finds a thread."""

    LOW = "low", pgettext_lazy("priority", "Low")
    NORMAL = "normal", pgettext_lazy("priority", "Normal")
    HIGH = "high", pgettext_lazy("priority", "High")
    URGENT = "urgent", pgettext_lazy("priority", "Urgent")


class Metric(models.TextChoices):
    """What has a target."""

    FIRST = "first", _("First answer")
    NEXT = "next", _("Later answers")
    RESOLUTION = "resolution", _("Resolution")


def stops_at_first() -> list[str]:
    """Where clocks stand still until somebody says otherwise: while the customer is waited for."""
    return [Status.PENDING_1.value]


class DeskSettings(Kept):
    """The shop's own choices. There is one row: `DeskSettings.load()`."""

    shop_name = models.CharField(_("name of the shop"), max_length=120, default="Mostrador")
    shop_url = models.URLField(_("address of the shop"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Madrid")
    language = models.CharField(_("language of the shop"), max_length=8, choices=settings.LANGUAGES, default="es")
    uploads_allowed = models.BooleanField(_("customers may attach files"), default=True)
    upload_limit_mb = models.PositiveIntegerField(_("largest file, in MB"), default=25)
    upload_types = models.CharField(
        _("file types in the form"),
        max_length=400,
        default="txt rtf doc docx odt pdf zip png jpg jpeg gif webp heic csv xlsx mp4 mov",
        help_text=_("Endings, with blanks between them."),
    )
    default_messages = models.JSONField(
        _("default message"), default=dict, blank=True, help_text=_("Goes under every reply, by language.")
    )
    after_reply = models.CharField(_("after a reply"), max_length=10, choices=Status, default=Status.PENDING_1)
    asks_reason = models.BooleanField(
        _("ask why when a thread is closed"),
        default=False,
        help_text=_("Delay, damage, our mistake… The weekly review counts them."),
    )
    reopen_days = models.PositiveIntegerField(
        _("days in which an answer reopens a closed thread"),
        default=60,
        help_text=_("Later answers begin a new thread that follows the old one."),
    )
    quiet_thanks = models.BooleanField(
        _("a short thank-you leaves a thread closed"),
        default=True,
        help_text=_("It waits under “Thanks”, where one click reopens. A question, number or file always reopens."),
    )
    undo_seconds = models.PositiveIntegerField(_("seconds to undo sending"), default=10)
    replies_by_mail = models.BooleanField(
        _("agents may answer by mail"),
        default=False,
        help_text=_("An answer to a notice goes to the customer, if the mailbox's own server vouches for its sender."),
    )
    asks_rating = models.BooleanField(
        _("ask for a rating"),
        default=False,
        help_text=_("Once a thread, in the reply that closes it, and on the customer's page once it is closed."),
    )
    answer_hours = models.PositiveIntegerField(_("hours in which customers may expect an answer"), default=24)
    warn_minutes = models.PositiveIntegerField(_("minutes before a due time in which it warns"), default=60)
    clock_stops = models.JSONField(_("statuses in which the clock stands still"), default=stops_at_first, blank=True)
    privacy_texts = models.JSONField(_("privacy text of the form"), default=dict, blank=True)
    privacy_version = models.PositiveIntegerField(default=1)
    metadata_days = models.PositiveIntegerField(_("days to keep IP addresses and browsers"), default=90)
    set_up_at = models.DateTimeField(null=True, blank=True)
    CACHE_KEY = "desk-settings"
    ALSO_KEPT = ("calendars",)  # by whose clock
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("desk settings")

    def __str__(self) -> str:
        return self.shop_name

    @property
    def zone(self) -> ZoneInfo:
        """Whose midnight parts the days: the shop's."""
        return zone_called(self.time_zone)

    @classmethod
    def load(cls) -> "DeskSettings":
        """The one row, made with defaults if it is missing; to read from, not to change."""
        return kept(cls.CACHE_KEY, cls.fresh)

    @classmethod
    def fresh(cls) -> "DeskSettings":
        """The row as it is in the database now: for whoever is going to change it."""
        return cls.objects.get_or_create(pk=1)[0]

    def default_message(self, language: str) -> str:
        """The default message in a language; empty rather than in a wrong one, except the shop's own."""
        return in_language(self.default_messages, language, self.language)


class Channel(models.TextChoices):
    """How the thread began."""

    MAIL = "mail", _("Mail")
    FORM = "form", _("Web form")
    AGENT = "agent", _("Written by us")
    API = "api", _("API")
    SHOP = "shop", _("Customer service of the shop")


class Folder(models.TextChoices):
    """Where the thread lies; only the desk counts."""

    DESK = "desk", _("Desk")
    SPAM = "spam", _("Spam")
    TRASH = "trash", _("Bin")


class StatusLabel(Kept):
    """What a status is called here, what it means, and who has the ball in it."""

    status = models.CharField(max_length=10, choices=Status, primary_key=True)
    labels = models.JSONField(_("label by language"), default=dict, blank=True)
    descriptions = models.JSONField(_("description by language"), default=dict, blank=True)
    holder = models.CharField(_("waiting for"), max_length=12, choices=Holder)
    CACHE_KEY = "status-labels"
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("status label")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The team's word for the status, or the product's."""
        return in_language(self.labels, get_language()) or str(Status(self.status).label)

    @property
    def name(self) -> str:
        """What rows and buttons call it: a pending one keeps the product's word, the team's stands beside it."""
        return str(Status(self.status).label) if self.status in PENDING else self.label

    @property
    def alias(self) -> str:
        """The team's word where `name` is the product's; else nothing."""
        return self.label if self.label != self.name else ""

    @property
    def full_name(self) -> str:
        """Both in a line of plain text, as in a list of choices."""
        return f"{self.name} · {self.alias}" if self.alias else self.name

    @property
    def description(self) -> str:
        """One sentence on what it means here."""
        return in_language(self.descriptions, get_language())

    @classmethod
    def all_by_status(cls) -> dict[str, "StatusLabel"]:
        """Every status with its row; rows that are missing get the product's defaults."""
        rows = kept(cls.CACHE_KEY, lambda: {row.status: row for row in cls.objects.all()})
        return {
            status: rows.get(status) or cls(status=status, holder=DEFAULT_HOLDERS[status]) for status in Status.values
        }


DEFAULT_HOLDERS: dict[str, Any] = {
    Status.OPEN: Holder.US,
    Status.PENDING_1: Holder.CUSTOMER,
    Status.PENDING_2: Holder.THIRD_PARTY,
    Status.CLOSED: Holder.NOBODY,
}
