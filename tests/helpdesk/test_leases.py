"""Leases of processes that are gone, that live, and that nobody can know of."""

import os
import signal
import subprocess
import sys
import time

import pytest

from helpdesk import leases, outbox
from helpdesk.models import OutgoingMail
from mailgateway.models import Mailbox
from tests import make
from tests.servers.desks import ROOT

MINT = "from helpdesk import leases; print(leases.mint(), flush=True); import time; time.sleep(60)"


@pytest.fixture
def other():
    """Another process with a lease: it, and its token."""
    process = subprocess.Popen([sys.executable, "-c", MINT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    token = process.stdout.readline().strip()
    yield process, token
    process.kill()
    process.wait()


@pytest.mark.django_db
def test_nobody_waits_for_a_killed_process_and_everybody_for_a_living_or_unknown_one(world, other):
    process, token = other
    box = Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost")
    make.thread(world.service)
    assert box.lease(token, seconds=45)
    outbox.claim()
    OutgoingMail.objects.update(claim=token)

    process.send_signal(signal.SIGSTOP)  # it sleeps, and may wake
    assert not leases.is_gone(token)
    assert not box.lease(leases.mint(), seconds=45)
    assert (outbox.contacts_due(), outbox.claim()) == (set(), None)

    elsewhere = f"{'f' * 8}{token[8:]}"
    Mailbox.objects.update(lease_token=elsewhere)
    process.kill()
    assert not box.lease(leases.mint(), seconds=45), "on another machine: nobody here can know"
    Mailbox.objects.update(lease_token=token)
    deadline = time.monotonic() + 30
    while not leases.is_gone(token):  # killed, and not yet waited for by its parent
        assert time.monotonic() < deadline
    mine = leases.mint()
    assert box.lease(mine, seconds=45)
    assert not box.lease(leases.mint(), seconds=45)
    assert outbox.contacts_due() == {world.service.pk}
    assert outbox.claim().claim != token
    process.wait()
    assert leases.is_gone(token)


def test_another_process_with_the_same_number_is_not_taken_for_it():
    mine = leases.mint()
    assert not leases.is_gone(mine)
    older = f"{mine[:14]}{int(mine[14:24], 16) - 1:010x}{mine[24:]}"
    assert leases.is_gone(older), "a process of this number, but an earlier one"
    assert int(mine[8:14], 16) == os.getpid()
    for unknown in ("", "x" * 32, "mine", "0" * 32, "\x00" * 32):
        assert not leases.is_gone(unknown)
