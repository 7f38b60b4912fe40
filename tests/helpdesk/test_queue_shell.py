"""The frame around every page: bell, account, practice band, and what stands there when something is wrong."""

import pytest
from django.test import Client

from helpdesk import notices
from helpdesk.models import NoticeKind
from tests import make


def test_the_bell_lists_what_i_was_told_and_groups_a_thread_with_many(world, client):
    busy, calm = make.thread(world.service, subject="Busy"), make.thread(world.service, sender="b@example.com")
    for n in range(4):
        notices.tell(world.bob, NoticeKind.ANSWERED, busy, text=f"Answer {n}", by_name="John Doe")
    notices.tell(world.bob, NoticeKind.FAILED, calm, text="Mailbox full")
    notices.tell(world.alice, NoticeKind.MENTIONED, calm, text="for Alice", by=world.bob)
    client.force_login(world.bob)
    page = client.get("/notices/").content.decode()
    assert "Answer 3" in page
    assert "Answer 2" not in page
    assert "and 3 earlier ones in this thread" in page
    assert "Mailbox full" in page
    assert "for Alice" not in page
    assert "Notices: 5 new" in client.get("/").content.decode()


def test_looking_at_the_bell_marks_nothing_and_opening_the_thread_marks_its_own(world, client):
    one, two = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    for thread in (one, two):
        notices.tell(world.bob, NoticeKind.ASSIGNED, thread, by=world.alice)
    client.force_login(world.bob)
    client.get("/notices/")
    assert world.bob.notices.filter(read_at=None).count() == 2
    client.get(f"/threads/{one.pk}/")
    assert [notice.thread for notice in world.bob.notices.filter(read_at=None)] == [two]


@pytest.mark.row("FO10")
def test_notices_stand_in_tabs_and_the_first_with_something_new_is_open(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    notices.tell(world.bob, NoticeKind.CART, thread, text="Broken bowl")
    page = client.get("/notices/").content.decode()
    assert 'id="notices-contacts" aria-current="true"' in page
    assert "Broken bowl" in page
    notices.tell(world.bob, NoticeKind.MENTIONED, thread, text="for Bob", by=world.alice)
    htmx = {"HX-Request": "true"}
    shown = {of: client.get(f"/notices/?of={of}", headers=htmx).content.decode() for of in ("", "contacts", "all", "x")}
    held = {of: ("Broken bowl" in page, "for Bob" in page) for of, page in shown.items()}
    assert held == {"": (False, True), "contacts": (True, False), "all": (True, True), "x": (False, True)}
    assert 'hx-get="/notices/?of=contacts" hx-trigger="notices-changed' in shown["contacts"]  # the tab stays
    after = client.post("/notices/read/", {"of": "contacts"}, headers=htmx).content.decode()
    assert "Broken bowl" in after
    assert 'id="notices-contacts" aria-current="true"' in after
    assert 'id="notices-all" aria-current="true"' in client.get("/notices/").content.decode()


def test_mark_all_read_leaves_colleagues_notices(world, client):
    thread = make.thread(world.service)
    notices.tell(world.bob, NoticeKind.ASSIGNED, thread, by=world.alice)
    notices.tell(world.alice, NoticeKind.ASSIGNED, thread, by=world.bob)
    client.force_login(world.bob)
    assert client.get("/notices/read/").status_code == 405
    assert client.post("/notices/read/", {"next": "/boxes/"}).headers["Location"] == "/boxes/"
    assert not world.bob.notices.filter(read_at=None).exists()
    assert world.alice.notices.filter(read_at=None).exists()


@pytest.mark.parametrize("path", ["/notices/", "/notices/bell/", "/queue/counts/", "/boxes/"])
def test_strangers_see_none_of_it(world, client, path):
    assert client.get(path).status_code == 302


def test_supervisors_find_the_settings_and_everybody_their_profile(world, client):
    for agent, links, door in ((world.alice, 2, "/settings/contacts/"), (world.bob, 0, "/profile/")):
        client.force_login(agent)
        page = client.get("/").content.decode()
        assert page.count('href="/settings/"') == links  # beside the queue, and in the phones' menu
        assert page.count('href="/profile/"') >= 2
        assert client.get("/settings/").headers["Location"] == door
    client.logout()
    assert client.get("/settings/").headers["Location"].startswith("/sign-in/")


def test_practice_mode_says_so_on_every_page(world, client, settings):
    settings.PRACTICE = True
    client.force_login(world.bob)
    for path in ("/", "/boxes/", "/notices/", "/nowhere/"):
        assert "Invented customers. No mail leaves." in client.get(path).content.decode(), path


def test_a_page_that_does_not_exist_says_what_to_do(world, client):
    page = client.get("/threads/999999/", follow=True)
    assert page.status_code == 200  # a stranger is asked to sign in first
    client.force_login(world.bob)
    page = client.get("/threads/999999/")
    assert page.status_code == 404
    assert "This page does not exist, or you may not see it." in page.content.decode()
    lost = Client().get("/t/an-old-link/")
    assert lost.status_code == 404
    assert "colleague" not in lost.content.decode()
    assert 'href="/contact/"' in lost.content.decode()  # a customer's way on


def test_when_something_breaks_the_page_says_so_without_asking_the_database(world, monkeypatch):
    def broken(request):
        raise RuntimeError

    monkeypatch.setattr("helpdesk.views.queue.queue_context", broken)
    client = Client(raise_request_exception=False)
    client.force_login(world.bob)
    page = client.get("/")
    assert page.status_code == 500
    assert "Something broke on our side." in page.content.decode()


def test_an_agent_without_contacts_reads_whom_to_ask(world, client):
    client.force_login(make.agent("Newcomer Here"))
    assert "You belong to no contact yet." in client.get("/boxes/").content.decode()
