"""An agent's own marks on threads: what was read, what is being written, what they were told."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk.mail import MailFile
from helpdesk.models.attachment import Attachment
from helpdesk.models.message import MessageKind

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread


class ReadMark(models.Model):
    """Until when an agent has read a thread."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="read_marks")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("agent", "thread", name="one_mark_an_agent_and_thread")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.thread_id} {self.at:%F %T}"


class DraftManager(models.Manager["Draft"]):
    """Keeps what is being written."""

    def write(self, thread: "Thread", *, by: Agent, kind: str, text: str = "", html: str = "", cc: str = "") -> "Draft":
        """Save what an agent has written so far; `html` goes before `text`, files stay."""
        html, text = markup.both_forms(html, text, may_be_empty=True)
        words = {"text": text, "html": html, "cc": cc[:4000]}
        return self.update_or_create(agent=by, thread=thread, kind=kind, defaults=words)[0]


class Draft(models.Model):
    """What an agent is writing in a thread; one for each kind, saved while typing."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=12, choices=MessageKind, default=MessageKind.REPLY)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    cc = models.CharField(max_length=4000, blank=True)
    replies = models.JSONField(default=list, blank=True)  # ids of the predefined replies put into it
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = DraftManager()

    class Meta:
        constraints = [models.UniqueConstraint("agent", "thread", "kind", name="one_draft_a_kind")]

    def __str__(self) -> str:
        return self.text[:60]

    def attach(self, file: MailFile) -> Attachment:
        """Store a file that goes with what is being written; only its owner may open it until then."""
        attachment = Attachment.objects.add(file, owner=self.agent)
        self.attachments.add(attachment)
        return attachment

    @classmethod
    def remember_use(cls, thread: "Thread", reply: int, *, by: Agent) -> None:
        """A predefined reply was put into what this agent is writing to the customer; figures count it once sent."""
        draft, _made = cls.objects.get_or_create(agent=by, thread=thread, kind=MessageKind.REPLY)
        if reply not in draft.replies:
            draft.replies = [*draft.replies, reply][-5:]
            draft.save(update_fields=["replies"])

    def discard(self) -> None:
        """Throw it away, with the files that were never sent."""
        for attachment in self.attachments.filter(message=None):
            attachment.drop()
        self.delete()

    def append(self, html: str, *, replace: bool = False) -> None:
        """Put a predefined reply below the text, or in its place."""
        self.html, self.text = markup.both_forms(html if replace else self.html + html, "", may_be_empty=True)
        self.save()


class NoticeKind(models.TextChoices):
    """What an agent is told about."""

    ASSIGNED = "assigned", _("A thread was assigned to you")
    FORWARDED = "forwarded", _("A thread was handed to you")
    ANSWERED = "answered", _("A customer answered in your thread")
    FAILED = "failed", _("A reply was not delivered")
    MENTIONED = "mentioned", _("You were named in a note")
    WOKEN = "woken", _("A thread woke up: its date has come")
    BROKEN = "broken", _("A promise to a customer was broken")
    DUE_SOON = "due_soon", _("A thread of yours is due soon")
    OVERDUE = "overdue", _("A thread of yours is overdue")
    NEW = "new", _("A customer began a thread")
    DELEGATED = "delegated", _("Threads were given to you to follow up")
    TAKEN_BACK = "taken_back", _("Threads are not yours to follow up any more")
    CART = "cart", _("A watched cart may be this customer's")


TO_CONTACTS = (NoticeKind.NEW, NoticeKind.CART)  # told to all of a contact; the others to one person


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, in the desk's words."""

    def seen_by(self, agent: Agent) -> "NoticeQuerySet":
        """What they were told, but for threads that they may not see any more."""
        mine = self.filter(agent=agent)
        return mine if agent.is_supervisor else mine.filter(thread__contact__members=agent)

    def to_contacts(self) -> "NoticeQuerySet":
        """What all of a contact were told."""
        return self.filter(kind__in=TO_CONTACTS)

    def to_one(self) -> "NoticeQuerySet":
        """What somebody alone was told: of their threads, by name."""
        return self.exclude(kind__in=TO_CONTACTS)

    def unread(self) -> "NoticeQuerySet":
        """What they have not looked at yet."""
        return self.filter(read_at=None)


class Notice(models.Model):
    """Something an agent is told, on screen and perhaps by mail. Never about one's own doing."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    by_name = models.CharField(max_length=255, blank=True)
    text = models.CharField(max_length=500, blank=True)
    delegation = models.ForeignKey("helpdesk.Delegation", models.CASCADE, null=True, blank=True, related_name="notices")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["agent", "read_at", "-created_at"], name="notices_of_an_agent")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
