"""A limit of CPU time that holds although the limited code catches everything."""

import time

import pytest

from mailgateway import deadline


def busy(seconds):
    ends = time.process_time() + seconds
    while time.process_time() < ends:
        sum(range(100))


def stubborn():
    """Code that catches everything once, as tnefparse's reading of times does, and goes on."""
    try:
        busy(2)
    except:  # noqa: E722
        busy(2)


def test_code_that_swallows_the_limit_once_is_ended_all_the_same():
    with pytest.raises(deadline.OverTime), deadline.within(0.01):
        stubborn()


def test_what_is_in_time_goes_on_and_nothing_comes_afterwards():
    with deadline.within(0.05):
        done = 1
    busy(0.2)
    assert done == 1
