"""The week by mail: the numbers of the page, on each supervisor's day and hour, once, and off with one click."""

from datetime import date, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import Agent
from crm.models import CartWatch
from helpdesk import outbox
from helpdesk.models import Attachment, Deflection, DeskSettings, OutgoingMail
from helpdesk.purging import purge
from helpdesk.regular import WEEK
from helpdesk.statistics import weekly_mail
from mailgateway.compose import to_mime
from mailgateway.models import Mailbox
from mailgateway.troubles import Trouble
from tests import make
from tests.helpdesk.stories import MADRID, MONDAY

NEXT_MONDAY = datetime(2025, 3, 31, 8, tzinfo=MADRID)


@pytest.mark.row("SX7")
def test_the_mail_has_the_numbers_of_the_page(client: Client, played: SimpleNamespace) -> None:
    world = played
    world.alice.language = "es"
    words = weekly_mail.words(world.alice, NEXT_MONDAY)
    client.force_login(world.alice)
    period = words["period"]
    assert period.first == MONDAY.date()  # type: ignore[attr-defined]
    html = client.get(f"/statistics/?{period.query}").content.decode()  # type: ignore[attr-defined]
    weekly_mail.letters.queue_week(world.alice, lambda: words, unsubscribe=WEEK.off_url(world.alice))
    mail = OutgoingMail.objects.exclude(unsubscribe="").get()
    assert mail.subject == "Semana 13: 8 pendientes y 3 sin responder"
    for kpi in words["page"].kpis:  # type: ignore[attr-defined]
        assert kpi.value in html
        assert kpi.value in mail.text
        assert kpi.value in mail.html
    for told in (mail.text, mail.html):
        assert "1 al empezar + 14 nuevos + 3 reabiertos − 10 cerrados = 8" in told
        assert f"/statistics/?{period.query}".replace("&", "&amp;" if told is mail.html else "&") in told  # type: ignore[attr-defined]
    assert mail.text.count("unanswered:2025-03-24:2025-03-30") == 1
    assert [n for _week, n, _share in words["weeks"]][-2:] == [1, 8]  # type: ignore[call-overload]


@pytest.mark.row("SX7")
def test_it_leaves_once_on_the_day_and_hour_that_each_wants(world: SimpleNamespace) -> None:
    now = timezone.now()
    local = now.astimezone(DeskSettings.load().zone)
    Agent.objects.update(date_joined=now - timedelta(days=30))
    Agent.objects.filter(pk=world.alice.pk).update(weekly_day=local.weekday(), weekly_hour=local.hour, language="en")
    later = Agent.objects.create(
        username="eva", email="eva@shop.test", role="supervisor", weekly_day=(local.weekday() + 1) % 7
    )
    Agent.objects.filter(pk=later.pk).update(date_joined=now - timedelta(days=30))
    assert weekly_mail.send_due() == 1
    assert weekly_mail.send_due() == 0
    mail = OutgoingMail.objects.get()
    assert mail.to == ["alice@shop.test"]
    assert "pending and 0 unanswered" in mail.subject
    assert "Nobody is waiting" in mail.text
    assert mail.unsubscribe in mail.text
    Agent.objects.update(weekly_sent_at=now - timedelta(days=7), weekly_mail=False)
    assert weekly_mail.send_due() == 0


def test_one_click_ends_it_and_looking_does_not(client: Client, world: SimpleNamespace) -> None:
    path = WEEK.off_url(world.alice).partition("/statistics")[2]
    path = f"/statistics{path}"
    assert client.get(path).status_code == 200
    assert Agent.objects.get(pk=world.alice.pk).weekly_mail
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Agent.objects.get(pk=world.alice.pk).weekly_mail
    assert client.get("/statistics/mail/forged/").status_code == 404


def test_its_charts_are_pictures_with_words_and_it_says_what_else_there_is(played: SimpleNamespace) -> None:
    world = played
    world.alice.language = "en"
    cart = make.cart(is_charged=True, total=90)
    CartWatch.objects.update_or_create(cart=cart, defaults={"due_on": date(2025, 4, 2)})
    box = Mailbox.objects.create(name="hola", contact=world.service)
    box.note_sending("no")
    Trouble.objects.update(began_at=timezone.now() - timedelta(hours=2))
    found = Deflection.objects.create(key="a", contact=world.service)
    Deflection.objects.filter(pk=found.pk).update(at=MONDAY + timedelta(hours=30))
    row = weekly_mail.letters.queue_week(
        world.alice, lambda: weekly_mail.words(world.alice, NEXT_MONDAY), unsubscribe=WEEK.off_url(world.alice)
    )
    mail = outbox.outbound(row)
    assert [file.content_type for file in mail.files] == ["image/png"] * 2
    for file in mail.files:
        assert f'src="cid:{file.content_id}"' in mail.html
        with Image.open(BytesIO(file.content)) as picture:
            assert picture.size == (1072, 380)
        assert len(file.content) < 20_000
    assert 'alt="Mon 24: 4 new, 3 answered, 3 closed; Tue 25:' in mail.html
    assert 'alt="week 10: 0; week 11: 0; week 12: 1; week 13: 8"' in mail.html
    assert "( as before)" not in mail.text
    composed = to_mime(mail).decode()
    assert composed.count("Content-Disposition: inline") == 2
    for told in (mail.text, mail.html):
        assert "1 paid cart still has no customer; a complaint is expected before 2 April 2025." in told
        assert "Mailbox hola has not sent since" in told
        assert "The contact form answered a question by itself." in told
        assert "/carts/watch/" in told
    files = Attachment.objects.count()
    OutgoingMail.objects.update(state="sent")
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    purge()
    assert Attachment.objects.count() == files - 2  # the charts are not kept once they have left
