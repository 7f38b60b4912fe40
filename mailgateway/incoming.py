"""What happens to a stored mail that was not understood: another try."""

from email import message_from_bytes, policy
from email.utils import parseaddr

from helpdesk import intake
from helpdesk.mail import InboundMail
from mailgateway import rawmail
from mailgateway.models import Incoming, IncomingState, Outcome


def retry(row: Incoming) -> bool:
    """Read and deliver it once more. Returns whether it was understood; if not, the row says why."""
    try:
        mail = _parse(rawmail.load(row.raw_path), row.sha256)
        if row.contact is None:
            raise ValueError("The contact it was for is gone.")
        done = intake.deliver(mail, contact=row.contact)
    except (OSError, ValueError, LookupError) as error:
        row.state, row.outcome, row.error = IncomingState.FAILED, Outcome.REJECTED, str(error)[:500]
        row.save()
        return False
    row.state, row.outcome, row.reason, row.error = IncomingState.DONE, done.outcome, done.reason[:24], ""
    row.thread_id, row.message_id = done.thread_id or None, done.message_id or None
    row.save()
    return True


def _parse(raw: bytes, digest: str) -> InboundMail:
    parsed = message_from_bytes(raw, policy=policy.default)
    name, address = parseaddr(str(parsed["From"] or ""))
    body = parsed.get_body(("plain",))
    text = body.get_content() if body else ""
    message_id = str(parsed["Message-ID"] or f"<{digest}@mail>").strip()
    return InboundMail(
        sender=address.lower(),
        sender_name=name,
        subject=str(parsed["Subject"] or ""),
        text=text,
        full_text=text,
        digest=digest,
        message_id=message_id,
    )
