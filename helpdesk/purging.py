"""What is deleted for good, by the clock: the bin, addresses of the net, files nobody sent."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from helpdesk.models import Attachment, DeskSettings, Draft, Folder, Message, OutgoingMail, Thread

BIN_DAYS = 30
UPLOAD_DAYS = 7


def purge() -> dict[str, int]:
    """Do all of it; returns how many threads, messages and files it touched."""
    return {"threads": empty_bin(), "messages": forget_metadata(), "files": drop_orphans()}


def empty_bin() -> int:
    """Delete threads that lay in the bin for 30 days, rows and files."""
    limit = timezone.now() - timedelta(days=BIN_DAYS)
    found = Thread.objects.filter(folder=Folder.TRASH, trashed_at__lt=limit)
    threads = list(found)
    for thread in threads:
        with transaction.atomic():
            for attachment in Attachment.objects.filter(message__home=thread) | Attachment.objects.filter(
                message__thread=thread
            ):
                attachment.drop()
            thread.delete()
    return len(threads)


def forget_metadata() -> int:
    """Empty IP address and browser of messages that are old enough."""
    limit = timezone.now() - timedelta(days=DeskSettings.load().metadata_days)
    old = Message.objects.filter(created_at__lt=limit).exclude(ip=None, user_agent="")
    return old.update(ip=None, user_agent="")


def drop_orphans() -> int:
    """Delete uploads that belong to no message and no draft any more."""
    limit = timezone.now() - timedelta(days=UPLOAD_DAYS)
    used = Draft.attachments.through.objects.values("attachment")
    leaving = OutgoingMail.attachments.through.objects.values("attachment")
    old = Attachment.objects.filter(message=None, created_at__lt=limit)
    files = list(old.exclude(pk__in=used).exclude(pk__in=leaving))
    for attachment in files:
        attachment.drop()
    return len(files)
