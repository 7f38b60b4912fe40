"""What tests of the desk share."""

import pytest
import time_machine

from helpdesk.models import (
    Calendar,
)
from tests import planting
from tests.helpdesk.stage import WEEK, Stage, at
from tests.helpdesk.stories import make_played


@pytest.fixture
def played(db):
    """The world after the twenty threads of tests.helpdesk.stories."""
    return planting.planted(make_played)


@pytest.fixture
def stage(world):
    Calendar.objects.create(name="Workshop", week=WEEK, time_zone="Europe/Madrid")
    with time_machine.travel(at(16, 8), tick=False) as clock:
        yield Stage(world, clock)
