"""The page after sending."""

import pytest
import time_machine
from django.utils import timezone

from helpdesk.models import DeskSettings, Thread
from tests import make


@pytest.mark.row("FO13")
def test_it_shows_number_time_and_private_link_without_cookies(client, world, fill):
    DeskSettings.objects.update_or_create(pk=1, defaults={"answer_hours": 4})
    where = fill()["Location"]
    client.cookies.clear()
    response = client.get(where)
    page, thread = response.content.decode(), Thread.objects.get()
    assert f"#{thread.pk}" in page
    assert "within 4 hours" in page
    link = page.split('href="/t/')[1].split('"')[0]
    assert client.get(f"/t/{link}").status_code == 200
    assert not response.cookies


@pytest.mark.row("FO13")
def test_it_can_be_loaded_again(client, world, fill):
    where = fill()["Location"]
    assert (
        client.get(where).content.decode().split('href="/t/')[0]
        == client.get(where).content.decode().split('href="/t/')[0]
    )
    assert Thread.objects.count() == 1


def test_it_is_kept_from_caches_and_search_engines(client, world, fill):
    response = client.get(fill()["Location"])
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_after_a_day_it_no_longer_leads_to_the_conversation(client, world, fill):
    where = fill()["Location"]
    with time_machine.travel(timezone.now() + timezone.timedelta(days=2)):
        assert 'href="/t/' not in client.get(where).content.decode()


@pytest.mark.parametrize("word", ["x", "eyJ0aHJlYWQiOjF9:forged", "é"])
def test_a_forged_address_is_not_found(client, world, word):
    make.thread(world.service)
    assert client.get(f"/contact/sent/{word}/").status_code == 404
