"""The shop whose carts are followed up, and its clock."""

from datetime import timedelta

import pytest

from crm.models import (
    Shop,
)
from tests.helpdesk.follow_ups.carts import NOON


@pytest.fixture
def clock(time_machine):
    """clock(hours=3): so long after noon."""

    def move(**later):
        time_machine.move_to(NOON + timedelta(**later), tick=False)

    move()
    return move


@pytest.fixture
def shop(world, clock):
    """The shop; John allows its newsletter."""
    made = Shop.objects.create(name="Taller", url="https://shop.example", time_zone="Europe/Madrid")
    world.john.newsletter, world.john.source, world.john.language = True, made, "en"
    world.john.save()
    return made
