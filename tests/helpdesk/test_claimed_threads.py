"""A mail that names a thread without proof; who else takes part; robots that answer robots."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from helpdesk import intake
from helpdesk.mail import Party
from helpdesk.models import OutgoingMail, Thread
from tests import make

pytestmark = pytest.mark.django_db


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


def claiming(world, thread, **fields):
    fields = {"sender": "mary@example.com", "sender_name": "Mary", "subject": f"Re: Order [#{thread.pk}]", **fields}
    done = intake.deliver(make.mail("It is mine", **fields), contact=world.service)
    assert done.outcome == "created"
    return Thread.objects.get(pk=done.thread_id)


@pytest.mark.row("IM12")
def test_a_mail_that_claims_a_thread_becomes_a_new_one_and_one_click_joins_it(world):
    thread = make.thread(world.service)
    thread.close(by=world.bob)
    new = claiming(world, thread)
    assert new.claimed == thread
    thread.refresh_from_db()
    assert (thread.status, thread.message_count) == ("closed", 1)
    bob = signed_in(world.bob)
    page = bob.get(f"/threads/{new.pk}/").content.decode()
    assert f"Claims to answer thread #{thread.pk}" in page
    assert f"Mary claims without proof to answer thread #{thread.pk}" in page
    assert bob.get(f"/threads/{new.pk}/claim/").status_code == 405
    assert bob.post(f"/threads/{new.pk}/claim/", {"is": "one"}).url == f"/threads/{thread.pk}/"
    thread.refresh_from_db()
    new.refresh_from_db()
    assert (thread.message_count, thread.status, thread.email) == (2, "open", "john@example.com")
    assert (new.merged_into, new.claimed) == (thread, None)
    assert bob.post(f"/threads/{new.pk}/claim/", {"is": "one"}).status_code == 404


@pytest.mark.row("IM12")
def test_an_id_quoted_by_a_stranger_claims_too_and_the_claim_can_be_dropped(world):
    thread = make.thread(world.service, message_id="<first@example.com>")
    new = claiming(world, thread, subject="Hello", references=("<first@example.com>",))
    assert new.claimed == thread
    bob = signed_in(world.bob)
    bob.post(f"/threads/{new.pk}/claim/", {"is": "apart"})
    page = bob.get(f"/threads/{new.pk}/").content.decode()
    assert "Claims to answer" not in page
    assert f"Bob Agent said that it does not belong to thread #{thread.pk}" in page
    assert claiming(world, thread, subject="Hello [#999999]").claimed is None


@pytest.mark.row("IM12")
def test_nobody_joins_what_they_may_not_see(world):
    secret = make.thread(world.accounting)
    new = claiming(world, secret)
    assert signed_in(world.bob).post(f"/threads/{new.pk}/claim/", {"is": "one"}).status_code == 404
    assert signed_in(world.charlie).post(f"/threads/{new.pk}/claim/", {"is": "apart"}).status_code == 404
    new.refresh_from_db()
    assert (new.claimed, new.merged_into) == (secret, None)


def test_answering_goes_to_all_who_take_part_up_to_forty_and_the_agent_sees_them(world):
    people = tuple(Party(f"p{number}@example.com") for number in range(50))
    to = (Party("service+x@shop.test"), Party("accounting@shop.test"), Party("john@example.com"))
    thread = make.thread(world.service, to=to, cc=people)
    page = signed_in(world.bob).get(f"/threads/{thread.pk}/").content.decode()
    copies = page.partition('name="cc" value="')[2].partition('"')[0].split(", ")
    assert copies == [one.address for one in people[:40]]
    assert OutgoingMail.objects.filter(kind="message").count() == 0
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    signed_in(world.bob).post(
        f"/threads/{thread.pk}/reply/", {"body": "Hello all", "cc": ", ".join(copies), "form_key": key}
    )
    assert OutgoingMail.objects.get(kind="message").cc == copies


def test_a_stranger_or_a_robot_proposes_nobody(world):
    thread = make.thread(world.service, automatic="auto-generated", cc=(Party("victim@example.com"),))
    assert (
        "victim@example.com"
        not in signed_in(world.bob)
        .get(f"/threads/{thread.pk}/")
        .content.decode()
        .partition('name="cc"')[2]
        .partition(">")[0]
    )


@pytest.mark.row("IM24")
def test_two_robots_stop_after_three_rounds(world):
    """Each confirmation brings another mail without any mark of a machine, for a day."""
    begin = timezone.now()
    for hour in range(0, 23, 2):
        with time_machine.travel(begin + timedelta(hours=hour), tick=False):
            intake.deliver(make.mail("Your mail is important to us", sender="robot@example.com"), contact=world.service)
    assert OutgoingMail.objects.filter(kind="ack").count() == 3
    with time_machine.travel(begin + timedelta(days=3), tick=False):
        intake.deliver(make.mail("Hello", sender="robot@example.com"), contact=world.service)
    assert OutgoingMail.objects.filter(kind="ack").count() == 4
