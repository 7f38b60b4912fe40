"""Django's door for mail: what `django.core.mail` is given becomes a row of the outbox, like all that leaves."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from helpdesk import letters


class OutboxBackend(BaseEmailBackend):
    """Queues each message from the first contact that has an address; attachments are not for this door."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue them all; says how many."""
        for message in email_messages:
            alternatives: list[Any] = list(getattr(message, "alternatives", []))
            html = next((str(content) for content, kind in alternatives if kind == "text/html"), "")
            letters.queue_to_agent(list(message.to), subject=str(message.subject), text=str(message.body), html=html)
        return len(email_messages)
