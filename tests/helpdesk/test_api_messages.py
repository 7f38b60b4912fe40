"""The API: replies, notes, forwards and new threads, each by the verb the pages call."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.authtoken.models import Token

from helpdesk import intake
from helpdesk.mail import Party
from helpdesk.models import (
    Message,
    MessageKind,
    Notice,
    OutgoingKind,
    OutgoingMail,
    Thread,
)
from tests import make
from tests.helpdesk.test_api import api
from tests.helpdesk.test_api_writes import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(world) -> Thread:
    return make.thread(world.service)


def test_a_reply_leaves_by_mail_with_its_files(world, thread):
    body = {"text": "See the label", "cc": ["maria@example.com"], "files": [SimpleUploadedFile("label.txt", b"X")]}
    response = api(world.bob).post(f"/api/threads/{thread.pk}/replies/", body, format="multipart")
    assert response.status_code == 201, response.content
    mail = OutgoingMail.objects.get(kind=OutgoingKind.MESSAGE)
    assert (mail.to, mail.cc) == (["john@example.com"], ["maria@example.com"])
    assert "See the label" in mail.text
    assert [one.name for one in mail.attachments.all()] == ["label.txt"]
    assert response.json()["delivery"] == "queued"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": "  "}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": "x", "cc": ["not an address"]}, "cc"),
        ({"text": "x", "then": "gone"}, "then"),
        ({"html": "<script>1</script>"}, "text"),
        ({"text": "x" * 200_001}, "text"),
    ],
)
def test_a_bad_reply_is_refused_at_its_field_and_nothing_leaves(world, thread, body, field):
    response = post(world.bob, thread, "replies", body)
    assert (response.status_code, list(response.json())) == (400, [field])
    assert not OutgoingMail.objects.filter(kind=OutgoingKind.MESSAGE).exists()


def test_html_of_a_reply_is_cleaned(world, thread):
    response = post(world.bob, thread, "replies", {"html": "<p onclick=x>Hi</p><script>bad()</script>"})
    assert (response.json()["html"], response.json()["text"]) == ("<p>Hi</p>", "Hi")


def test_fields_that_are_not_the_writers_to_set_are_ignored(world, thread):
    body = {
        "text": "Hello",
        "by": world.alice.pk,
        "author": world.alice.pk,
        "kind": "note",
        "recipients": {"to": ["eve@evil.test"]},
        "delivery": "sent",
        "once": "mine",
        "thread": 4711,
    }
    got = post(world.bob, thread, "replies", body).json()
    assert (got["author"]["name"], got["kind"], got["thread"]) == ("Bob Agent", "reply", thread.pk)
    assert (got["recipients"]["to"], got["delivery"]) == (["john@example.com"], "queued")


def test_the_same_key_sends_once(world, thread):
    key = {"Idempotency-Key": "order-66"}
    first = post(world.bob, thread, "replies", {"text": "Hello"}, **key)
    second = post(world.bob, thread, "replies", {"text": "Hello"}, **key)
    assert first.json()["id"] == second.json()["id"]
    assert OutgoingMail.objects.filter(kind=OutgoingKind.MESSAGE).count() == 1
    assert post(world.alice, thread, "replies", {"text": "Hello"}, **key).json()["id"] != first.json()["id"]
    assert post(world.bob, thread, "replies", {"text": "Hello"}).json()["id"] != first.json()["id"]


def test_the_same_key_at_the_same_time_sends_once(world_live, desk_url):
    thread = make.thread(world_live.service)
    token = Token.objects.create(user=world_live.bob).key
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json", "Idempotency-Key": "once"}

    def send(_n: int) -> int:
        line = HTTPConnection(desk_url.removeprefix("http://"), timeout=20)
        line.request("POST", f"/api/threads/{thread.pk}/replies/", json.dumps({"text": "Hello"}), headers)
        with closing(line), line.getresponse() as response:
            return json.load(response)["id"]

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(6)))) == 1
    assert OutgoingMail.objects.filter(kind=OutgoingKind.MESSAGE).count() == 1


@pytest.mark.row("TH7")
def test_a_note_is_in_nothing_that_leaves_the_house(world, thread):
    response = post(world.bob, thread, "notes", {"text": "Between us: the carrier lost it"})
    assert (response.status_code, response.json()["is_public"]) == (201, False)
    post(world.bob, thread, "replies", {"text": "We are looking into it"})
    post(world.bob, thread, "forwards", {"email": "carrier@example.com", "note": "Where is it?"})
    for mail in OutgoingMail.objects.exclude(kind=OutgoingKind.NOTICE):
        assert "Between us" not in mail.text + mail.html + mail.subject
    assert [one.text for one in thread.messages.public()] == ["Where is my order?", "We are looking into it"]
    thread.refresh_from_db()
    assert "Between us" not in thread.excerpt
    assert "Between us" not in api().get(f"/api/threads/{thread.pk}/").content.decode()


@pytest.mark.row("FW1")
def test_handing_over_assigns_notes_and_tells_once(world, thread):
    response = post(world.alice, thread, "forwards", {"agent": world.bob.pk, "note": "Yours, I think"})
    assert (response.status_code, response.json()["kind"], response.json()["is_public"]) == (201, "note", False)
    notice = Notice.objects.get(agent=world.bob)
    mail = OutgoingMail.objects.get(kind=OutgoingKind.NOTICE)
    assert Thread.objects.get(pk=thread.pk).assignee == world.bob
    assert (notice.kind, notice.text) == ("forwarded", "Yours, I think")
    assert f"/threads/{thread.pk}/" in mail.text
    assert "Yours, I think" in mail.text


@pytest.mark.row("FW2")
def test_the_answer_of_somebody_outside_comes_back_as_a_third_partys(world, thread):
    body = {"email": "supplier@example.com", "note": "Can you replace it?", "messages": [thread.messages.get().pk]}
    sent = post(world.bob, thread, "forwards", body).json()
    before = OutgoingMail.objects.count()
    mail = OutgoingMail.objects.get(message=sent["id"])
    assert (mail.to, "Where is my order?" in mail.text) == (["supplier@example.com"], True)
    answer = make.mail("Yes we can", sender="supplier@example.com", in_reply_to=(mail.message_id_header,))
    done = intake.deliver(answer, contact=world.service)
    assert (done.thread_id, Message.objects.get(pk=done.message_id).kind) == (thread.pk, MessageKind.THIRD_PARTY)
    assert OutgoingMail.objects.exclude(kind=OutgoingKind.NOTICE).count() == before


@pytest.mark.row("FW3")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["agent", "email"]),
        ({"note": "Look"}, ["agent", "email"]),
        ({"email": "nobody"}, ["email"]),
        ({"email": "a@example.com"}, ["note"]),
        ({"agent": 4711}, ["agent"]),
    ],
)
def test_a_forward_without_an_addressee_shows_where_and_sends_nothing(world, thread, body, fields):
    response = post(world.bob, thread, "forwards", body)
    assert (response.status_code, sorted(response.json())) == (400, fields)
    assert thread.messages.count() == 1
    assert not OutgoingMail.objects.exclude(kind=OutgoingKind.ACKNOWLEDGEMENT).exists()


@pytest.mark.row("FW3")
def test_a_forward_to_two_at_once_is_refused(world, thread):
    body = {"agent": world.bob.pk, "email": "a@example.com", "note": "x"}
    assert post(world.bob, thread, "forwards", body).status_code == 400


def test_only_this_threads_messages_and_files_can_be_forwarded(world, thread):
    other = make.thread(world.accounting, sender="x@example.com", files=(make.file(),))
    message = other.messages.get()
    for body in ({"messages": [message.pk]}, {"attachments": [message.attachments.get().pk]}):
        response = post(world.bob, thread, "forwards", {"email": "a@example.com", "note": "x", **body})
        assert (response.status_code, list(response.json())) == (400, list(body))


def test_a_thread_is_not_handed_to_who_may_not_see_it(world, thread):
    response = post(world.bob, thread, "forwards", {"agent": world.charlie.pk, "note": "x"})
    assert (response.status_code, list(response.json())) == (400, ["agent"])
    assert thread.messages.count() == 1


def begin(agent, **fields):
    body = {"written_by": "agent", "contact": "service", "email": "john@example.com", "subject": "Your bowl"}
    headers = fields.pop("headers", {})
    return api(agent).post("/api/threads/", {**body, "text": "Hello", **fields}, format="json", headers=headers)


def test_an_agent_begins_a_thread_and_the_answer_comes_back_into_it(world):
    order = make.order(world.john)
    got = begin(world.bob, order_reference=order.reference)
    assert got.status_code == 201, got.content
    thread = Thread.objects.get(pk=got.json()["id"])
    assert (thread.channel, thread.customer, thread.order, thread.assignee) == ("api", world.john, order, world.bob)
    assert [event.kind for event in thread.events.all()][:2] == ["created", "replied"]
    mail = OutgoingMail.objects.get(thread=thread, kind=OutgoingKind.MESSAGE)
    answer = make.mail("Thanks", in_reply_to=(mail.message_id_header,), to=(Party("service@shop.test"),))
    assert intake.deliver(answer, contact=world.service).thread_id == thread.pk


def test_what_a_customer_said_elsewhere_becomes_a_thread(world):
    got = begin(world.bob, written_by="customer", email="Ana@x.test", name="Ana", text="I <3 it").json()
    thread = Thread.objects.get(pk=got["id"])
    assert (thread.channel, thread.sender, thread.needs_answer) == ("api", "Ana", True)
    assert (got["messages"][0]["kind"], got["messages"][0]["text"]) == ("customer", "I <3 it")


@pytest.mark.parametrize("written_by", ["agent", "customer"])
def test_the_same_key_begins_one_thread(world, written_by):
    headers = {"Idempotency-Key": "abc"}
    made = {begin(world.bob, written_by=written_by, headers=headers).json()["id"] for _ in range(2)}
    assert len(made) == 1
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"contact": "accounting"}, "contact"),
        ({"contact": "nowhere"}, "contact"),
        ({"email": "x"}, "email"),
        ({"subject": ""}, "subject"),
        ({"text": ""}, "text"),
        ({"written_by": "eve"}, "written_by"),
        ({"language": "klingon"}, "language"),
    ],
)
def test_a_thread_that_cannot_begin_says_why_at_the_field(world, fields, field):
    response = begin(world.bob, **fields)
    assert (response.status_code, list(response.json())) == (400, [field])
    assert not Thread.objects.exists()


def test_nobody_else_begins_threads(world):
    assert begin(None).status_code == 401
