"""What `make run` does once the packages are there: the practice shop on this machine, from nothing.

Migrates, fills an empty database with the practice shop, says how to get in, and becomes the desk.
"""

import argparse
import ipaddress
import os
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.practice.shop import Account

LOOPBACK = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl+C; returns the exit code of what went wrong before: 2 for a refusal."""
    parser = argparse.ArgumentParser(prog="make run", description="The practice shop on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default=LOOPBACK, help="an address of this machine's loopback")
    options = parser.parse_args(arguments)
    if not is_loopback(options.host):
        return _refuse(
            f"Practice mode listens on this machine only, and {options.host} can be reached from elsewhere: its "
            "passwords are printed on the screen. Leave the host out; for a real desk use: manage.py desk --host …"
        )
    _set_up(options.host, options.port)

    from django.core.management import call_command
    from django.core.management.base import CommandError

    try:
        if refusal := _not_ours():
            return _refuse(refusal)
        call_command("migrate", interactive=False, verbosity=0)
        _prepare(options.host, options.port)
        call_command("desk", host=options.host, port=options.port, practice=True)
    except CommandError as error:
        return _refuse(str(error))
    return 0


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def free_port(wanted: int) -> int:
    """The wanted port of loopback, or any that is free when it is taken."""
    for port in (wanted if wanted < 65_536 else 0, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    return wanted


def _set_up(host: str, port: int) -> None:
    """Practice settings go through the environment, before Django reads it."""
    import django

    for name, wanted in (("PRACTICE_SMTP_PORT", port + 25), ("PRACTICE_IMAP_PORT", port + 143)):
        if name not in os.environ:
            os.environ[name] = str(free_port(wanted))
    os.environ["PRACTICE"] = "1"
    os.environ.setdefault("SITE_URL", f"http://{_in_url(host)}:{port}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def _in_url(host: str) -> str:
    return "localhost" if host == LOOPBACK else f"[{host}]" if ":" in host else host


def _not_ours() -> str:
    """Why this database may not be practised in, asked before anything in it is touched; empty if it may."""
    from django.conf import settings
    from django.db import connection

    from config.practice import shop

    if "accounts_agent" not in connection.introspection.table_names() or shop.is_empty() or shop.accounts():
        return ""
    return (
        f"The database of {settings.DATA_DIR} is not a practice shop, and practising would mix invented customers with "
        "yours. Use another folder, as in: DATA_DIR=var/practice make run. Or start your desk: manage.py desk"
    )


def _prepare(host: str, port: int) -> None:
    """Make the shop if there is none, and say how to get in."""
    from django.conf import settings

    from config.practice import carts, shop

    if shop.is_empty():
        _say("Making the practice shop Taller Norte. This takes about 15 seconds, once.\n")
        shop.build(smtp_port=settings.PRACTICE_SMTP_PORT, imap_port=settings.PRACTICE_IMAP_PORT)
    else:
        carts.wake()
    _say(welcome(f"http://{_in_url(host)}:{port}/", shop.accounts()))


def welcome(address: str, accounts: "list[Account]") -> str:
    """The address, who may sign in, and how to write as a customer."""
    from django.conf import settings

    from mailgateway.practice.cast import CAST, SHOP

    people = "\n".join(f"    {one.username:<8}{one.password:<38}{one.name}, {one.role}" for one in accounts)
    return f"""
Taller Norte, a practice shop. Its customers are invented, and no mail leaves this machine.

  Open       {address}
  Sign in    with one of these names and passwords, made for this installation:
{people}

  Write as a customer
             sign in and open {address}practice/
             or with a mail program: write to {SHOP} by SMTP {LOOPBACK}:{settings.PRACTICE_SMTP_PORT},
             read by IMAP {LOOPBACK}:{settings.PRACTICE_IMAP_PORT} as {CAST[0].account}, without encryption,
             password {settings.PRACTICE_MAIL_PASSWORD}

  Stop       Ctrl+C. The data stay in {settings.DATA_DIR}

"""


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def _refuse(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
