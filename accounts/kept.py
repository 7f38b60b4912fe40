"""Rows that every page and every mail asks for."""

from typing import Any

from django.core.cache import cache
from django.db import models, transaction

KEPT_FOR = 5  # seconds, for what another process changed without a common cache


class Kept(models.Model):
    """A row that stays in the cache, and is forgotten when one is saved."""

    CACHE_KEY = ""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and forget what was kept: now, and again when the others can see the new row."""
        super().save(*args, **kwargs)
        self._forget()

    def _forget(self) -> None:
        cache.delete(self.CACHE_KEY)
        transaction.on_commit(lambda: cache.delete(self.CACHE_KEY))
