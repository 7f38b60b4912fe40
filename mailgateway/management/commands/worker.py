"""manage.py worker: mail and daily jobs without pages; as many as you like."""

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mailgateway import beats, daily, desk, outgoing, schema
from mailgateway.models import Mailbox
from mailgateway.visit import fetch_once


class Command(BaseCommand):
    """Fetches and sends mail until a signal, or once for cron."""

    help = "Fetch and send mail and do the daily jobs; with --once, do it once and end."

    def add_arguments(self, parser: CommandParser) -> None:
        """Once, or for ever."""
        parser.add_argument("--once", action="store_true", help="For cron: fetch, send, end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the loops, or each of them once."""
        schema.ensure()
        if not options["once"]:
            desk.run(desk.Parts(ready="Mostrador fetches and sends mail (Ctrl+C ends it)"))
        for mailbox in Mailbox.objects.active():
            if trouble := fetch_once(mailbox.pk):
                with suppress(OSError):  # a full disk: it stands on the mailbox's page as well
                    self.stderr.write(f"{mailbox}: {trouble}")
        daily.finish_piped()
        outgoing.send_queued()
        if beats.is_todays_first("daily"):
            daily.do_jobs()
