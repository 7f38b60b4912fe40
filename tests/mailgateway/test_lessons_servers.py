"""What other help desks lost or doubled between the mail server and themselves: one test a lesson, named after it."""

import re

import pytest

from helpdesk import leases
from helpdesk.models import Message, Thread
from mailgateway import imap, incoming, visit
from mailgateway.models import Incoming, Mailbox
from mailgateway.troubles import Trouble
from tests.servers.fake_imap import Box, mailbox_on
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db


def texts() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


def test_freescout_1350_two_fetchers_at_once_take_a_mail_once(world, fake_imap):
    server = fake_imap(Box({1: raw("first"), 2: raw("second")}).answer)
    box = mailbox_on(server, world.service)
    first, second = visit.Visit(box.pk), visit.Visit(box.pk)
    assert (first.lease(), second.lease()) == (True, False)
    first.open()
    uids = first.todo()
    first.take(uids[0])
    Mailbox.objects.update(lease_until="2020-01-01T00:00Z")  # the first sleeps over its lease
    assert visit.fetch_once(box.pk) == ""
    with pytest.raises(incoming.Late):
        first.take(uids[1])
    first.close()
    assert (texts(), Incoming.objects.count()) == (["first", "second"], 2)


def test_freescout_2001_and_5462_and_chatwoot_4901_every_mail_has_a_row_however_many_there_are(world, fake_imap):
    folder = Box({uid: raw(f"mail {uid}") for uid in range(1, 31)} | {20: None})
    box = mailbox_on(fake_imap(folder.answer), world.service)
    visit.fetch_once(box.pk)
    assert list(Incoming.objects.order_by("uid").values_list("uid", flat=True)) == list(range(1, 31))
    assert (Incoming.objects.get(reason="not-fetched").uid, texts()[-1]) == (20, "mail 30")


def test_freescout_3417_2489_and_2762_a_killed_fetch_leaves_no_lock_behind(world, fake_imap):
    box = mailbox_on(fake_imap(Box({1: raw("first")}).answer), world.service)
    mine = leases.mint()
    assert box.lease(f"{mine[:14]}{0:010x}{mine[24:]}", seconds=45)  # an earlier process of this number
    assert visit.fetch_once(box.pk) == ""
    assert texts() == ["first"]


def test_zammad_1662_a_mail_that_vanished_between_fetching_and_marking_is_one_thread(world, fake_imap):
    folder = Box({1: raw("first"), 2: raw("second")})
    folder.refuses = ["UID STORE"]
    box = mailbox_on(fake_imap(folder.answer), world.service)
    assert "not allowed here" in visit.fetch_once(box.pk)
    del folder.mails[1]
    folder.refuses = []
    for _ in range(2):
        assert visit.fetch_once(box.pk) == ""
    assert texts() == ["first", "second"]


def test_zammad_2321_a_server_that_hangs_is_an_error_within_its_time(world, fake_imap):
    folder = Box({1: raw()})
    box = mailbox_on(fake_imap(lambda tag, said: b"" if b"SEARCH" in said else folder.answer(tag, said)), world.service)
    opened = imap.Folder(box, timeout=0.2)
    with pytest.raises(imap.FAULTS) as told:
        opened.new_uids(0)
    assert imap.words(told.value)
    opened.drop()


def test_osticket_5645_however_many_visits_fail_there_is_one_copy_and_one_outage_that_people_hear_of(world, fake_imap):
    folder = Box({1: raw("first"), 2: raw("second")})
    folder.refuses = ["UID STORE"]
    box = mailbox_on(fake_imap(folder.answer), world.service, afterwards="move", move_to="Done")
    for _ in range(20):
        assert "not allowed here" in visit.fetch_once(box.pk)
    assert (folder.copies, texts()) == ([1, 2], ["first", "second"])
    assert Trouble.objects.get().times == 20
    folder.refuses = []
    assert visit.fetch_once(box.pk) == ""
    assert (folder.copies, folder.mails) == ([1, 2], {})


@pytest.mark.parametrize("afterwards", ["move", "delete"])
def test_discourse_and_osticket_2998_5566_and_312_nothing_is_moved_or_deleted_that_is_not_stored(
    world, fake_imap, kill_at, afterwards
):
    folder = Box({1: raw("first")})
    box = mailbox_on(fake_imap(folder.answer), world.service, afterwards=afterwards, move_to="Done")
    kill_at("15 raw mail half written", OSError("the disk is broken"), times=2)
    for _ in range(2):
        assert visit.fetch_once(box.pk)
    assert (list(folder.mails), folder.copies, Incoming.objects.count()) == ([1], [], 0)
    assert visit.fetch_once(box.pk) == ""
    assert (folder.mails, texts()) == ({}, ["first"])


def test_alaveteli_5005_a_mail_that_cannot_be_deleted_stops_no_other_and_comes_once(world, fake_imap):
    folder = Box({1: raw("first")})
    folder.refuses = ["UID EXPUNGE"]
    box = mailbox_on(fake_imap(folder.answer), world.service, afterwards="delete")
    for uid in (2, 3, 4):
        assert "not allowed here" in visit.fetch_once(box.pk)
        folder.mails[uid] = raw(f"mail {uid}")
    visit.fetch_once(box.pk)
    assert texts() == ["first", "mail 2", "mail 3", "mail 4"]


def test_paperless_8939_and_12839_and_frappe_42092_after_a_new_uidvalidity_all_is_asked_for_from_one(world, fake_imap):
    folder = Box({1: raw("old one")})
    box = mailbox_on(fake_imap(folder.answer), world.service)
    visit.fetch_once(box.pk)
    folder.uidvalidity, folder.mails = 8, {1: raw("another mail with the same number")}
    assert visit.fetch_once(box.pk) == ""
    assert texts() == ["old one", "another mail with the same number"]
    asked = [one for one in folder.asked if "SEARCH" in one]
    assert asked == ["UID SEARCH UID 1:*"] * 2


def test_chatmail_5009_and_6936_a_cut_connection_is_never_an_empty_mailbox(world, fake_imap):
    folder = Box({1: raw("first"), 2: raw("second")})
    folder.cuts = ["UID SEARCH", "UID FETCH 2 (BODY"]
    box = mailbox_on(fake_imap(folder.answer), world.service)
    assert visit.fetch_once(box.pk)
    assert (Mailbox.objects.get().last_uid, Mailbox.objects.get().last_success_at) == (0, None)
    assert visit.fetch_once(box.pk)
    assert (Mailbox.objects.get().last_uid, texts()) == (1, ["first"])
    assert visit.fetch_once(box.pk) == ""
    assert texts() == ["first", "second"]


def test_django_helpdesk_and_prestashop_25860_no_mail_is_named_by_its_place_in_the_folder(world, fake_imap):
    folder = Box({7: raw("first"), 9: raw("second")})
    box = mailbox_on(fake_imap(folder.answer), world.service, afterwards="move", move_to="Done")
    visit.fetch_once(box.pk)
    assert (texts(), Thread.objects.count()) == (["first", "second"], 2)
    assert not [one for one in folder.asked if re.match(r"(FETCH|STORE|COPY|MOVE|SEARCH|EXPUNGE)", one)]
