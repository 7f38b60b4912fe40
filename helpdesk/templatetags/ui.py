"""The pieces pages are made of; loaded in every template."""

from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk.models import DeskSettings, Folder, Status, StatusLabel, Thread
from helpdesk.waiting import Wait, duration, wait_of

register = template.Library()

LOOKS = {
    Status.OPEN.value: ("s-open", "st-open"),
    Status.PENDING_1.value: ("s-p1", "st-p1"),
    Status.PENDING_2.value: ("s-p2", "st-p2"),
    Status.CLOSED.value: ("s-closed", "st-closed"),
    Folder.SPAM.value: ("s-spam", "st-spam"),
    Folder.TRASH.value: ("trash", "st-closed"),
}
WAIT_ICONS = {"late": "flag", "soon": "clock", "done": "check"}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A drawing of static/icons.svg, hidden from screen readers: {% icon "inbox" "i--sm" %}."""
    return format_html(
        '<svg class="i {}" aria-hidden="true"><use href="{}#i-{}"/></svg>', extra, static("icons.svg"), name
    )


@register.filter
def quote_lines(text: str) -> str:
    """Each line behind "> ", as plain-text mail quotes."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def status_words(status: str, statuses: dict[str, StatusLabel]) -> str:
    """What a status, or a folder beside the desk, is called here."""
    return statuses[status].label if status in statuses else str(Folder(status).label)


@register.simple_tag(takes_context=True)
def status(context: template.Context, key: str, *, pill: bool = False) -> SafeString:
    """A status with its shape, word and colour: {% status thread.status %}; a folder's key works too."""
    shape, tone = LOOKS[key]
    label = status_words(key, context["statuses"])
    classes = f"st {tone} st--pill" if pill else f"st {tone}"
    return format_html(
        '<span class="{}" title="{}">{}<span class="trunc">{}</span></span>', classes, label, icon(shape), label
    )


@register.simple_tag(takes_context=True)
def status_menu(context: template.Context, thread: Thread, form: str) -> SafeString:
    """A row's status as a menu: its buttons submit the page's form with id `form` to the thread's status.

    Put together here and not in a template, because a page has fifty of them.
    """
    key = thread.status if thread.folder == Folder.DESK else thread.folder
    if thread.folder != Folder.DESK:
        return status(context, key)
    page = context.render_context
    if "status_buttons" not in page:
        page["status_buttons"] = _status_buttons(context["statuses"])
    buttons = page["status_buttons"]
    url = context["status_url"].replace("/0/", f"/{thread.pk}/")
    shown = format_html_join("", "{}", ((_button(buttons[one], form, url),) for one in buttons if one != key))
    return format_html(
        '<details class="menu row__menu"><summary aria-label="{}">{}</summary>'
        '<div class="menu__panel">{}</div></details>',
        _("Status of “%(subject)s”: %(status)s")
        % {"subject": thread.subject or _("No subject"), "status": status_words(key, context["statuses"])},
        status(context, key),
        shown,
    )


def _status_buttons(statuses: dict[str, StatusLabel]) -> dict[str, tuple[str, SafeString]]:
    return {
        key: (key, format_html('<span class="st {}">{}</span>{}', LOOKS[key][1], icon(LOOKS[key][0]), row.label))
        for key, row in statuses.items()
    }


def _button(content: tuple[str, SafeString], form: str, url: str) -> SafeString:
    key, inside = content
    return format_html(
        '<button class="menu__item" form="{}" formaction="{}" name="status" value="{}">{}</button>',
        form,
        url,
        key,
        inside,
    )


@register.simple_tag
def avatar(name: Any, extra: str = "") -> SafeString:
    """Initials in a circle whose colour stays the same for the same name: an agent or any text."""
    words = str(name).split() or ["?"]
    initials = name.initials if isinstance(name, Agent) else "".join(word[0] for word in (words[:1] + words[1:][-1:]))
    tone = name.pk if isinstance(name, Agent) else sum(map(ord, str(name)))
    return format_html('<span class="av {} av-{}" aria-hidden="true">{}</span>', extra, tone % 6 + 1, initials.upper())


@register.simple_tag
def waiting(thread: Thread, now: datetime, desk: DeskSettings) -> SafeString:
    """The last column of a row: how long, for whom, until when."""
    wait: Wait = wait_of(thread, now=now, answer_hours=desk.answer_hours)
    mark = icon(WAIT_ICONS[wait.mood], "i--sm") if wait.mood in WAIT_ICONS else ""
    tone = f"wait--{wait.mood}" if wait.mood in {"soon", "late"} else ""
    return format_html(
        '<div class="wait {}"><b class="num">{}</b><small>{}{}</small></div>', tone, wait.text, mark, wait.note
    )


@register.simple_tag
def ago(moment: datetime) -> SafeString:
    """A time: how long ago within a day, then the date; the exact time in its title."""
    local = timezone.localtime(moment)
    passed = timezone.now() - moment
    if passed.days < 1:
        text = _("%(time)s ago") % {"time": duration(passed)}
    else:
        text = date_format(local, "MONTH_DAY_FORMAT" if local.year == timezone.localtime().year else "DATE_FORMAT")
    exact = date_format(local, "SHORT_DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, text)
