"""An agent's answer by mail: the third door to thread.reply(), for those who have switched it on.

Whoever may write to customers in the shop's name has to prove it twice: with the signed address of a notice that
went to that agent, and with a sender that our own mail server vouches for. A signed id alone proves nothing here:
mails are forwarded.
"""

import hashlib

from django.db import IntegrityError, transaction

from accounts.models import Agent
from helpdesk import tokens
from helpdesk.mail import Delivered, InboundMail
from helpdesk.models import DeskSettings, Message, OutgoingKind, OutgoingMail, Thread

NOT_PROVEN, NOTHING_SAID = "agent-not-proven", "nothing-said"


def take(mail: InboundMail) -> Delivered | None:
    """Send an agent's answer to the customer. None if the mail is no answer to a notice.

    What cannot be proven is ignored as "agent-not-proven": it becomes no message and is listed with the raw mails.
    """
    signed = _signed_address(mail)
    if signed is None:
        return None
    address, thread_id = signed
    agent = _agent_of(mail, address, thread_id)
    thread = Thread.objects.visible_to(agent).filter(pk=thread_id).first() if agent else None
    if agent is None or thread is None:
        return Delivered("ignored", reason=NOT_PROVEN)
    return _said_before(mail) or _reply(thread, mail, agent)


def _signed_address(mail: InboundMail) -> tuple[str, int] | None:
    """The address of a notice that this mail goes to, and the thread it was about."""
    for address in (*(one.address for one in (*mail.to, *mail.cc)), *mail.delivered_to):
        token = tokens.read_address(address)
        if token is not None and token.kind == tokens.Kind.AGENT:
            return address.strip(), token.thread_id
    return None


def _agent_of(mail: InboundMail, address: str, thread_id: int) -> Agent | None:
    """Whose notice carried the address, if the sender is that agent beyond doubt."""
    if not DeskSettings.load().replies_by_mail or not mail.vouched_by or mail.automatic:
        return None
    notices = OutgoingMail.objects.filter(kind=OutgoingKind.NOTICE, thread_id=thread_id, reply_to__iexact=address)
    told = {one.lower() for to in notices.values_list("to", flat=True)[:1] for one in to}
    if mail.sender not in told:
        return None
    return Agent.objects.active().filter(email__iexact=mail.sender).first()


def _key(mail: InboundMail) -> str:
    return hashlib.sha256(f"agent|{mail.message_id}|{mail.digest}".encode()).hexdigest()[:32]


def _said_before(mail: InboundMail) -> Delivered | None:
    known = Message.objects.filter(form_key=_key(mail)).values_list("thread", "pk").first()
    return Delivered("duplicate", *known, "duplicate") if known else None


def _reply(thread: Thread, mail: InboundMail, agent: Agent) -> Delivered:
    try:
        with transaction.atomic():
            message = thread.reply(mail.text, by=agent, files=mail.files, form_key=_key(mail))
    except ValueError:  # nothing above the quotation, or nobody to answer to
        return Delivered("ignored", reason=NOTHING_SAID)
    except IntegrityError:  # delivered twice at once
        if known := _said_before(mail):
            return known
        raise
    return Delivered("appended", thread.pk, message.pk)
