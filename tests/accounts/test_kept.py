"""What is kept until it changes, whoever changes it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.kept import STAMPS, Change, kept, purge
from crm.models import CustomerGroup, Shop, Webhook
from crm.outbound import is_wanted
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
    name = label()
    StatusLabel.objects.create(status=Status.PENDING_1, labels={"en": "Post"}, holder="third_party")
    stamps = {row.name: (1, row.pk) for row in Change.objects.exclude(name=StatusLabel.CACHE_KEY)}
    cache.set(STAMPS, stamps, 5)  # our process has heard nothing
    assert label() == name
    seconds_pass()
    assert label() == "Post"


def test_what_is_not_committed_stays_in_its_transaction(world, django_assert_num_queries):
    assert label() == "Pending 1"
    stamps = cache.get(STAMPS)
    with transaction.atomic():
        StatusLabel.objects.create(status=Status.PENDING_1, labels={"en": "Never"}, holder="third_party")
        cache.set(STAMPS, stamps, 5)  # as another thread read them meanwhile
        with django_assert_num_queries(2):
            assert (label(), Target.kept()) == ("Never", ())
            assert (label(), Target.kept()) == ("Never", ())
        assert cache.get(STAMPS) == stamps
        StatusLabel.objects.update_or_create(status=Status.PENDING_1, defaults={"labels": {"en": "Nor this"}})
        assert label() == "Nor this"
        transaction.set_rollback(True)
    assert label() == "Pending 1"


def test_a_row_that_cannot_be_marked_as_changed_is_not_changed(world):
    desk = DeskSettings.fresh()
    desk.shop_name = "Half"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_change RENAME TO elsewhere")
    with pytest.raises(DatabaseError):
        desk.save()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE elsewhere RENAME TO accounts_change")
    assert DeskSettings.fresh().shop_name != "Half"


def test_old_changes_are_purged(world):
    label()
    Change.objects.update(at=timezone.now() - timedelta(days=2))
    StatusLabel.objects.create(status=Status.PENDING_1, labels={"en": "Post"}, holder="third_party")
    purge()
    assert list(Change.objects.values_list("name", flat=True)) == [StatusLabel.CACHE_KEY]
    assert label() == "Post"


def test_each_part_is_kept_by_itself(world):
    assert [kept("letters", lambda one=one: one, part=one) for one in "ab"] == ["a", "b"]
    assert [kept("letters", lambda: "c", part=one) for one in "ab"] == ["a", "b"]


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
    before = Change.objects.count()
    world.bob.save(update_fields=["last_login"])
    assert Change.objects.count() == before
    world.bob.save()
    assert Change.objects.count() == before + 1


def test_a_shop_that_is_in_use_again_is_told_again(db):
    shop = Shop.objects.create(name="Norte", is_active=False)
    Webhook.objects.create(shop=shop, url="https://hear.example/", events=["thread.closed"])
    assert not is_wanted("thread.closed")
    shop.is_active = True
    shop.save(update_fields=["is_active"])
    assert is_wanted("thread.closed")
    Webhook.objects.all().delete()
    assert not is_wanted("thread.closed")
