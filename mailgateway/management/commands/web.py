"""manage.py web: the pages alone, for a desk of several processes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mailgateway import desk, schema
from mailgateway.management.commands.desk import address


class Command(BaseCommand):
    """Serves the pages; `worker` does the rest."""

    help = "Serve the pages only; run `worker` beside it, and set REDIS_URL so that pings reach all processes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until a signal."""
        sock = desk.bind(options["host"], options["port"])
        schema.ensure()
        ready = f"Mostrador serves pages at {address(options['host'], options['port'])}"
        desk.run(desk.Parts(sock=sock, loops=False, ready=ready))
