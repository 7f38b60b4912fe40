"""manage.py desk: the whole desk in one process."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailgateway import desk, schema


class Command(BaseCommand):
    """Serves the pages, fetches and sends mail, and does the daily jobs, until Ctrl+C."""

    help = "Serve the pages, fetch and send mail and do the daily jobs, in one process."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--practice", action="store_true", help="Start the practice mail server too (loopback).")

    def run_from_argv(self, argv: list[str]) -> None:
        """Practice mode has pages of its own: it has to be known before the URLs are loaded."""
        settings.PRACTICE = settings.PRACTICE or "--practice" in argv
        super().run_from_argv(argv)

    def handle(self, *args: Any, **options: Any) -> None:
        """Bind first: a desk that cannot serve must not begin to fetch mail."""
        host, port, practice = options["host"], options["port"], options["practice"]
        if practice and not is_loopback(host):
            raise CommandError("Practice mode listens on this machine only: leave out --host.")
        sock = desk.bind(host, port)
        schema.ensure()
        ready = f"Mostrador is ready at {address(host, port)} (Ctrl+C ends it)"
        desk.run(desk.Parts(sock=sock, practice=practice, ready=ready))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """What to type into a browser."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
