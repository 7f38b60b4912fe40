"""manage.py desk, web and worker as processes on the test's own database: fixture `start`."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


def database_url() -> str:
    """The test's database, as the environment names it."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    port = f":{at['PORT']}" if at["PORT"] else ""
    # The host may be the folder of a socket, which has no place in a URL but the query.
    return f"postgresql://{at['USER']}:{at['PASSWORD']}@{port}/{at['NAME']}?host={at['HOST']}"


class Running:
    """One process, and what it printed."""

    def __init__(self, words: tuple[str, ...], **environment: str) -> None:
        self.environment = self.environment_of(**environment)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @staticmethod
    def environment_of(**more: str) -> dict[str, str]:
        """Ours, with the test's database."""
        env = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        env |= {"DATABASE_URL": database_url(), "DATA_DIR": str(settings.DATA_DIR), "PYTHONUNBUFFERED": "1"}
        return env | more

    def wait_ready(self) -> "Running":
        """Read the line it prints when all is running."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("Mostrador"), line + self.end(signal.SIGKILL)[2]
        return self

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[float, int, str]:
        """Signal it; seconds until it ended, its exit code and what it complained of."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        _, said = self.process.communicate(timeout=20)
        return time.monotonic() - began, self.process.returncode, said


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[..., Running]]:
    """start("worker") runs manage.py worker; all are killed at the end."""
    made: list[Running] = []

    def run(*words: str, **environment: str) -> Running:
        made.append(Running(words, **environment))
        return made[-1]

    yield run
    for one in made:
        one.end(signal.SIGKILL)
