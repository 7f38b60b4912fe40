"""NUL, which PostgreSQL stores in no text: from an address, a query or a form."""

import pytest

from crm.models import CustomerTag
from helpdesk.models import Draft
from tests import make
from tests.helpdesk.test_api import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


def test_a_form_is_taken_without_it(world, alice):
    thread = make.thread(world.service)
    given = {"body": "be\x00fore", "cc": "\x00", "form_key": "a\x00b", "mode": "reply", "body_format": "text"}
    assert alice.post(f"/threads/{thread.pk}/draft/", given).status_code in (200, 204, 303)
    assert Draft.objects.get().text == "before"
    alice.post(f"/customers/{world.john.pk}/tags/", {"add": "gi\x00ft"})
    assert set(CustomerTag.objects.values_list("name", flat=True)) == {"gift"}


@pytest.mark.parametrize("path", ["/settings/replies/", "/customers/", "/carts/", "/search/", "/"])
def test_what_is_looked_for_is_looked_for_without_it(alice, path):
    assert alice.get(path, {"q": "tea\x00pot"}).status_code == 200


@pytest.mark.parametrize("path", ["/area/%00/", "/status/%00/", "/contact/%00", "/settings/%00/", "/%00"])
def test_an_address_with_it_leads_nowhere(alice, path):
    assert alice.get(path).status_code == 404


def test_a_contact_that_a_program_names_with_it_is_none(world):
    begun = api(world.alice).post("/api/threads/", {"contact": "ser\x00vice"}, format="json")
    assert begun.status_code == 400
    assert "does not exist" in begun.json()["contact"][0]
