"""The plain dataclasses that cross the border between wire formats and threads."""

from dataclasses import dataclass
from datetime import datetime


def plain_address(address: str) -> str:
    """In lower case and without what stands behind a plus: the address of the mailbox itself."""
    local, at, domain = address.lower().partition("@")
    return f"{local.split('+')[0]}{at}{domain}"


@dataclass(frozen=True)
class Party:
    """A name and an address, as a header gives them; the address is in lower case."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class MailFile:
    """A file in a mail. `inline` only if the HTML refers to its `content_id` (without brackets)."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class Bounce:
    """What a delivery report (RFC 3464, or a server's own wording) says of one of our mails."""

    recipient: str
    action: str  # "failed" or "delayed"
    status: str = ""  # RFC 3463, such as "5.1.1"
    diagnostic: str = ""
    message_ids: tuple[str, ...] = ()  # ids found in the returned headers, likeliest first


@dataclass(frozen=True)
class Invitation:
    """What a calendar file asks somebody to. Moments are ISO 8601: a day, a moment in UTC, or, in a zone that nobody
    knows, the hour as it was written."""

    title: str
    begins: str
    ends: str = ""
    zone: str = ""  # the name of that zone, where the moments are as they were written
    place: str = ""
    organiser: str = ""
    is_cancelled: bool = False
    repeats: bool = False
    file: str = ""  # the name of the attachment


@dataclass(frozen=True)
class EnclosedMail:
    """A mail inside a mail, as far as it is shown."""

    subject: str = ""
    sender: Party = Party("")
    sent_at: datetime | None = None
    text: str = ""
    is_cut: bool = False
    file: str = ""  # the name of the attachment


@dataclass(frozen=True)
class Forwarded:
    """A mail that its sender passes on: whose it was, what it said, and the sender's own words above it."""

    sender: Party
    subject: str
    text: str  # the new part
    full_text: str
    note: str = ""
    html: str = ""
    files: tuple[MailFile, ...] | None = None  # None: all that came


@dataclass(frozen=True)
class Marks:
    """What filters on the way think of a mail."""

    spam: str = ""  # the name of the header that calls it spam
    score: float | None = None  # the highest that a filter gave it
    failed_by: str = ""  # the server that says the sender is not who From names


@dataclass(frozen=True)
class InboundMail:
    """Something a customer, a colleague outside or a machine said, by mail or by form."""

    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""  # the new part
    full_text: str = ""  # with what was quoted below it
    html: str = ""  # as it came: clean before showing
    files: tuple[MailFile, ...] = ()
    message_id: str = ""  # with angle brackets; made up from the content where there was none
    digest: str = ""  # sha256 of the content without trace headers
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    delivered_to: tuple[str, ...] = ()  # Delivered-To, X-Original-To, Envelope-To
    reply_to: tuple[Party, ...] = ()
    date: datetime | None = None  # a claim, for display only
    language: str = ""
    own_id: str = ""  # X-Mostrador-Id: one of our own mails came back
    automatic: str = ""  # "auto-reply", "mailing-list" ...: no acknowledgement; an auto-reply never reopens
    bounce: Bounce | None = None
    is_spam: bool = False
    spam_reason: str = ""  # which mark, for people
    marks: Marks = Marks()
    markers: tuple[str, ...] = ()  # our signed words in quoted HTML
    invitations: tuple[Invitation, ...] = ()
    enclosed: tuple[EnclosedMail, ...] = ()
    seal: str = ""  # "smime-signed", "pgp-encrypted" ...: said, never checked
    forwarded: Forwarded | None = None  # only of a mail that somebody vouches for
    is_ours: bool = False  # From names one of the shop's own addresses, and nobody else
    is_doubtful: bool = False  # and nobody vouches for that, or our own server says that From is forged
    vouched_by: str = ""  # the server that says the sender is who From names: to be believed if it is our own
    brought_by: int = 0  # the agent who forwarded it into the desk
    problem: str = ""  # "too-large", "no-sender", "forwarded": kept and shown, with this reason
    channel: str = "mail"
    order_reference: str = ""
    product_ref: str = ""
    ip: str = ""
    user_agent: str = ""
    page_url: str = ""
    customer_id: int = 0  # who wrote it, proven by their session; several people may share an address
    consent: str = ""  # version of the privacy text that was accepted


@dataclass(frozen=True)
class Delivered:
    """What became of an InboundMail. Ids are 0 where there is none."""

    outcome: str  # created, appended, duplicate, ignored, bounce
    thread_id: int = 0
    message_id: int = 0
    reason: str = ""


@dataclass(frozen=True)
class OutboundMail:
    """One mail to send, claimed for the bearer of `claim` until the lease ends."""

    id: int
    claim: str
    contact_id: int | None
    message_id: str
    sender: Party
    to: tuple[Party, ...]
    cc: tuple[Party, ...]
    reply_to: str
    subject: str
    text: str
    html: str
    in_reply_to: str
    references: tuple[str, ...]
    auto_submitted: str  # "", "auto-replied" or "auto-generated" (RFC 3834)
    files: tuple[MailFile, ...]
    attempts: int
    rest: tuple[str, ...] = ()  # the only addresses to reach this time; empty: all
    in_doubt: bool = False  # handed over before, by somebody who did not live to hear the answer
    return_path: str = ""  # the envelope sender where it is not `sender`: reports that come to it name this mail
    unsubscribe: str = ""  # the address that ends such mails with one click (RFC 8058)
