"""Wrong passwords: after five of them each one more makes the next try wait longer; nobody is ever locked out."""

from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

FIRST_WAIT = 20  # seconds after the fifth failure; doubles with each further one
LONGEST_WAIT = 600


def wait_after(failures: int) -> int:
    """Seconds to wait after so many failures in a row; 0 while they are few."""
    over = failures - settings.AXES_FAILURE_LIMIT
    return 0 if over < 0 else min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)


class GrowingWait(AxesDatabaseHandler):
    """Axes counts the failures of a name from an address; this says how long each count has to wait."""

    def seconds_left(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Seconds until this name may be tried again from this address."""
        wait = wait_after(self.get_failures(request, credentials))
        if not wait:
            return 0
        last = max(
            (found.aggregate(at=Max("attempt_time"))["at"] for found in self.get_user_attempts(request, credentials)),
            default=None,
            key=lambda at: at or timezone.now() - timedelta(days=1),
        )
        if last is None:
            return 0
        return max(0, round((last + timedelta(seconds=wait) - timezone.now()).total_seconds()))

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether the wait is still running."""
        return self.seconds_left(request, credentials) > 0
