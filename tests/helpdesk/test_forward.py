"""Forwarding: to a colleague, or outside."""

import pytest

from helpdesk import intake
from helpdesk.models import DeskSettings, Message, Notice, OutgoingMail
from tests import make


@pytest.fixture
def thread(world):
    return make.thread(world.service, "The bowl is broken", files=(make.file("photo.txt"),))


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def forward(client, thread, **fields):
    return client.post(f"/threads/{thread.pk}/forward/", fields)


def outside(thread):
    return OutgoingMail.objects.get(kind="message", thread=thread)


@pytest.mark.row("FW1")
def test_to_a_colleague_it_is_assignment_note_and_notice_in_one(world, bob, thread):
    forward(bob, thread, target="team", agent=world.alice.pk, body="Can you confirm?")
    thread.refresh_from_db()
    note, notice = thread.messages.get(kind="note"), Notice.objects.get(agent=world.alice)
    assert (thread.assignee, note.text, notice.text) == (world.alice, "Can you confirm?", "Can you confirm?")
    assert not note.is_public
    mail = OutgoingMail.objects.get(kind="notice")
    assert mail.to == ["alice@shop.test"]
    assert f"/threads/{thread.pk}/" in mail.text


@pytest.mark.row("FW1")
def test_a_colleague_who_may_not_see_the_thread_cannot_be_chosen(world, bob, thread):
    assert "Charlie" not in bob.get(f"/threads/{thread.pk}/?mode=forward").content.decode()
    refused = forward(bob, thread, target="team", agent=world.charlie.pk, body="x")
    assert refused.status_code == 400
    assert not Notice.objects.exists()


@pytest.mark.row("FW2")
def test_an_outsider_gets_the_chosen_messages_and_answers_into_the_thread(world, bob, thread):
    chosen = thread.messages.get()
    forward(bob, thread, target="outside", address="Carrier@x.test", body="Where is it?", messages=[chosen.pk])
    mail = outside(thread)
    assert mail.to == ["carrier@x.test"]
    assert "Where is it?" in mail.text
    assert "The bowl is broken" in mail.text
    before = OutgoingMail.objects.count()
    answer = make.mail("In Coslada", sender="carrier@x.test", in_reply_to=(mail.message_id_header,))
    done = intake.deliver(answer, contact=world.service)
    assert done.thread_id == thread.pk
    assert Message.objects.get(pk=done.message_id).kind == "third_party"
    customers_mail = [one for one in OutgoingMail.objects.all() if "john@example.com" in one.to]
    assert not any("Coslada" in one.text for one in customers_mail)
    assert OutgoingMail.objects.filter(kind="message").count() == 1
    assert before <= OutgoingMail.objects.count()
    assert "Third party" in bob.get(f"/threads/{thread.pk}/").content.decode()


@pytest.mark.row("FW2")
def test_notes_cannot_be_forwarded(world, bob, thread):
    note = thread.note("She is difficult", by=world.bob)
    assert "She is difficult" not in bob.get(f"/threads/{thread.pk}/composer/?mode=forward").content.decode()
    refused = forward(bob, thread, target="outside", address="c@x.test", body="x", messages=[note.pk])
    assert refused.status_code == 400
    assert not OutgoingMail.objects.filter(kind="message").exists()


@pytest.mark.row("FW2")
def test_the_customers_messages_are_chosen_at_first(world, bob, thread):
    thread.reply("Sorry", by=world.alice)
    page = bob.get(f"/threads/{thread.pk}/composer/?mode=forward").content.decode()
    customer, reply = thread.messages.all()
    assert f'name="messages" value="{customer.pk}" checked' in page
    assert f'name="messages" value="{reply.pk}">' in page


@pytest.mark.row("FW3")
def test_an_empty_form_says_so_at_both_fields_and_sends_nothing(world, bob, thread):
    refused = forward(bob, thread, body="kept words")
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Choose a colleague." in page
    assert "Write an e-mail address, such as name@example.com." in page
    assert "kept words" in page
    assert not OutgoingMail.objects.filter(kind="message").exists()
    assert not Notice.objects.exists()


@pytest.mark.row("FW3")
@pytest.mark.parametrize("address", ["nonsense", "a@b@c", "x@x.test, y@x.test", "x@x.test\r\nBcc: z@x.test"])
def test_what_is_no_single_address_is_refused(world, bob, thread, address):
    refused = forward(bob, thread, target="outside", address=address, body="x")
    assert refused.status_code == 400
    assert not OutgoingMail.objects.filter(kind="message").exists()


@pytest.mark.row("FW4")
def test_the_page_says_to_whom_and_so_does_an_event(world, bob, thread):
    answer = bob.post(
        f"/threads/{thread.pk}/forward/", {"target": "outside", "address": "c@x.test", "body": "x"}, follow=True
    )
    page = answer.content.decode()
    assert "Forwarded to c@x.test." in page
    assert "Bob Agent forwarded it to c@x.test" in page


@pytest.mark.row("FW5")
def test_inside_and_outside_get_the_same_message_block(world, bob, thread):
    chosen = thread.messages.get()
    world.alice.language = thread.language
    world.alice.save()
    forward(bob, thread, target="outside", address="c@x.test", body="one", messages=[chosen.pk], form_key="a")
    forward(bob, thread, target="team", agent=world.alice.pk, body="two", messages=[chosen.pk], form_key="b")
    marker = "---------- Forwarded message ----------"
    blocks = [
        mail.text.split(marker)[1].split("The bowl is broken")[0]
        for mail in (outside(thread), OutgoingMail.objects.get(kind="notice", to=["alice@shop.test"]))
    ]
    assert blocks[0] == blocks[1]


@pytest.mark.row("FW6")
def test_the_chosen_files_go_along_and_the_others_stay(world, bob, thread):
    thread.receive(make.mail("more", files=(make.file("other.txt"),)))
    photo = thread.messages.first().attachments.get()
    forward(bob, thread, target="outside", address="c@x.test", body="x", attachments=[photo.pk])
    assert [one.name for one in outside(thread).attachments.all()] == ["photo.txt"]
    assert photo.message == thread.messages.first()


@pytest.mark.row("FW8")
def test_the_sender_is_the_contact_with_the_agents_name(world, bob, thread):
    DeskSettings.objects.update_or_create(pk=1, defaults={"shop_name": "Taller Norte"})
    forward(bob, thread, target="outside", address="c@x.test", body="x")
    assert (outside(thread).from_email, outside(thread).from_name) == ("service@shop.test", "Bob Agent · Taller Norte")


def test_a_forward_can_be_taken_back_with_its_address(world, bob, thread):
    forward(bob, thread, target="outside", address="c@x.test", body="hold on")
    message = thread.messages.get(kind="forward")
    page = bob.post(f"/threads/{thread.pk}/messages/{message.pk}/recall/", follow=True).content.decode()
    assert "hold on" in page
    assert 'value="c@x.test"' in page
