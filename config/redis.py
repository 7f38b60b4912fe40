"""The cache that many processes share. Only what can be had elsewhere is in it: without Redis the desk goes on."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
T = TypeVar("T")


def _unless_away(ask: Callable[[], T], otherwise: T) -> T:
    """What Redis says, or the other thing while it does not answer."""
    try:
        return ask()
    except RedisError as error:
        log.warning("Redis does not answer, going on without it: %s", error)
        return otherwise


class Cache(RedisCache):
    """Redis, whose absence looks like an empty cache to the questions that the desk asks."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        return _unless_away(lambda: super(Cache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> Any:
        """Those that are there."""
        return _unless_away(lambda: super(Cache, self).get_many(keys, version), {})

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value, if it can be kept."""
        _unless_away(lambda: super(Cache, self).set(key, value, timeout, version), None)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether the key was free; what cannot be asked is free."""
        return _unless_away(lambda: super(Cache, self).add(key, value, timeout, version), True)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Whether there was something to forget."""
        return _unless_away(lambda: super(Cache, self).delete(key, version), False)
