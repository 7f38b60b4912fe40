"""Compare the statistics' roll-ups with the count from messages and events."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.statistics import checking, counting

SHOWN = 20


class Command(BaseCommand):
    """Ends with an error if anything differs; --repair counts it all again first."""

    help = "Compares the statistics' roll-ups with the count from messages and events, exactly."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only one."""
        parser.add_argument("--repair", action="store_true", help="count all threads again first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count what is new, then compare."""
        if options["repair"]:
            counting.count_anew()
        counting.look_back()
        counting.keep()
        found = list(checking.differences())
        for sentence in found[:SHOWN]:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} differences; --repair counts everything again.")
        self.stdout.write("The statistics are exactly what messages and events add up to.")
