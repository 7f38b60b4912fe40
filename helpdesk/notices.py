"""What agents are told, and how: a row in the bell, and a mail for those who want one."""

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import Agent
from helpdesk import letters, links, pings
from helpdesk.models.desk import DeskSettings
from helpdesk.models.marks import Notice, NoticeKind

if TYPE_CHECKING:
    from helpdesk.models.delegation import Delegation
    from helpdesk.models.message import Message
    from helpdesk.models.thread import Thread

MENTION = re.compile(r"@([\w.-]{2,150})")


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
    if agent.email and _is_mailed(agent, kind):
        with translation.override(agent.language or DeskSettings.load().language):
            headline = str(NoticeKind(kind).label)
        letters.queue_notice(agent, thread, headline=headline, text=text[:2000], by_name=by_name, messages=messages)
    if kind in agent.unshown:
        return None
    notice = Notice.objects.create(agent=agent, thread=thread, kind=kind, by_name=by_name, text=text[:500])
    agent_id = agent.pk
    transaction.on_commit(lambda: pings.notice_added(agent_id))
    return notice


def _is_mailed(agent: Agent, kind: NoticeKind) -> bool:
    """Whether this agent wants such a notice by mail."""
    if kind == NoticeKind.NEW:
        return agent.new_threads_by_mail
    return agent.notices_by_mail and kind not in agent.unmailed


def tell_of_new(thread: "Thread", *, text: str) -> None:
    """Tell of a new thread those who asked for it and may see it; its assignee was told already."""
    visible = type(thread).objects.filter(pk=thread.pk)
    asked = Agent.objects.active().filter(new_threads_by_mail=True).values_list("pk", flat=True)
    for agent in Agent.objects.filter(pk__in=ids) if (ids := set(asked) - {thread.assignee_id}) else ():
        if visible.visible_to(agent).exists():
            tell(agent, NoticeKind.NEW, thread, text=text, by_name=thread.sender)


def tell_delegated(delegation: "Delegation", first: "Thread", count: int) -> None:
    """Tell an agent, once, that threads were given to them to follow up; `first` is one of them."""
    agent, by_name = delegation.to, str(delegation.by or "")
    with translation.override(agent.language or DeskSettings.load().language):
        headline, day = str(NoticeKind.DELEGATED.label), date_format(delegation.due_on, "l j F")
        said = ngettext("%(n)s thread to follow up by %(day)s", "%(n)s threads to follow up by %(day)s", count)
        text = ". ".join(filter(None, (said % {"n": count, "day": day}, delegation.note)))
    if NoticeKind.DELEGATED not in agent.unshown:
        Notice.objects.create(
            agent=agent,
            thread=first,
            kind=NoticeKind.DELEGATED,
            by_name=by_name,
            text=text[:500],
            delegation=delegation,
        )
    if agent.email and _is_mailed(agent, NoticeKind.DELEGATED):
        page = links.delegation_url(delegation)
        letters.queue_notice(agent, first, headline=headline, text=text, by_name=by_name, page=page)


def read(agent: Agent, thread: "Thread | None" = None) -> None:
    """The agent has seen what they were told: about one thread, or all of it."""
    unseen = Notice.objects.filter(agent=agent, read_at=None)
    if (unseen.filter(thread=thread) if thread else unseen).update(read_at=timezone.now()):
        agent_id = agent.pk
        transaction.on_commit(lambda: pings.notice_added(agent_id))


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
