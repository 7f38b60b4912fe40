"""Threads joined, parted and split; another person; the pages for it."""

import pytest
from django.db import connection

from helpdesk import intake
from helpdesk.models import Thread
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def texts(thread):
    return [one.text for one in thread.messages.order_by("pk")]


@pytest.mark.row("TH16")
def test_a_merged_thread_keeps_both_sets_its_number_leads_there_and_mail_follows(world, bob):
    old = make.thread(world.service, text="First")
    kept = make.thread(world.service, text="Second")
    sent = old.reply("Hello", by=world.bob)
    assert f'name="into" value="{kept.pk}"' in bob.get(f"/threads/{old.pk}/merge/").content.decode()
    done = bob.post(f"/threads/{old.pk}/merge/", {"into": f"#{kept.pk}"})
    assert done["Location"] == f"/threads/{kept.pk}/"
    assert bob.get(f"/threads/{old.pk}/")["Location"] == f"/threads/{kept.pk}/"
    intake.deliver(make.mail("Answer", in_reply_to=(sent.message_id,)), contact=world.service)
    assert texts(kept) == ["First", "Second", "Hello", "Answer"]
    page = bob.get(f"/threads/{kept.pk}/merge/").content.decode()
    assert "Part again" in page
    assert bob.post(f"/threads/{kept.pk}/merges/{kept.merges_here.get().pk}/part/").status_code == 303
    assert (texts(old), texts(kept)) == (["First", "Hello"], ["Second", "Answer"])
    assert bob.get(f"/threads/{old.pk}/").status_code == 200


@pytest.mark.row("TH16")
def test_both_threads_have_to_be_ones_that_i_see(world, bob):
    mine, theirs = make.thread(world.service), make.thread(world.accounting, sender="b@example.com")
    for into in (theirs.pk, mine.pk, 999_999, "x", ""):
        assert bob.post(f"/threads/{mine.pk}/merge/", {"into": into}).status_code == 400
    assert bob.post(f"/threads/{theirs.pk}/merge/", {"into": mine.pk}).status_code == 404
    merge = theirs.merge_into(mine, by=world.alice)
    assert bob.post(f"/threads/{mine.pk}/merges/{merge.pk}/part/").status_code == 404


@pytest.mark.row("TH16")
def test_some_messages_become_a_thread_of_their_own_and_go_back(world, bob):
    thread = make.thread(world.service, text="About the bowl")
    thread.receive(make.mail("And about the invoice"))
    second = thread.messages.order_by("pk").last()
    path = f"/threads/{thread.pk}/split/"
    assert "And about the invoice" in bob.get(path).content.decode()
    assert bob.post(path, {"subject": "Invoice"}).status_code == 400
    everything = list(thread.messages.values_list("pk", flat=True))
    refused = bob.post(path, {"subject": "Invoice", "messages": everything})
    assert "not all of them" in refused.content.decode()
    bob.post(path, {"subject": "Invoice", "messages": [second.pk]})
    made = Thread.objects.get(subject="Invoice")
    thread.refresh_from_db()
    assert (texts(thread), texts(made)) == (["About the bowl"], ["And about the invoice"])
    assert (made.customer, made.needs_answer, made.message_count, thread.message_count) == (thread.customer, True, 1, 1)
    assert f"made thread #{made.pk}" in bob.get(f"/threads/{thread.pk}/").content.decode()
    made.merge_into(thread, by=world.bob)
    assert len(texts(thread)) == 2


@pytest.mark.row("TH16")
def test_another_person_becomes_the_customer_and_copies_stay(world, bob):
    jane = make.customer("Jane Roe", "jane@example.com")
    thread = make.thread(world.service)
    path = f"/threads/{thread.pk}/requester/"
    assert bob.post(path, {"email": "jane"}).status_code == 400
    assert bob.post(path, {"email": "jane@example.com", "cc": "wrong"}).status_code == 400
    bob.post(path, {"name": "Jane", "email": "Jane@example.com", "cc": "boss@example.com"})
    thread.refresh_from_db()
    assert (thread.customer, thread.email, thread.cc) == (jane, "jane@example.com", ["boss@example.com"])
    assert 'value="boss@example.com"' in bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "jane@example.com" in str(thread.events.last())


@pytest.mark.row("TH16")
@pytest.mark.parametrize("question", ["merge", "split", "requester"])
def test_each_question_stands_in_the_desks_own_frame(client, world, question):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    page = client.get(f"/threads/{thread.pk}/{question}/").content.decode()
    assert 'class="app"' in page
    assert "Back to the thread" in page


def test_lists_of_what_is_in_no_other_thread_do_not_read_all_threads(db):
    if connection.vendor == "postgresql":
        return  # it knows how many are in none
    assert "queue" in Thread.objects.active().filter(merged_into=None).explain()
    assert "threads_merged" in Thread.objects.filter(merged_into=1).explain()
