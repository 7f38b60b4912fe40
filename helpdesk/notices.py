"""What agents are told, and how: a row in the bell, and a mail for those who want one."""

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import translation

from accounts.models import Agent
from helpdesk import letters, pings
from helpdesk.models.marks import Notice, NoticeKind

if TYPE_CHECKING:
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
    """Tell an agent about a thread; nothing about their own doing, nothing to those who left."""
    if agent == by or not agent.is_active:
        return None
    by_name = by_name or str(by or "")
    notice = Notice.objects.create(agent=agent, thread=thread, kind=kind, by_name=by_name, text=text[:500])
    if agent.notices_by_mail and agent.email:
        with translation.override(agent.language or None):
            headline = str(NoticeKind(kind).label)
        letters.queue_notice(agent, thread, headline=headline, text=text[:2000], by_name=by_name, messages=messages)
    agent_id = agent.pk
    transaction.on_commit(lambda: pings.notice_added(agent_id))
    return notice


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
