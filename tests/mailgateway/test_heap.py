"""A desk that runs does not look for garbage in what it loaded at its start."""

import gc

import pytest

from helpdesk import views
from helpdesk.models import Thread
from mailgateway import heap


@pytest.fixture
def collector():
    """As Python's collector was before."""
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


def test_what_was_loaded_is_not_looked_through_again(collector):
    gc.unfreeze()
    assert any(one is Thread for one in gc.get_objects())

    heap.settle()

    looked_at = gc.get_objects()
    assert not any(one is loaded for one in looked_at for loaded in (Thread, vars(views)))
    assert len(looked_at) < gc.get_freeze_count() / 100
    assert gc.isenabled()  # what a page leaves is still found
