"""What the desk keeps of a person: their threads, copied for them or erased. Named in settings.PERSONAL_DATA."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import pings
from helpdesk.context import Fact, Section
from helpdesk.models import (
    AddressProposal,
    Attachment,
    Draft,
    Event,
    EventKind,
    Message,
    Notice,
    OutgoingKind,
    OutgoingMail,
    PictureTrust,
    Rating,
    Thread,
)
from helpdesk.models.letter_draft import LetterDraft, key_of
from helpdesk.models.message import MessageKind
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.models.thread import new_secret
from helpdesk.models.words import MessageWords

# Facts that name the team and statuses only; all others may hold a name, an address or a subject.
IMPERSONAL = (
    EventKind.STATUS,
    EventKind.REPLIED,
    EventKind.RATED,
    EventKind.ASSIGNED,
    EventKind.PRIORITY,
    EventKind.DUE_SOON,
    EventKind.OVERDUE,
    EventKind.MOVED,
    EventKind.MERGED,
    EventKind.SPLIT,
)
INSIDE = (MessageKind.NOTE, MessageKind.FORWARD, MessageKind.THIRD_PARTY)


def threads_of(customer_id: int, addresses: list[str]) -> ThreadQuerySet:
    """A person's threads: those of the record, and those from their addresses that belong to no record."""
    theirs = Q(customer=customer_id) | Q(customer=None, email__in=addresses)
    return Thread.objects.filter(theirs)


def copy_of(customer_id: int, addresses: list[str], *, private: bool) -> tuple[list[Section], list[tuple[str, Path]]]:
    """Threads and messages for the person's copy, and files as (name in the archive, path on the disk).

    With `private` the team's notes and what was written to others about it are copied too.
    """
    threads = threads_of(customer_id, addresses).order_by("created_at")
    messages = Message.objects.filter(thread__in=threads, recalled_at=None).select_related("author", "thread")
    if not private:
        messages = messages.public()
    files, told = [], []
    for message in messages.order_by("thread", "created_at").prefetch_related("attachments"):
        names = []
        for one in message.attachments.all():
            names.append(f"files/{message.thread_id}/{one.pk}-{one.name}")
            files.append((names[-1], Path(one.file.path)))
        told.append(_message(message, names))
    sections = [
        Section("threads", _("Threads"), [_thread(one) for one in threads.select_related("contact")]),
        Section("messages", _("Messages"), told),
    ]
    return sections, files


def weight(customer_id: int, addresses: list[str]) -> list[str]:
    """What erase() would take away, in words."""
    threads = threads_of(customer_id, addresses)
    messages = Message.objects.filter(Q(thread__in=threads) | Q(home__in=threads))
    m, f = messages.count(), Attachment.objects.filter(message__in=messages).count()
    return [
        ngettext("The text of %(n)s message", "The text of %(n)s messages", m) % {"n": m},
        ngettext("%(n)s file, from the disk too", "%(n)s files, from the disk too", f) % {"n": f},
    ]


def _thread(thread: Thread) -> list[Fact]:
    return [
        Fact("number", _("Number"), thread.pk),
        Fact("subject", _("Subject"), thread.subject),
        Fact("contact", _("Contact"), str(thread.contact)),
        Fact("name", _("Name"), thread.name),
        Fact("email", _("E-mail"), thread.email),
        Fact("status", _("Status"), thread.get_status_display()),
        Fact("created_at", _("Begun"), thread.created_at),
    ]


def _message(message: Message, names: list[str]) -> list[Fact]:
    return [
        Fact("thread", _("Thread"), message.thread_id),
        Fact("at", _("When"), message.created_at),
        Fact("kind", _("Kind"), message.get_kind_display()),
        Fact("from", _("From"), message.who),
        Fact("subject", _("Subject"), message.subject),
        Fact("text", _("Text"), message.full_text or message.text),
        Fact("ip", _("IP address"), message.ip or ""),
        Fact("browser", _("Browser"), message.user_agent),
        Fact("files", _("Files"), ", ".join(names)),
    ]


@transaction.atomic
def erase(customer_id: int, addresses: list[str]) -> None:
    """Take the person out of their threads: names, addresses, texts and files, on the disk too.

    The rows stay with their times and statuses, so that the figures of each week do not change.
    """
    threads = threads_of(customer_id, addresses)
    ids, contacts = list(threads.values_list("pk", flat=True)), set(threads.values_list("contact", flat=True))
    in_them = Q(thread__in=ids) | Q(home__in=ids)
    for attachment in Attachment.objects.filter(message__in=Message.objects.filter(in_them)):
        attachment.drop()
    for draft in Draft.objects.filter(thread__in=ids):
        draft.discard()
    _erase_rows(ids, in_them)
    PictureTrust.objects.filter(address__in=addresses).delete()
    for letter in LetterDraft.objects.filter(key=key_of([("customer", str(customer_id))])):
        letter.discard()
    follow_ups = Q(kind=OutgoingKind.FOLLOW_UP, to__in=[[one] for one in addresses])
    _erase_mails(OutgoingMail.objects.filter(follow_ups | Q(customer=customer_id)))
    for thread in Thread.objects.filter(pk__in=ids):
        Thread.objects.filter(pk=thread.pk).update(
            subject="", name="", email="", order_text="", excerpt="", attachment_count=0, secret=new_secret()
        )
    MessageWords.write(Message.objects.filter(in_them).values_list("pk", flat=True))
    for pk in ids:
        transaction.on_commit(lambda pk=pk: pings.thread_changed(pk, contacts))  # type: ignore[misc]


def _erase_rows(ids: list[int], in_them: Q) -> None:
    empty: dict[str, Any] = dict.fromkeys(("author_name", "author_email", "subject", "text", "full_text", "html"), "")
    empty |= dict.fromkeys(("message_id", "in_reply_to", "delivery_note", "user_agent", "page_url"), "")
    Message.objects.filter(in_them).update(**empty, recipients={}, cards={}, ip=None)
    _erase_mails(OutgoingMail.objects.filter(thread__in=ids))
    Notice.objects.filter(thread__in=ids).delete()
    Rating.objects.filter(thread__in=ids).update(comment="")
    AddressProposal.objects.filter(thread__in=ids).update(values={}, reason="", state=AddressProposal.State.REPLACED)
    events = Event.objects.filter(thread__in=ids)
    events.filter(actor=None).update(actor_name="")
    events.exclude(kind__in=IMPERSONAL).update(data={})


def _erase_mails(mails: QuerySet[OutgoingMail]) -> None:
    """What has not left stays here; of what has, nothing is kept but that it left."""
    ids = list(mails.values_list("pk", flat=True))
    mine = OutgoingMail.objects.filter(pk__in=ids)
    mine.filter(state__in=("queued", "sending")).update(state="cancelled")
    words: dict[str, Any] = dict.fromkeys(("subject", "text", "html", "in_reply_to", "last_error", "unsubscribe"), "")
    mine.update(**words, to=[], cc=[], references=[])
