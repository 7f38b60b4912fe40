"""A customer's mail that an agent forwards from their own mailbox: it becomes the customer's, the agent's words a note.

Only for an agent whom the mailbox's own mail server vouches for, as with answers by mail: whoever could write in
another's name would else put words into customers' mouths. Nothing is sent because of it, and one click undoes it.
"""

from dataclasses import replace

from accounts.models import Agent
from helpdesk.mail import InboundMail
from helpdesk.models import Contact, Message

PROBLEM = "forwarded"


def bringer_of(mail: InboundMail) -> Agent | None:
    """The agent who forwards somebody else's mail with this one; None for nearly all mail, without a query."""
    passed = mail.forwarded
    if passed is None or not mail.vouched_by or passed.sender.address in {mail.sender, *Contact.own_addresses()}:
        return None
    return Agent.objects.active().filter(email__iexact=mail.sender).order_by("pk").first()


def as_customers(mail: InboundMail, agent: Agent) -> InboundMail:
    """The mail as if its first sender had written to the desk. No confirmation is sent: they did not write to it."""
    passed = mail.forwarded
    assert passed is not None  # noqa: S101 - asked by bringer_of()
    return replace(
        mail,
        sender=passed.sender.address,
        sender_name=passed.sender.name,
        subject=passed.subject or mail.subject,
        text=passed.text,
        full_text=passed.full_text,
        html=passed.html,
        files=mail.files if passed.files is None else passed.files,
        enclosed=(),
        reply_to=(),
        cc=(),
        is_spam=False,
        problem=PROBLEM,
        brought_by=agent.pk,
    )


def write_down(message: Message, mail: InboundMail, agent: Agent) -> None:
    """What the agent said above it, as a note, and who brought it."""
    passed = mail.forwarded
    assert passed is not None  # noqa: S101 - asked by bringer_of()
    message.thread.keep_bringer(message, by=agent, words=passed.note, whole=mail.full_text)
