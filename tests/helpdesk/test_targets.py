"""Targets: which one counts, how they are set, and what changing them does."""

from datetime import date

import pytest

from crm.models import BulkChange, Customer, CustomerGroup, Departure, Shop
from crm.sync import customers
from helpdesk import jobs
from helpdesk.forms_targets import read_length, write_length
from helpdesk.models import (
    Calendar,
    Deadline,
    Holiday,
    Metric,
    Priority,
    Status,
    Target,
    TimingMark,
)
from tests import make
from tests.helpdesk.stage import aim, at
from tests.helpdesk.test_api import api


def test_with_no_target_nothing_is_due_and_nothing_is_kept(stage, client):
    stage.to(at(20, 12, 20)).begins()
    stage.replies()
    assert stage.due() == ("", None)
    assert not Deadline.objects.exists()
    assert (jobs.look_at_deadlines(), jobs.follow_targets()) == (0, 0)
    client.force_login(stage.world.bob)
    html = client.get("/").content.decode()
    assert "due=overdue" not in html
    assert 'value="due"' not in html
    assert "/due/" not in client.get(f"/threads/{stage.thread.pk}/").content.decode()


def test_the_most_special_target_counts_and_what_it_leaves_open_the_more_general_says(stage):
    world, vip, john = stage.world, CustomerGroup.objects.create(name="VIP"), stage.world.john
    john.groups.add(vip)
    aim(first=480, resolution=960)
    aim(contact=world.service, first=240)
    aim(contact=world.accounting, first=360)
    aim(group=vip, first=120)
    aim(priority=Priority.URGENT, first=30)
    stage.to(at(16, 9)).begins(sender="nobody@example.com")
    assert stage.due() == ("first", at(16, 13))
    stage.thread.move_to(world.accounting, by=world.bob)
    assert stage.due() == ("first", at(16, 16, 30))
    stage.thread.link(by=world.bob, customer=john)
    assert stage.due() == ("first", at(16, 11))
    stage.thread.set_priority("urgent", by=world.bob)
    assert stage.due() == ("first", at(16, 9, 30))
    assert Deadline.objects.get(metric=Metric.RESOLUTION).seconds == 960 * 60
    assert [str(one) for one in Target.objects.all()][-2:] == ["All contacts · VIP", "All contacts · Urgent"]


def test_a_new_target_counts_from_the_beginning_with_what_the_events_tell(stage):
    """Since Monday at nine, with a stop from ten to twelve; the target comes on Tuesday."""
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).fresh().set_status(Status.PENDING_1, by=stage.world.bob)
    stage.to(at(16, 12)).fresh().reopen(by=stage.world.bob)
    stage.to(at(17, 9))
    target = aim(first=60, resolution=480)
    assert [jobs.follow_targets(), jobs.follow_targets()] == [1, 0]
    row = Deadline.objects.get(metric=Metric.RESOLUTION)
    assert row.due_at == at(17, 11, 30)  # 1 h, 2 h until two, 2.5 h until six, 2.5 h on Tuesday
    assert stage.due() == ("first", at(16, 10))  # long over: shown, but nobody could have met it
    assert jobs.look_at_deadlines() == 0
    assert stage.told() == []
    Holiday.objects.create(calendar=Calendar.first(), day=date(2026, 11, 17), name="Fair")
    assert jobs.follow_targets() == 1
    row.refresh_from_db()
    assert row.due_at == at(18, 11, 30)
    target.remove(by=stage.world.alice)
    assert jobs.follow_targets() == 1
    assert stage.due() == ("", None)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("4 h", 240),
        ("4", 240),
        ("30 min", 30),
        ("1 h 30 min", 90),
        ("1:30", 90),
        ("1,5", 90),
        ("0.25 h", 15),
        ("—", None),
    ],
)
def test_a_time_is_read_as_people_write_it(words, minutes):
    assert read_length(words) == minutes
    assert read_length(write_length(minutes)) == minutes


def test_a_supervisor_sets_targets_and_sees_what_is_wrong(stage, client):
    world, path = stage.world, "/settings/targets/"
    client.force_login(world.bob)
    assert client.get(path).status_code in {403, 404}
    client.force_login(world.alice)
    assert client.get(path).status_code == 200
    base = {"line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "0", "warn_minutes": "30", "clock_stops": ["pending2"]}
    wrong = client.post(path, base | {"line-0-first": "soon", "line-0-contact": world.service.pk}).content.decode()
    assert "Write working hours" in wrong
    assert 'value="soon"' in wrong
    assert "Write at least one time" in client.post(path, base | {"line-0-contact": world.service.pk}).content.decode()
    good = base | {"line-0-contact": world.service.pk, "line-0-first": "4", "line-0-resolution": "1 h 30 min"}
    assert client.post(path, good).status_code == 302
    target = Target.objects.get()
    assert (target.contact, target.first, target.next, target.resolution) == (world.service, 240, None, 90)
    assert target.history.get().history_user == world.alice
    thread = stage.begins()
    html = client.get(f"{path}?thread=%23{thread.pk}").content.decode()
    assert 'value="1 h 30 min"' in html
    assert "The clock starts" in html
    assert "no thread with this number" in client.get(f"{path}?thread=999").content.decode()
    twice = base | {"line-TOTAL_FORMS": "2", "line-INITIAL_FORMS": "1", "line-0-id": target.pk}
    twice |= {"line-0-first": "4 h"}
    same = {"line-1-contact": world.service.pk, "line-1-first": "2 h"}
    assert "already" in client.post(path, twice | same).content.decode()
    client.post(path, twice | {"line-0-DELETE": "on"})
    assert not Target.objects.exists()


def test_a_new_group_of_a_customer_moves_what_is_due_whoever_changed_it(stage):
    """Every way in which crm changes groups; the 480 minutes of all become 120 for a VIP, and back."""
    world, john, vip = stage.world, stage.world.john, CustomerGroup.objects.create(name="VIP")
    usual = CustomerGroup.fixed(CustomerGroup.Key.CUSTOMER)
    john.edit({"group": usual, "groups": [usual]}, by=None)
    everybody = Customer.objects.filter(pk=john.pk)
    aim(first=480)
    aim(group=vip, first=120)
    stage.to(at(16, 9)).begins()
    closed = make.thread(world.service, sender="closed@example.com")
    closed.link(by=world.bob, customer=john)
    closed.close(by=world.bob)
    jobs.follow_targets()
    late, soon = ("first", at(17, 9, 30)), ("first", at(16, 11))
    assert (stage.thread.customer, stage.due()) == (john, late)
    shop = Shop.objects.create(name="Taller Norte", url="https://shop.example")
    Customer.objects.filter(pk=john.pk).update(source=shop, shop_id="7")

    def told_by_shop(*groups: CustomerGroup) -> None:
        for one in groups:
            CustomerGroup.objects.filter(pk=one.pk).update(source=shop, shop_id=str(one.pk))
        customers.upsert(shop, [{"id": "7", "groups": [str(one.pk) for one in groups]}])

    other = make.customer("Jane Roe", "jane@example.com")
    other.groups.add(vip)
    for change, due in (
        (lambda: john.add_to_group(vip, by=world.alice), soon),
        (lambda: fresh(john).edit({"groups": [usual]}, by=world.alice), late),
        (lambda: BulkChange.objects.add_to_group(everybody, vip, by=world.alice), soon),
        (lambda: BulkChange.objects.latest("pk").undo(by=world.alice), late),
        (lambda: told_by_shop(usual, vip), soon),
        (lambda: told_by_shop(usual), late),
        (lambda: fresh(john).absorb(other, by=world.alice), soon),
        (lambda: fresh(john).merges.get().split(by=world.alice), late),
        (lambda: fresh(john).edit({"groups": [usual, vip]}, by=world.alice), soon),
    ):
        change()
        assert set(TimingMark.objects.values_list("thread", flat=True)) == {stage.thread.pk}
        assert jobs.follow_targets() >= 1
        assert stage.due() == due
        assert not TimingMark.objects.exists()
    Departure.of(vip).carry_out(by=world.alice)  # its target goes with it
    stage.to(at(16, 9))
    assert jobs.follow_targets() >= 1
    assert stage.due() == late
    TimingMark.objects.all().delete()
    fresh(john).edit({"groups": [usual, CustomerGroup.objects.create(name="Trade")]}, by=None)
    assert not TimingMark.objects.exists()  # no target asks for a group any more


def fresh(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def test_supervisors_write_targets_by_api_by_the_same_verb(stage):
    world, path = stage.world, "/api/targets/"
    vip = CustomerGroup.objects.create(name="VIP")
    desk, other = api(world.alice), api(world.bob)
    for refused in (
        other.post(path, {"first": 60}, format="json"),
        other.put(f"{path}rules/", {"warn_minutes": 5, "clock_stops": []}, format="json"),
    ):
        assert refused.status_code == 403
    made = desk.post(path, {"contact": "service", "group": vip.pk, "first": 60}, format="json")
    row = {"contact": "service", "group": vip.pk, "priority": "", "first": 60, "next": None, "resolution": None}
    assert (made.status_code, made.json()) == (201, {"id": Target.objects.get().pk, **row})
    one = f"{path}{made.json()['id']}/"
    again = desk.post(path, {"contact": "service", "group": vip.pk, "first": 90}, format="json")
    assert (again.status_code, again.json()) == (
        400,
        {"non_field_errors": ["There is a target for these threads already."]},
    )
    nothing = {"non_field_errors": ["Write at least one time, or remove the line."]}
    assert desk.post(path, {"priority": "urgent"}, format="json").json() == nothing
    assert desk.patch(one, {"first": None}, format="json").json() == nothing
    for wrong in ({"first": 0}, {"first": 10**6}, {"contact": "no"}, {"group": 999_999}, {"priority": "soon"}):
        assert list(desk.patch(one, wrong, format="json").json()) == list(wrong)
    assert desk.patch(one, {"next": 30, "group": None}, format="json").json() == {
        **made.json(),
        "next": 30,
        "group": None,
    }
    told = list(Target.history.order_by("pk").values_list("history_user", "history_type"))
    assert told == [(world.alice.pk, "+"), (world.alice.pk, "~")]
    assert other.get(path).json() == [other.get(one).json()]
    stage.to(at(16, 9)).begins()
    assert stage.due() == ("first", at(16, 10))
    assert (other.patch(one, {"first": 5}, format="json").status_code, other.delete(one).status_code) == (403, 403)
    rules = {"warn_minutes": 5, "clock_stops": ["pending2"]}
    assert desk.put(f"{path}rules/", rules, format="json").json() == other.get(f"{path}rules/").json() == rules
    assert desk.put(f"{path}rules/", {"warn_minutes": 5, "clock_stops": ["open"]}, format="json").status_code == 400
    assert desk.delete(one).status_code == 204
    assert Target.history.latest().history_type == "-"
    assert (desk.get(one).status_code, desk.get(path).json()) == (404, [])
