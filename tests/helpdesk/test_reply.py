"""Answering the customer from the page."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from helpdesk import outbox
from helpdesk.models import DeskSettings, Draft, Message, OutgoingMail, OutgoingState, Status
from tests import make
from tests.helpdesk.test_api import api


@pytest.fixture
def thread(world):
    return make.thread(world.service)


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def send(client, thread, body="Here it comes", **fields):
    fields.setdefault("form_key", f"key-{Message.objects.count()}")
    return client.post(f"/threads/{thread.pk}/reply/", {"body": body, **fields})


def the_mail(thread):
    return OutgoingMail.objects.get(thread=thread, kind="message", state=OutgoingState.QUEUED)


@pytest.mark.row("TH5")
def test_a_reply_is_queued_for_the_customer_and_leaves_after_the_time_to_undo(world, bob, thread):
    answer = send(bob, thread)
    mail, message = the_mail(thread), thread.messages.get(kind="reply")
    assert answer.status_code == 303
    assert answer.url == f"/threads/{thread.pk}/?sent={message.pk}"
    assert (mail.to, mail.from_email) == (["john@example.com"], "service@shop.test")
    assert 8 < (mail.not_before - timezone.now()).total_seconds() <= 10
    assert "Here it comes" in mail.text


@pytest.mark.row("ST5")
def test_by_default_the_thread_then_waits_for_the_customer(world, bob, thread):
    send(bob, thread)
    thread.refresh_from_db()
    assert thread.status == Status.PENDING_1


@pytest.mark.row("ST5")
@pytest.mark.parametrize("then", Status.values)
def test_the_button_decides_the_status_afterwards(world, bob, thread, then):
    send(bob, thread, then=then)
    thread.refresh_from_db()
    assert thread.status == then


@pytest.mark.row("ST5")
def test_the_first_button_is_the_contacts_own_rule(world, bob, thread):
    world.service.after_reply = Status.CLOSED
    world.service.save()
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert page.index("Send and close") < page.index("Send and Pending 1")


@pytest.mark.row("TH11")
def test_the_first_to_reply_from_the_page_takes_the_thread(world, bob, thread, client):
    send(bob, thread)
    client.force_login(world.alice)
    send(client, thread, "me too")
    thread.refresh_from_db()
    assert thread.assignee == world.bob


@pytest.mark.row("TH5")
def test_smtp_down_is_said_in_the_thread_and_the_thread_does_not_stay_closed(world, bob, thread):
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    send(bob, thread, then="closed")
    outbox.sent(outbox.claim())  # the confirmation of receipt goes first
    outbox.failed(outbox.claim(), "421 try later <b>", permanent=False)
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "Not sent, retrying" in page
    assert "421 try later &lt;b&gt;" in page
    thread.refresh_from_db()
    assert thread.status == Status.OPEN
    OutgoingMail.objects.update(not_before=timezone.now())
    outbox.sent(outbox.claim())
    assert outbox.claim() is None
    assert "Sent" in bob.get(f"/threads/{thread.pk}/conversation/").content.decode()


@pytest.mark.row("TH5")
def test_what_was_not_delivered_says_why_and_can_be_tried_again(world, bob, thread):
    message = thread.reply("Hello", by=world.bob)
    OutgoingMail.objects.filter(message=message).update(state="sending", claim="x", not_before=timezone.now())
    row = OutgoingMail.objects.get(message=message)
    outbox.failed(outbox.outbound(row), "550 no such user", permanent=True)
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "550 no such user" in page
    bob.post(f"/threads/{thread.pk}/messages/{message.pk}/send-again/")
    row.refresh_from_db()
    assert row.state == OutgoingState.QUEUED


@pytest.mark.row("TH5")
def test_undo_puts_the_text_back_into_the_composer(world, bob, thread):
    send(bob, thread, "<p>Half a <strong>thought</strong></p>", body_format="html", cc="carla@x.test")
    message = thread.messages.get(kind="reply")
    strip = bob.get(f"/threads/{thread.pk}/?sent={message.pk}").content.decode()
    assert "Reply to John Doe on its way" in strip
    answer = bob.post(f"/threads/{thread.pk}/messages/{message.pk}/recall/", follow=True)
    page = answer.content.decode()
    assert "Half a &lt;strong&gt;thought&lt;/strong&gt;" in page
    assert "carla@x.test" in page
    thread.refresh_from_db()
    assert (thread.status, thread.assignee) == (Status.OPEN, None)
    assert OutgoingMail.objects.get(message=message).state == OutgoingState.CANCELLED


@pytest.mark.row("TH5")
def test_undo_that_comes_too_late_says_so(world, bob, thread):
    message = thread.reply("Gone", by=world.bob)
    OutgoingMail.objects.filter(message=message).update(not_before=timezone.now() - timedelta(seconds=1))
    answer = bob.post(f"/threads/{thread.pk}/messages/{message.pk}/recall/", follow=True)
    assert "Too late: it has already left." in answer.content.decode()
    assert not Draft.objects.exists()


def test_only_the_author_takes_a_message_back(world, bob, thread):
    message = thread.reply("Mine", by=world.alice)
    assert bob.post(f"/threads/{thread.pk}/messages/{message.pk}/recall/").status_code == 404


@pytest.mark.row("CS12")
def test_sending_stops_when_the_customer_wrote_meanwhile_and_the_text_stays(world, bob, thread):
    seen = thread.messages.get().pk
    newer = thread.receive(make.mail("It has just arrived, thank you"))
    stopped = send(bob, thread, "I will send another", last_message=seen, then="closed")
    page = stopped.content.decode()
    assert stopped.status_code == 409
    for said in ("Not sent: there is something newer", "It has just arrived, thank you", "I will send another"):
        assert said in page
    assert not thread.messages.filter(kind="reply").exists()
    assert send(bob, thread, "I will send another", last_message=newer.pk, then="closed").status_code == 303
    assert thread.messages.filter(kind="reply").count() == 1


def test_a_second_submit_of_the_same_form_is_one_message(world, bob, thread):
    first = send(bob, thread, form_key="same")
    second = send(bob, thread, form_key="same")
    assert first.url == second.url
    assert thread.messages.filter(kind="reply").count() == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": "   "}, "There is nothing to send: write a message first."),
        ({"body": "<p></p>", "body_format": "html"}, "There is nothing to send: write a message first."),
        ({"body": "Hi", "cc": "ana@x.test, nonsense"}, "“nonsense” is not an e-mail address."),
        ({"body": "Hello {{ order.reference }}"}, "A value is missing: fill in “order.reference” before sending."),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence_and_kept(world, bob, thread, fields, sentence):
    refused = send(bob, thread, **fields)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert sentence in page
    assert fields["body"].strip() in page or fields.get("body_format")
    assert fields.get("cc", "") in page
    assert not thread.messages.filter(kind="reply").exists()


def test_a_thread_without_an_address_cannot_be_answered_and_says_so(world, bob):
    thread = make.thread(world.service, sender="", sender_name="", problem="no-sender")
    refused = send(bob, thread, "To whom?")
    assert refused.status_code == 400
    assert "This thread has no e-mail address to answer to." in refused.content.decode()
    assert "To whom?" in refused.content.decode()


def test_an_unknown_status_after_sending_is_refused(world, bob, thread):
    assert send(bob, thread, then="deleted").status_code == 400
    assert not thread.messages.filter(kind="reply").exists()


@pytest.mark.row("TH6")
def test_files_go_into_the_mail_and_the_thread(world, bob, thread):
    files = [SimpleUploadedFile("label.pdf", b"%PDF-1.4 one"), SimpleUploadedFile("list.txt", b"two")]
    send(bob, thread, files=files)
    assert [one.name for one in thread.messages.get(kind="reply").attachments.all()] == ["label.pdf", "list.txt"]
    assert {one.name for one in the_mail(thread).attachments.all()} == {"label.pdf", "list.txt"}
    thread.refresh_from_db()
    assert thread.attachment_count == 2


@pytest.mark.row("TH6")
def test_a_file_over_the_limit_is_named_and_the_text_stays(world, bob, thread):
    DeskSettings.objects.update_or_create(pk=1, defaults={"upload_limit_mb": 0})
    bob.post(f"/threads/{thread.pk}/draft/", {"body": "with a file"})
    answer = bob.post(f"/threads/{thread.pk}/draft/files/", {"files": SimpleUploadedFile("big.bin", b"x" * 10)})
    assert "“big.bin” is larger than 0 MB." in answer.content.decode()
    assert Draft.objects.get().text == "with a file"


def test_copies_go_to_the_addresses_of_cc(world, bob, thread):
    send(bob, thread, cc="Ana@X.test; luis@x.test")
    assert the_mail(thread).cc == ["ana@x.test", "luis@x.test"]


@pytest.mark.row("TH8")
def test_send_and_next_opens_the_next_thread_of_the_queue(world, bob, thread):
    following = make.thread(world.service)
    answer = send(bob, thread, next="1", **{"from": "view=unassigned"})
    message = thread.messages.get(kind="reply")
    assert answer.url == f"/threads/{following.pk}/?sent={message.pk}&from=view%3Dunassigned"
    assert "Reply to John Doe on its way" in bob.get(answer.url).content.decode()


@pytest.mark.row("PM1")
def test_the_signature_is_added_once_in_the_threads_language(world, bob):
    DeskSettings.objects.update_or_create(
        pk=1, defaults={"default_messages": {"es": "Un saludo del taller", "en": "Yours, the workshop"}}
    )
    thread = make.thread(world.service, "Hola, ¿dónde está mi pedido? Gracias, un saludo de Ana para los del taller")
    assert thread.language == "es"
    assert "Un saludo del taller" in bob.get(f"/threads/{thread.pk}/").content.decode()
    send(bob, thread, "Ya sale")
    assert the_mail(thread).text.count("Un saludo del taller") == 1
    assert "Yours" not in the_mail(thread).text


@pytest.mark.row("TH14")
def test_the_mails_own_words_follow_the_threads_language(world, bob):
    thread = make.thread(world.service, language="es")
    send(bob, thread, "Ya sale")
    assert thread.language == "es"
    assert "Ya sale" in the_mail(thread).text


def story(thread):
    """What happened, without what differs by time and row: kind, actor, status and holder afterwards, words."""
    events = thread.events.exclude(kind="acknowledged").order_by("pk")
    return [(one.kind, one.who, one.status, one.holder, bool(one.message), one.data) for one in events]


@pytest.mark.row("TH18")
@pytest.mark.parametrize("then", Status.values)
def test_the_page_the_api_and_the_verb_leave_the_same_events(world, bob, then):
    by_page, by_api, by_verb = (make.thread(world.service) for _ in range(3))
    send(bob, by_page, "On its way", then=then)
    api(world.bob).post(f"/api/threads/{by_api.pk}/replies/", {"text": "On its way", "then": then}, format="json")
    by_verb.reply("On its way", by=world.bob, then=then)
    assert story(by_page) == story(by_api) == story(by_verb)
    changed = [] if then == Status.OPEN else ["status"]
    assert [one[0] for one in story(by_page)] == ["created", "received", "replied", "assigned", *changed]
    for thread in (by_page, by_api, by_verb):
        thread.refresh_from_db()
        assert (thread.status, thread.assignee) == (then, world.bob)


def test_markup_in_a_reply_is_cleaned(world, bob, thread):
    send(bob, thread, '<p onclick="x()">Hi<script>alert(1)</script><iframe></iframe></p>', body_format="html")
    assert thread.messages.get(kind="reply").html == "<p>Hi</p>"
    assert "<script" not in the_mail(thread).html


def test_htmx_gets_the_composer_with_the_error_and_a_quiet_console(world, bob, thread):
    answer = bob.post(f"/threads/{thread.pk}/reply/", {"body": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith('<section class="composer"')
    sent = bob.post(f"/threads/{thread.pk}/reply/", {"body": "ok"}, headers={"HX-Request": "true"})
    assert sent.headers["HX-Redirect"].startswith(f"/threads/{thread.pk}/?sent=")
