"""The delivery report (RFC 3464) that a refusing mailbox sends back."""

from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import formatdate, make_msgid

WORDS = """This is the mail system of practica.example.

Your message could not be delivered to one or more recipients.

<{recipient}>: 550 5.1.1 User unknown: nobody reads this mailbox
"""


def delivery_report(raw: bytes, *, sender: str, recipient: str) -> bytes:
    """The report on `raw`, from the recipient's mail system to `sender`, with the headers it returns."""
    report = EmailMessage(policy=SMTP)
    report["From"] = f"Mail Delivery System <mailer-daemon@{recipient.rpartition('@')[2]}>"
    report["To"] = sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = formatdate()
    report["Message-ID"] = make_msgid(domain=recipient.rpartition("@")[2])
    report["Auto-Submitted"] = "auto-replied"
    report["Return-Path"] = "<>"
    report.make_mixed()
    words = EmailMessage(policy=SMTP)
    words.set_content(WORDS.format(recipient=recipient))
    report.attach(words)
    report.attach(_status(recipient))
    report.attach(_returned(raw))
    report.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    return report.as_bytes()


def _status(recipient: str) -> EmailMessage:
    about_us, about_them = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    about_us["Reporting-MTA"] = f"dns; {recipient.rpartition('@')[2]}"
    about_them["Final-Recipient"] = f"rfc822; {recipient}"
    about_them["Action"] = "failed"
    about_them["Status"] = "5.1.1"
    about_them["Diagnostic-Code"] = "smtp; 550 5.1.1 User unknown: nobody reads this mailbox"
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([about_us, about_them])
    return part


def _returned(raw: bytes) -> EmailMessage:
    headers = BytesHeaderParser(policy=SMTP).parsebytes(raw)
    headers.set_payload("")
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = "text/rfc822-headers"
    part.set_payload(headers.as_bytes().decode("ascii", "replace"))
    return part
