"""Coroutines in tests."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> Any:
    """The result of a coroutine, on a loop of its own in a thread of its own: Playwright's loop may be in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work(*args))).result(timeout=30)
