"""Whoever writes letters here."""

import pytest


@pytest.fixture
def bob(world, client):
    """Bob signed in."""
    client.force_login(world.bob)
    return client
