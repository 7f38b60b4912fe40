"""What the thread page says about messages, events and files; loaded with {% load conversation %}."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency
from django import template
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk import browsers
from helpdesk import html as markup
from helpdesk.models import Event, Message, StatusLabel

register = template.Library()

STATUS_CLASSES = {"open": "open", "pending1": "p1", "pending2": "p2", "closed": "closed"}


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


@register.filter
def status_class(status: str) -> str:
    """The short key of a status in classes and icons."""
    return STATUS_CLASSES.get(status, "open")


@register.filter
def initials(name: str) -> str:
    """One or two letters for the avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter
def tone(name: str) -> int:
    """A colour from 1 to 6, always the same for a name."""
    return sum(map(ord, name)) % 6 + 1


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, as the reader's language writes it."""
    return str(format_currency(amount, currency, locale=(translation.get_language() or "en").replace("-", "_")))


@register.filter
def lines(text: str) -> int:
    """How many lines a text has."""
    return len(text.splitlines())


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """A time in short, the exact one as its title: {% moment message.created_at %}."""
    zone = timezone.get_current_timezone_name()
    return _time(timezone.localtime(at), timezone.localdate(), translation.get_language(), zone)


@lru_cache(maxsize=10_000)  # a long conversation has hundreds of them, and is drawn often
def _time(local: datetime, today: date, language: str | None, zone: str) -> SafeString:
    """Language and zone tell apart what is equal: the formats, and the same instant elsewhere."""
    short = date_format(local, "TIME_FORMAT")
    if local.year != today.year:
        short = date_format(local, "SHORT_DATETIME_FORMAT")
    elif local.date() != today:
        short = f"{date_format(local, 'MONTH_DAY_FORMAT')}, {short}"
    exact = date_format(local, "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, short)
