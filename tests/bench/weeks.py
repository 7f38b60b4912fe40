"""The statistics of a year: `python tests/bench/weeks.py [--messages N] [--days N] [--only ENGINE]`.

Makes a year of threads with reopenings, merges and both changes of the clock, counts them, and checks that the roll-ups
are exactly what messages and events add up to. 95 of 100 weekly pages come within 300 ms and 20 queries, and so do the
lists of the Friday review, with as many threads that are not closed as nobody should have; a year comes within a
second; an export of 100,000 threads does not grow in memory. With fewer `--days` the same messages are denser: 100,000
in 36 days are as many a week as 1,000,000 in a year. Exits with 1 where a limit is not kept.
"""

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path = [str(ROOT), *(path for path in sys.path if Path(path).resolve() != Path(__file__).parent)]

from tests.bench import databases  # noqa: E402 - found by the line above
from tests.bench.measuring import HEAD, Limit, load, measure, say, steadiness  # noqa: E402

LIMIT = Limit(p95=300, queries=20)
YEAR_LIMIT = Limit(p95=1000, queries=20)  # what one still calls at once
EXPORTED = 100_000
MEMORY = 64  # MB that an export may grow by


def inside(options: argparse.Namespace) -> bool:
    """Measure on one database; whether all limits were kept."""
    databases.open_kept(
        f"statistics-{options.messages}-{options.days}",
        options.inside,
        lambda: _build(options),
        *(Path(__file__).with_name(name) for name in ("year.py", "copying.py")),
    )
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import Agent
    from helpdesk.models import Fact, Thread

    client = Client()
    client.force_login(Agent.objects.get(username="boss"))
    say(
        f"\n{options.messages:,} messages in {options.days} days, {Fact.objects.count():,} facts, "
        f"{options.inside}, {load()}.\n"
    )
    say(HEAD.format("statistics"))
    still_open = Thread.objects.active().filter(merged_into=None).count()
    pages = (
        ("a week", "/statistics/?from=2025-10-20&to=2025-10-26", LIMIT, 40),
        ("a week of one contact", "/statistics/?from=2025-10-13&to=2025-10-19&contact=c3", LIMIT, 20),
        ("a year", "/statistics/?from=2024-11-01&to=2025-10-31", YEAR_LIMIT, 5),
        (f"the review, {still_open:,} threads not closed", "/review/", LIMIT, 20),
        ("the review of a past week, one group", "/review/?week=2025-W43&group=long", LIMIT, 20),
    )
    kept = True
    for name, path, limit, times in pages:
        figure = measure(lambda path=path: client.get(path), times=times)  # type: ignore[misc]
        say(figure.line(name, limit))
        kept &= figure.fits(limit)
    say(steadiness())
    kept &= _export(client)
    begun = time.monotonic()
    call_command("check_statistics")
    say(f"Checked in {time.monotonic() - begun:.0f} s.")
    return kept


def _build(options: argparse.Namespace) -> None:
    from tests.bench import year

    year.build(options.messages, options.days)


def _export(client: Any) -> bool:
    """All threads, at most a hundred thousand; memory is looked at after the first pieces and at the end."""
    begun, rows, size, early = time.monotonic(), 0, 0, 0
    asked = {"filters": "figure=active:2024-11-01:2025-10-31", "kind": "csv"}
    for n, piece in enumerate(client.post("/statistics/export/", asked).streaming_content):
        rows, size = rows + piece.count(b"\n"), size + len(piece)
        early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if n == 10 else early
        if rows > EXPORTED:
            break
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - (early or 0)) / 1024 if early else 0
    passed = time.monotonic() - begun
    fits = grown < MEMORY
    say(
        f"\nExport of {rows:,} threads: {passed:.0f} s, {size / 1e6:.0f} MB, memory grew by {grown:.0f} MB: "
        f"{'ok' if fits else 'over'} (limit {MEMORY} MB)."
    )
    return fits


if __name__ == "__main__":
    chosen = databases.options_of(__doc__, messages=1_000_000, days=364)
    sys.exit(databases.on_each(chosen, lambda: inside(chosen)))
