"""Fixture `kill_at`: end the process, or make the machine fail, at one of the named places of helpdesk/faults.py."""

from collections.abc import Callable

import pytest

from helpdesk import faults


class Killed(BaseException):
    """What no `except Exception` catches, as nobody catches SIGKILL."""


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """kill_at("05 fetched"): the process ends there, once. The list that it returns says whether it did.

    `error` is raised there instead; `times` is how often.
    """

    def arm(point: str, error: BaseException | type[BaseException] = Killed, *, times: int = 1) -> list[str]:
        fired: list[str] = []

        def hook(reached: str) -> None:
            if reached == point and len(fired) < times:
                fired.append(reached)
                raise error

        monkeypatch.setattr(faults, "hook", hook)
        return fired

    return arm
