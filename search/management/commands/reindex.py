"""`manage.py reindex`: build the search anew, or check it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import rebuilding


class Command(BaseCommand):
    """Describes all that can be found; stopped half-way, the next run goes on from there."""

    help = "Build the search anew while the desk works. Stopped half-way, the next run goes on from there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--check only compares, --fresh forgets how far an earlier run came."""
        parser.add_argument("--check", action="store_true", help="only compare what is there with what can be found")
        parser.add_argument("--fresh", action="store_true", help="start from the beginning")

    def handle(self, *args: Any, check: bool, fresh: bool, **options: Any) -> None:
        """Rebuild unless only asked to check; then compare. Exits with 1 where they differ."""
        for kind in rebuilding.kinds() if not check else ():
            done = 0
            for done in rebuilding.rebuild(kind, fresh=fresh):
                if options["verbosity"] > 1:
                    self.stdout.write(f"{kind._meta.label}: {done:,}")
            self.stdout.write(f"{kind._meta.label}: {done:,} described")
        counts = [rebuilding.count(kind) for kind in rebuilding.kinds()]
        for one in counts:
            told = "the index is damaged" if one.is_broken else "ok" if one.agrees else "differs"
            self.stdout.write(f"{one.name}: {one.present:,} of {one.expected:,}, {told}")
        if not all(one.agrees for one in counts):
            raise CommandError("The search does not hold all there is. Run manage.py reindex.")
