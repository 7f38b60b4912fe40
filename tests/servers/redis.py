"""A private Redis on loopback that keeps nothing: fixture `redis_server`."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.servers.dovecot import free_port

MISSING = "redis-server is missing: apt-get install redis-server"


class Redis:
    """redis-server at a port of loopback, which can be ended and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Redis":
        """Start it and wait until it answers. Raises RuntimeError with its log if it does not within 10 s."""
        program = shutil.which("redis-server")
        assert program, MISSING
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        log = self.folder / "redis.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen([program, "--port", str(self.port), *options], stdout=out, stderr=out)
        deadline = time.monotonic() + 10
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(errors="replace"))
            time.sleep(0.02)
        return self

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as asked, contextlib.suppress(redis.ConnectionError):
            return bool(asked.ping())
        return False

    def listeners(self) -> int:
        """How many processes listen to pings now: each also has a channel of its own, which hears none."""
        with redis.Redis.from_url(self.url) as asked:
            return sum(count for _name, count in asked.pubsub_numsub(*asked.pubsub_channels("*__group__*")))

    def stop(self) -> None:
        """Kill it: nothing in it is worth a farewell."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """A running Redis of the test's own."""
    server = Redis(tmp_path).start()
    yield server
    server.stop()
