"""From the thread of somebody unknown to a customer on file."""

import pytest

from crm.models import Customer
from helpdesk.models import Thread
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def stranger(world):
    return make.thread(world.service, sender="angel@post.test", sender_name="Ángel García")


def path_of(thread, more=""):
    return f"/threads/{thread.pk}/customer/{more}"


@pytest.mark.row("CL11")
def test_a_strangers_thread_offers_a_filled_form_and_belongs_to_who_is_saved(world, bob, stranger):
    second = make.thread(world.service, "And another thing", sender="angel@post.test", subject="Other")
    assert path_of(stranger) in bob.get(f"/threads/{stranger.pk}/panel/").content.decode()
    page = bob.get(path_of(stranger)).content.decode()
    for typed in ("Ángel", "García", "angel@post.test"):
        assert f'value="{typed}"' in page
    sent = {"first_name": "Ángel", "last_name": "García", "email": "angel@post.test"}
    assert bob.post(path_of(stranger), sent).url == f"/threads/{stranger.pk}/"
    angel = Customer.objects.for_email("angel@post.test")
    assert set(Thread.objects.filter(customer=angel)) == {stranger, second}
    assert stranger.events.get(kind="linked").actor == world.bob
    assert angel.history.first().history_user == world.bob
    assert bob.get(path_of(stranger)).url == f"/threads/{stranger.pk}/"


@pytest.mark.row("CL11")
def test_the_whole_record_is_one_button_further(bob, stranger):
    answer = bob.post(path_of(stranger), {"email": "angel@post.test", "full": "1"})
    assert answer.url == f"/customers/{Customer.objects.for_email('angel@post.test').pk}/edit/"


def test_what_cannot_be_saved_is_said_and_what_was_typed_stays(world, bob, stranger):
    answer = bob.post(path_of(stranger), {"email": "john@example.com", "phone": "12", "first_name": "www.x.test"})
    page = answer.content.decode()
    assert answer.status_code == 400
    for said in ("already has this e-mail", "Digits are missing", "A name, not a web", 'value="12"'):
        assert said in page, said
    assert "Enter an e-mail or a phone" in bob.post(path_of(stranger), {"first_name": "Ana"}).content.decode()
    assert Customer.objects.count() == 1


@pytest.mark.row("CL11")
def test_a_possible_duplicate_is_suggested_with_its_reason_and_taken_with_one_click(world, bob, stranger):
    angela = make.customer("Ángela Gracia", "old@post.test")
    make.order(angela, email="angel@post.test")
    make.customer("ángel García", "other@post.test")
    page = bob.get(path_of(stranger)).content.decode()
    assert f"Could it be Ángela Gracia (no. {angela.pk})?" in page
    assert "Ordered with the same e-mail: angel@post.test" in page
    bob.post(path_of(stranger, "link/"), {"customer": str(angela.pk)})
    stranger.refresh_from_db()
    assert stranger.customer == angela
    assert angela.addresses_of_mail() == ["old@post.test", "angel@post.test"]


@pytest.mark.row("CL11")
def test_a_phone_that_somebody_has_is_asked_about_though_the_name_is_another(world, bob, stranger):
    make.customer("Luisa Pons", "luisa@y.test", phone="+34600000123")
    sent = {"first_name": "www.x.test", "last_name": "García", "email": "angel@post.test", "phone": "600 000 123"}
    page = bob.post(path_of(stranger), sent).content.decode()
    assert "Could it be Luisa Pons" in page
    assert "The same phone: 600000123" in page
    assert "Another name: Luisa Pons" in page


def test_nobody_enters_customers_from_threads_they_may_not_see(world, client, stranger):
    client.force_login(world.charlie)
    assert client.get(path_of(stranger)).status_code == 404
    assert client.post(path_of(stranger), {"email": "angel@post.test"}).status_code == 404
    assert client.post(path_of(stranger, "link/"), {"customer": str(world.john.pk)}).status_code == 404
    assert Customer.objects.count() == 1


@pytest.mark.row("AR9")
@pytest.mark.row("AR10")
@pytest.mark.row("CF7")
def test_how_they_pay_and_what_they_want_shipped_stands_beside_their_threads(world, bob):
    from tests.crm.test_record import prefer

    prefer(business=True)
    thread = make.thread(world.service)
    world.john.edit(
        {
            "payment_method": "Transferencia",
            "payment_is_forced": True,
            "shipping_method": "Recogida",
            "tax_number": "B7",
        },
        by=world.bob,
    )
    panel = bob.get(f"/threads/{thread.pk}/panel/").content.decode()
    for said in ("Transferencia", "only this way", "Recogida", "B7"):
        assert said in panel
