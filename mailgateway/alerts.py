"""Supervisors hear of an outage once, after ten minutes, and once more when it is over."""

from django.utils import timezone

from helpdesk import alarms
from mailgateway.models import Mailbox
from mailgateway.troubles import Trouble


def tell_due() -> None:
    """Mail what nobody was told yet; a periodic job. Any number of workers may run it."""
    for trouble in Trouble.objects.untold().select_related("mailbox"):
        if trouble.claim("told_at"):
            _tell("mailbox_trouble", trouble)
    for trouble in Trouble.objects.mended().select_related("mailbox"):
        if trouble.claim("mended_told_at"):
            _tell("mailbox_mended", trouble)


def _tell(template: str, trouble: Trouble) -> None:
    """Through a mailbox that sends; where none does, the band on every page has to do."""
    contact_id = _way_out(trouble.mailbox)
    if contact_id is None:
        return
    lasted = (trouble.ended_at or timezone.now()) - trouble.began_at
    alarms.mail_supervisors(
        template,
        contact_id=contact_id,
        path=alarms.path_of("mailgateway:mailboxes"),
        trouble=trouble,
        mailbox=trouble.mailbox,
        minutes=int(lasted.total_seconds() // 60),
    )


def _way_out(troubled: Mailbox) -> int | None:
    """The contact whose mailbox can send now: another than the troubled one, if there is any."""
    able = Mailbox.objects.active().exclude(smtp_host="").filter(smtp_error="")
    for mailbox in sorted(able, key=lambda one: (one.pk == troubled.pk, one.pk)):
        sender = Mailbox.objects.for_contact(mailbox.contact_id)
        if sender is not None and not sender.smtp_error:
            return mailbox.contact_id
    return None
