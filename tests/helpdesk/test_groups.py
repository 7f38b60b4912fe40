"""What helpdesk knows of a customer's group: its badge and time to answer at threads, and its contacts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import CustomerGroup
from helpdesk.models import Contact, Thread
from tests import make


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


@pytest.fixture
def vip(world):
    group = CustomerGroup.objects.create(name="VIP", badge="VIP", tone="vip", answer_hours=2)
    world.john.groups.add(group)
    return group


def html(answer):
    return answer.content.decode()


@pytest.mark.row("GR3")
def test_threads_of_a_member_carry_the_badge_and_the_promised_time(world, alice, vip):
    thread = make.thread(world.service)
    make.thread(world.service, sender="eve@example.com", subject="Another")
    Thread.objects.update(waiting_since=timezone.now() - timedelta(hours=3))
    queue = html(alice.get("/"))
    assert queue.count('<span class="tag tag--vip">VIP</span>') == 1
    assert queue.count("Overdue") == 1
    header = html(alice.get(f"/threads/{thread.pk}/header/"))
    assert "VIP" in header
    assert "answer within 2 hours" in header
    assert "answer within 2 hours" in html(alice.get(f"/threads/{thread.pk}/panel/"))


@pytest.mark.row("GR3")
def test_the_main_group_speaks_before_the_others(world, alice, vip):
    main = CustomerGroup.objects.create(name="Trade", badge="B2B", tone="warn")
    world.john.group = main
    world.john.save()
    thread = make.thread(world.service)
    for page in (html(alice.get("/")), html(alice.get(f"/threads/{thread.pk}/header/"))):
        assert "B2B" in page
        assert "VIP" not in page
    vip.edit({"badge": ""}, by=world.alice)
    main.edit({"badge": ""}, by=world.alice)
    assert "answer within 2 hours" in html(alice.get(f"/threads/{thread.pk}/header/"))


@pytest.mark.row("GR5")
def test_a_contact_is_kept_for_some_groups_in_its_settings(world, alice, vip):
    said = {
        "titles_en": "Wholesale",
        "slug": "accounting",
        "email": "accounting@shop.test",
        "saves_messages": "on",
        "is_public": "on",
        "is_restricted": "on",
    }
    assert "Choose a group" in html(alice.post(f"/settings/contacts/{world.accounting.pk}/", said))
    alice.post(f"/settings/contacts/{world.accounting.pk}/", {**said, "groups": [vip.pk]})
    assert list(Contact.objects.listed()) == [world.service]
    assert list(Contact.objects.listed([vip.pk])) == [world.service, world.accounting]
    assert "only for some groups" in html(alice.get("/settings/contacts/"))


@pytest.mark.row("GR5")
def test_the_page_of_a_group_says_which_contacts_it_may_choose(world, alice, vip):
    path = f"/settings/groups/{vip.pk}/contacts/"
    assert path in html(alice.get(f"/groups/{vip.pk}/edit/"))
    fragment = html(alice.get(path, headers={"HX-Request": "true"}))
    assert fragment.count("checked") == 2
    alice.post(path, {"contacts": [world.service.pk]}, headers={"HX-Request": "true"})
    assert list(Contact.objects.listed([vip.pk])) == [world.service]
    everybody_else = CustomerGroup.objects.exclude(pk=vip.pk).values_list("pk", flat=True)
    assert world.accounting in Contact.objects.listed(list(everybody_else))
    answer = alice.post(path, {"contacts": [world.service.pk, world.accounting.pk]})
    assert (answer.status_code, answer.url) == (303, path)
    world.accounting.refresh_from_db()
    assert not world.accounting.is_restricted


@pytest.mark.row("GR5")
def test_agents_do_not_choose_for_groups(world, client, vip):
    client.force_login(world.bob)
    assert client.post(f"/settings/groups/{vip.pk}/contacts/", {}).status_code == 403
