"""`manage.py purge`: delete what its time has come for. The gateway runs it once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.purging import purge


class Command(BaseCommand):
    """Empties the bin after 30 days, forgets addresses and browsers of forms, deletes files that nobody sent."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done."""
        done = purge()
        self.stdout.write("{threads} threads, {messages} messages, {files} files".format(**done))
