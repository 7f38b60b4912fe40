"""How many active threads a customer has is kept by every verb, and never drifts."""

import random

import pytest

from crm.models import Customer
from helpdesk.models import Status, Thread
from tests import make


def kept_and_counted() -> list[tuple[int, int]]:
    """What each customer's row says, beside what there is."""
    return [
        (one.open_threads, Thread.objects.active().filter(customer=one).count())
        for one in Customer.objects.order_by("pk")
    ]


@pytest.mark.row("CL1")
def test_whatever_is_done_to_threads_the_number_at_the_customer_is_right(world):
    eve = make.customer("Eve Other", "eve@example.com")
    first, second = make.thread(world.service), make.thread(world.service, sender="eve@example.com")
    assert kept_and_counted() == [(1, 1), (1, 1)]
    dice = random.Random(5)
    for step in range(60):
        thread = dice.choice([first, second])
        thread.refresh_from_db()
        match dice.randrange(6):
            case 0 | 1:
                thread.set_status(dice.choice(Status.values), by=world.bob)
            case 2:
                dice.choice([thread.trash, thread.mark_spam])(by=world.bob)
            case 3:
                dice.choice([thread.restore, thread.mark_not_spam])(by=world.bob)
            case 4:
                thread.link(by=world.bob, customer=dice.choice([world.john, eve, None]))
            case 5:
                thread.receive(make.mail("And?"))
        assert all(kept == counted for kept, counted in kept_and_counted()), (step, kept_and_counted())


def test_a_thread_that_we_begin_and_one_that_is_merged_count_too(world):
    ours = Thread.objects.open_by_agent(
        by=world.bob, contact=world.service, email="john@example.com", subject="Hello", text="Hi"
    )
    assert kept_and_counted() == [(1, 1)]
    merge = ours.merge_into(make.thread(world.service), by=world.bob)
    assert kept_and_counted() == [(1, 1)]
    merge.target.split(merge, by=world.bob)
    assert kept_and_counted() == [(2, 2)]
