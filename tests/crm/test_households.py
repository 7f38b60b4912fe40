"""Several people under one account: a wedding, a class, a race."""

import pytest

from crm.models import Household
from helpdesk.links import portal_url
from helpdesk.models import Thread
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def wedding(world):
    """Three people, a thread each."""
    household = Household.objects.found("Boda Ana y Luis", world.john, by=world.alice)
    people = [world.john, make.customer("Ana Roca", "ana@post.test"), make.customer("Luis Gil", "luis@post.test")]
    for person in people:
        household.welcome(person, by=world.alice)
        make.thread(world.service, f"I am {person}", sender=person.email, subject=f"About {person.first_name}")
    return household


@pytest.mark.row("AR5")
def test_three_people_have_three_threads_and_one_page(world, bob, wedding):
    page = bob.get(f"/households/{wedding.pk}/").content.decode()
    threads = bob.get(f"/households/{wedding.pk}/threads/").content.decode()
    for person in wedding.people.all():
        assert person.name in page
        assert person.name in threads
        assert f"About {person.first_name}" in threads
    assert wedding.name in bob.get(f"/customers/{world.john.pk}/").content.decode()


@pytest.mark.row("AR5")
def test_nothing_of_one_is_shown_to_another(world, client, wedding):
    ana, john = wedding.people.get(first_name="Ana"), world.john
    own = Thread.objects.get(customer=ana)
    page = client.get(portal_url(own)).content.decode()
    assert "I am Ana Roca" in page
    for hidden in ("John Doe", "john@example.com", "Luis", wedding.name):
        assert hidden not in page
    assert list(Thread.objects.filter(customer=john)) != [own]


@pytest.mark.row("AR5")
def test_a_person_comes_by_number_or_e_mail_and_goes_again(world, bob, wedding):
    eva, path = make.customer("Eva Sol", "eva@post.test"), f"/households/{wedding.pk}/people/"
    assert bob.post(path, {"who": "EVA@post.test"}).status_code == 303
    assert bob.post(path, {"who": "nobody@post.test"}).status_code == 400
    eva.refresh_from_db()
    assert (eva.household, eva.history.first().history_user) == (wedding, world.bob)
    bob.post(f"{path}{eva.pk}/")
    eva.refresh_from_db()
    assert eva.household is None


def test_nobody_belongs_to_two(world, bob, wedding):
    other = Household.objects.found("Class 3B", make.customer("Eva Sol", "eva@post.test"), by=world.alice)
    answer = bob.post(f"/households/{other.pk}/people/", {"who": str(world.john.pk)})
    assert "already belongs to “Boda Ana y Luis”" in answer.content.decode()


def test_it_ends_with_its_last_person(world, bob):
    household = Household.objects.found("Class 3B", world.john, by=world.alice)
    answer = bob.post(f"/households/{household.pk}/people/{world.john.pk}/")
    assert answer.url == f"/customers/{world.john.pk}/"
    assert not Household.objects.exists()


def test_a_customer_becomes_the_first_of_a_shared_account(world, bob):
    path = f"/customers/{world.john.pk}/household/"
    assert "Give it a name" in bob.post(path, {"name": " "}).content.decode()
    answer = bob.post(path, {"name": "Race", "note": "10 km"})
    household = Household.objects.get()
    assert (answer.url, household.history.first().history_user) == (f"/households/{household.pk}/", world.bob)
    assert bob.get(path).url == answer.url
    bob.post(f"/households/{household.pk}/name/", {"name": "Marathon"})
    household.refresh_from_db()
    assert household.name == "Marathon"


def test_charlie_sees_the_people_but_no_threads_of_others_contacts(world, client, wedding):
    client.force_login(world.charlie)
    assert "No threads that you may see." in client.get(f"/households/{wedding.pk}/threads/").content.decode()
