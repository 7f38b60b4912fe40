"""Status labels and the settings of the desk."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.models import DeskSettings, Holder, Status, StatusLabel, Thread
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(world):
    client = Client()
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.row("ST2")
@pytest.mark.row("CS8")
def test_a_pending_status_gets_the_teams_word_and_keeps_its_key(alice, world):
    thread = make.thread(world.service)
    thread.set_status(Status.PENDING_1, by=world.bob)
    given = {"pending1-labels_es": "Proveedor", "pending1-labels_en": "Supplier", "pending1-holder": "third_party"}
    assert alice.post("/settings/statuses/", {**given, "pending2-holder": "third_party"}).status_code == 302
    row = StatusLabel.objects.get(pk="pending1")
    assert (row.labels, row.holder) == ({"es": "Proveedor", "en": "Supplier"}, Holder.THIRD_PARTY)
    thread.refresh_from_db()
    assert (thread.status, thread.holder) == ("pending1", "third_party")
    assert "Supplier" in alice.get("/settings/statuses/").content.decode()
    assert set(StatusLabel.all_by_status()) == set(Status.values)


@pytest.mark.row("ST8")
def test_the_page_of_statuses_says_what_happens_by_itself_today(alice, world):
    page = alice.get("/settings/statuses/").content.decode()
    assert "No contact closes them by itself." in page
    assert "0 threads wake up" in page
    world.service.close_after_days, world.service.email = 14, "service@shop.test"
    world.service.save()
    now = timezone.now()
    closing, waking, telling, later = (make.thread(world.service) for _ in range(4))
    for thread, changes in (
        (closing, {"closing_at": now}),
        (waking, {"wake_at": now}),
        (telling, {"active_at": now - timedelta(days=13), "pending_since": now - timedelta(days=13)}),
        (later, {"wake_at": now + timedelta(days=2)}),
    ):
        Thread.objects.filter(pk=thread.pk).update(status=Status.PENDING_1, holder=Holder.CUSTOMER, **changes)
    page = " ".join(alice.get("/settings/statuses/").content.decode().split())
    for words in ("1 thread wakes up", "1 customer is told that theirs will close", "1 thread closes"):
        assert words in page
    assert "Closes after 14 days without an answer. The customer is told 2 days before." in page


@pytest.mark.row("ST2")
def test_open_and_closed_keep_whom_they_wait_for(alice, world):
    given = {"open-holder": "customer", "pending1-holder": "customer", "pending2-holder": "third_party"}
    alice.post("/settings/statuses/", given)
    assert StatusLabel.objects.get(pk="open").holder == Holder.US


def desk_fields(**changes):
    given = {"shop_name": "Taller", "shop_url": "https://taller.test/", "language": "es", "time_zone": "Europe/Madrid"}
    given |= {"uploads_allowed": "on", "upload_limit_mb": 10, "upload_types": ".PDF jpg, png", "after_reply": "closed"}
    given |= {"reopen_days": 30, "undo_seconds": 5, "answer_hours": 24, "metadata_days": 60}
    return {**given, **changes}


@pytest.mark.row("CS14")
def test_the_desks_settings_are_saved(alice):
    assert alice.post("/settings/desk/", desk_fields(default_messages_es="Un saludo")).status_code == 302
    desk = DeskSettings.fresh()
    assert (desk.shop_name, desk.upload_types, desk.upload_limit_mb) == ("Taller", "pdf jpg png", 10)
    assert (desk.after_reply, desk.default_messages) == ("closed", {"es": "Un saludo"})


@pytest.mark.row("CS14")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("upload_types", "pdf j/pg", "is no file ending"),
        ("undo_seconds", "900", "less than or equal to 60"),
        ("time_zone", "Mars/Olympus", "not one of the available choices"),
    ],
)
def test_nonsense_is_refused_at_the_field_and_kept(alice, field, value, sentence):
    page = alice.post("/settings/desk/", desk_fields(**{field: value, "shop_name": "Kept"}))
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert 'value="Kept"' in page.content.decode()
    assert DeskSettings.fresh().shop_name != "Kept"


@pytest.mark.row("PM1")
def test_a_spanish_thread_gets_the_spanish_default_message_once(alice, world):
    alice.post(
        "/settings/desk/", desk_fields(default_messages_es="Un saludo del taller", default_messages_en="Regards")
    )
    thread = make.thread(world.service, "Hola, quería saber dónde está mi pedido, gracias", language="es")
    message = thread.reply("Va de camino", by=world.bob)
    assert message.outgoing.text.count("Un saludo del taller") == 1
    assert "Regards" not in message.outgoing.text


def test_another_privacy_text_is_another_version(alice):
    before = DeskSettings.fresh().privacy_version
    alice.post("/settings/desk/", desk_fields(privacy_texts_es="Tus datos"))
    alice.post("/settings/desk/", desk_fields(privacy_texts_es="Tus datos"))
    assert DeskSettings.fresh().privacy_version == before + 1
