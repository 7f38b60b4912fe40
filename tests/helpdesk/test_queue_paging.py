"""Pages of the queue and what one costs."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import Customer, Order
from helpdesk.models import Contact, Thread, ThreadTag
from tests import make, planting
from tests.conftest import make_world
from tests.helpdesk.test_queue import ids, moved


@pytest.fixture
def crowd(db):
    """The world and sixty threads of different customers, contacts, tags, orders and people."""
    return planting.planted(make_crowd)


def make_crowd() -> SimpleNamespace:
    """Many have the same time. Nine of the service wrote a mail; the others are rows only."""
    world = make_world()
    Contact.objects.update(acknowledges=False)
    tags = [ThreadTag.objects.create(name=f"tag {n}") for n in range(3)]
    contacts = [world.service, world.accounting, *(make.contact(f"desk-{n}") for n in range(5))]
    agents = [world.alice, *(make.agent(f"Agent{n} Name", contacts=contacts) for n in range(4)), None]
    customers = Customer.objects.bulk_create(Customer(first_name="Person", last_name=str(n)) for n in range(60))
    placed = {"state": "Sent", "total": 10, "placed_at": timezone.now()}
    orders = Order.objects.bulk_create(Order(customer=one, reference=f"X-{one.pk}", **placed) for one in customers)
    threads = [make.thread(world.service) if n % 7 == 0 else Thread(contact=contacts[n % 7]) for n in range(60)]
    Thread.objects.bulk_create(one for one in threads if one.pk is None)
    now = timezone.now()
    for n, thread in enumerate(threads):
        moved(
            thread,
            email=f"p{n}@example.com",
            customer=customers[n],
            order=orders[n],
            assignee=agents[n % len(agents)],
            attachment_count=n % 2,
            active_at=now - timedelta(hours=n // 7),
            waiting_since=None if n % 5 == 0 else now - timedelta(hours=n // 9),
        )
        thread.tags.add(tags[n % 3], tags[(n + 1) % 3])
    return world


@pytest.mark.parametrize("query", ["", "sort=wait", "status=open&contact=service&q=order"])
def test_fifty_rows_cost_at_most_twelve_queries(crowd, client, query, seconds_pass):
    client.force_login(crowd.alice)
    client.get("/")
    seconds_pass()
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"/?{query}")
    # PostgreSQL searches with more memory, inside a savepoint: that asks for no rows.
    asked = [one["sql"] for one in captured if not one["sql"].startswith(("SAVEPOINT", "SET LOCAL", "RELEASE"))]
    assert len(asked) <= 12
    assert len(ids(page)) == (50 if "contact" not in query else 9)


def test_an_agent_of_some_contacts_pays_no_more(crowd, client, django_assert_max_num_queries, seconds_pass):
    client.force_login(crowd.bob)
    client.get("/")
    seconds_pass()
    with django_assert_max_num_queries(12):
        assert len(ids(client.get("/"))) == 9


@pytest.mark.parametrize("sort", ["newest", "wait"])
def test_pages_hold_every_thread_once(crowd, client, sort):
    client.force_login(crowd.alice)
    first = client.get(f"/?sort={sort}")
    older = re.search(r'href="([^"]+)" rel="next"', first.content.decode()).group(1).replace("&amp;", "&")
    second = client.get(older)
    assert 'rel="next"' not in second.content.decode()
    assert 'rel="prev"' in second.content.decode()
    both = ids(first) + ids(second)
    assert len(both) == len(set(both)) == 60
    assert "51–60 of 60" in second.content.decode()


def test_a_page_beyond_the_end_is_empty_and_leads_back(crowd, client):
    client.force_login(crowd.alice)
    page = client.get("/?page=9")
    assert page.status_code == 200
    assert ids(page) == []
    assert 'rel="prev"' in page.content.decode()


def test_the_list_alone_comes_for_scripts(crowd, client):
    client.force_login(crowd.alice)
    response = client.get("/", headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert len(ids(response)) == 50
    assert "HX-Request" in response.headers["Vary"]
