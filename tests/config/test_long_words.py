"""What is typed may be longer than a database cares to look for."""

import pytest

from tests import make

pytestmark = pytest.mark.django_db

LONG = "x%_" * 30_000


def test_a_name_of_ninety_thousand_letters_is_nobody_at_sign_in(world, client):
    given = {"username": LONG, "password": LONG}
    page = client.post("/sign-in/", given, headers={"User-Agent": LONG, "Accept": LONG, "Referer": LONG})
    assert page.status_code == 200
    assert "errsum" in page.content.decode() or "alert" in page.content.decode()


@pytest.mark.parametrize("letters", [LONG, "€" * 20_000, "a" * 49_998])
def test_long_words_find_no_reply(world, client, letters):
    client.force_login(world.alice)
    thread = make.thread(world.service)
    assert client.get("/settings/replies/", {"q": letters}).status_code == 200
    assert client.get(f"/threads/{thread.pk}/replies/", {"q": letters}).status_code == 200
    used = client.post(f"/threads/{thread.pk}/replies/use/", {"shortcut": letters})
    assert used.json() == {"html": "", "missing": []}
