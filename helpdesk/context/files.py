"""Files for download: that one was made is written down beside the exports of customers."""

from accounts.models import Agent
from crm.models import RecordEvent


def record_export(name: str, *, by: Agent, filters: str, columns: str, kind: str) -> None:
    """Who took what out, when, and how it was filtered."""
    words = {"list": name, "rows": "", "filters": filters, "columns": columns, "file": kind}
    RecordEvent.objects.record(RecordEvent.Kind.EXPORTED, None, by=by, **words)
