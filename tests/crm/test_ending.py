"""How a record ends: the bin, erasing for good, and the copy before it."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from crm import purging
from crm.models import Address, Customer, CustomerNote, Delivery, Shop, ShopAnswer, Visit, Webhook
from crm.models.ending import HasOrdersError
from helpdesk.models import Thread
from mailgateway import rawmail
from mailgateway.models import Incoming
from search import rebuilding
from tests import make


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


@pytest.mark.row("AR11")
def test_the_wrong_number_deletes_nothing(world, alice):
    path = f"/customers/{world.john.pk}/delete/"
    assert str(world.john.pk) in alice.get(path).content.decode()
    for code in ("", "99", "John Doe"):
        answer = alice.post(path, {"code": code})
        assert answer.status_code == 400
        assert "Nothing was deleted." in answer.content.decode()
    assert Customer.objects.present().filter(pk=world.john.pk).exists()


@pytest.mark.row("AR11")
@pytest.mark.row("CF10")
def test_the_right_number_deletes_and_it_can_be_undone_for_some_days(world, alice):
    thread = make.thread(world.service)
    alice.post(f"/customers/{world.john.pk}/delete/", {"code": str(world.john.pk)})
    assert not Customer.objects.present().exists()
    assert world.john.events.get(kind="deleted").by == world.alice
    assert "John Doe" in alice.get("/settings/privacy/bin/").content.decode()
    thread.refresh_from_db()
    assert thread.customer == world.john
    alice.post(f"/customers/{world.john.pk}/restore/")
    assert Customer.objects.present().filter(pk=world.john.pk).exists()


@pytest.mark.row("AR12")
def test_who_has_orders_is_not_deleted_and_the_page_says_what_else_can_be_done(world, alice):
    make.order(world.john)
    answer = alice.post(f"/customers/{world.john.pk}/delete/", {"code": str(world.john.pk)})
    page = answer.content.decode()
    assert answer.status_code == 409
    for said in ("Has 1 order.", "law requires keeping", "Anonymise…", "Disable the account"):
        assert said in page
    with pytest.raises(HasOrdersError, match="Has 1 order"):
        world.john.trash(by=world.alice)


@pytest.mark.row("CF10")
def test_after_the_days_of_the_bin_everything_of_the_record_goes_but_the_threads(world):
    thread, john = make.thread(world.service), world.john
    john.edit({"phone": "600000123"}, by=world.bob)
    address = Address.objects.create(customer=john, line1="Mayor 1", city="Madrid", country="ES")
    cart = make.cart(john)
    john.trash(by=world.alice)
    assert purging.purge()["customers"] == 0
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        with pytest.raises(ValueError, match="over"):
            john.restore(by=world.alice)
        assert purging.purge()["customers"] == 1
    assert not Customer.objects.exists()
    assert not Customer.history.exists()
    assert not Address.history.filter(id=address.pk).exists()
    assert not type(cart).objects.exists()
    thread.refresh_from_db()
    assert (thread.customer, thread.messages.get().text) == (None, "Where is my order?")


def test_nobody_comes_back_beside_somebody_with_the_same_e_mail(world):
    world.john.trash(by=world.alice)
    make.customer("Joan Doe")
    with pytest.raises(ValueError, match="has the same e-mail now"):
        world.john.restore(by=world.alice)


@pytest.mark.row("CV12")
def test_visits_are_forgotten_after_the_shops_days(world):
    Visit.objects.create(customer=world.john, ip_address="203.0.113.7", began_at=timezone.now() - timedelta(days=91))
    kept = Visit.objects.create(customer=world.john)
    assert purging.purge() == {"customers": 0, "visits": 1, "access": 0, "files": 0}
    assert list(Visit.objects.all()) == [kept]


RAW = b"From: John Doe <john@example.com>\r\nSubject: Secret bowl\r\n\r\nMy number is 600000123"


@pytest.fixture
def known(world, tmp_path, settings):
    """John with all that anybody could keep of him."""
    settings.MEDIA_ROOT, settings.RAW_MAIL_ROOT = tmp_path / "media", tmp_path / "mail"
    john = world.john
    john.edit(
        {
            "first_name": "Johannes",
            "phone": "600000123",
            "company": "Doe Ltd",
            "emails": ["john@example.com", "johannes@doe.test"],
            "links": [("Johannes' album", "https://album.test/doe")],
        },
        by=world.bob,
    )
    john.set_consent("newsletter", True, source="phone", detail="Johannes asked", by=world.bob)
    CustomerNote.objects.write(john, "Johannes is nice", by=world.bob)
    Address.objects.create(customer=john, line1="Calle Doe 1", city="Madrid", country="ES", phone="+34600000123")
    Visit.objects.create(customer=john, ip_address="203.0.113.7")
    make.cart(john, email="john@example.com", name="Johannes Doe", ip_address="203.0.113.7")
    make.order(john, "MK-1", email="john@example.com", delivery_name="Johannes Doe", delivery_phone="+34600000123")
    file = make.file("doe.txt", b"photo of Johannes")
    thread = make.thread(
        world.service, "It is Johannes, 600000123", subject="Secret bowl", files=(file,), ip="203.0.113.7"
    )
    thread.note("Johannes called", by=world.bob)
    thread.reply("Dear Johannes", by=world.bob)
    path, digest = rawmail.store(RAW)
    Incoming.objects.create(
        sha256=digest, size=1, raw_path=path, sender="john@example.com", subject="Secret bowl", thread=thread
    )
    shop = Shop.objects.create(name="Taller Norte")
    ShopAnswer.objects.create(shop=shop, key="1", digest="1", body='{"email": "john@example.com", "name": "Johannes"}')
    webhook = Webhook.objects.create(shop=shop, url="https://norte.test/hook")
    Delivery.objects.create(webhook=webhook, event="customer.changed", body='{"phone": "+34600000123"}')
    return john


def everything_kept():
    """All rows of all tables and all files, as one text."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the database's own names
            said += [f"{table}: {row}" for row in cursor.fetchall()]
    for root in (settings.MEDIA_ROOT, settings.RAW_MAIL_ROOT):
        said += [one.read_bytes().decode(errors="replace") for one in Path(root).rglob("*") if one.is_file()]
    return said


@pytest.mark.row("CF10")
def test_after_erasing_nothing_of_the_person_is_left_and_the_weeks_figures_are(
    world, known, django_capture_on_commit_callbacks
):
    before = list(Thread.objects.values_list("pk", "created_at", "status", "first_response_at"))
    with django_capture_on_commit_callbacks(execute=True):
        assert known.erase(by=world.alice)
    assert rebuilding.forget_asked() == 1  # a job, so that no request waits while an index is merged
    assert rebuilding.forget_asked() == 0
    words = ("Johannes", "john@example.com", "johannes@doe.test", "Doe", "600000123", "203.0.113.7", "Secret bowl")
    left = [row for row in everything_kept() for word in words if word in row]
    assert [row[:60] for row in left] == []
    assert list(Thread.objects.values_list("pk", "created_at", "status", "first_response_at")) == before
    known.refresh_from_db()
    assert (str(known), known.orders.count(), known.order_count) == ("Anonymous", 1, known.order_count)
    assert known.events.first().kind == "erased"
    assert not known.erase(by=world.alice)


@pytest.mark.row("CF10")
def test_erasing_asks_for_the_number_and_says_what_goes_and_what_stays(world, known, alice):
    path = f"/customers/{known.pk}/erase/"
    page = alice.get(path).content.decode()
    for said in (
        "The text of 3 messages",
        "1 file, from the disk too",
        "1 mail as it came",
        "1 order without the person",
    ):
        assert said in page, said
    assert alice.post(path, {"code": "0"}).status_code == 400
    assert alice.post(path, {"code": str(known.pk)}).status_code == 303
    assert "The personal data was erased on" in alice.get(f"/customers/{known.pk}/").content.decode()
    assert alice.get(path).status_code == 404
    assert alice.get(f"/customers/{known.pk}/history/").status_code == 200


def test_who_writes_after_being_erased_is_a_stranger(world, known):
    known.erase(by=world.alice)
    assert make.thread(world.service).customer is None


@pytest.mark.row("CF10")
def test_the_copy_holds_all_of_the_person_and_nothing_of_the_team(world, known, alice):
    assert alice.get(f"/customers/{known.pk}/data/").status_code == 200
    answer = alice.post(f"/customers/{known.pk}/data/")
    archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    data, page = json.loads(archive.read("data.json")), archive.read("index.html").decode()
    assert data["customer"][0]["emails"] == "john@example.com, johannes@doe.test"
    assert [one["text"] for one in data["messages"]] == ["It is Johannes, 600000123", "Dear Johannes"]
    assert data["orders"][0]["reference"] == "MK-1"
    assert "Calle Doe 1" in page
    assert "Johannes is nice" not in page + str(data)
    assert "Johannes called" not in page + str(data)
    name = next(one for one in archive.namelist() if one.startswith("files/"))
    assert archive.read(name) == b"photo of Johannes"
    assert known.events.get(kind="exported").by == world.alice


@pytest.mark.row("CF10")
def test_the_copy_holds_private_notes_where_that_is_asked_for(world, known, alice):
    answer = alice.post(f"/customers/{known.pk}/data/", {"private": "on"})
    data = ZipFile(io.BytesIO(b"".join(answer.streaming_content))).read("data.json").decode()
    assert "Johannes is nice" in data
    assert "Johannes called" in data


def test_only_supervisors_end_and_copy_records(world, client):
    client.force_login(world.bob)
    pk = world.john.pk
    for path in (*(f"/customers/{pk}/{one}/" for one in ("delete", "erase", "data")), "/settings/privacy/bin/"):
        assert client.get(path).status_code == 403
    for path in (f"/customers/{pk}/{one}/" for one in ("delete", "erase", "data", "restore")):
        assert client.post(path, {"code": str(pk)}).status_code == 403
    assert Customer.objects.present().count() == 1


@pytest.mark.row("CL12")
def test_a_fresh_install_has_no_customer_and_nobody_who_can_sign_in(db):
    assert not Customer.objects.exists()
    assert not apps.get_model(settings.AUTH_USER_MODEL).objects.exists()


def test_the_page_of_a_binned_record_asks_for_nothing_that_is_not_there(world, client):
    client.force_login(world.alice)
    world.john.trash(by=world.alice)
    page = client.get(f"/customers/{world.john.pk}/").content.decode()
    for address in set(re.findall(r'hx-get="([^"]+)"', page)):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address
