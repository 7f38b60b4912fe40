"""What is not kept for ever."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from helpdesk import intake
from helpdesk.models import Attachment, Message
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.row("FO8")
def test_addresses_and_browsers_are_emptied_after_the_desks_days(world, capsys):
    make.thread(world.service, ip="2001:db8::7", user_agent="Firefox", page_url="https://shop.test/")
    call_command("forget")
    assert Message.objects.get().ip == "2001:db8::7"
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        call_command("forget")
    message = Message.objects.get()
    assert (message.ip, message.user_agent, message.page_url) == (None, "", "")
    assert message.text == "Where is my order?"
    assert "metadata of 1 messages emptied" in capsys.readouterr().out


def test_files_that_were_never_sent_go_and_all_others_stay(world):
    left = Attachment.objects.add(make.file("left.txt"))
    make.thread(world.service, files=(make.file("sent.txt"),))
    Attachment.objects.add(make.file("draft.txt"), owner=world.bob)
    intake.relay(make.mail(files=(make.file("relayed.txt"),)), contact=world.accounting)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        call_command("forget", stdout=io.StringIO())
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["draft.txt", "relayed.txt", "sent.txt"]
    assert not left.file.storage.exists(left.file.name)
