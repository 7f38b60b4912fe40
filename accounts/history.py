"""Who changed what in an edited record: the versions of simple-history, said in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent


@dataclass(frozen=True)
class Change:
    """One saved version: when, by whom (None for the desk itself), and the names of the fields that differ."""

    at: datetime
    by: Agent | None
    fields: list[str]
    is_first: bool


def changes(record: models.Model, limit: int = 10) -> list[Change]:
    """The newest versions of a record with HistoricalRecords, the newest first; versions that differ in nothing
    are left out."""
    versions: list[Any] = list(record.history.select_related("history_user")[: limit + 1])  # type: ignore[attr-defined]
    found = []
    for newer, older in zip(versions, [*versions[1:], None], strict=False):
        first = older is None and newer.history_type == "+"
        names = [] if older is None else _names(record, newer.diff_against(older).changed_fields)
        if first or names:
            found.append(Change(newer.history_date, newer.history_user, names, first))
    return found[:limit]


def _names(record: models.Model, fields: list[str]) -> list[str]:
    """What the fields are called in forms."""
    return [str(getattr(record._meta.get_field(field), "verbose_name", _("other"))) for field in fields]
