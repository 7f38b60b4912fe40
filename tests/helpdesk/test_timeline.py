"""Messages, events and what became of the order, in one line of time."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import OrderState
from helpdesk.models import Message
from tests import make


@pytest.mark.row("TH9")
@pytest.mark.parametrize("chosen", ["oldest", "newest"])
def test_a_shipped_order_stands_between_two_messages_by_time(
    world, client, chosen, django_assert_max_num_queries, seconds_pass
):
    client.force_login(world.bob)
    client.post("/appearance/", {"thread_order": chosen})
    order = make.order(world.john, reference="MK-77777")
    thread = make.thread(world.service, text="Where is it?")
    thread.link(by=world.bob, order=order)
    thread.reply("On its way.", by=world.bob)
    now = timezone.now()
    for n, message in enumerate(thread.messages.order_by("pk")):
        Message.objects.filter(pk=message.pk).update(created_at=now + timedelta(hours=2 * n))
    OrderState.objects.create(order=order, state="Shipped", at=now + timedelta(hours=1))
    OrderState.objects.create(order=order, state="Paid", at=now - timedelta(days=9))
    client.get(f"/threads/{thread.pk}/")
    seconds_pass()
    with django_assert_max_num_queries(12):
        page = client.get(f"/threads/{thread.pk}/").content.decode()
    conversation = page[page.index('id="conversation"') : page.index('id="composer"')]
    order_of = [re.sub(r"\d", "", one) for one in re.findall(r'id="([moe]-[^"]+)"', conversation)]
    seen = [one for one in order_of if one != "e-"]
    assert seen == ["m-", "o-", "m-"]
    first, second = conversation.index("Where is it?"), conversation.index("On its way.")
    shipped = conversation.index("Order MK-77777: Shipped")
    assert first < shipped < second if chosen == "oldest" else second < shipped < first
    assert f'href="/orders/{order.pk}/"' in conversation
    assert "Paid" not in conversation  # before the thread began


@pytest.mark.row("TH9")
def test_what_became_of_the_cart_stands_there_too(world, client):
    client.force_login(world.bob)
    thread = make.thread(world.service)
    cart = make.cart(world.john, abandoned_at=timezone.now() + timedelta(minutes=1))
    thread.link(by=world.bob, cart=cart)
    assert "was abandoned" in client.get(f"/threads/{thread.pk}/conversation/").content.decode()
