"""Predefined replies: texts an agent inserts or replaces with, with placeholders that are filled."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.languages import in_language
from helpdesk.models.contact import Contact
from helpdesk.models.desk import DeskSettings, Status

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_.]{1,40})\s*\}\}")


def fill(html: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Put values (plain text) into the placeholders of an HTML text.

    Returns the text and the names that had no value; those stay as {{ name }}, so that sending is blocked.
    """
    missing: list[str] = []

    def value_of(match: re.Match[str]) -> str:
        if value := values.get(match[1], ""):
            return escape(value)
        missing.append(match[1])
        return f"{{{{ {match[1]} }}}}"

    return PLACEHOLDER.sub(value_of, html), missing


class FollowUp(models.TextChoices):
    """For what the Friday review proposes a reply; each is at most one reply's."""

    ARRIVED = "arrived", _("Ask whether the order has arrived")
    NEWS = "news", _("Say that nobody is forgotten")
    CHASE = "chase", _("Ask a carrier or a supplier")


class PredefinedReplyQuerySet(models.QuerySet["PredefinedReply"]):
    """Predefined replies, in the desk's words."""

    def for_contact(self, contact: Contact) -> "PredefinedReplyQuerySet":
        """Those usable at a contact, the most used first."""
        everywhere = models.Q(contacts=None)
        return self.filter(everywhere | models.Q(contacts=contact)).distinct().order_by("-used_count", "pk")

    def fitting(self, contact: Contact, status: str) -> "PredefinedReplyQuerySet":
        """Those usable at a contact: the most used there in threads of this status first, then the most used there."""
        uses = ReplyUse.objects.filter(reply=models.OuterRef("pk"), contact=contact)
        summed = uses.order_by().values("reply").annotate(n=models.Sum("count")).values("n")
        here, there = (Coalesce(models.Subquery(rows), 0) for rows in (summed.filter(status=status), summed))
        return (
            self.for_contact(contact).annotate(here=here, there=there).order_by("-here", "-there", "-used_count", "pk")
        )

    def search(self, words: str) -> "PredefinedReplyQuerySet":
        """Those with all these words in title, folder or shortcut, by folder."""
        found = self
        for word in words.split()[:8]:
            found = found.filter(
                models.Q(title__icontains=word) | models.Q(folder__icontains=word) | models.Q(shortcut__icontains=word)
            )
        return found.order_by("folder", "title", "pk")


class PredefinedReply(models.Model):
    """One text by language, as clean HTML. Without contacts it may be used everywhere."""

    title = models.CharField(_("title"), max_length=128)
    shortcut = models.SlugField(
        _("shortcut"), max_length=40, blank=True, help_text=_("Typed after a slash, as in /delay.")
    )
    folder = models.CharField(_("folder"), max_length=64, blank=True)
    bodies = models.JSONField(_("text by language"), default=dict)
    contacts = models.ManyToManyField(
        Contact, blank=True, related_name="predefined_replies", verbose_name=_("contacts")
    )
    then = models.CharField(_("status afterwards"), max_length=10, choices=Status, blank=True)
    tags = models.ManyToManyField("helpdesk.ThreadTag", blank=True, related_name="+", verbose_name=_("tags it puts on"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigns to"),
    )
    follow_up = models.CharField(_("proposed in the review"), max_length=8, choices=FollowUp, blank=True)
    used_count = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords(excluded_fields=["used_count"], m2m_fields=["contacts", "tags"])

    objects = PredefinedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["folder", "title", "pk"]
        verbose_name = _("predefined reply")
        verbose_name_plural = _("predefined replies")
        constraints = [
            models.UniqueConstraint(fields=["follow_up"], condition=~models.Q(follow_up=""), name="one_a_follow_up")
        ]

    def __str__(self) -> str:
        return self.title

    def body(self, language: str) -> str:
        """The text in a language, else in the shop's."""
        return in_language(self.bodies, language, DeskSettings.load().language)

    def fill(self, values: Mapping[str, str], *, language: str) -> tuple[str, list[str]]:
        """The text with its placeholders filled, and the names of those that had no value."""
        return fill(self.body(language), values)

    @property
    def does_more(self) -> bool:
        """It also sets a status, tags or an assignee. Reads `tags`."""
        return bool(self.then or self.assignee_id or self.tags.all())

    @transaction.atomic
    def count_use(self, contact: Contact | None = None, status: str = "") -> None:
        """One more use, perhaps in a thread at this contact in this status; no history row for it."""
        type(self).objects.filter(pk=self.pk).update(used_count=models.F("used_count") + 1)
        if contact is None:
            return
        use = ReplyUse.objects.get_or_create(reply=self, contact=contact, status=status)[0]
        ReplyUse.objects.filter(pk=use.pk).update(count=models.F("count") + 1)

    @classmethod
    @transaction.atomic
    def bring_back(cls, pk: int) -> "PredefinedReply | None":
        """Undo deleting: the reply as its last version was, with its contacts. None if it is not deleted."""
        record = cls.history.filter(id=pk).first()
        if record is None or record.history_type != "-" or cls.objects.filter(pk=pk).exists():
            return None
        last = cls.history.filter(id=pk).exclude(history_type="-").first()
        contacts = [row.contact_id for row in last.contacts.all()]
        tags = [row.threadtag_id for row in last.tags.all()]
        reply: PredefinedReply = record.instance
        reply.save(force_insert=True)
        reply.contacts.set(Contact.objects.filter(pk__in=contacts))
        reply.tags.set(reply.tags.model.objects.filter(pk__in=tags))
        return reply


class ReplyUse(models.Model):
    """How often a reply was used at a contact, in threads of one status."""

    reply = models.ForeignKey(PredefinedReply, models.CASCADE, related_name="uses")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    status = models.CharField(max_length=10, choices=Status)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of a reply")
        constraints = [models.UniqueConstraint("reply", "contact", "status", name="one_count_a_contact_and_status")]

    def __str__(self) -> str:
        return f"{self.reply_id} {self.contact_id} {self.status}: {self.count}"
