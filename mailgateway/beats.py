"""Beats: what each loop of the gateway last said of itself."""

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from mailgateway.models import Beat, Mailbox

LATE = timedelta(minutes=3)  # every loop speaks at least once a minute
DAY = timedelta(days=1)
MOMENT = timedelta(seconds=0.5)
SKEW = timedelta(minutes=1)  # by which the clocks of two hosts may differ


def note(name: str, state: str, *, error: str = "", restarted: bool = False, pause: float = 0) -> None:
    """Write down how a loop does; the same row each time. `pause`: seconds until it tries again."""
    now = timezone.now()
    next_at = now + timedelta(seconds=pause) if pause else None
    changes = {"state": state, "at": now, "error": error[:500], "next_at": next_at}
    if restarted:
        changes["restarts"] = F("restarts") + 1
    if not Beat.objects.filter(pk=name).update(**changes):
        Beat.objects.get_or_create(pk=name, defaults={**changes, "restarts": int(restarted)})


def forget(name: str) -> None:
    """This loop does not run any more."""
    Beat.objects.filter(pk=name).delete()


def is_todays_first(name: str) -> bool:
    """Whether this once-a-day job is due; true for one caller only, whoever asks at the same time."""
    return is_turn(name, DAY)


def is_turn(name: str, every: timedelta) -> bool:
    """Whether a periodic job is due; true for one caller only, whoever asks at the same time.

    A moment early counts: a clock that ticks as fast as the job never agrees with it to the millisecond. So does a last
    turn in the future: the clock was set back since.
    """
    now = timezone.now()
    _, is_new = Beat.objects.get_or_create(pk=name, defaults={"state": "done", "at": now})
    past = Q(at__lte=now - every + min(every / 10, MOMENT)) | Q(at__gt=now + max(every, SKEW))
    return is_new or bool(Beat.objects.filter(past, pk=name).update(at=now))


def health() -> dict[str, object]:
    """How loops and mailboxes do, without secrets. `ok` is false if a loop is late or in trouble."""
    now = timezone.now()
    loops = [
        {
            "name": beat.name,
            "state": "late" if beat.state == "up" and now - beat.at > LATE else beat.state,
            "at": beat.at.isoformat(),
            "restarts": beat.restarts,
            "error": beat.error,
        }
        for beat in Beat.objects.order_by("name")
    ]
    mailboxes = [
        {
            "name": mailbox.name,
            "last_success_at": mailbox.last_success_at.isoformat() if mailbox.last_success_at else None,
            "last_error": mailbox.last_error,
            "smtp_error": mailbox.smtp_error,
        }
        for mailbox in Mailbox.objects.active()
    ]
    well = all(loop["state"] in {"up", "done", "starting"} for loop in loops)
    return {"ok": well and not any(one["last_error"] for one in mailboxes), "loops": loops, "mailboxes": mailboxes}
