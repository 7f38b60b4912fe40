"""A letter to customers that is being written: kept while typing, for the same people, until it is sent."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk.mail import MailFile
from helpdesk.models.attachment import Attachment
from helpdesk.models.contact import Contact
from helpdesk.models.sending import Sending

People = Iterable[tuple[str, str]]  # parameters of the page that say who is meant
TAKEN_OUT, ADDED = "without", "also"


def key_of(people: People) -> str:
    """The same for the same choice of people, whoever was added to them or taken out again."""
    said = urlencode(sorted(pair for pair in people if pair[0] not in {TAKEN_OUT, ADDED}))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


class LetterDraftManager(models.Manager["LetterDraft"]):
    """Keeps letters."""

    def of(self, people: People, *, by: Agent) -> "LetterDraft | None":
        """What an agent has written to these people so far."""
        return self.filter(agent=by, key=key_of(people)).prefetch_related("attachments").first()

    def write(self, people: People, *, by: Agent, **words: Any) -> "LetterDraft":
        """Save it: `contact`, `subject`, `html`, `send_at`, columns of Sending, each where it is given; files stay."""
        people = list(people)
        return self.update_or_create(agent=by, key=key_of(people), defaults={**words, "people": people})[0]


class LetterDraft(Sending):
    """One letter of one agent. It names nobody: `people` is what the page is asked with."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    people = models.JSONField(default=list)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=255, blank=True)
    html = models.TextField(blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    objects = LetterDraftManager()

    class Meta:
        ordering = ["-saved_at"]
        verbose_name = _("letter being written")
        constraints = [models.UniqueConstraint("agent", "key", name="one_letter_for_the_same_people")]

    def __str__(self) -> str:
        return self.subject or markup.to_text(self.html)[:60]

    @property
    def query(self) -> str:
        """What the page is asked with to go on."""
        return urlencode([tuple(pair) for pair in self.people])

    def ids(self, name: str) -> list[str]:
        """Ids of people who were TAKEN_OUT again, or ADDED to those who were chosen."""
        return [value for said, value in self.people if said == name]

    def attach(self, file: MailFile) -> None:
        """Store a file that goes with it; only its owner may open it until then."""
        self.attachments.add(Attachment.objects.add(file, owner=self.agent))

    def take_out(self, attachment_id: int) -> None:
        """A file does not go with it after all."""
        for attachment in self.attachments.filter(pk=attachment_id):
            attachment.drop()

    def discard(self) -> None:
        """Throw it away, with the files that were never sent."""
        for attachment in self.attachments.filter(message=None):
            attachment.drop()
        self.delete()


def write_again(people: People, *, by: Agent, files: Iterable[Attachment], **words: Any) -> None:
    """A letter that was stopped is a draft again, with files of its own."""
    draft = LetterDraft.objects.write(people, by=by, **words)
    draft.attachments.set([one.twin(owner=by) for one in files])
