"""Files for download: that one was made is written down beside the exports of customers."""

from collections.abc import Iterable

from accounts.models import Agent
from crm.models import RecordEvent


def record_export(name: str, *, by: Agent, filters: str, columns: Iterable[str], kind: str) -> None:
    """Who took what out, when, and how it was filtered."""
    RecordEvent.objects.exported(name, by=by, columns=columns, kind=kind, filters=filters)
