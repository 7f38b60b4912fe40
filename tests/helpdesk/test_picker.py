"""Predefined replies beside the composer."""

import pytest

from helpdesk.models import Draft, PredefinedReply
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def delay(db):
    return PredefinedReply.objects.create(
        title="Carrier delay",
        shortcut="envio",
        folder="Shipping",
        bodies={
            "en": "<p>Hi {{ customer.first_name }}: {{ order.reference }} is with {{ order.carrier }}.</p>",
            "es": "<p>Hola, {{ customer.first_name }}.</p>",
        },
    )


@pytest.mark.row("PM2")
def test_a_shortcut_gives_the_text_with_the_customers_name_and_order(world, bob, delay):
    order = make.order(world.john, carrier="MRW")
    thread = make.thread(world.service)
    thread.link(by=world.bob, order=order)
    said = bob.post(f"/threads/{thread.pk}/replies/use/", {"shortcut": "envio"}).json()
    assert said == {"html": f"<p>Hi John: {order.reference} is with MRW.</p>", "missing": []}
    delay.refresh_from_db()
    assert delay.used_count == 1


@pytest.mark.row("PM2")
def test_a_missing_value_stands_out_and_blocks_sending(world, bob, delay):
    thread = make.thread(world.service)
    preview = bob.get(f"/threads/{thread.pk}/replies/{delay.pk}/").content.decode()
    assert '<span class="var var--bad">{{ order.carrier }}</span>' in preview
    said = bob.post(f"/threads/{thread.pk}/replies/use/", {"reply": delay.pk}).json()
    assert said["missing"] == ["order.reference", "order.carrier"]
    refused = bob.post(f"/threads/{thread.pk}/reply/", {"body": said["html"], "body_format": "html"})
    assert refused.status_code == 400
    assert "A value is missing" in refused.content.decode()
    assert not thread.messages.filter(kind="reply").exists()


def test_a_customers_name_is_text_not_markup(world, bob, delay):
    thread = make.thread(world.service, sender="x@x.test", sender_name="<img/src=x/onerror=alert(1)> Doe")
    said = bob.post(f"/threads/{thread.pk}/replies/use/", {"reply": delay.pk}).json()
    assert "<img" not in said["html"]


@pytest.mark.row("TH14")
def test_the_text_is_in_the_threads_language(world, bob, delay):
    thread = make.thread(world.service, language="es")
    assert bob.post(f"/threads/{thread.pk}/replies/use/", {"reply": delay.pk}).json()["html"] == "<p>Hola, John.</p>"


@pytest.mark.row("PM2")
def test_the_search_looks_at_title_shortcut_and_text(world, bob, delay):
    PredefinedReply.objects.create(title="Thanks", bodies={"en": "<p>Bye</p>"})
    thread = make.thread(world.service)
    for query, found in (("delay", True), ("/envio", True), ("is with", True), ("bye", False)):
        page = bob.get(f"/threads/{thread.pk}/replies/?q={query}", headers={"HX-Request": "true"}).content.decode()
        assert ("Carrier delay" in page) == found
        assert ("Thanks" in page) != found


def test_replies_of_another_contact_are_not_offered(world, bob, delay):
    delay.contacts.add(world.accounting)
    thread = make.thread(world.service)
    assert "Carrier delay" not in bob.get(f"/threads/{thread.pk}/replies/").content.decode()
    assert bob.post(f"/threads/{thread.pk}/replies/use/", {"reply": delay.pk}).json()["html"] == ""
    assert bob.get(f"/threads/{thread.pk}/replies/{delay.pk}/").status_code == 404


@pytest.mark.row("PM3")
def test_without_javascript_insert_appends_and_replace_replaces(world, bob):
    one = PredefinedReply.objects.create(title="One", bodies={"en": "<p>First text.</p>"})
    two = PredefinedReply.objects.create(title="Two", bodies={"en": "<p>Second text.</p>"})
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/draft/", {"body": "Hello."})
    for reply in (one, two):
        bob.post(f"/threads/{thread.pk}/replies/insert/", {"reply": reply.pk})
    assert Draft.objects.get().html == "<p>Hello.</p><p>First text.</p><p>Second text.</p>"
    bob.post(f"/threads/{thread.pk}/replies/insert/", {"reply": one.pk, "replace": "1"})
    assert Draft.objects.get().html == "<p>First text.</p>"
