"""Builds outgoing mail as rows: who it is from, what it says, which mails it answers. Import from here."""

from helpdesk.letters.account import queue_to_customer
from helpdesk.letters.digest import queue_digest
from helpdesk.letters.follow_up import queue_follow_up
from helpdesk.letters.link import queue_acknowledgement, queue_closing, queue_link
from helpdesk.letters.notice import queue_notice, queue_to_agent
from helpdesk.letters.relay import queue_relay, relay_id
from helpdesk.letters.reply import queue_forward, queue_reply
from helpdesk.letters.week import queue_week

__all__ = [
    "queue_acknowledgement",
    "queue_closing",
    "queue_digest",
    "queue_follow_up",
    "queue_forward",
    "queue_link",
    "queue_notice",
    "queue_relay",
    "queue_reply",
    "queue_to_agent",
    "queue_to_customer",
    "queue_week",
    "relay_id",
]
