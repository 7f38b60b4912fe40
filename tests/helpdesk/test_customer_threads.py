"""What was written to a customer, and their threads' states, seen from their page and from the queue."""

import pytest
from django.utils import timezone

from helpdesk.models import OutgoingKind, OutgoingMail
from tests import make


@pytest.mark.row("WK8")
def test_the_customers_page_and_the_queue_tell_the_same_states_and_lead_to_each_other(world, client):
    client.force_login(world.bob)
    for n, status in enumerate(("open", "pending1", "closed", "pending1")):
        make.thread(world.service, subject=f"Matter {n}").set_status(status, by=world.bob)
    page = client.get(f"/customers/{world.john.pk}/threads/").content.decode()
    for status, number in (("open", 1), ("pending1", 2), ("closed", 1)):
        path = f"/?customer={world.john.pk}&status={status}"
        assert path.replace("&", "&amp;") in page
        assert client.get(path).content.decode().count('data-thread="') == number
    assert page.count("st-p1") >= 2
    client.force_login(world.charlie)
    assert "status=open" not in client.get(f"/customers/{world.john.pk}/threads/").content.decode()


@pytest.mark.row("WK6")
def test_a_mail_that_was_written_elsewhere_stands_beside_the_thread(world, client):
    client.force_login(world.bob)
    thread = make.thread(world.service)
    thread.reply("Answered in the thread", by=world.bob)
    OutgoingMail.objects.create(
        kind=OutgoingKind.FOLLOW_UP,
        customer=world.john,
        from_email="service@shop.test",
        to=["john@example.com"],
        subject="Has your order arrived?",
        message_id_header="<one@shop.test>",
        created_at=timezone.now(),
    )
    panel = client.get(f"/threads/{thread.pk}/panel/").content.decode()
    assert f'hx-get="/customers/{world.john.pk}/threads/"' in panel
    written = client.get(f"/customers/{world.john.pk}/threads/").content.decode()
    assert "Has your order arrived?" in written
    assert "Reply" in written
