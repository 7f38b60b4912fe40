"""Versions in the history for what an update of many rows changed."""

from collections.abc import Sequence

from django.db import models

from accounts.models import Agent

BATCH = 500


def write_versions(model: type[models.Model], ids: Sequence[int], *, by: Agent | None) -> None:
    """A version of each of these rows as it is now. Call it in the transaction of the update, after it."""
    for start in range(0, len(ids), BATCH):
        rows = model._default_manager.filter(pk__in=ids[start : start + BATCH])
        model.history.bulk_history_create(list(rows), update=True, default_user=by)  # type: ignore[attr-defined]
