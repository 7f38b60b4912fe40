"""Odd values by chance of what tests send: `make odd` sends each form, query and JSON body once more, with each of its
values odd in turn. Nothing of that may be an error of the server.

A plugin of pytest. A test's requests are repeated when it is over, in a transaction that is taken back; a field of a
page is tried once with each value in each process of the run.
"""

import copy
import traceback
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[1]
TEXTS = (
    *("", "-1", "²", "٣", "1e999", "NaN", "[]", "\x00", "a\r\nb: c", "../../etc", "<script>"),
    *("9" * 18, "9" * 5000, "x%_" * 23_000),
)
OTHERS = (None, True, -1, 10**30, 1.5, [], {}, [[]], [None], ["\x00"], {"a\x00": "b\x00"})
VERBS = ("get", "post", "put", "patch")


class Sent(NamedTuple):
    """A request of a test; `send` is the client's own method."""

    send: Any
    client: Client
    path: str
    data: Any
    options: dict[str, Any]

    @property
    def values(self) -> tuple[Any, ...]:
        """What to try in it: JSON knows more than texts."""
        return (*TEXTS, *OTHERS) if self.options.get("format") == "json" else TEXTS


sent: list[Sent] = []
tried: set[tuple[Any, ...]] = set()


def pytest_collection_finish() -> None:
    """Listen to both clients."""
    from rest_framework.test import APIClient  # it asks for settings, which are there now

    for kind in (Client, APIClient):
        for verb in VERBS:
            setattr(kind, verb, listening(getattr(kind, verb)))


def listening(send: Any) -> Any:
    """The same method, which remembers what it sent."""

    def method(client: Client, path: str, data: Any = None, *args: Any, **options: Any) -> Any:
        response = send(client, path, data, *args, **options)
        if connection.in_atomic_block and not args and "content_type" not in options:
            again = copy.copy(client)
            again.cookies = copy.deepcopy(client.cookies)
            bare, _mark, query = str(path).partition("?")
            asked = dict(QueryDict(query).lists()) if data is None else data
            sent.append(Sent(send, again, bare, asked, {key: options[key] for key in options if key != "follow"}))
        return response

    return method


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After the test itself: its requests, oddly."""
    sent.clear()
    result = yield
    if broken := [fault for one in tuple(sent) for fault in faults(one)]:
        pytest.fail("\n".join(broken), pytrace=False)
    return result


def faults(one: Sent) -> Iterator[str]:
    """What breaks the server, a line for each."""
    try:
        route = resolve(one.path).route
    except Resolver404:
        return
    for place in places(one.data):
        for value in one.values:
            mark = (route, one.send, tuple(0 if isinstance(step, int) else step for step in place), repr(value))
            if mark not in tried:
                tried.add(mark)
                if fault := fault_of(one, put(one.data, place, value)):
                    yield f"{route} {'.'.join(map(str, place))} = {value!r:.40}: {fault}"


def places(data: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value; of a list to its first one. Files are no texts."""
    steps = data.items() if isinstance(data, dict) else enumerate(data[:1]) if isinstance(data, list) else ()
    for step, value in steps:
        if not hasattr(value, "read"):
            yield (*before, step)
            yield from places(value, (*before, step))


def put(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The same data with another value there."""
    if not place:
        return value
    other = copy.copy(data)
    other[place[0]] = put(data[place[0]], place[1:], value)
    return other


def fault_of(one: Sent, data: Any) -> str:
    """What happens when these data are sent; empty if the server answers as it should."""
    for value in data.values() if isinstance(data, dict) else ():
        if hasattr(value, "seek"):
            value.seek(0)
    try:
        with transaction.atomic():
            try:
                status = one.send(one.client, one.path, data, **one.options).status_code
            finally:
                transaction.set_rollback(True)
    except Exception as error:  # noqa: BLE001 - each is what we look for
        frames = [one for one in traceback.extract_tb(error.__traceback__) if is_ours(Path(one.filename))]
        where = f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}" if frames else "elsewhere"
        return f"{type(error).__name__} at {where}: {str(error)[:100]}"
    return f"status {status}" if status >= 500 else ""


def is_ours(file: Path) -> bool:
    """Whether it is a module of the product."""
    return file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] not in {".venv", "tests"}
