"""Who searches: `alice`, a supervisor, and `bob`, an agent of service."""

import pytest

from tests.helpdesk.search.seeker import Seeker


@pytest.fixture
def alice(world, client):
    return Seeker(client, world.alice)


@pytest.fixture
def bob(world, client):
    return Seeker(client, world.bob)
