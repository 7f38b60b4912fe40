"""A private PostgreSQL for tests: `python tests/servers/postgres.py [COMMAND ...]`.

Makes a cluster in a temporary folder, runs COMMAND with DATABASE_URL set, and leaves nothing behind; the
exit code is the command's. With `--keep FOLDER` its data stay there for the next time. Without a command it prints
the URL and waits for Ctrl+C. It listens on a socket
in its own folder only, as an unprivileged account (PostgreSQL refuses root), and does not wait for the disk.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

MISSING = "PostgreSQL is missing: apt-get install postgresql"
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "listen_addresses": "",
    "log_min_messages": "warning",
}


def programs() -> Path:
    """The folder of the newest installed version. Exits with a sentence if there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    versions = {int(path.parent.name): path for path in folders if path.parent.name.isdigit()}
    if not versions and not folders:
        sys.exit(MISSING)
    return versions[max(versions)] if versions else folders[0]


def account() -> str | None:
    """Whom to run as: nobody in particular if we are root, else ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def wait_until_ready(folder: Path, server: subprocess.Popen[bytes], *, seconds: int = 60) -> None:
    """Come back when the server takes connections. Raises RuntimeError with its log if it does not."""
    ready, deadline = [str(programs() / "pg_isready"), "-q", "-h", str(folder)], time.monotonic() + seconds
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "log").read_text(errors="replace"))
        time.sleep(0.05)


@contextlib.contextmanager
def cluster(keep: Path | None = None) -> Iterator[str]:
    """A running PostgreSQL; yields its DATABASE_URL and ends it afterwards. Its data may be kept in a folder."""
    user, folder = account(), Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    data = kept_in(keep, user) if keep else folder / "data"
    options = [part for name, value in QUICK.items() for part in ("-c", f"{name}={value}")]
    initdb = [str(programs() / "initdb"), "-D", str(data), "-U", "mostrador", "-A", "trust", "--no-sync"]
    start = [str(programs() / "postgres"), "-D", str(data), "-k", str(folder), *options]
    server = None
    try:
        with (folder / "log").open("wb") as log:
            as_user = {"user": user, "cwd": folder, "stdout": log, "stderr": log}
            if not (data / "PG_VERSION").exists():
                subprocess.run([*initdb, "-E", "UTF8", "--locale", "C.UTF-8"], check=True, **as_user)  # type: ignore[call-overload]
            server = subprocess.Popen(start, **as_user)  # type: ignore[call-overload]
        wait_until_ready(folder, server)
        make_database(folder)
        yield f"postgresql://mostrador@/mostrador?host={folder}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # ends sessions and then the server
            server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def make_database(folder: Path) -> None:
    """The database that the URL names, unless a kept cluster has it already."""
    there = [str(programs() / "psql"), "-qAt", "-h", str(folder), "-U", "mostrador", "-d", "postgres", "-c"]
    asked = "SELECT 1 FROM pg_database WHERE datname = 'mostrador'"
    if not subprocess.run([*there, asked], check=True, capture_output=True).stdout:
        subprocess.run([*there, "CREATE DATABASE mostrador"], check=True)


def kept_in(folder: Path, user: str | None) -> Path:
    """Where a version of PostgreSQL keeps its data there."""
    data = folder / f"postgresql-{programs().parent.name}"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        shutil.chown(data, user)
    return data


def main(command: list[str]) -> int:
    """Run the command beside a cluster; its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    keep = None
    if command[:1] == ["--keep"]:
        keep, command = Path(command[1]), command[2:]
    with cluster(keep) as url:
        if command:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
        print(url, flush=True)  # noqa: T201 - what the script is for
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
