"""Changes of many customers at once, with preview and undo; the tags of one."""

import pytest
from django.utils import timezone

from crm.models import BulkChange, Customer, CustomerGroup, CustomerTag
from crm.models.bulk_change import UNDO_FOR
from tests import make


@pytest.fixture
def alice(world, client):
    """Alice signed in, who may delete."""
    client.force_login(world.alice)
    return client


@pytest.fixture
def people(world) -> list[Customer]:
    """Five customers besides John."""
    return [make.customer(f"P{n} X", f"p{n}@x.test", newsletter=n < 3) for n in range(5)]


def do(client, what: str, customers: list[Customer] | None = None, **fields):
    """Carry it out, for these or for all that match `filters`."""
    chosen = {"ids": [one.pk for one in customers]} if customers is not None else {"all": "1"}
    return client.post("/customers/bulk/", {"do": what, **chosen, **fields})


def names(**conditions) -> set[str]:
    return {one.name for one in Customer.objects.filter(**conditions)}


@pytest.mark.row("CL7")
def test_three_are_disabled_and_the_others_stay_and_it_can_be_undone(world, alice, people):
    answer = do(alice, "disable", people[:3])
    assert answer.status_code == 303
    assert names(is_active=False) == {"P0 X", "P1 X", "P2 X"}
    assert people[0].history.first().history_user == world.alice
    page = alice.get(answer.url).content.decode()
    assert "3 customers disabled." in page
    change = BulkChange.objects.get()
    assert f'action="/customers/changes/{change.pk}/undo/"' in page
    assert "3 customers disabled." not in alice.get(answer.url).content.decode()
    people[1].refresh_from_db()
    people[1].enable(by=world.bob)
    alice.post(f"/customers/changes/{change.pk}/undo/")
    assert names(is_active=False) == set()
    assert people[1].history.count() == 3  # made, disabled, enabled by hand: undoing had nothing to do
    again = alice.post(f"/customers/changes/{change.pk}/undo/", follow=True).content.decode()
    assert "cannot be undone any more" in again


@pytest.mark.row("CL7")
def test_all_that_match_are_meant_beyond_the_page(world, alice, people):
    Customer.objects.bulk_create(Customer(first_name=f"M{n}", newsletter=True) for n in range(120))
    preview = alice.get("/customers/bulk/?do=disable&all=1&filters=newsletter%3D1").content.decode()
    assert "Disable 123 customers?" in preview
    assert "and 120 more" in preview
    do(alice, "disable", filters="newsletter=1")
    assert Customer.objects.filter(is_active=False).count() == 123
    assert names(is_active=True) == {"John Doe", "P3 X", "P4 X"}
    do(alice, "enable", filters="newsletter=1")
    assert not Customer.objects.filter(is_active=False).exists()


@pytest.mark.row("CL7")
def test_who_has_orders_is_not_deleted_and_the_question_says_so(world, alice, people):
    make.order(people[0])
    preview = alice.get(f"/customers/bulk/?do=delete&ids={people[0].pk}&ids={people[1].pk}").content.decode()
    assert "Delete 2 customers?" in preview
    assert "1 record goes to the bin" in preview
    assert "1 has orders and stays" in preview
    do(alice, "delete", people[:2])
    assert names(deleted_at__isnull=False) == {"P1 X"}
    assert people[1].events.filter(kind="deleted", by=world.alice).exists()
    alice.post(f"/customers/changes/{BulkChange.objects.get().pk}/undo/")
    assert names(deleted_at__isnull=False) == set()


def test_agents_delete_nobody_and_undo_no_deletion(world, client, people):
    client.force_login(world.bob)
    assert do(client, "delete", people[:1]).status_code == 403
    assert 'value="delete"' not in client.get("/customers/").content.decode()
    change = BulkChange.objects.delete_customers(Customer.objects.filter(pk=people[0].pk), by=world.alice)
    assert client.post(f"/customers/changes/{change.pk}/undo/").status_code == 403
    assert do(client, "nonsense").status_code == 404


@pytest.mark.row("GR8")
def test_fifty_customers_are_added_to_a_group_in_one_action(world, alice):
    some = [make.customer(f"G{n} X", f"g{n}@x.test") for n in range(50)]
    group = CustomerGroup.objects.create(name="Wholesale")
    some[0].groups.add(group)
    refused = do(alice, "group", some)
    assert refused.status_code == 400
    assert "Choose a group." in refused.content.decode()
    do(alice, "group", some, group=group.pk)
    assert group.members.count() == 50
    assert some[1].events.get(kind="grouped").data["group"] == "Wholesale"
    alice.post(f"/customers/changes/{BulkChange.objects.get().pk}/undo/")
    assert list(group.members.all()) == [some[0]]


def tags_of(customer: Customer) -> set[str]:
    return set(customer.tags.values_list("name", flat=True))


@pytest.mark.row("AR25")
@pytest.mark.row("CL7")
def test_tags_are_put_on_and_taken_off_in_one_dialog_exactly_and_undone(world, alice, people):
    one, two, three, other = people[:4]
    for customer in (one, two, other):
        customer.tag("Navidad", by=world.bob)
    two.tag("VIP", by=world.bob)
    navidad, vip = CustomerTag.objects.get(name="Navidad"), CustomerTag.objects.get(name="VIP")
    query = "&".join(f"ids={customer.pk}" for customer in (one, two, three))
    dialog = alice.get(f"/customers/bulk/?do=tags&{query}").content.decode()
    assert "Tags of 3 customers" in dialog
    assert "on 2 of 3" in dialog
    assert "on 1 of 3" in dialog
    do(alice, "tags", [one, two, three], **{f"tag-{navidad.pk}": "remove", f"tag-{vip.pk}": "", "new": "Club, Feria"})
    assert tags_of(one) == {"Club", "Feria"}
    assert tags_of(two) == {"Club", "Feria", "VIP"}
    assert tags_of(three) == {"Club", "Feria"}
    assert tags_of(other) == {"Navidad"}
    assert one.events.filter(kind="untagged", by=world.alice).exists()
    alice.post(f"/customers/changes/{BulkChange.objects.get().pk}/undo/")
    assert tags_of(one) == {"Navidad"}
    assert tags_of(two) == {"Navidad", "VIP"}
    assert tags_of(three) == set()


@pytest.mark.row("AR25")
def test_nothing_chosen_and_the_same_word_on_and_off_are_refused_with_a_sentence(world, alice, people):
    people[0].tag("VIP", by=world.bob)
    vip = CustomerTag.objects.get()
    assert "no tag would change" in do(alice, "tags", people).content.decode()
    clash = do(alice, "tags", people, **{f"tag-{vip.pk}": "remove", "new": "vip"})
    assert clash.status_code == 400
    assert "cannot be put on and taken off at once" in clash.content.decode()
    assert not BulkChange.objects.exists()


def test_a_change_is_forgotten_after_a_month(world, alice, people):
    do(alice, "disable", people[:1])
    change = BulkChange.objects.get()
    assert "1 customer disabled." in alice.get("/customers/changes/").content.decode()
    BulkChange.objects.update(at=timezone.now() - UNDO_FOR)
    with pytest.raises(ValueError, match="cannot be undone"):
        change.undo(by=world.alice)
    assert "Nothing was changed" in alice.get("/customers/changes/").content.decode()


def test_nobody_ticked_is_told(world, alice):
    assert "Nobody is selected" in alice.get("/customers/bulk/?do=disable").content.decode()
    assert "Nobody is selected" in do(alice, "disable", []).content.decode()


@pytest.mark.row("AR24")
def test_a_tag_comes_and_goes_on_the_customers_page_without_reload(world, client):
    client.force_login(world.bob)
    john, url = world.john, f"/customers/{world.john.pk}/tags/"
    htmx = {"HX-Request": "true"}
    added = client.post(url, {"add": " -Boda,  2026 ", "tone": "vip"}, headers=htmx).content.decode()
    assert 'class="tag tag--vip"' in added
    assert "<bdi>Boda 2026</bdi>" in added
    assert '<option value="Boda 2026">' in added  # offered as one types
    assert client.post(url, {"add": "boda 2026"}, headers=htmx).status_code == 200
    assert CustomerTag.objects.count() == 1
    assert john.events.filter(kind="tagged").count() == 1
    assert "Write the name of a tag." in client.post(url, {"add": " , "}, headers=htmx).content.decode()
    removed = client.post(url, {"remove": "Boda 2026"}, headers=htmx).content.decode()
    assert "<bdi>" not in removed
    assert john.events.filter(kind="untagged", by=world.bob).exists()
    assert client.post(url, {"add": "Plain"}).url == f"/customers/{john.pk}/"
    assert "<bdi>Plain</bdi>" in client.get(f"/customers/{john.pk}/").content.decode()
