"""Who may find what: contacts, spam, addresses of machines."""

import pytest
from django.utils import timezone

from crm.models import Visit
from helpdesk.models import DeskSettings, Message
from tests import make
from tests.helpdesk.search.seeker import Seeker, customer_of, thread_of


def test_nobody_finds_or_counts_threads_of_other_contacts(world, client):
    make.thread(world.accounting, text="secreto ornitorrinco")
    moving = make.thread(world.service, text="ornitorrinco visible")
    desk = Seeker(client, world.bob)
    assert desk.links("ornitorrinco") == [thread_of(moving)]
    assert desk.counts("ornitorrinco")["Threads"] == "1"
    moving.move_to(world.accounting, by=world.alice)
    assert desk.links("ornitorrinco") == []
    assert Seeker(client, world.charlie).counts("ornitorrinco")["Threads"] == "2"
    assert Seeker(client, make.agent("Nora Nowhere")).links("ornitorrinco") == []


def test_words_of_ours_cannot_be_typed(world, bob):
    make.thread(world.accounting, text="secreto")
    for typed in (f"xqc{world.accounting.pk}", "xqfdesk", "xqhere", "xqgone", "xqb0"):
        assert bob.links(typed) == [], typed


@pytest.mark.parametrize("folder", ["spam", "trash"])
def test_spam_and_the_bin_are_searched_only_on_request(world, alice, folder):
    thread = make.thread(text="ornitorrinco")
    thread.mark_spam(by=world.alice) if folder == "spam" else thread.trash(by=world.alice)
    html = alice.page("ornitorrinco")
    assert thread_of(thread) not in html
    assert "Search spam and trash too" in html
    assert alice.links("ornitorrinco", everywhere="1") == [thread_of(thread)]


@pytest.mark.row("SE5")
def test_an_address_finds_the_messages_sent_from_it_for_a_supervisor(world, alice):
    six, four = make.thread(ip="2001:db8::1"), make.thread(ip="203.0.113.7")
    for typed, found in (
        ("2001:db8::1", [six]),
        ("2001:DB8:0:0::1", [six]),
        ("2001:db8::/32", [six]),
        ("203.0.113.7", [four]),
        ("203.0.113.0/24", [four]),
        ("203.0.112.0/22", [four]),
        ("203.0.113.8", []),
        ("2001:db8::2", []),
    ):
        assert alice.links(typed, **{"in": "threads"}) == [thread_of(one) for one in found], typed


@pytest.mark.row("SE5")
def test_an_address_finds_customers_who_visited_and_carts_filled_from_it(world, alice):
    Visit.objects.create(customer=world.john, ip_address="203.0.113.7")
    make.cart(ip_address="203.0.113.9")
    for typed in ("203.0.113.7", "203.0.113.0/24", "203.0.112.0/21"):
        assert alice.links(typed, **{"in": "customers"}) == [customer_of(world.john)], typed
    assert alice.links("203.0.113.6", **{"in": "customers"}) == []
    assert alice.counts("203.0.113.8/31")["Carts"] == "1"


@pytest.mark.row("SE5")
def test_who_may_not_see_addresses_in_full_finds_nothing_by_them(world, bob):
    make.thread(ip="203.0.113.7")
    Visit.objects.create(customer=world.john, ip_address="203.0.113.7")
    for typed in ("203.0.113.7", "203.0.113.0/24", "xqi4cb007107", "xqi4"):
        assert bob.links(typed) == [], typed


@pytest.mark.row("SE5")
def test_an_address_that_was_forgotten_is_not_found_any_more(world, alice):
    from helpdesk.purging import forget_metadata

    make.thread(ip="203.0.113.7")
    Message.objects.update(created_at=timezone.now() - timezone.timedelta(days=DeskSettings.load().metadata_days + 1))
    assert forget_metadata() == 1
    assert alice.links("203.0.113.7") == []
