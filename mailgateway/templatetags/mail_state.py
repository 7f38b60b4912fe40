"""What the settings' navigation shows of the mail."""

from django import template
from django.db.models import Q

from mailgateway.models import Incoming, IncomingState, Mailbox

register = template.Library()


@register.simple_tag
def mail_needs_attention() -> bool:
    """Whether a mailbox in use does not receive or send, or a mail was set aside."""
    troubled = Mailbox.objects.active().filter(~Q(last_error="") | ~Q(smtp_error=""))
    return troubled.exists() or Incoming.objects.filter(state=IncomingState.FAILED).exists()
