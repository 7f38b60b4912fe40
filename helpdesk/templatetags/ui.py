"""The pieces pages are made of; loaded in every template."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.pieces import ago, avatar, duration, icon
from helpdesk import shortcuts
from helpdesk.context import standing_of
from helpdesk.models import DeskSettings, Metric, Priority, Thread
from helpdesk.settings_pages import SettingsPage, pages_of
from helpdesk.statuses import RowHeads, mark
from helpdesk.waiting import Wait, due_of, wait_of
from search.highlighting import Piece

register = template.Library()

WAIT_ICONS = {"late": "flag", "soon": "clock", "done": "check"}


register.simple_tag(icon)  # {% icon "inbox" "i--sm" %}
register.simple_tag(avatar)
register.simple_tag(ago)


@register.simple_tag(takes_context=True)
def shortcut_list(context: template.Context) -> SafeString:
    """The dialog with the keys: {% shortcut_list %}."""
    return _shortcut_list(get_language() or "", context["request"].user.single_keys)


@cache
def _shortcut_list(language: str, single_keys: bool) -> SafeString:
    """Drawn once for each language: nothing else in it changes while the process lives."""
    shown = {"shortcuts": shortcuts.GROUPS, "single_keys": single_keys}
    return render_to_string("components/_shortcuts.html", shown)


@register.simple_tag(takes_context=True)
def settings_pages(context: template.Context) -> list[SettingsPage]:
    """The entries of the settings: {% settings_pages as pages %}."""
    return pages_of(context["request"].user)


@register.filter
def quote_lines(text: str) -> str:
    """Each line behind "> ", as plain-text mail quotes."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@register.simple_tag
def marked(pieces: Iterable[Piece]) -> SafeString:
    """A text with what was looked for marked: {% marked row.subject %}."""
    parts = (format_html("<mark>{}</mark>", piece.text) if piece.is_hit else piece.text for piece in pieces)
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag(takes_context=True)
def status(context: template.Context, key: str, *, pill: bool = False, alias: bool = False) -> SafeString:
    """A status with its shape, word and colour: {% status thread.status %}; a folder's key works too.

    In menus {% status key alias=True %} shows the team's own word beside a pending one.
    """
    return mark(key, context["statuses"], icon, pill=pill, alias=alias)


@register.simple_tag
def row_head(thread: Thread, heads: RowHeads) -> SafeString:
    """A row's box, and its status as a menu that changes it without script: {% row_head thread heads %}."""
    return heads.of(thread)


@register.simple_tag
def waiting(thread: Thread, now: datetime, desk: DeskSettings) -> SafeString:
    """The last column of a row: how long, for whom, until when."""
    wait: Wait = wait_of(thread, now=now, desk=desk)
    sign = icon(WAIT_ICONS[wait.mood], "i--sm") if wait.mood in WAIT_ICONS else ""
    tone = f"wait--{wait.mood}" if wait.mood in {"soon", "late"} else ""
    return format_html(
        '<div class="wait {}"><b class="num">{}</b><small>{}{}</small></div>', tone, wait.text, sign, wait.note
    )


PRIORITY_TONES = {Priority.URGENT: "bad", Priority.HIGH: "warn", Priority.LOW: "line"}


@register.simple_tag
def priority(thread: Thread) -> SafeString:
    """A thread's priority as a word with its colour."""
    tone = PRIORITY_TONES.get(Priority(thread.priority), "line")
    return format_html('<span class="tag tag--{}">{}</span>', tone, thread.get_priority_display())


@register.simple_tag
def due(thread: Thread, now: datetime, desk: DeskSettings) -> SafeString:
    """What is due next, in the head of a thread, with the way to its explanation; nothing where nothing is."""
    if thread.due_at is None:
        return format_html("")
    words, mood = due_of(thread.due_at, now=now, soon=timedelta(minutes=desk.warn_minutes))
    tone = f"wait--{mood}" if mood else ""
    return format_html(
        '<a class="{}" href="{}" title="{}"><b class="st {}">{}{}</b></a>',
        f"due {tone}",
        reverse("helpdesk:due", args=[thread.pk]),
        f"{Metric(thread.due_metric).label}: {date_format(timezone.localtime(thread.due_at), 'DATETIME_FORMAT')}",
        {"late": "st-spam", "soon": "st-p1"}.get(mood, "st-open"),
        icon("flag" if mood == "late" else "clock"),
        words,
    )


@register.simple_tag
def standing(thread: Thread) -> Any:
    """How the thread's customer is served: {% standing thread as standing %} has `badge`, `tone`, `answer_hours`."""
    return standing_of(thread)


@register.filter
def since(moment: datetime) -> str:
    """How long ago, in two units at most, as everywhere on the desk: "3 h 40 min"."""
    return duration(timezone.now() - moment)
