"""What the thread page says about messages, events and files; loaded with {% load conversation %}."""

from django import template
from django.utils.safestring import SafeString

from accounts.pieces import initials, moment, money, tone
from helpdesk import browsers, context, whatsapp
from helpdesk import html as markup
from helpdesk.hours import worktime
from helpdesk.models import Event, Message, MessageKind, StatusLabel, Thread

register = template.Library()

register.filter(initials)
register.filter(tone)
register.filter(money)
register.filter(worktime)
register.simple_tag(moment)  # {% moment message.created_at %}

STATUS_CLASSES = {"open": "open", "pending1": "p1", "pending2": "p2", "closed": "closed"}

MESSAGE_CLASSES = {
    MessageKind.REPLY: " msg--agent",
    MessageKind.NOTE: " msg--note",
    MessageKind.FORWARD: " msg--fwd",
    MessageKind.THIRD_PARTY: " msg--fwd",
}


@register.filter
def message_class(kind: str) -> str:
    """The class of a message's card beside `msg`, with a space before it; empty for the customer's."""
    return MESSAGE_CLASSES.get(kind, "")  # type: ignore[call-overload]


@register.filter
def linkified(text: str) -> SafeString:
    """A stranger's text: escaped, with links and line breaks."""
    return markup.linkify(text)


@register.filter
def shown(message: Message) -> SafeString:
    """The body of a message: a stranger's as text, an agent's as the HTML they wrote."""
    return markup.linkify(message.text) if message.is_inbound or not message.html else markup.show_reply(message.html)


@register.filter
def told(event: Event, labels: dict[str, StatusLabel]) -> str:
    """The event's sentence with the team's words for the statuses."""
    return event.told({status: row.label for status, row in labels.items()})


@register.filter
def browser(user_agent: str) -> str:
    """Browser and system in words; what is neither as it came, in short."""
    return browsers.describe(user_agent) or user_agent[:120]


@register.simple_tag
def reach(thread: Thread) -> dict[str, str]:
    """How else to reach the customer, where mail does not: a number, and why not by WhatsApp, both perhaps empty."""
    if thread.customer is None or thread.customer.do_not_contact:
        return {"number": "", "obstacle": ""}
    return {"number": context.whatsapp_number(thread.customer)[0], "obstacle": whatsapp.obstacle_to(thread.customer)}


@register.filter
def status_class(status: str) -> str:
    """The short key of a status in classes and icons."""
    return STATUS_CLASSES.get(status, "open")


@register.filter
def lines(text: str) -> int:
    """How many lines a text has."""
    return len(text.splitlines())
