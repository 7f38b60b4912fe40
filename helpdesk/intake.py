"""The door for all that comes from outside: one InboundMail in, one Delivered out."""

from dataclasses import replace
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Agent
from helpdesk import agent_mail, bringing, context, language, letters, matching, notices, outbox, tokens
from helpdesk.likeness import ELSEWHERE, HERE, OTHER_WORDS, Seen, likest
from helpdesk.mail import Delivered, InboundMail, plain_address
from helpdesk.models import (
    Attachment,
    Contact,
    DeskSettings,
    EventKind,
    Folder,
    Message,
    OutgoingKind,
    OutgoingMail,
    Status,
    Thread,
)
from helpdesk.return_paths import mail_named_by

ACKNOWLEDGE_ONCE_IN = timedelta(hours=1)
ROBOT_ROUNDS, ROBOTS_WITHIN = 3, timedelta(days=1)
ACKNOWLEDGE_WITHIN = timedelta(days=3)  # a new mailbox may bring years of old mail
# Asked for each new thread, and in words of SQL: building it from a queryset takes six times as long as asking it.
CONFIRMED = """
    SELECT id, created_at FROM helpdesk_outgoingmail
    WHERE kind = 'ack' AND created_at > %s
    AND thread_id IN (SELECT id FROM helpdesk_thread WHERE LOWER(email) = %s)"""


def deliver(mail: InboundMail, *, contact: Contact, routed: bool = True, creates: bool = True) -> Delivered:
    """Put a mail where it belongs, in one transaction.

    `contact` is the mailbox's own; with `routed`, another contact whose exact address the mail names goes
    before it. Without `creates`, only answers are taken and other mail is ignored as "not-an-answer".
    Delivering the same mail twice answers "duplicate" and changes nothing.
    """
    if (done := _not_a_customers(mail)) is not None:
        return done
    came = mail
    if agent := bringing.bringer_of(came):
        mail = bringing.as_customers(came, agent)
    if routed:
        contact = contact_for(mail, default=contact)
    try:
        return _put_once(mail, contact, came, agent, creates=creates)
    except IntegrityError:  # another process delivered the same mail between our look and our insert: look again
        return _put_once(mail, contact, came, agent, creates=creates)


@transaction.atomic
def _put_once(
    mail: InboundMail, contact: Contact, came: InboundMail, agent: Agent | None, *, creates: bool
) -> Delivered:
    """Where it belongs, with who brought it; `came` is the mail as it was before it became the customer's."""
    done = _put(mail, contact, creates=creates)
    if agent and done.outcome in {"created", "appended"}:
        bringing.write_down(Message.objects.get(pk=done.message_id), came, agent)
    return done


def _put(mail: InboundMail, contact: Contact, *, creates: bool) -> Delivered:
    """Into the thread it answers, else into a new one."""
    _wait_for_twin(mail)
    seen = likest(mail, contact)
    if seen and seen.likeness == HERE:
        return seen.duplicate
    if seen and seen.likeness == OTHER_WORDS and not mail.problem:
        mail = replace(mail, problem="same-id")
    if appended := _append(mail, contact, seen):
        return appended
    if not creates:
        return Delivered("ignored", reason="not-an-answer")
    return _create(mail, contact, beside=seen.thread if seen and seen.likeness == ELSEWHERE else 0)


def _not_a_customers(mail: InboundMail) -> Delivered | None:
    """What became of a mail of our own, a delivery report or an agent's answer; None for all else."""
    if is_our_own(mail):
        return Delivered("ignored", reason="loop")
    done = _take_bounce(mail) if mail.bounce is not None else agent_mail.take(mail)
    if done is None and mail.automatic and _answers_a_notice(mail):
        return Delivered("ignored", reason="answers-a-notice")
    return done


def _answers_a_notice(mail: InboundMail) -> bool:
    """A machine, such as an agent's out-of-office, answers what we told an agent: that is no customer's matter, and
    telling agents of it would go round for ever."""
    found = [one for one in map(tokens.read_message_id, (*mail.in_reply_to, *mail.references)) if one is not None]
    if not found:
        sent = mail_named_by([*(one.address for one in mail.to), *mail.delivered_to])
        return sent is not None and sent.kind == OutgoingKind.NOTICE
    return all(one.kind == tokens.Kind.NOTICE for one in found)


def deliver_to(thread: Thread, mail: InboundMail) -> Delivered:
    """Add what a customer wrote on their private page, whatever address they typed."""
    try:
        with transaction.atomic():
            return _known(mail, thread.contact) or _received(thread, mail)
    except IntegrityError:  # sent twice at once
        if known := _known(mail, thread.contact):
            return known
        raise


def relay(mail: InboundMail, *, contact: Contact) -> Delivered:
    """Send a form message on to a contact that stores none: one outgoing mail, no thread.

    The same message again answers "duplicate"; what it says is erased once it is sent.
    """
    header = letters.relay_id(contact, mail)
    try:
        with transaction.atomic():
            if OutgoingMail.objects.filter(message_id_header=header).exists():
                return Delivered("duplicate", reason="duplicate")
            files = [Attachment.objects.add(file) for file in mail.files]
            letters.queue_relay(contact, mail, message_id=header, files=files)
    except IntegrityError:  # sent twice at once
        return Delivered("duplicate", reason="duplicate")
    return Delivered("ignored", reason="relayed")


def is_our_own(mail: InboundMail) -> bool:
    """One of our own mails came back: it carries an id that only we can sign."""
    return any(tokens.read_message_id(one) is not None for one in (mail.message_id, mail.own_id))


def contact_for(mail: InboundMail, *, default: Contact) -> Contact:
    """The contact whose address the mail names in To, Cc or a delivery header; else the mailbox's own."""
    named = _named(mail)
    if plain_address(default.email) in named:
        return default
    for contact in Contact.objects.active().exclude(email=""):
        if plain_address(contact.email) in named and contact.saves_messages:
            return contact
    return default


def _named(mail: InboundMail) -> set[str]:
    """The addresses it went to, without what stands behind a plus."""
    return {plain_address(one) for one in (*(one.address for one in (*mail.to, *mail.cc)), *mail.delivered_to)}


def _wait_for_twin(mail: InboundMail) -> None:
    """A mail to several of our addresses comes to several mailboxes at the same moment: one after the other, so that
    the second finds the first. In a transaction."""
    if len(mail.to) + len(mail.cc) + len(mail.delivered_to) < 2:
        return
    ours = _named(mail) & own_addresses()
    if len(ours) > 1:
        first = Contact.objects.filter(email__in=ours).order_by("pk").values("pk")[:1]
        list(Contact.objects.select_for_update(no_key=True).filter(pk__in=first))


def contact_by_slug(slug: str) -> Contact | None:
    """A contact in use by its short name."""
    return Contact.objects.active().filter(slug=slug).first()


def own_addresses() -> frozenset[str]:
    """The shop's own addresses, in lower case: whoever writes from one of them speaks for somebody else."""
    return Contact.own_addresses()


def _known(mail: InboundMail, contact: Contact) -> Delivered | None:
    seen = likest(mail, contact)
    return seen.duplicate if seen and seen.likeness == HERE else None


def _append(mail: InboundMail, contact: Contact, seen: Seen | None) -> Delivered | None:
    match = matching.thread_for(mail)
    if match is None:
        return None
    if seen and seen.likeness == ELSEWHERE and seen.thread == match.thread.pk:
        return seen.duplicate  # to two of our addresses, and they all know where it belongs
    thread, limit = match.thread, DeskSettings.load().reopen_days
    if thread.closed_at and timezone.now() - thread.closed_at > timedelta(days=limit) and not match.third_party:
        return _create(mail, thread.contact, follows=thread)
    return _received(thread, mail, third_party=match.third_party, stranger=match.stranger)


def _received(thread: Thread, mail: InboundMail, *, third_party: bool = False, stranger: bool = False) -> Delivered:
    message = thread.receive(mail, third_party=third_party, stranger=stranger)
    return Delivered("appended", thread.pk, message.pk, message.reason or ("stranger" if stranger else ""))


def _create(mail: InboundMail, contact: Contact, *, follows: Thread | None = None, beside: int = 0) -> Delivered:
    customer, desk = context.customer_who_wrote(mail.customer_id, mail.sender), DeskSettings.load()
    order = context.order_for(mail.order_reference, customer=customer, email=mail.sender)
    answered = matching.reminder_in(mail)
    about = context.subject_of_follow_up(answered, customer) if answered else {}
    order = order or about.get("order")
    thread = Thread(
        subject=" ".join(mail.subject.split())[:255],
        contact=contact,
        customer=customer,
        name=mail.sender_name[:255],
        email=mail.sender[:255],
        status=Status.OPEN,
        folder=Folder.SPAM if mail.is_spam else Folder.DESK,
        order=order,
        order_text="" if order else mail.order_reference[:64],
        product=context.product_of(order, mail.product_ref),
        cart=about.get("cart"),
        language=_language_of(mail, customer.language if customer else "", desk.language),
        channel=mail.channel,
        follows=follows,
        claimed=None if follows else matching.claimed_by(mail),
    )
    message = thread.begin(mail)
    if thread.claimed is not None:
        thread.record(EventKind.CLAIMED, actor_name=message.who, name=str(thread.claimed.pk))
    if beside and (other := Thread.objects.select_related("contact").filter(pk=beside).first()):
        thread.stand_beside(other)
    if mail.spam_reason:
        thread.record(EventKind.SPAM, reason=mail.spam_reason)
    if contact.default_assignee and not mail.is_spam:
        assign_if_allowed(thread, contact.default_assignee)
    if not mail.is_spam:
        notices.tell_of_new(thread, text=mail.text)
    _acknowledge(thread, mail)
    return Delivered("created", thread.pk, message.pk, message.reason or ("spam" if mail.spam_reason else ""))


def assign_if_allowed(thread: Thread, agent: Agent) -> None:
    """Give a new thread to the contact's default assignee, if still active and a member."""
    if agent.is_active and Thread.objects.visible_to(agent).filter(pk=thread.pk).exists():
        thread.assign(agent, by=None)


def _language_of(mail: InboundMail, of_customer: str, of_desk: str) -> str:
    return mail.language or language.guess(f"{mail.subject} {mail.text}", default=of_customer or of_desk)


def _acknowledge(thread: Thread, mail: InboundMail) -> None:
    """Confirm receipt, at most once an hour to an address; never to machines, spam or our own addresses."""
    contact = thread.contact
    if not contact.acknowledges or not contact.email or not thread.email or mail.automatic or mail.is_spam:
        return
    if mail.date and timezone.now() - mail.date > ACKNOWLEDGE_WITHIN:
        return
    if mail.problem or thread.email.lower() in own_addresses():
        return
    if may_confirm_to(thread.email):
        letters.queue_acknowledgement(thread, in_reply_to=mail.message_id)
        thread.record(EventKind.ACKNOWLEDGED, to=thread.email)


def may_confirm_to(address: str) -> bool:
    """Once an hour, and only so often a day: who answers each confirmation is no person."""
    now = timezone.now()
    since = connection.ops.adapt_datetimefield_value(now - ROBOTS_WITHIN)
    times = [one.created_at for one in OutgoingMail.objects.raw(CONFIRMED, [since, address.lower()])]
    return len(times) < ROBOT_ROUNDS and all(at <= now - ACKNOWLEDGE_ONCE_IN for at in times)


def _take_bounce(mail: InboundMail) -> Delivered:
    """Join a delivery report to the mail it concerns; never a new thread."""
    assert mail.bounce is not None  # noqa: S101 - asked by the caller
    addresses = [*(one.address for one in mail.to), *mail.delivered_to]
    row = outbox.bounced(mail.bounce, addresses)
    if row is None:
        return Delivered("bounce", reason="bounce")
    return Delivered("bounce", row.thread_id or 0, row.message.pk if row.message else 0, "bounce")


def message_visible_to(agent: Agent, message_id: int) -> bool:
    """Whether an agent may see the thread that a message belongs to."""
    return Thread.objects.visible_to(agent).filter(messages=message_id).exists()
