"""What the team does with records, done by programs: the pages' verbs, rights and refusals."""

import io
import zipfile
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import (
    Address,
    BulkChange,
    CartItem,
    CartWatch,
    Customer,
    CustomerGroup,
    CustomerNote,
    Delivery,
    Household,
    PrestaShop,
    PrivacyRequest,
    RecordEvent,
    RecordSettings,
    Shop,
    SocialTitle,
    Webhook,
)
from tests import make
from tests.crm.test_records_api import api

pytestmark = pytest.mark.django_db
GONE = 10**17
BELOW = [
    "tags/", "groups/", "household/", "vouchers/", "registration/", "invitation/", "notes/", "merges/", "different/",
    "enabled/", "consents/",
]  # fmt: skip
FOR_SUPERVISORS = ["copy/", "erasure/", "restoration/"]


class Program:
    """A program with an agent's token."""

    def __init__(self, agent) -> None:
        self.client = api(agent)

    def __call__(self, method: str, path: str, body=None, *, expect: int = 200):
        """The answer's JSON, or its bytes."""
        answer = getattr(self.client, method)(f"/api/records/{path}", body, format="json")
        assert answer.status_code == expect, (answer.status_code, getattr(answer, "data", answer.content))
        return answer.json() if answer.headers.get("Content-Type") == "application/json" else answer


@pytest.fixture
def bob(world) -> Program:
    return Program(world.bob)


@pytest.fixture
def alice(world) -> Program:
    return Program(world.alice)


def of(customer, path: str = "") -> str:
    return f"customers/{customer.pk}/{path}"


def story(customer) -> list[tuple[str, str]]:
    return [(one.kind, str(one.by)) for one in RecordEvent.objects.filter(customer=customer).order_by("pk")]


# -- rights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*BELOW, *FOR_SUPERVISORS])
def test_without_a_token_nothing_is_done_and_nobody_gone_is_found(world, bob, alice, path):
    assert api().post(f"/api/records/{of(world.john, path)}").status_code == 401
    Customer.objects.filter(pk=world.john.pk).update(erased_at=timezone.now())
    (alice if path in FOR_SUPERVISORS else bob)("post", of(world.john, path), {}, expect=404)
    assert not RecordEvent.objects.exists()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("post", "customers/1/" + path) for path in FOR_SUPERVISORS),
        ("get", "privacy-requests/"),
        ("post", "privacy-requests/1/done/"),
        ("post", "groups/"),
        ("post", "titles/"),
    ],
)
def test_what_only_supervisors_do_is_refused_to_agents(world, bob, method, path):
    bob(method, path.replace("/1/", f"/{world.john.pk}/"), {}, expect=403)


@pytest.mark.parametrize("thing", ["customers", "carts", "addresses", "groups", "titles", "households"])
def test_what_is_not_there_is_a_404(world, alice, thing):
    for number in (GONE, "9" * 18):
        alice("get", f"{thing}/{number}/", expect=404)


# -- belonging --------------------------------------------------------------------------------------


@pytest.mark.row("CL9")
def test_tags_are_put_on_and_taken_off_one_customer(world, bob):
    assert set(bob("post", of(world.john, "tags/"), {"add": ["VIP", "boda"]})["tags"]) == {"boda", "VIP"}
    assert bob("post", of(world.john, "tags/"), {"add": ["vip"], "remove": ["Boda", "none"]})["tags"] == ["VIP"]
    assert story(world.john) == [("tagged", "Bob Agent")] * 2 + [("untagged", "Bob Agent")]
    assert bob("post", of(world.john, "tags/"), {"add": [" , "]}, expect=400).keys() == {"add"}
    [tag, _other] = sorted(bob("get", "tags/"), key=lambda one: one["name"] != "VIP")
    assert bob("patch", f"tags/{tag['id']}/", {"tone": "vip"})["tone"] == "vip"
    assert bob("patch", f"tags/{tag['id']}/", {"tone": "pink"}, expect=400).keys() == {"tone"}


def test_groups_and_a_shared_account(world, bob):
    wholesale = CustomerGroup.objects.create(name="Mayorista")
    said = bob("post", of(world.john, "groups/"), {"group": wholesale.pk})
    assert [one["id"] for one in said["groups"]] == [wholesale.pk]
    assert bob("post", of(world.john, "groups/"), {"group": GONE}, expect=400).keys() == {"group"}
    assert bob("post", of(world.john, "household/"), {}, expect=400).keys() == {"name"}
    assert bob("post", of(world.john, "household/"), {"name": "La boda"})["household"] == "La boda"
    home, eva = Household.objects.get(), make.customer("Eva Luz", "eva@x.test")
    bob("post", of(eva, "household/"), {"household": home.pk})
    assert bob("post", of(eva, "household/"), {"name": "Otra"}, expect=400).keys() == {"household"}
    shared = bob("patch", f"households/{home.pk}/", {"name": "La boda de Eva"})
    assert (shared["name"], [one["name"] for one in shared["people"]]) == ("La boda de Eva", ["John Doe", "Eva Luz"])
    for one in (eva, world.john):
        assert bob("delete", of(one, "household/"))["household"] is None
    assert not Household.objects.exists()


def test_many_customers_are_changed_at_once_and_it_is_undone(world, bob, alice):
    people = [world.john.pk, make.customer("Eva Luz", "eva@x.test").pk]
    group = CustomerGroup.objects.create(name="Mayorista")
    for words in ({"do": "disable"}, {"do": "tag", "add": ["feria"]}, {"do": "group", "group": group.pk}):
        made = bob("post", "changes/", {**words, "customers": people}, expect=201)
        assert (made["count"], made["by"]["name"], made["may_be_undone"]) == (2, "Bob Agent", True)
        assert bob("post", f"changes/{made['id']}/undo/")["count"] == 2
        bob("post", f"changes/{made['id']}/undo/", expect=409)
    assert Customer.objects.filter(is_active=True, tags=None).count() == 2
    bob("post", "changes/", {"do": "delete", "customers": people}, expect=403)
    made = alice("post", "changes/", {"do": "delete", "customers": people}, expect=201)
    bob("post", f"changes/{made['id']}/undo/", expect=403)
    assert len(bob("get", "changes/")) == BulkChange.objects.count() == 4


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"do": "shout"}, "do"),
        ({"do": "tag"}, "add"),
        ({"do": "tag", "add": ["x"], "remove": ["X"]}, "add"),
        ({"do": "group"}, "group"),
        ({"do": "enable", "customers": []}, "customers"),
        ({"do": "enable", "customers": [GONE]}, "customers"),
        ({"do": "enable", "customers": [10**30]}, "customers"),
        ({"do": "enable", "customers": list(range(1, 1002))}, "customers"),
    ],
)
def test_a_change_that_makes_no_sense_is_said_by_field(world, bob, words, field):
    said = bob("post", "changes/", {"customers": [world.john.pk], **words}, expect=400)
    assert said.keys() == {field}


def test_a_change_of_many_costs_the_same_whatever_their_number(world, bob, django_assert_max_num_queries):
    people = [make.customer(f"Ana {n}", f"ana{n}@x.test").pk for n in range(40)]
    with django_assert_max_num_queries(20):
        bob("post", "changes/", {"do": "disable", "customers": people}, expect=201)


# -- notes, vouchers, access --------------------------------------------------------------------------


def test_a_note_is_pinned_and_taken_away_by_who_wrote_it(world, bob):
    mine, hers = (CustomerNote.objects.write(world.john, "Call", by=one) for one in (world.bob, world.alice))
    assert bob("patch", of(world.john, f"notes/{hers.pk}/"), {"is_pinned": True})["is_pinned"] is True
    assert bob("patch", of(world.john, f"notes/{mine.pk}/"), {"is_pinned": True})["is_pinned"] is True
    assert [one["is_pinned"] for one in bob("get", of(world.john, "notes/"))] == [True, False]
    bob("delete", of(world.john, f"notes/{hers.pk}/"), expect=403)
    bob("delete", of(world.john, f"notes/{mine.pk}/"), expect=204)
    eva = make.customer("Eva Luz", "eva@x.test")
    bob("delete", of(eva, f"notes/{hers.pk}/"), expect=404)


@pytest.mark.row("CV10")
def test_a_voucher_is_given_and_the_shop_is_asked_for_it(world, bob):
    Webhook.objects.create(shop=Shop.objects.create(name="Taller"), url="https://x.test/", events=["voucher.wanted"])
    given = bob("post", of(world.john, "vouchers/"), {"percent": 10}, expect=201)
    assert (given["percent"], given["shop_id"], len(given["code"])) == ("10.00", "", 12)
    words = {"code": given["code"], "amount": "-5", "currency": "EUR", "quantity": 0}
    assert bob("post", of(world.john, "vouchers/"), words, expect=400).keys() == {"quantity"}
    said = bob("post", of(world.john, "vouchers/"), words | {"quantity": 1}, expect=400)
    assert said.keys() == {"code", "amount"}
    assert [one["code"] for one in bob("get", of(world.john, "vouchers/"))] == [given["code"]]
    assert story(world.john) == [("voucher_given", "Bob Agent")]
    assert not bob("post", of(world.john, f"vouchers/{given['id']}/withdrawal/"))["is_active"]
    assert ("voucher_ended", "Bob Agent") in story(world.john)
    bob("post", of(world.john, "vouchers/999/withdrawal/"), expect=404)
    assert Delivery.objects.count() == 1


def test_a_guest_becomes_a_customer_is_invited_and_signed_out(world, bob):
    guest = make.customer("Eva Luz", "eva@x.test", is_guest=True)
    assert bob("post", of(guest, "invitation/"), expect=400)["non_field_errors"]
    assert bob("post", of(guest, "registration/"))["is_guest"] is False
    assert bob("post", of(guest, "invitation/")) == {"address": "eva@x.test"}
    assert ("invited", "Bob Agent") in story(guest)
    bob("delete", of(guest, "sessions/"), expect=204)
    other = make.customer("Eva L.", "eva@x.test", is_guest=True)
    assert bob("post", of(other, "registration/"), expect=400).keys() == {"emails"}


def test_title_links_and_credit_are_part_of_the_record(world, bob):
    from tests.crm.test_record import prefer

    prefer(business=True, title_use="team")
    title = SocialTitle.objects.create(names={"es": "Sra."})
    links = [{"name": "Fotos", "url": "https://x.test/17"}]
    said = bob("patch", of(world.john), {"title": title.pk, "links": links, "credit_limit": "300", "risk": "low"})
    assert (said["title"], said["links"], said["credit_limit"], said["risk"]) == ("Sra.", links, "300.00", "low")
    wrong = [{"name": "Fotos", "url": "javascript:alert(1)"}]
    assert bob("patch", of(world.john), {"links": wrong}, expect=400).keys() == {"links"}


# -- one person, several records ----------------------------------------------------------------------


def test_two_records_are_suggested_merged_split_and_told_apart(world, bob):
    other = make.customer("John Doe", "john+shop@example.com", phone="+34600000123")
    [likely] = bob("get", of(world.john, "alike/"))
    assert (likely["customer"]["id"], likely["sure"]) == (other.pk, "high")
    assert {"fits": True, "sentence": "The same e-mail: john@example.com"} in likely["reasons"]
    bob("post", of(world.john, "merges/"), {"gone": other.pk, "take": ["shoe"]}, expect=400)
    merge = bob("post", of(world.john, "merges/"), {"gone": other.pk, "take": ["phone"]}, expect=201)
    assert (merge["kept"], merge["gone"], merge["may_split"]) == (world.john.pk, other.pk, True)
    assert bob("get", of(world.john))["phone"] == "+34600000123"
    bob("get", of(other), expect=404)
    assert bob("post", of(world.john, "merges/"), {"gone": other.pk}, expect=400).keys() == {"gone"}
    assert [one["id"] for one in bob("get", of(world.john, "merges/"))] == [merge["id"]]
    bob("post", of(world.john, f"merges/{merge['id']}/split/"))
    bob("post", of(world.john, f"merges/{merge['id']}/split/"), expect=409)
    bob("post", of(world.john, "different/"), {"other": other.pk}, expect=204)
    assert bob("get", of(world.john, "alike/")) == []
    assert ("merged", "Bob Agent") in story(world.john)


# -- endings ------------------------------------------------------------------------------------------


def test_a_customer_goes_into_the_bin_and_comes_back_but_not_with_orders(world, bob, alice):
    bob("delete", of(world.john), expect=403)
    alice("delete", of(world.john), expect=204)
    bob("get", of(world.john), expect=404)
    assert alice("post", of(world.john, "restoration/"))["id"] == world.john.pk
    alice("post", of(world.john, "restoration/"), expect=404)
    make.order(world.john)
    assert "1 order" in alice("delete", of(world.john), expect=409)["detail"]


def test_a_person_takes_their_data_along_and_is_erased_with_the_number_typed(world, alice):
    answer = alice("post", of(world.john, "copy/"), {"private": True})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert {"data.json", "index.html"} <= set(archive.namelist())
    assert ("exported", "Alice Supervisor") in story(world.john)
    assert alice("post", of(world.john, "erasure/"), {"code": "0"}, expect=400).keys() == {"code"}
    alice("post", of(world.john, "erasure/"), {"code": str(world.john.pk)}, expect=204)
    world.john.refresh_from_db()
    assert (world.john.erased_at is None, world.john.last_name) == (False, "")


def test_what_a_customer_asks_for_is_written_down_and_answered(world, alice):
    words = {"customer": world.john.pk, "kind": "copy", "received_on": timezone.localdate().isoformat()}
    assert alice("post", "privacy-requests/", words | {"received_on": "2999-01-01"}, expect=400).keys() == {
        "received_on"
    }
    made = alice("post", "privacy-requests/", words, expect=201)
    assert [one["id"] for one in alice("get", "privacy-requests/")] == [made["id"]]
    assert alice("post", f"privacy-requests/{made['id']}/done/")["done_at"]
    assert PrivacyRequest.objects.get().done_by == world.alice
    assert alice("get", "privacy-requests/") == []


def test_the_story_tells_who_changed_what_and_ips_to_supervisors_only(world, bob, alice):
    world.john.edit({"last_name": "Smith"}, by=world.bob)
    RecordEvent.objects.record("signed_in", world.john, ip="203.0.113.7")
    told = {one["what"]: one for one in bob("get", of(world.john, "history/"))}
    assert (told["Last name"]["old"], told["Last name"]["new"], told["Last name"]["by"]["name"]) == (
        *("Doe", "Smith"),
        "Bob Agent",
    )
    assert told["Signed in"]["ip"] == ""
    assert "203.0.113.7" in str(alice("get", of(world.john, "history/")))


# -- addresses, groups, titles --------------------------------------------------------------------------


def test_an_address_is_made_changed_and_binned_as_its_country_asks(world, bob):
    home = {"customer": world.john.pk, "alias": "Casa", "first_name": "John", "last_name": "Doe"}
    home |= {"line1": "C/ Mayor 8", "city": "Madrid", "country": "ES", "state": "Madrid", "postcode": "280"}
    assert bob("post", "addresses/", home, expect=400).keys() >= {"postcode"}
    made = bob("post", "addresses/", home | {"postcode": "28013"}, expect=201)
    assert (made["customer"], made["postcode"]) == (world.john.pk, "28013")
    assert bob("patch", f"addresses/{made['id']}/", {"line2": "2.º A"})["line2"] == "2.º A"
    assert Address.history.first().history_user == world.bob
    assert bob("get", f"addresses/?customer={world.john.pk}")["count"] == 1
    bob("get", "addresses/?costumer=1", expect=400)
    bob("delete", f"addresses/{made['id']}/", expect=204)
    bob("get", f"addresses/{made['id']}/", expect=404)
    assert bob("post", f"addresses/{made['id']}/restoration/")["deleted_at"] is None
    bob("post", f"addresses/{made['id']}/restoration/", expect=404)


def test_a_supervisor_makes_changes_and_deletes_groups_and_titles(world, bob, alice):
    assert alice("post", "groups/", {}, expect=400).keys() == {"names"}
    assert alice("post", "groups/", {"names": {"e?": "x"}}, expect=400).keys() == {"names"}
    words = {"names": {"en": "Trade"}, "discount": 10, "category_discounts": {"Bowls": 20}}
    group = alice("post", "groups/", words, expect=201)
    assert (group["name"], group["category_discounts"]) == ("Trade", {"Bowls": "20.00"})
    assert alice("patch", f"groups/{group['id']}/", {"discount": 101}, expect=400).keys() == {"discount"}
    assert alice("patch", f"groups/{group['id']}/", {"show_prices": False})["show_prices"] is False
    assert bob("get", "groups/")["count"] == CustomerGroup.objects.count()
    fixed = CustomerGroup.fixed(CustomerGroup.Key.GUEST)
    assert "every shop has it" in alice("delete", f"groups/{fixed.pk}/", expect=409)["detail"]
    alice("delete", f"groups/{group['id']}/", expect=204)
    title = alice("post", "titles/", {"names": {"en": "Dr"}}, expect=201)
    assert alice("post", "titles/", {"names": {"en": ""}}, expect=400).keys() == {"names"}
    assert alice("patch", f"titles/{title['id']}/", {"symbol": "Dr"})["symbol"] == "Dr"
    alice("delete", f"titles/{title['id']}/?instead={title['id']}", expect=404)
    alice("delete", f"titles/{title['id']}/", expect=204)
    bob("delete", f"groups/{fixed.pk}/", expect=403)


# -- carts that nobody has ------------------------------------------------------------------------------


@pytest.mark.row("CA8")
def test_a_cart_gets_its_owner_with_reasons_and_loses_it_again(world, bob):
    cart = make.cart(email="john@example.com", name="John Doe")
    [likely] = bob("get", f"carts/{cart.pk}/owners/")
    assert likely["customer"]["id"] == world.john.pk
    assert any(one["fits"] for one in likely["reasons"])
    bob("post", f"carts/{cart.pk}/refusals/", {"customer": world.john.pk}, expect=204)
    assert bob("get", f"carts/{cart.pk}/owners/") == []
    bob("delete", f"carts/{cart.pk}/refusals/", expect=400)
    bob("delete", f"carts/{cart.pk}/refusals/?customer={world.john.pk}", expect=204)
    assert bob("post", f"carts/{cart.pk}/owner/", {"customer": world.john.pk})["customer"] == world.john.pk
    event = RecordEvent.objects.get(kind="cart_linked")
    assert (event.by, bool(event.data["reasons"])) == (world.bob, True)
    eva = make.customer("Eva Luz", "eva@x.test")
    assert "belongs to John Doe" in bob("post", f"carts/{cart.pk}/owner/", {"customer": eva.pk}, expect=409)["detail"]
    assert bob("delete", f"carts/{cart.pk}/owner/")["customer"] is None
    bob("delete", f"carts/{cart.pk}/owner/", expect=409)


def test_a_cart_is_watched_settled_and_deleted_unless_it_became_an_order(world, bob):
    cart = make.cart()
    cart.replace_lines([CartItem("Taza", 1, Decimal(14))])
    bob("delete", f"carts/{cart.pk}/watch/", expect=404)
    assert bob("post", f"carts/{cart.pk}/watch/", {"alerts": False})["alerts"] is False
    ended = bob("delete", f"carts/{cart.pk}/watch/?note=By+transfer")
    assert (ended["outcome"], ended["note"]) == ("refunded", "By transfer")
    assert bob("post", f"carts/{cart.pk}/watch/")["closed_at"] is None
    assert CartWatch.objects.count() == 1
    bob("delete", f"carts/{cart.pk}/", expect=204)
    ordered = make.cart(world.john)
    ordered.take_order(make.order(world.john))
    bob("delete", f"carts/{ordered.pk}/", expect=409)


def test_supervisors_see_to_a_prestashop_and_its_key_is_never_shown(world, alice, bob):
    shop = Shop.objects.create(name="Taller")
    path = f"shops/{shop.pk}/prestashop/"
    alice("get", path, expect=404)
    connection = PrestaShop(shop=shop, address="https://shop.example/api/")
    connection.set_key("K" * 32)
    connection.save()
    bob("get", path, expect=403)
    assert "K" * 32 not in str(alice("get", path))
    assert alice("post", path, {"do": "trial"})["task"] == "trial"
    assert alice("post", path, {"do": "pause"})["is_paused"]
    assert not alice("post", path, {"do": "resume"})["is_paused"]
    alice("post", path, {"do": "sync"}, expect=409)
    assert alice("post", path, {"do": "nonsense"}, expect=400).keys() == {"do"}


def test_supervisors_change_the_settings_of_records_as_on_the_page(world, alice, bob):
    bob("get", "settings/", expect=403)
    before = alice("get", "settings/")
    after = alice("patch", "settings/", {"currency": "usd", "required_customer": ["phone"], "bin_days": 7})
    assert after == {**before, "currency": "USD", "required_customer": ["phone"], "bin_days": 7}
    assert RecordSettings.history.first().history_user == world.alice
    wrong = {"currency": "dollars", "bin_days": 0, "required_customer": ["nonsense"]}
    assert alice("patch", "settings/", {"birthdays": False, "bin_days": 0}, expect=400).keys() == {"bin_days"}
    assert alice("patch", "settings/", wrong, expect=400).keys() == {"currency", "required_customer"}
    alice("patch", "settings/", [1], expect=400)
    assert alice("get", "settings/") == after  # all or nothing
