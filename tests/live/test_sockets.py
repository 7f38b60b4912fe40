"""Sockets serve signed-in agents of this site, and only what each may see."""

import asyncio
import importlib.util
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import Client

import config.asgi
from helpdesk import pings
from live import wire
from tests import make
from tests.loops import run

HERE = "http://testserver"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    """The world, committed: consumers ask from threads of their own."""
    from tests.conftest import make_world

    return make_world()


@pytest.fixture
def application(settings):
    """The product's own wiring, with one allowed host: a copy, as the hosts are read when it is put together."""
    settings.ALLOWED_HOSTS = ["testserver"]
    spec = importlib.util.spec_from_file_location("asgi_with_one_host", config.asgi.__file__)
    wiring = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wiring)
    yield wiring.application
    wire.sockets.clear()
    wire.loop = None


class Visitor(ApplicationCommunicator):
    """A browser at a socket."""

    async def connect(self) -> bool:
        """Knock; whether one was let in."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=5)
        return answer["type"] == "websocket.accept"

    async def leave(self) -> None:
        """Go away, also when one was not let in."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)

    async def hears(self) -> dict:
        """The next frame."""
        return json.loads((await self.receive_output(timeout=5))["text"])


def socket(application, path, agent=None, *, origin=HERE) -> Visitor:
    """A browser's knock at a path, with the agent's session."""
    headers = [(b"host", b"testserver")]
    if origin:
        headers.append((b"origin", origin.encode()))
    if agent is not None:
        browser = Client()
        browser.force_login(agent)
        headers.append((b"cookie", f"sessionid={browser.cookies['sessionid'].value}".encode()))
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    return Visitor(application, scope)


async def is_let_in(visitor: Visitor) -> bool:
    let_in = await visitor.connect()
    await visitor.leave()
    return let_in


@pytest.mark.row("CS13")
def test_a_stranger_is_refused(world, application):
    assert not run(is_let_in, socket(application, "/ws/queue/"))


@pytest.mark.row("CS13")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_foreign_origin_is_refused_even_with_a_session(world, application, origin):
    assert run(is_let_in, socket(application, "/ws/queue/", world.bob))
    assert not run(is_let_in, socket(application, "/ws/queue/", world.bob, origin=origin))


@pytest.mark.row("CO6")
@pytest.mark.row("CS13")
def test_the_socket_of_another_contacts_thread_is_refused(world, application):
    mine, other = make.thread(world.service), make.thread(world.accounting, sender="x@example.com")
    assert run(is_let_in, socket(application, f"/ws/threads/{mine.pk}/", world.bob))
    assert not run(is_let_in, socket(application, f"/ws/threads/{other.pk}/", world.bob))
    assert not run(is_let_in, socket(application, "/ws/threads/999999/", world.bob))
    assert run(is_let_in, socket(application, f"/ws/threads/{other.pk}/", world.alice))


@pytest.mark.row("CS13")
@pytest.mark.row("CO6")
def test_pings_reach_only_those_who_see_the_contact_and_carry_no_content(world, application):
    bob, charlie = (socket(application, "/ws/queue/", one) for one in (world.bob, world.charlie))

    async def listen() -> tuple[dict, bool]:
        await bob.connect()
        await charlie.connect()
        await asyncio.to_thread(make.thread, world.service, "A secret text")
        heard = await bob.hears()
        silent = await charlie.receive_nothing(timeout=0.3)
        await bob.leave()
        await charlie.leave()
        return heard, silent

    heard, silent = run(listen)
    assert heard == {"changed": ["queue"]}
    assert silent


@pytest.mark.row("CO6")
@pytest.mark.row("CS13")
def test_a_change_of_membership_closes_the_socket_and_the_next_one_is_asked_anew(world, application):
    thread = make.thread(world.service)
    visitor = socket(application, f"/ws/threads/{thread.pk}/", world.bob)

    async def lose_access() -> dict:
        await visitor.connect()
        await asyncio.to_thread(world.service.members.clear)
        pings.access_changed(world.bob.pk)
        return await visitor.receive_output(timeout=5)

    assert run(lose_access) == {"type": "websocket.close", "code": 4403}
    assert not run(is_let_in, socket(application, f"/ws/threads/{thread.pk}/", world.bob))


@pytest.mark.row("CS13")
def test_a_burst_of_changes_costs_one_frame(world, application):
    visitor = socket(application, "/ws/queue/", world.bob)

    async def listen() -> tuple[dict, bool]:
        await visitor.connect()
        for _ in range(50):
            pings.thread_changed(1, [world.service.pk])
        heard = await visitor.hears()
        silent = await visitor.receive_nothing(timeout=0.3)
        await visitor.leave()
        return heard, silent

    heard, silent = run(listen)
    assert heard == {"changed": ["queue"]}
    assert silent
