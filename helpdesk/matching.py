"""Which thread does this mail answer? Only a signed token proves it; all else needs a participant."""

import re
from dataclasses import dataclass

from helpdesk import context, tokens
from helpdesk.mail import InboundMail
from helpdesk.models import Message, MessageKind, Thread
from helpdesk.return_paths import mail_named_by

NUMBER = re.compile(r"\[#(\d{1,18})\]")


@dataclass(frozen=True)
class Match:
    """A thread, and in which role the sender writes into it."""

    thread: Thread
    third_party: bool = False
    stranger: bool = False


def thread_for(mail: InboundMail) -> Match | None:
    """The thread a mail answers.

    In this order: a signed reply address; a signed Message-ID in In-Reply-To, then in References from the right; a
    signed marker in quoted HTML; the signed envelope sender of a mail of ours; then, only for somebody who already
    takes part, a stored Message-ID or the number in the subject.
    """
    addresses = [*(one.address for one in (*mail.to, *mail.cc)), *mail.delivered_to]
    ids = [*mail.in_reply_to, *reversed(mail.references)]
    proofs = (*map(tokens.read_address, addresses), *map(tokens.read_message_id, ids))
    for token in (*proofs, *map(tokens.read_marker, mail.markers)):
        if token is not None and token.kind in tokens.ANSWERED and (match := _by_token(token, mail)):
            return match
    return _by_return_path(addresses, mail) or _by_stored_id(mail, ids) or _by_number(mail)


def reminder_in(mail: InboundMail) -> int:
    """The id of the follow-up mail that a mail answers; 0 for none."""
    addresses = [*(one.address for one in (*mail.to, *mail.cc)), *mail.delivered_to]
    ids = [*mail.in_reply_to, *reversed(mail.references)]
    found = (*map(tokens.read_address, addresses), *map(tokens.read_message_id, ids))
    found = (*found, *map(tokens.read_marker, mail.markers))
    return next((one.thread_id for one in found if one is not None and one.kind == tokens.Kind.REMINDER), 0)


def _current(thread_id: int) -> Thread | None:
    """The thread, or where it was merged into."""
    for _ in range(10):
        thread = Thread.objects.select_related("contact", "customer", "assignee").filter(pk=thread_id).first()
        if thread is None or thread.merged_into_id is None:
            return thread
        thread_id = thread.merged_into_id
    return None


def _by_token(token: tokens.Token, mail: InboundMail) -> Match | None:
    thread = _current(token.thread_id)
    if thread is None:
        return None
    if is_customer(thread, mail.sender):
        return Match(thread)
    if token.kind == tokens.Kind.FORWARD or _was_forwarded_to(thread, mail.sender):
        return Match(thread, third_party=True)
    return Match(thread, stranger=not _took_part(thread, mail.sender))


def _by_return_path(addresses: list[str], mail: InboundMail) -> Match | None:
    """Who answers the envelope, as machines do that say somebody is away."""
    sent = mail_named_by(addresses)
    return _by_token(tokens.Token(tokens.Kind.CUSTOMER, sent.thread_id), mail) if sent and sent.thread_id else None


def _by_stored_id(mail: InboundMail, ids: list[str]) -> Match | None:
    if not mail.sender or not ids:
        return None
    known = Message.objects.filter(message_id__in=ids, kind__in=[MessageKind.CUSTOMER, MessageKind.REPLY])
    for thread_id in known.order_by("-pk").values_list("thread", flat=True)[:5]:
        thread = _current(thread_id)
        if thread is not None and (is_customer(thread, mail.sender) or _took_part(thread, mail.sender)):
            return Match(thread)
    return None


def _by_number(mail: InboundMail) -> Match | None:
    found = NUMBER.search(mail.subject)
    thread = _current(int(found[1])) if found and mail.sender else None
    return Match(thread) if thread is not None and is_customer(thread, mail.sender) else None


def claimed_by(mail: InboundMail) -> Thread | None:
    """The thread that a mail names without proving it: by an id it quotes, or by the number in its subject."""
    ids = [*mail.in_reply_to, *reversed(mail.references)]
    known = Message.objects.filter(message_id__in=ids, kind__in=[MessageKind.CUSTOMER, MessageKind.REPLY])
    found = known.order_by("-pk").values_list("thread", flat=True).first() if ids else None
    if found is None and (named := NUMBER.search(mail.subject)):
        found = int(named[1])
    return _current(found) if found else None


def is_customer(thread: Thread, address: str) -> bool:
    """Whether the address is the thread's own or one of its customer's."""
    address = address.lower()
    return bool(address) and (thread.email.lower() == address or context.is_known_address(thread.customer, address))


def _took_part(thread: Thread, address: str) -> bool:
    """Whether the address was among those we or the customer wrote to openly in this thread."""
    said = thread.messages.filter(kind=MessageKind.REPLY).values_list("recipients", flat=True)
    return any(address in (*people.get("to", ()), *people.get("cc", ())) for people in said)


def _was_forwarded_to(thread: Thread, address: str) -> bool:
    sent = thread.messages.filter(kind=MessageKind.FORWARD).values_list("recipients", flat=True)
    return any(address in people.get("to", ()) for people in sent)
