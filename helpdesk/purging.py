"""What is not kept for ever: the bin, where a form was sent from, files nobody sent."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from helpdesk.models import (
    Attachment,
    DeskSettings,
    Draft,
    Folder,
    LetterDraft,
    Mailing,
    Message,
    MessageWords,
    OutgoingKind,
    OutgoingMail,
    OutgoingState,
    Thread,
)
from helpdesk.statistics import counting

BIN_DAYS = 30
THANKS_FOR = timedelta(days=14)
FORMS_FILES_FOR = timedelta(days=2)  # a form that went back to a customer with errors
DRAFTS_FILES_FOR = timedelta(days=7)  # taken out of an agent's draft again


def purge() -> dict[str, int]:
    """Do all of it; returns how many threads, messages and files it touched. Again at once, it touches none."""
    empty_thanks()
    return {"threads": empty_bin(), "messages": forget_metadata(), "files": drop_unsent_files()}


def empty_bin() -> int:
    """Delete threads that lay in the bin for 30 days, rows and files."""
    return sum(map(_drop, list(old_bin().values_list("pk", flat=True))))


@transaction.atomic
def _drop(pk: int) -> bool:
    """Delete one thread for good; false if somebody has taken it out of the bin meanwhile."""
    counting.alone()  # what it wrote of the thread meanwhile would keep the thread from going
    thread = old_bin().filter(pk=pk).select_for_update(of=("self",)).first()
    if thread is None:
        return False
    for attachment in Attachment.objects.filter(Q(message__home=thread) | Q(message__thread=thread)):
        attachment.drop()
    thread.delete()
    return True


def old_bin() -> QuerySet[Thread]:
    """What lay in the bin for so long that it goes tonight."""
    return Thread.objects.filter(folder=Folder.TRASH, trashed_at__lt=timezone.now() - timedelta(days=BIN_DAYS))


def old_metadata() -> QuerySet[Message]:
    """Messages that still say where they were sent from, for longer than the desk keeps that."""
    limit = timezone.now() - timedelta(days=DeskSettings.load().metadata_days)
    return Message.objects.filter(created_at__lt=limit).exclude(ip=None, user_agent="", page_url="")


def empty_thanks() -> int:
    """Nobody looked for two weeks: a thank-you needs no more than that."""
    return Thread.objects.filter(thanked_at__lt=timezone.now() - THANKS_FOR).update(thanked_at=None)


def forget_metadata() -> int:
    """Empty address, browser and page of messages older than the desk keeps them."""
    old = old_metadata()
    with transaction.atomic():
        found_by_ip = list(old.exclude(ip=None).values_list("pk", flat=True))
        count = old.update(ip=None, user_agent="", page_url="")
        MessageWords.write(found_by_ip)
    return count


def drop_unsent_files() -> int:
    """Delete uploads that belong to no message, no draft and no mail: a form's soon, an agent's after a week."""
    now = timezone.now()
    in_drafts = Draft.attachments.through.objects.values("attachment")
    in_letters = LetterDraft.attachments.through.objects.values("attachment")
    in_mailings = Mailing.attachments.through.objects.values("attachment")
    in_mails = OutgoingMail.attachments.through.objects.exclude(  # the charts of a weekly mail go once it has left
        outgoingmail__kind=OutgoingKind.NOTICE, outgoingmail__state=OutgoingState.SENT
    ).values("attachment")
    old = Q(owner=None, created_at__lt=now - FORMS_FILES_FOR) | Q(created_at__lt=now - DRAFTS_FILES_FOR)
    kept = Q(pk__in=in_drafts) | Q(pk__in=in_letters) | Q(pk__in=in_mailings) | Q(pk__in=in_mails)
    files = list(Attachment.objects.filter(old, message=None).exclude(kept))
    for attachment in files:
        attachment.drop()
    return len(files)
