"""WhatsApp: a link that opens it with the text ready, and the place where a channel that sends can be plugged in."""

from typing import Protocol
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agent
from helpdesk import context
from helpdesk import html as markup
from helpdesk.context import Customer, Order
from helpdesk.models import Contact, DeskSettings, EventKind, PredefinedReply, Thread
from helpdesk.models.reply import PLACEHOLDER
from helpdesk.placeholders import values_for

MOST = 2000  # characters: longer links are cut by browsers and phones


class Channel(Protocol):
    """What sends by itself, as the WhatsApp Business API does. Named in settings.WHATSAPP_CHANNEL."""

    def obstacle(self) -> str:
        """Why it cannot be used, for the agent; an empty string if it can."""

    def send(self, number: str, text: str) -> None:
        """Send a text to a number in E.164. Raises ValueError, with a sentence for the agent, if it was refused."""


class NotConnected:
    """No account with WhatsApp Business: the agent sends from their own WhatsApp."""

    def obstacle(self) -> str:
        """Always the same."""
        return _("WhatsApp channel not connected")

    def send(self, number: str, text: str) -> None:
        """Refuses."""
        raise ValueError(self.obstacle())


def channel() -> Channel:
    """The one of the settings."""
    made: Channel = import_string(settings.WHATSAPP_CHANNEL)()
    return made


def link(number: str, text: str = "") -> str:
    """What opens WhatsApp at the chat with a number in E.164, the text ready to be sent."""
    address = f"https://wa.me/{number.removeprefix('+')}"
    return f"{address}?text={quote(text, safe='')}" if text else address


def obstacle_to(customer: Customer) -> str:
    """Why there is no WhatsApp with this customer; empty where there is."""
    if customer.do_not_contact:
        return _("Must not be contacted")
    return context.whatsapp_number(customer)[1]


def text_of(
    reply: PredefinedReply, customer: Customer, *, contact: Contact, by: Agent, language: str, order: Order | None
) -> str:
    """A predefined reply as plain text, filled in with this customer and order; what has no value stays {{ name }}."""
    facts = Thread(
        contact=contact, customer=customer, name=customer.name, email=customer.email, language=language, order=order
    )
    html, _missing = reply.fill(values_for(facts, agent=by), language=language)
    return markup.to_text(html)


def check(text: str) -> str:
    """The text without blanks around it. Raises ValueError for what cannot be sent as it is."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise ValueError(_("There is nothing to send: write a message first."))
    if missing := PLACEHOLDER.search(text):
        raise ValueError(_("A value is missing: fill in “%(name)s” before sending.") % {"name": missing[1]})
    if len(text) > MOST:
        raise ValueError(_("The text is too long for WhatsApp: at most %(n)s characters.") % {"n": MOST})
    return text


@transaction.atomic
def note_opened(
    customer: Customer, text: str, *, by: Agent, contact: Contact, thread: Thread | None = None, is_sent: bool = False
) -> Thread:
    """Write down, in this thread or in a new one at this contact, that the link was opened with a text.

    Whether the agent sent it nobody knows, so it never says so; with `is_sent` the channel took it.
    """
    number = context.whatsapp_number(customer)[0]
    if thread is None:
        with override(customer.language or DeskSettings.load().language):
            subject = _("WhatsApp")
        thread = Thread.objects.open_without_mail(by=by, contact=contact, customer=customer, subject=subject)
    message = thread.note(text, by=by) if text else None
    kind = EventKind.WHATSAPP_SENT if is_sent else EventKind.WHATSAPP
    thread.record(kind, by=by, to=number, message=message)
    thread.announce()
    return thread
