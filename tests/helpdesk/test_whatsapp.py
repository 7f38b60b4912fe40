"""WhatsApp: the link with the text, what the thread notes, and why there is none."""

from urllib.parse import parse_qs, urlsplit

import pytest

from crm.models import Address, Customer
from helpdesk.models import EventKind, PredefinedReply, Thread
from tests import make


@pytest.fixture
def bob(world, client):
    """Bob signed in."""
    client.force_login(world.bob)
    return client


@pytest.fixture
def url(world):
    """John's, who can be called."""
    Customer.objects.filter(pk=world.john.pk).update(phone="+34600000123")
    return f"/customers/{world.john.pk}/whatsapp/"


class Connected:
    """A channel that takes everything."""

    sent: list[tuple[str, str]] = []

    def obstacle(self) -> str:
        return ""

    def send(self, number: str, text: str) -> None:
        self.sent.append((number, text))


@pytest.mark.row("AR17")
def test_a_template_with_order_data_opens_whatsapp_and_the_thread_notes_it(world, bob, url):
    order = make.order(world.john, carrier="MRW")
    reply = PredefinedReply.objects.create(
        title="On its way",
        bodies={"en": "<p>Hi {{ customer.first_name }}: {{ order.reference }} &amp; more, ¿vale?</p>"},
    )
    thread = make.thread(world.service)
    page = bob.get(f"{url}?template={reply.pk}&order={order.pk}").content.decode()
    text = f"Hi John: {order.reference} & more, ¿vale?"
    assert text.replace("&", "&amp;") in page
    went = bob.post(url, {"text": text, "thread": thread.pk, "contact": world.service.pk, "do": "open"})
    assert went.status_code == 303
    parts = urlsplit(went.url)
    assert (parts.netloc, parts.path) == ("wa.me", "/34600000123")
    assert parse_qs(parts.query) == {"text": [text]}
    assert " " not in went.url
    event = thread.events.get(kind=EventKind.WHATSAPP)
    assert event.message.text == text
    shown = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "WhatsApp link opened by Bob Agent for +34600000123" in shown
    assert "https://wa.me" in went.headers["Content-Security-Policy"]


@pytest.mark.row("AR18")
def test_the_chat_opens_at_the_number_of_the_customers_country(world, bob):
    john = world.john
    Customer.objects.filter(pk=john.pk).update(phone="600 000 123")
    Address.objects.create(customer=john, line1="Rúa 1", city="Lugo", country="ES", for_delivery=True)
    went = bob.post(f"/customers/{john.pk}/whatsapp/", {"contact": world.service.pk, "do": "chat"})
    assert went.url == "https://wa.me/34600000123"
    thread = Thread.objects.get()
    assert (thread.customer, thread.contact, thread.assignee) == (john, world.service, world.bob)
    assert thread.events.filter(kind=EventKind.WHATSAPP).count() == 1
    assert not thread.messages.exists()


@pytest.mark.row("AR19")
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "There is no phone number on file."),
        ({"phone": "12"}, "“12” cannot be called."),
        ({"phone": "+34600000123", "do_not_contact": True}, "Must not be contacted"),
    ],
)
def test_without_a_number_the_button_is_off_and_says_why(world, bob, fields, reason):
    Customer.objects.filter(pk=world.john.pk).update(**fields)
    card = bob.get(f"/customers/{world.john.pk}/").content.decode()
    entry = card.split("WhatsApp message…")[0][-200:] + card.split("WhatsApp message…")[1][:200]
    assert 'aria-disabled="true"' in entry
    assert reason in entry
    url = f"/customers/{world.john.pk}/whatsapp/"
    page = bob.get(url).content.decode()
    assert reason in page
    assert "disabled" in page.split("Open WhatsApp")[0][-400:]
    assert bob.post(url, {"contact": world.service.pk, "do": "chat"}).status_code == 400
    assert not Thread.objects.exists()


@pytest.mark.row("AR19")
def test_the_channel_says_that_it_is_not_connected_and_sends_once_it_is(world, bob, url, settings):
    page = bob.get(url).content.decode()
    assert "WhatsApp channel not connected" in page
    form = {"text": "Hello", "contact": world.service.pk, "do": "send"}
    refused = bob.post(url, form)
    assert refused.status_code == 400
    assert not Thread.objects.exists()
    settings.WHATSAPP_CHANNEL = "tests.helpdesk.test_whatsapp.Connected"
    assert "not connected" not in bob.get(url).content.decode()
    went = bob.post(url, form)
    assert Connected.sent == [("+34600000123", "Hello")]
    assert went.url == f"/threads/{Thread.objects.get().pk}/"
    assert Thread.objects.get().events.filter(kind=EventKind.WHATSAPP_SENT).exists()


def test_a_text_that_is_empty_unfinished_or_too_long_is_refused_and_kept(world, bob, url):
    for text, sentence in (
        (" ", "There is nothing to send"),
        ("Hi {{ order.reference }}", "fill in “order.reference”"),
        ("x" * 2001, "too long for WhatsApp"),
    ):
        refused = bob.post(url, {"text": text, "contact": world.service.pk, "do": "open"})
        assert refused.status_code == 400
        assert sentence in refused.content.decode()
        assert text.strip() in refused.content.decode()


def test_nobody_notes_it_in_a_thread_or_contact_that_they_may_not_see(world, client, url):
    thread = make.thread(world.service)
    client.force_login(world.charlie)
    hidden = client.post(url, {"text": "Hi", "thread": thread.pk, "contact": world.accounting.pk, "do": "open"})
    assert hidden.status_code == 400
    assert client.post(url, {"text": "Hi", "contact": world.service.pk, "do": "open"}).status_code == 400
    assert not thread.events.filter(kind=EventKind.WHATSAPP).exists()


@pytest.mark.row("AR20")
def test_a_number_that_cannot_be_called_is_mended_in_the_dialog(world, bob, client):
    john = world.john
    Customer.objects.filter(pk=john.pk).update(phone="06 12 34")
    url = f"/customers/{john.pk}/whatsapp/"
    page = bob.get(url).content.decode()
    assert "cannot be called" in page
    assert 'value="06 12 34"' in page
    refused = bob.post(f"{url}phone/", {"country": "FR", "phone": "06 12"})
    assert refused.status_code == 400
    assert "Example: 06 12 34 56 78" in refused.content.decode()
    assert 'value="06 12"' in refused.content.decode()
    same = bob.post(f"{url}phone/", {"country": "FR", "phone": "06 12 34"})  # as it is on file
    assert "cannot be called" in same.content.decode().split('id="id_phone_error"')[1][:300]
    assert bob.post(f"{url}phone/", {"country": "XX", "phone": ""}).status_code == 400
    assert bob.post(f"{url}phone/", {"country": "FR", "phone": "06 12 34 56 78"}).url == url
    john.refresh_from_db()
    assert john.phone == "+33612345678"
    assert john.history.first().history_user == world.bob
    assert "Can be called" in bob.get(url).content.decode()
