"""Many processes, one desk: with Redis a ping that one sends reaches the browsers that another serves."""

import json
import secrets
import subprocess
import sys
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from websockets.sync.client import ClientConnection, connect

from accounts.models import Agent
from helpdesk.models import Message
from tests import make
from tests.servers.desks import ROOT, Running
from tests.servers.dovecot import free_port
from tests.servers.mails import raw, until

pytestmark = [pytest.mark.imap, pytest.mark.row("CS13")]


@pytest.fixture
def desk(start, redis_server) -> SimpleNamespace:
    """Two processes that serve pages of one database, Bob, and somebody of another contact."""
    from tests.conftest import make_world

    world, environment = make_world(), {"REDIS_URL": redis_server.url, "SECRET_KEY": settings.SECRET_KEY}
    ports = [free_port(), free_port()]
    webs = [start("web", "--port", str(port), **environment) for port in ports]
    for web in webs:
        web.wait_ready()
    return SimpleNamespace(world=world, environment=environment, ports=ports, webs=webs, redis=redis_server)


def cookies_of(agent: Agent) -> str:
    """A browser in which the agent is signed in."""
    browser = Client()
    browser.force_login(agent)
    return f"sessionid={browser.cookies['sessionid'].value}"


def browser_at(port: int, agent: Agent) -> ClientConnection:
    """An open queue: the socket of this process."""
    here = f"http://localhost:{port}"
    return connect(f"ws://localhost:{port}/ws/queue/", origin=here, additional_headers={"Cookie": cookies_of(agent)})


def post(port: int, path: str, agent: Agent, **fields: str) -> int:
    """What a page's form sends; the status of the page it leads to."""
    token = secrets.token_hex(16)
    headers = {"Cookie": f"{cookies_of(agent)}; csrftoken={token}", "X-CSRFToken": token}
    data = urllib.parse.urlencode(fields).encode()
    asked = urllib.request.Request(f"http://localhost:{port}{path}", data, headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.status


def hears(browser: ClientConnection) -> dict:
    return json.loads(browser.recv(timeout=10))


def ends_silently(web: Running) -> bool:
    """Whether Ctrl+C ended it and it had nothing to complain of."""
    return web.end()[1:] == (0, "")


def test_what_one_process_or_command_does_reaches_the_browsers_of_another(desk):
    thread = make.thread(desk.world.service)
    here, there = desk.ports
    with browser_at(here, desk.world.bob) as bob, browser_at(here, desk.world.charlie) as charlie:
        until(lambda: desk.redis.listeners() == len(desk.webs))
        assert post(there, f"/threads/{thread.pk}/status/", desk.world.bob, status="closed") == 200
        assert hears(bob) == {"changed": ["queue"]}
        with pytest.raises(TimeoutError):  # the other contact's queue did not change
            charlie.recv(timeout=0.3)
        taking = [sys.executable, "manage.py", "receive_mail", "--contact", "service"]
        environment = desk.webs[0].environment | desk.environment
        subprocess.run(taking, cwd=ROOT, env=environment, input=raw("It never came!"), check=True, timeout=30)
        assert hears(bob) == {"changed": ["queue"]}
    assert Message.objects.latest("pk").text.strip() == "It never came!"
    assert [ends_silently(web) for web in desk.webs] == [True, True]


def test_redis_may_go_and_come_back_while_pages_are_served(desk):
    thread = make.thread(desk.world.service)
    here, there = desk.ports
    with browser_at(here, desk.world.bob) as bob:
        until(lambda: desk.redis.listeners() == len(desk.webs))
        desk.redis.stop()
        assert post(there, f"/threads/{thread.pk}/status/", desk.world.bob, status="closed") == 200
        assert post(here, f"/threads/{thread.pk}/status/", desk.world.bob, status="pending1") == 200
        assert hears(bob) == {"changed": ["queue"]}  # of the process that serves this browser
        desk.redis.start()
        until(lambda: desk.redis.listeners() == len(desk.webs), what="nobody listens again")
        assert post(there, f"/threads/{thread.pk}/status/", desk.world.bob, status="open") == 200
        assert hears(bob) == {"changed": ["queue"]}
