"""The door for what supervisors have to know whatever page they are on, such as a mailbox that fails."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Agent
from helpdesk import letters
from helpdesk.models import Contact, DeskSettings


def path_of(view: str) -> str:
    """The path of a page that a mail may lead to."""
    return reverse(view)


def mail_supervisors(template: str, *, contact_id: int, path: str, **context: Any) -> int:
    """Queue templates/mail/<template> to every supervisor, in their language, from a contact; says to how many."""
    desk, contact = DeskSettings.load(), Contact.objects.get(pk=contact_id)
    context |= {"link": settings.SITE_URL + path}
    told = Agent.objects.supervisors().exclude(email="")
    for agent in told:
        with translation.override(agent.language or desk.language), timezone.override(desk.zone):
            subject = render_to_string(f"mail/{template}/subject.txt", {**context, "agent": agent}).strip()
            text = render_to_string(f"mail/{template}/body.txt", {**context, "agent": agent}).strip()
        letters.queue_to_agent([agent.email], subject=subject, text=text, contact=contact)
    return len(told)
