"""Programs connect shops, their webhooks and follow-up mails: the settings' pages, their rights and refusals."""

import pytest

from crm.models import FollowUpRule, FollowUpSettings, Shop, Webhook
from crm.outbound import announce
from tests.crm.test_records_api import api

pytestmark = pytest.mark.django_db
SHOPS, MAILS = "/api/records/shops/", "/api/records/follow-ups/"


@pytest.fixture
def alice(world):
    return api(world.alice)


@pytest.fixture
def shop() -> Shop:
    return Shop.objects.create(name="Taller Norte", url="https://shop.example")


def refused(answer) -> list[str]:
    assert answer.status_code == 400, answer.content
    return list(answer.json())


def test_a_program_makes_a_shop_and_gives_it_a_key(alice, world):
    made = alice.post(SHOPS, {"name": "Taller Sur", "time_zone": "Europe/Paris"}, format="json")
    assert (made.status_code, made.json()["is_active"], made.json()["token_hint"]) == (201, True, "")
    path = f"{SHOPS}{made.json()['id']}/"
    assert alice.patch(path, {"url": "https://sur.example", "order_link": "{shop}/o/{id}"}, format="json").json() == {
        **made.json(),
        "url": "https://sur.example",
        "order_link": "{shop}/o/{id}",
    }
    found = Shop.objects.get()
    assert found.history.first().history_user == world.alice
    keys = [alice.post(f"{path}token/") for _ in range(2)]
    assert keys[0].headers["Cache-Control"] == "no-store"
    opens = [Shop.objects.with_token(one.json()["token"]) for one in keys]
    assert opens == [None, found]
    assert keys[1].json()["token"].endswith(alice.get(path).json()["token_hint"])
    assert keys[1].json()["token"] not in alice.get(SHOPS).content.decode()
    sent = api().put("/api/carts/1/", {}, format="json", HTTP_AUTHORIZATION=f"Bearer {keys[1].json()['token']}")
    assert sent.status_code == 201
    assert alice.get(f"{path}arrived/").json()[0] == {
        "noun": "carts", "written": 1, "unchanged": 0, "refused": 0, "deleted": 0,
    }  # fmt: skip
    assert alice.delete(f"{path}token/").status_code == 204
    assert Shop.objects.with_token(keys[1].json()["token"]) is None


def test_what_a_shop_cannot_be_is_said_by_field(alice, shop):
    path = f"{SHOPS}{shop.pk}/"
    before = shop.history.count()
    for field, value in {
        "name": "",
        "url": "ftp://shop.example",
        "time_zone": "Mars/Olympus",
        "order_link": "javascript:alert(1)",
        "is_active": "perhaps",
    }.items():
        assert refused(alice.patch(path, {field: value}, format="json")) == [field]
    assert refused(alice.post(SHOPS, {}, format="json")) == ["name"]
    assert alice.patch(path, [1], format="json").status_code == 400
    assert alice.patch(path, {"id": 7, "token_digest": "x"}, format="json").json()["id"] == shop.pk
    assert shop.history.count() == before  # nothing changed, nothing told
    assert alice.get(f"{SHOPS}{10**17}/").status_code == 404


def test_a_program_makes_a_webhook_reads_its_log_and_tells_it_again(alice, world, shop):
    path = f"{SHOPS}{shop.pk}/webhooks/"
    made = alice.post(path, {"url": "https://hear.example/", "events": ["thread.closed"]}, format="json")
    assert (made.status_code, made.json()["is_active"], made.json()["waiting"]) == (201, True, 0)
    webhook = Webhook.objects.get()
    assert webhook.secret == made.json()["secret"]
    one = f"{path}{webhook.pk}/"
    assert "secret" not in alice.get(one).json()
    announce("thread.closed", {"thread": 1})
    assert alice.get(path).json()[0]["waiting"] == 1
    [told] = alice.get(f"{one}tellings/?state=waiting").json()["results"]
    assert (told["event"], told["tries"]) == ("thread.closed", 0)
    webhook.deliveries.update(state="failed", tries=9)
    again = alice.post(f"{one}tellings/{told['id']}/again/").json()
    assert (again["state"], again["tries"], again["key"]) == ("waiting", 0, told["key"])
    assert webhook.deliveries.get().wanted_by == world.alice
    rests = alice.patch(one, {"is_active": False, "events": ["message.sent", "cart.restored"]}, format="json").json()
    assert (rests["is_active"], rests["events"]) == (False, ["message.sent", "cart.restored"])
    assert webhook.history.first().history_user == world.alice
    assert alice.post(f"{one}secret/").json()["secret"] != made.json()["secret"]
    assert alice.delete(one).status_code == 204
    assert not Webhook.objects.exists()


def test_an_address_that_the_desk_would_not_call_is_refused(alice, shop):
    path = f"{SHOPS}{shop.pk}/webhooks/"
    good = {"url": "https://hear.example/", "events": ["thread.closed"]}
    for field, value in (("url", "https://10.0.0.1/"), ("url", "javascript:x"), ("events", ["party"]), ("events", [])):
        assert refused(alice.post(path, good | {field: value}, format="json")) == [field]
    assert not Webhook.objects.exists()
    webhook = Webhook.objects.create(shop=Shop.objects.create(name="Other"), url="https://a.example", events=[])
    assert alice.get(f"{path}{webhook.pk}/").status_code == 404
    assert alice.get(f"{SHOPS}{webhook.shop_id}/webhooks/{webhook.pk}/tellings/?state=x").status_code == 400


@pytest.mark.row("CA10")
def test_a_program_sets_quiet_hours_and_one_mail(alice, world):
    known = alice.get(MAILS).json()
    assert [(one["kind"], one["step"], one["delay"]) for one in known["rules"]][3:] == [
        ("thanks", 1, 72), ("idle", 1, 180), ("best", 1, 90),
    ]  # fmt: skip
    said = alice.patch(MAILS, {"quiet_from": "22:30", "voucher_cap": 1}, format="json").json()
    assert (said["quiet_from"], said["quiet_to"], said["voucher_cap"]) == ("22:30:00", known["quiet_to"], 1)
    assert FollowUpSettings.fresh().history.first().history_user == world.alice
    first, idle = (f"{MAILS}{known['rules'][n]['id']}/" for n in (0, 4))
    words = {"subjects": {"es": "Tu cesta"}, "texts": {"es": "{greeting}"}}
    mail = alice.patch(first, {"is_on": True, "delay": 6, **words}, format="json").json()
    assert (mail["is_on"], mail["delay"], mail["subjects"], mail["figures"]["sent"]) == (True, 6, {"es": "Tu cesta"}, 0)
    english = alice.patch(first, {"subjects": {"en": "Your cart"}}, format="json").json()
    assert english["subjects"] == {"es": "Tu cesta", "en": "Your cart"}
    assert alice.patch(idle, {"delay": 30}, format="json").json()["delay"] == 30
    assert FollowUpRule.objects.get(kind="idle").hours == 30 * 24
    assert alice.get(idle).json()["is_on"] is False


def test_settings_of_mails_that_cannot_be_are_said_by_field(alice):
    rules = alice.get(MAILS).json()["rules"]
    one = f"{MAILS}{rules[0]['id']}/"
    for field, value in (("most_a_week", 99), ("quiet_from", "late"), ("cart_days", 0)):
        assert refused(alice.patch(MAILS, {field: value}, format="json")) == [field]
    for field, value in (("delay", 0), ("discount", "101"), ("texts", {"es": "{nobody}"}), ("subjects", {"xx": "a"})):
        answer = alice.patch(one, {field: value}, format="json")
        assert refused(answer) == [field]
    assert alice.patch(one, {"texts": {"es": "{nobody}"}}, format="json").json()["texts"].keys() == {"es"}
    assert alice.patch(f"{MAILS}{10**17}/", {"delay": 3}, format="json").status_code == 404
    assert FollowUpRule.objects.get(pk=rules[0]["id"]).hours == rules[0]["delay"]


def test_only_supervisors_change_settings_by_program(world, shop):
    FollowUpRule.all_of_them()
    webhook = Webhook.objects.create(shop=shop, url="https://hear.example/", events=[])
    own = f"{SHOPS}{shop.pk}/"
    hook = f"{own}webhooks/{webhook.pk}/"
    calls = [("get", one) for one in (SHOPS, own, f"{own}arrived/", f"{own}webhooks/", hook, f"{hook}tellings/", MAILS)]
    calls += [("post", one) for one in (SHOPS, f"{own}token/", f"{own}webhooks/", f"{hook}secret/")]
    calls += [("post", f"{hook}tellings/1/again/"), ("patch", own), ("patch", hook), ("patch", MAILS)]
    calls += [("patch", f"{MAILS}{FollowUpRule.objects.first().pk}/"), ("delete", hook), ("delete", f"{own}token/")]
    for agent, status in ((None, 401), (world.bob, 403)):
        client = api(agent)
        assert {(getattr(client, how)(where).status_code, where) for how, where in calls} == {
            (status, where) for _how, where in calls
        }
    assert Webhook.objects.exists()
