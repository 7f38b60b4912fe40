"""`make run` from an empty folder, as a process of its own."""

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from config import run
from tests.practice.ports import free_port
from tests.practice.test_shop import has_all_that_practice_needs

ROOT = Path(__file__).parents[2]
LAURA = "laura@practica.example"


class Run:
    """A running `make run` and a browser that is signed in as somebody."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        command = [sys.executable, "-m", "config.run", "--port", str(self.port)]
        self.said = folder / "said.txt"
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**kept, "DATA_DIR": str(folder)}, stdout=out, stderr=subprocess.STDOUT
            )
        self.browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def get(self, path: str) -> str:
        with self.browser.open(f"http://localhost:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def post(self, page: str, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))[1]
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        with self.browser.open(f"http://localhost:{self.port}{path}", data, timeout=10) as answer:
            return answer.read().decode()

    def sign_in(self, username: str) -> str:
        """Signs in with the password that was printed; returns it."""
        password = re.search(rf"^\s+{username}\s+(\S+)", self.words(), re.MULTILINE)[1]
        self.post("/sign-in/", "/sign-in/", username=username, password=password)
        return password

    def stop(self) -> float:
        """Ctrl+C; returns the seconds until it was gone."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == 0, self.words()
        return time.monotonic() - began


def wait_for(condition, seconds: float, why: str):
    """What the condition returns once it is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(why)


def started(runs: Run, seconds: float) -> None:
    wait_for(lambda: "ready" in runs.words() or runs.process.poll() is not None, seconds, runs.words())
    assert runs.process.poll() is None, runs.words()


@pytest.fixture
def begin(tmp_path):
    """begin() starts a run in the test's folder; what still runs at the end is killed."""
    all_runs = []

    def fresh() -> Run:
        all_runs.append(Run(tmp_path))
        return all_runs[-1]

    yield fresh
    for one in all_runs:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


PRACTICE = f"/practice/{LAURA}/"


def write_as_laura(runs: Run) -> str:
    """A new mail from the practice page; returns the path of the thread it became."""
    fields = {"answer": "new", "to": "hola@tallernorte.example", "subject": "Urgente", "text": "¡Hola!"}
    runs.post(PRACTICE, f"{PRACTICE}write/", **fields)
    path = wait_for(
        lambda: re.search(r'href="(/threads/\d+/)"', runs.get(PRACTICE)), 20, f"no thread came: {runs.words()}"
    )[1]
    wait_for(lambda: "msg--agent" in runs.get(PRACTICE), 20, f"no confirmation came: {runs.words()}")
    return path


def answer_and_close(runs: Run, path: str) -> None:
    """What the page's scripts send for: pick a predefined reply, send and close."""
    picked = json.loads(runs.post(path, f"{path}replies/use/", shortcut="plazo"))
    assert picked["missing"] == []
    page = runs.get(path)
    kept = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("form_key", "last_message")}
    page = runs.post(path, f"{path}reply/", body=picked["html"], body_format="html", then="closed", **kept)
    assert status(page) == "closed"
    assert "te contesto hoy mismo" in page


def status(page: str) -> str:
    """The status that a thread's page shows."""
    return re.search(r"st--pill st-(\w+)", page)[1]


def first_row(runs: Run) -> str:
    """What is on top of the queue."""
    return runs.get("/").split('<li class="row')[1]


@pytest.fixture
def made(tmp_path, settings, transactional_db):
    """with made(): Django is connected to the database that the run made."""

    @contextmanager
    def connected():
        settings.DATA_DIR, own = tmp_path, connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = str(tmp_path / "mostrador.sqlite3")
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own

    return connected


@pytest.mark.imap
def test_from_nothing_to_an_answer_in_the_customers_mailbox_and_again(begin, made):
    first = begin()
    started(first, 300)
    with made():
        has_all_that_practice_needs()
    assert f"http://localhost:{first.port}/" in first.words()
    password = first.sign_in("marta")
    path = write_as_laura(first)
    assert path in first_row(first)
    answer_and_close(first, path)
    assert path not in first_row(first)
    wait_for(lambda: "te contesto hoy mismo" in first.get(PRACTICE), 30, f"no answer came: {first.words()}")
    first.post(PRACTICE, f"{PRACTICE}write/", text="Gracias, ¿y cuándo llega?")  # answers the newest mail
    wait_for(lambda: "is-unread" in first_row(first) and path in first_row(first), 20, first.words())
    page = first.get(path)
    assert status(page) == "open"
    assert "¿y cuándo llega?" in page
    assert first.stop() < 5

    began = time.monotonic()
    second = begin()
    started(second, 20)
    took = time.monotonic() - began
    assert second.sign_in("marta") == password
    assert "Urgente" in second.get(path)
    assert "msg--agent" in second.get(PRACTICE)  # what the customer received is still there
    assert second.stop() < 5
    assert took < 10  # a newcomer is promised 5, and waits about 1 on a quiet machine; other tests run beside this one


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "shop.example", "192.168.1.5"])
def test_practice_refuses_a_host_that_others_can_reach(host, capsys):
    assert run.main(["--host", host]) == 2
    assert "listens on this machine only" in capsys.readouterr().err


def test_a_database_that_is_no_practice_shop_is_refused_with_a_sentence(world, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert "is not a practice shop" in run._not_ours()


def test_a_taken_mail_port_is_replaced_by_a_free_one():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run.free_port(port) not in {0, port}
