"""What is kept until it changes, whoever changes it."""

from django.core.cache import cache
from django.db import transaction

from accounts.kept import STAMPS, Stamp
from crm.models import CustomerGroup
from helpdesk.models import Calendar, Contact, DeskSettings, Status, StatusLabel, Target


def label() -> str:
    return StatusLabel.all_by_status()[Status.PENDING_1].label


def test_it_is_asked_once_and_again_after_a_change(world, django_assert_num_queries):
    row = StatusLabel.objects.create(status=Status.PENDING_1, labels={"en": "Carrier"}, holder="third_party")
    with django_assert_num_queries(2):  # the stamps, the labels
        assert label() == "Carrier"
    with django_assert_num_queries(0):
        assert label() == "Carrier"
    row.labels = {"en": "Post"}
    row.save()
    assert label() == "Post"
    row.delete()
    assert label() == "Pending 1"


def test_after_some_seconds_one_question_tells_that_nothing_changed(world, seconds_pass, django_assert_num_queries):
    def ask():
        return DeskSettings.load(), label(), Target.kept(), Contact.shown_to(world.bob), Contact.own_addresses()

    first = ask()
    assert ask() == first
    seconds_pass()
    with django_assert_num_queries(1):
        assert ask() == first


def test_what_another_process_changed_is_seen_after_some_seconds(world, seconds_pass):
    DeskSettings.fresh()
    DeskSettings.load()
    kept = cache.get_many([STAMPS, DeskSettings.CACHE_KEY])
    desk = DeskSettings.fresh()
    desk.shop_name = "Elsewhere"
    desk.save()
    cache.set_many(kept)  # our process has heard nothing
    cache.set(STAMPS, kept[STAMPS], 5)
    assert DeskSettings.load().shop_name != "Elsewhere"
    seconds_pass()
    assert DeskSettings.load().shop_name == "Elsewhere"


def test_what_was_rolled_back_is_forgotten_too(world, seconds_pass):
    name = DeskSettings.load().shop_name
    with transaction.atomic():
        desk = DeskSettings.fresh()
        desk.shop_name = "Never"
        desk.save()
        assert DeskSettings.load().shop_name == "Never"
        transaction.set_rollback(True)
    seconds_pass()
    assert DeskSettings.load().shop_name == name


def test_what_follows_from_other_rows_is_forgotten_with_them(world):
    assert Calendar.plans()[0][Calendar.first().pk][0] == "Europe/Madrid"
    desk = DeskSettings.fresh()
    desk.time_zone = "Pacific/Auckland"
    desk.save()
    assert Calendar.plans()[0][Calendar.first().pk][0] == "Pacific/Auckland"
    other = Calendar.objects.create(name="Other")
    Calendar.plans()
    world.service.calendar = other
    world.service.save()
    assert Calendar.plans()[1] == {world.service.pk: other.pk}
    group = CustomerGroup.objects.create(name="Trade")
    Target.objects.create(group=group, first=60)
    assert Target.in_force()
    group.delete()
    assert not Target.in_force()


def test_members_of_a_contact_are_forgotten_when_they_change(world):
    before = Contact.shown_to(world.bob)
    world.service.members.remove(world.bob)
    assert Contact.shown_to(world.bob) == [one for one in before if one != world.service]
    world.bob.contacts.add(world.service)
    assert Contact.shown_to(world.bob) == before
    world.service.move(up=False)
    assert [one.pk for one in Contact.shown_to(world.alice)][-1] == world.service.pk


def test_signing_in_forgets_nothing(world):
    before = dict(Stamp.objects.values_list("name", "value"))
    world.bob.save(update_fields=["last_login"])
    assert dict(Stamp.objects.values_list("name", "value")) == before
    world.bob.save()
    assert dict(Stamp.objects.values_list("name", "value")) != before
