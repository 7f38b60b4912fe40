"""What is not kept for ever: where a form was sent from, and files of forms that were never sent."""

from datetime import timedelta

from django.utils import timezone

from helpdesk.models import Attachment, DeskSettings, Message, OutgoingMail

UNSENT_FILES_FOR = timedelta(days=2)


def forget_metadata() -> int:
    """Empty address, browser and page of messages older than the desk keeps them; returns how many."""
    limit = timezone.now() - timedelta(days=DeskSettings.load().metadata_days)
    old = Message.objects.filter(created_at__lt=limit).exclude(ip=None, user_agent="", page_url="")
    return old.update(ip=None, user_agent="", page_url="")


def forget_unsent_files() -> int:
    """Delete files that a form left behind: of no message, no agent's draft and no mail; returns how many."""
    limit = timezone.now() - UNSENT_FILES_FOR
    in_mails = OutgoingMail.attachments.through.objects.values("attachment")
    left = Attachment.objects.filter(message=None, owner=None, created_at__lt=limit).exclude(pk__in=in_mails)
    for attachment in left:
        attachment.file.delete(save=False)
        attachment.delete()
    return len(left)
