"""What the frame of every page needs: the shop's settings and, for agents, the counts beside the queues."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from helpdesk.models import DeskSettings


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that pages which show none of it ask for none of it."""
    return {"desk": SimpleLazyObject(DeskSettings.load), "practice": settings.PRACTICE, "version": settings.VERSION}
