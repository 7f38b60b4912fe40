"""Which thread a mail answers: only what we signed proves it."""

import pytest

from helpdesk import intake, tokens
from helpdesk.mail import Party
from helpdesk.models import MessageKind, Status, Thread
from tests import make

pytestmark = pytest.mark.django_db


def deliver(contact, **fields):
    return intake.deliver(make.mail(**fields), contact=contact)


@pytest.mark.row("IM11")
def test_a_signed_id_in_references_is_enough_whatever_the_subject(world):
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    done = deliver(world.service, subject="RV: cualquier cosa", references=("<x@y>", reply.message_id, "<z@y>"))
    assert (done.outcome, done.thread_id) == ("appended", thread.pk)


def test_an_id_with_one_changed_character_proves_nothing(world):
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    forged = reply.message_id.replace(f"<c.{thread.pk}.", f"<c.{thread.pk + 1}.")
    assert tokens.read_message_id(reply.message_id) is not None
    assert tokens.read_message_id(forged) is None
    done = deliver(world.service, sender="eve@evil.test", in_reply_to=(forged,))
    assert done.outcome == "created"


def test_a_signed_reply_address_goes_before_everything_else(world):
    thread, other = make.thread(world.service), make.thread(world.service, sender="x@example.com")
    reply = other.reply("Hello", by=world.bob)
    address = tokens.mint_address(tokens.Kind.CUSTOMER, thread.pk, "service@shop.test")
    done = deliver(world.service, to=(Party(address),), in_reply_to=(reply.message_id,))
    assert done.thread_id == thread.pk


def test_keys_can_be_rotated_and_old_tokens_still_hold(world, settings):
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    settings.MAIL_TOKEN_KEYS = ["new-key", *settings.MAIL_TOKEN_KEYS]
    assert deliver(world.service, in_reply_to=(reply.message_id,)).thread_id == thread.pk
    settings.MAIL_TOKEN_KEYS = ["new-key"]
    assert tokens.read_message_id(reply.message_id) is None


def test_a_stranger_with_a_right_token_is_let_in_but_flagged_and_never_written_to(world):
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    done = deliver(world.service, sender="eve@evil.test", in_reply_to=(reply.message_id,))
    message = thread.messages.get(pk=done.message_id)
    thread.refresh_from_db()
    assert (done.reason, message.is_from_stranger, thread.email) == ("stranger", True, "john@example.com")
    assert thread.reply("Again", by=world.bob).recipients["to"] == ["john@example.com"]


def test_a_second_mail_that_answers_ones_own_first_one_joins_it(world):
    thread = make.thread(world.service, message_id="<first@example.com>")
    assert deliver(world.service, in_reply_to=("<first@example.com>",)).thread_id == thread.pk
    stranger = deliver(world.service, sender="eve@evil.test", in_reply_to=("<first@example.com>",))
    assert stranger.outcome == "created"


def test_the_number_in_the_subject_is_enough_for_the_customer_only(world):
    thread = make.thread(world.service)
    assert deliver(world.service, subject=f"AW: Order [#{thread.pk}]").thread_id == thread.pk


@pytest.mark.row("FW2")
def test_a_suppliers_answer_comes_back_as_a_third_partys_and_the_customer_hears_nothing(world):
    thread = make.thread(world.service)
    sent = thread.forward("supplier@maker.test", by=world.bob, note="Can you check?", then=Status.PENDING_2)
    done = deliver(world.service, sender="supplier@maker.test", sender_name="Maker", in_reply_to=(sent.message_id,))
    message = thread.messages.get(pk=done.message_id)
    thread.refresh_from_db()
    assert (message.kind, thread.status) == (MessageKind.THIRD_PARTY, Status.OPEN)
    assert message not in thread.messages.public()


@pytest.mark.row("ST6")
def test_an_answer_long_after_closing_begins_a_new_thread_that_follows_the_old(world):
    thread = make.thread(world.service)
    reply = thread.reply("Done", by=world.bob, then=Status.CLOSED)
    Thread.objects.filter(pk=thread.pk).update(closed_at="2020-01-01T00:00Z")
    done = deliver(world.service, in_reply_to=(reply.message_id,))
    assert done.outcome == "created"
    assert Thread.objects.get(pk=done.thread_id).follows == thread


@pytest.mark.row("IM15")
def test_the_contact_whose_address_is_named_gets_the_mail_and_the_mailboxes_own_the_rest(world):
    named = deliver(world.service, to=(Party("accounting@shop.test"),))
    hidden = deliver(world.service, to=())
    delivered = deliver(world.service, to=(), delivered_to=("Accounting@shop.test",))
    contacts = [Thread.objects.get(pk=one.thread_id).contact for one in (named, hidden, delivered)]
    assert contacts == [world.accounting, world.service, world.accounting]


@pytest.mark.row("CO5")
def test_with_one_address_for_two_contacts_an_answer_stays_where_the_thread_is(world):
    world.accounting.email = world.service.email
    world.accounting.save()
    thread = make.thread(world.accounting)
    reply = thread.reply("Hello", by=world.charlie)
    assert deliver(world.service, in_reply_to=(reply.message_id,)).thread_id == thread.pk
    thread.refresh_from_db()
    assert thread.contact == world.accounting


def test_answers_follow_a_merged_thread(world):
    first, second = make.thread(world.service), make.thread(world.service)
    reply = second.reply("Hello", by=world.bob)
    second.refresh_from_db()
    merge = second.merge_into(first, by=world.bob)
    assert deliver(world.service, in_reply_to=(reply.message_id,)).thread_id == first.pk
    first.refresh_from_db()
    first.split(merge, by=world.bob)
    assert [message.text for message in second.messages.all()] == ["Where is my order?", "Hello"]
