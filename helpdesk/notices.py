"""What agents are told, and how: a row in the bell, perhaps shown by the browser too, and a mail, as each chose."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import Agent
from helpdesk import letters, links, pings
from helpdesk.models.desk import DeskSettings
from helpdesk.models.marks import Notice, NoticeKind, NoticeQuerySet

if TYPE_CHECKING:
    from helpdesk.models.delegation import Delegation
    from helpdesk.models.message import Message
    from helpdesk.models.thread import Thread

MENTION = re.compile(r"@([\w.-]{2,150})")
MUTED_FOR = timedelta(hours=1)
POPS_FOR = timedelta(minutes=5)  # what is older is news no more, and stands in the bell
POPS_AT_ONCE = 5


def tell(
    agent: Agent,
    kind: NoticeKind,
    thread: "Thread",
    *,
    text: str = "",
    by: Agent | None = None,
    by_name: str = "",
    messages: "list[Message] | None" = None,
) -> Notice | None:
    """Tell an agent about a thread, as they chose; nothing about their own doing, nothing to those who left."""
    if agent == by or not agent.is_active:
        return None
    by_name = by_name or str(by or "")
    if agent.email and agent.is_told(kind, "mail"):
        with translation.override(agent.language or DeskSettings.load().language):
            headline = str(NoticeKind(kind).label)
        letters.queue_notice(agent, thread, headline=headline, text=text[:2000], by_name=by_name, messages=messages)
    if not agent.is_told(kind, "here"):
        return None
    notice = Notice.objects.create(agent=agent, thread=thread, kind=kind, by_name=by_name, text=text[:500])
    agent_id = agent.pk
    transaction.on_commit(lambda: pings.notice_added(agent_id))
    return notice


def tell_of_new(thread: "Thread", *, text: str) -> None:
    """Tell of a new thread those who asked for it and may see it; its assignee was told already."""
    for agent in thread.contact.people() if Agent.somebody_wants(NoticeKind.NEW) else ():
        if agent.pk != thread.assignee_id:
            tell(agent, NoticeKind.NEW, thread, text=text, by_name=thread.sender)


def tell_delegated(delegation: "Delegation", first: "Thread", count: int) -> None:
    """Tell an agent, once, that threads were given to them to follow up; `first` is one of them."""
    with translation.override(delegation.to.language or DeskSettings.load().language):
        day = date_format(delegation.due_on, "l j F")
        said = ngettext("%(n)s thread to follow up by %(day)s", "%(n)s threads to follow up by %(day)s", count)
        text = ". ".join(filter(None, (said % {"n": count, "day": day}, delegation.note)))
    _tell_of_many(delegation, NoticeKind.DELEGATED, first, text, by=delegation.by)


def tell_taken_back(delegation: "Delegation", first: "Thread", count: int, *, by: Agent) -> None:
    """Tell an agent, once, that so many threads need not be followed up by them any more; `first` is one of them."""
    with translation.override(delegation.to.language or DeskSettings.load().language):
        said = ngettext(
            "%(n)s thread; it stays assigned as it is", "%(n)s threads; they stay assigned as they are", count
        )
        text = said % {"n": count}
    _tell_of_many(delegation, NoticeKind.TAKEN_BACK, first, text, by=by)


def _tell_of_many(delegation: "Delegation", kind: NoticeKind, first: "Thread", text: str, *, by: Agent | None) -> None:
    """One notice and one mail about all threads of a delegation, as its agent chose; nothing of their own doing."""
    agent, by_name = delegation.to, str(by or "")
    if agent == by or not agent.is_active:
        return
    if agent.is_told(kind, "here"):
        about = {"thread": first, "by_name": by_name, "text": text[:500], "delegation": delegation}
        Notice.objects.create(agent=agent, kind=kind, **about)
        transaction.on_commit(lambda: pings.notice_added(agent.pk))
    if agent.email and agent.is_told(kind, "mail"):
        with translation.override(agent.language or DeskSettings.load().language):
            headline = str(kind.label)
        page = links.review_url() if kind == NoticeKind.TAKEN_BACK else links.delegation_url(delegation)
        letters.queue_notice(agent, first, headline=headline, text=text, by_name=by_name, page=page)


def read(agent: Agent, thread: "Thread | None" = None) -> None:
    """The agent has seen what they were told: about one thread, or all of it."""
    unseen = Notice.objects.filter(agent=agent, read_at=None)
    if (unseen.filter(thread=thread) if thread else unseen).update(read_at=timezone.now()):
        agent_id = agent.pk
        transaction.on_commit(lambda: pings.notice_added(agent_id))


def to_pop(agent: Agent, after: int) -> NoticeQuerySet:
    """What the agent's browser shows of its own: what came behind a notice (id), of the kinds they chose."""
    since = timezone.now() - POPS_FOR
    fresh = Notice.objects.seen_by(agent).unread().filter(pk__gt=after, created_at__gt=since)
    return fresh.none() if agent.is_muted else fresh.exclude(kind__in=agent.unpopped)


def path_of(notice: Notice) -> str:
    """The page that a notice leads to: its thread, or the review with all that was given to the agent."""
    if notice.kind == NoticeKind.TAKEN_BACK:
        return reverse("helpdesk:review")
    if notice.delegation_id:
        return f"{reverse('helpdesk:review')}?of={notice.delegation_id}"
    return reverse("helpdesk:thread", args=[notice.thread_id])


def mute(agent: Agent) -> None:
    """An hour without notices of the browser, on all open pages."""
    agent.mute(MUTED_FOR)
    transaction.on_commit(lambda: pings.notice_added(agent.pk))


def unmute(agent: Agent) -> None:
    """The hour is over earlier."""
    agent.unmute()
    transaction.on_commit(lambda: pings.notice_added(agent.pk))


def mentioned(text: str, thread: "Thread") -> list[Agent]:
    """Agents named as @username or @Name in a note who may see the thread."""
    words = {word.lower().rstrip(".-") for word in MENTION.findall(text)}
    if not words:
        return []
    visible = type(thread).objects.filter(pk=thread.pk)
    return [
        agent
        for agent in Agent.objects.active()
        if words & {agent.username.lower(), agent.get_short_name().lower()} and visible.visible_to(agent).exists()
    ]
