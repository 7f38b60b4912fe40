"""What is overdue by mail, once a working day at each agent's hour; and what tells an agent at all."""

from datetime import date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import Absence, Agent
from helpdesk import digest
from helpdesk.models import Calendar, Holiday, OutgoingMail, Target, Thread
from helpdesk.regular import DIGEST
from tests import make

MADRID = ZoneInfo("Europe/Madrid")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MADRID)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.exclude(unsubscribe="").order_by("pk"))


@pytest.mark.row("FO10")
def test_the_daily_mail_says_what_is_overdue_once_on_working_days(world: SimpleNamespace) -> None:
    bob, service = world.bob, world.service
    Target.objects.create(first=60)
    with time_machine.travel(at(19, 10), tick=False) as clock:  # Thursday
        for n, agent in enumerate((bob, bob, None, world.alice)):
            thread = make.thread(service, subject=f"Thread {n}", sender=f"p{n}@example.com")
            if agent:
                thread.assign(agent, by=world.charlie)
        Agent.objects.filter(pk=bob.pk).update(language="es", digest_hour=9)
        Agent.objects.filter(pk=world.alice.pk).update(digest_mail=False)
        Holiday.objects.create(calendar=Calendar.first(), day=date(2026, 11, 20), name="Fair")
        counts = {}
        for when in (at(19, 10, 30), at(20, 9, 5), at(21, 9, 5), at(23, 8, 55), at(23, 9, 5), at(23, 9, 10)):
            clock.move_to(when)
            cache.clear()
            counts[when] = digest.send_due()
        assert list(counts.values()) == [0, 0, 0, 0, 1, 0]
        mail = mails()[0]
        assert (mail.to, mail.subject) == ([bob.email], "2 hilos tuyos han vencido")
        for told in (mail.text, mail.html):
            assert "Thread 0" in told
            assert "Vencido 3 d" in told
            assert "Thread 3" not in told
            assert "1 hilo vencido no es de nadie" in told
        assert "?due=overdue&assignee=me&sort=due" in mail.text
        clock.move_to(at(24, 9, 1))
        Absence.objects.create(agent=bob, since=date(2026, 11, 24), until=date(2026, 11, 24))
        assert digest.send_due() == 0
        clock.move_to(at(25, 9, 1))
        for thread in Thread.objects.filter(assignee=bob):
            thread.reply("Hello", by=bob)
        assert digest.send_due() == 0  # nothing of his is overdue
        assert len(mails()) == 1


def test_one_click_ends_it_and_looking_does_not(client: Client, world: SimpleNamespace) -> None:
    path = DIGEST.off_url(world.bob).partition("/digest")[2]
    assert client.get(f"/digest{path}").status_code == 200
    assert Agent.objects.get(pk=world.bob.pk).digest_mail
    assert client.post(f"/digest{path}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Agent.objects.get(pk=world.bob.pk).digest_mail
    assert client.get("/digest/off/forged/").status_code == 404
