"""What is deleted for good, by the clock."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models.signals import post_delete
from django.utils import timezone

from helpdesk import intake
from helpdesk.models import Attachment, Folder, Message, Thread
from helpdesk.statistics import counting
from tests import make, planting
from tests.conftest import make_world


def purge(capture):
    """Run the command; returns what it says."""
    said = io.StringIO()
    with capture(execute=True):
        call_command("purge", stdout=said)
    return said.getvalue().strip()


@pytest.mark.row("CS11")
def test_the_bin_is_emptied_after_thirty_days_with_the_files(world, django_capture_on_commit_callbacks):
    thread, kept = make.thread(world.service, files=(make.file(),)), make.thread(world.service, files=(make.file(),))
    path = Path(thread.messages.get().attachments.get().file.path)
    thread.trash(by=world.alice)
    kept.trash(by=world.alice)
    Thread.objects.filter(pk=thread.pk).update(trashed_at=timezone.now() - timedelta(days=31))
    assert path.exists()
    purge(django_capture_on_commit_callbacks)
    assert list(Thread.objects.all()) == [kept]
    assert Attachment.objects.count() == 1
    assert not path.exists()


@pytest.fixture
def in_the_bin(transactional_db):
    """Two threads whose days in the bin are over."""
    world = planting.planted(make_world)
    threads = [make.thread(world.service) for _ in range(2)]
    for thread in threads:
        thread.trash(by=world.alice)
    Thread.objects.update(trashed_at=timezone.now() - timedelta(days=31))
    return SimpleNamespace(alice=world.alice, threads=threads)


@pytest.mark.row("CS11")
def test_what_is_taken_out_of_the_bin_while_it_is_emptied_stays(in_the_bin):
    first, second = in_the_bin.threads

    def restore(instance: Thread, **_more: object) -> None:
        other = second if instance == first else first
        other.restore(by=in_the_bin.alice)

    post_delete.connect(restore, sender=Thread)
    try:
        call_command("purge", stdout=io.StringIO())
    finally:
        post_delete.disconnect(restore, sender=Thread)
    assert Thread.objects.get().folder == Folder.DESK


@pytest.mark.row("CS11")
def test_the_bin_is_emptied_though_the_statistics_count_a_thread_of_it_at_that_moment(in_the_bin):
    """On PostgreSQL both would else write at once, and the one that is later would fail."""
    written, purged = threading.Event(), threading.Event()

    def count() -> None:
        try:
            with transaction.atomic():
                counting.alone()
                counting.count_threads([one.pk for one in in_the_bin.threads])
                written.set()
                assert not purged.wait(0.5)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        counted = pool.submit(count)
        assert written.wait(10)
        call_command("purge", stdout=io.StringIO())
        purged.set()
        counted.result()
    assert not Thread.objects.exists()


@pytest.mark.row("FO8")
def test_addresses_browsers_and_pages_are_emptied_after_the_desks_days(world, django_capture_on_commit_callbacks):
    facts = {"ip": "2001:db8::7", "user_agent": "Firefox", "page_url": "https://shop.test/"}
    old, new = (make.thread(world.service, **facts).messages.get() for _ in range(2))
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    assert purge(django_capture_on_commit_callbacks) == "0 threads, 1 messages, 0 files"
    assert list(Message.objects.order_by("pk").values_list("pk", *facts)) == [
        (old.pk, None, "", ""),
        (new.pk, *facts.values()),
    ]
    assert Message.objects.get(pk=old.pk).text == "Where is my order?"


def test_uploads_that_nobody_sent_are_dropped_and_drafts_keep_theirs(world, client, django_capture_on_commit_callbacks):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    for name in ("kept.txt", "lost.txt"):
        client.post(f"/threads/{thread.pk}/draft/files/", {"files": SimpleUploadedFile(name, b"x")})
    thread.drafts.get().attachments.remove(Attachment.objects.get(name="lost.txt"))
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    purge(django_capture_on_commit_callbacks)
    assert [one.name for one in Attachment.objects.all()] == ["kept.txt"]


def test_files_of_forms_that_were_never_sent_go_and_all_others_stay(world, django_capture_on_commit_callbacks):
    left = Attachment.objects.add(make.file("left.txt"))
    make.thread(world.service, files=(make.file("sent.txt"),))
    Attachment.objects.add(make.file("draft.txt"), owner=world.bob)
    intake.relay(make.mail(files=(make.file("relayed.txt"),)), contact=world.accounting)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert purge(django_capture_on_commit_callbacks) == "0 threads, 0 messages, 1 files"
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["draft.txt", "relayed.txt", "sent.txt"]
    assert not left.file.storage.exists(left.file.name)


def test_a_second_run_finds_nothing_left_to_do(world, django_capture_on_commit_callbacks):
    make.thread(world.service, ip="203.0.113.9").trash(by=world.alice)
    make.thread(world.service, ip="203.0.113.9")
    Attachment.objects.add(make.file())
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert purge(django_capture_on_commit_callbacks) == "1 threads, 1 messages, 1 files"
        assert purge(django_capture_on_commit_callbacks) == "0 threads, 0 messages, 0 files"
