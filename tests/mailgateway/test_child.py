"""A hostile mail costs a child process and a few seconds, nothing else."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailgateway import child

MAIL = b"From: ana@example.com\nSubject: Hello %d\nMessage-ID: <x@example.com>\n\nWorld\n"


@pytest.fixture
def fresh():
    made = child.Child()
    yield made
    made.close()


def test_a_mail_comes_back_understood() -> None:
    mail = child.parse_limited(MAIL % 1)
    assert (mail.sender, mail.subject, mail.text) == ("ana@example.com", "Hello 1", "World")


def test_our_own_addresses_reach_the_child() -> None:
    raw = b"From: shop@shop.test\nReply-To: ana@example.com\nSubject: Form\n\nx\n"
    assert child.parse_limited(raw, frozenset({"shop@shop.test"})).sender == "ana@example.com"
    assert child.parse_limited(raw).sender == "shop@shop.test"


def test_many_threads_share_one_child() -> None:
    with ThreadPoolExecutor(8) as pool:
        mails = list(pool.map(child.parse_limited, (MAIL % n for n in range(100))))
    assert [one.subject for one in mails] == [f"Hello {n}" for n in range(100)]


def test_a_killed_child_is_a_crash_and_the_next_mail_gets_a_new_one(fresh: child.Child) -> None:
    assert fresh.parse(MAIL % 1, frozenset()).subject == "Hello 1"
    os.kill(fresh.process.pid, signal.SIGSTOP)
    os.kill(fresh.process.pid, signal.SIGKILL)
    with pytest.raises(child.ParseFailed) as told:
        fresh.parse(MAIL % 2, frozenset())
    assert told.value.reason == "crash"
    assert not fresh.is_usable
    assert child.parse_limited(MAIL % 3).subject == "Hello 3"


def test_a_child_that_never_answers_is_a_timeout(fresh: child.Child, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh.parse(MAIL % 1, frozenset()).subject == "Hello 1"
    monkeypatch.setattr(child, "WALL_SECONDS", 0.2)
    os.kill(fresh.process.pid, signal.SIGSTOP)
    with pytest.raises(child.ParseFailed) as told:
        fresh.parse(MAIL % 2, frozenset())
    assert told.value.reason == "timeout"
    assert fresh.process.poll() is not None


def test_a_child_out_of_processor_time_is_a_timeout(fresh: child.Child) -> None:
    assert fresh.parse(MAIL % 1, frozenset()).subject == "Hello 1"
    os.kill(fresh.process.pid, signal.SIGXCPU)
    with pytest.raises(child.ParseFailed) as told:
        fresh.parse(MAIL % 2, frozenset())
    assert told.value.reason == "timeout"


def test_the_child_has_its_limits_and_none_of_our_secrets(fresh: child.Child, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.parse(MAIL % 1, frozenset())
    limits = open(f"/proc/{fresh.process.pid}/limits").read()  # noqa: SIM115, PTH123
    assert (
        "unlimited" not in next(line for line in limits.splitlines() if "address space" in line).split("bytes")[0][:46]
    )
    assert int(next(line for line in limits.splitlines() if "cpu time" in line).split()[3]) <= 60
    environment = open(f"/proc/{fresh.process.pid}/environ", "rb").read()  # noqa: SIM115, PTH123
    assert b"SECRET" not in environment
    assert b"DJANGO" not in environment


def test_a_child_stands_ready_before_the_next_mail_comes() -> None:
    child.parse_limited(MAIL % 1)
    gone = child._desk.child
    assert gone is not None
    gone.close()
    child.be_ready()
    ready = child._desk.child
    assert ready is not gone
    child.be_ready()
    child.parse_limited(MAIL % 2)
    assert child._desk.child is ready


def test_a_worn_out_child_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    child.parse_limited(MAIL % 1)
    first = child._desk.child
    monkeypatch.setattr(child, "MAILS_A_CHILD", 1)
    assert child.parse_limited(MAIL % 2).subject == "Hello 2"
    assert child._desk.child is not first
    assert first.process.poll() is not None
