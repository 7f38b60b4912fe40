"""What is deleted for good, by the clock."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from helpdesk.models import Attachment, Message, Thread
from tests import make


def purge(capture):
    with capture(execute=True):
        call_command("purge", verbosity=0)


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


def test_addresses_of_the_net_and_browsers_are_forgotten(world, django_capture_on_commit_callbacks):
    old = make.thread(world.service, ip="203.0.113.9", user_agent="Firefox").messages.get()
    new = make.thread(world.service, ip="203.0.113.9", user_agent="Firefox").messages.get()
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    purge(django_capture_on_commit_callbacks)
    assert list(Message.objects.order_by("pk").values_list("pk", "ip", "user_agent")) == [
        (old.pk, None, ""),
        (new.pk, "203.0.113.9", "Firefox"),
    ]


def test_uploads_that_nobody_sent_are_dropped_and_drafts_keep_theirs(world, client, django_capture_on_commit_callbacks):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    for name in ("kept.txt", "lost.txt"):
        client.post(f"/threads/{thread.pk}/draft/files/", {"files": SimpleUploadedFile(name, b"x")})
    thread.drafts.get().attachments.remove(Attachment.objects.get(name="lost.txt"))
    Attachment.objects.update(created_at=timezone.now() - timedelta(days=8))
    purge(django_capture_on_commit_callbacks)
    assert [one.name for one in Attachment.objects.all()] == ["kept.txt"]
