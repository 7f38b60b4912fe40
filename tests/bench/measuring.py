"""What every bench measures and how it says so: time, CPU and queries, as lines of a Markdown table."""

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "bench"
HEAD = "| {} | p50 ms | p95 ms | of all | queries | CPU ms | limit | |\n|---|---|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Limit:
    """What a page may take at most."""

    p95: float
    queries: int | None = None

    def __str__(self) -> str:
        return f"p95 {self.p95:.0f} ms" + (f", {self.queries} queries" if self.queries else "")


@dataclass(frozen=True)
class Figure:
    """What one call takes: milliseconds by the clock in the middle and at the 95th of a hundred, of CPU, queries.

    `of_all` is the 95th with those calls that somebody else disturbed.
    """

    p50: float
    p95: float
    cpu: float
    queries: int
    of_all: float

    def fits(self, limit: Limit) -> bool:
        """Whether it keeps to the limit."""
        return self.p95 <= limit.p95 and (limit.queries is None or self.queries <= limit.queries)

    def line(self, name: str, limit: Limit) -> str:
        """Its line of the table."""
        verdict = "ok" if self.fits(limit) else "over"
        times = f"{self.p50:.0f} | {self.p95:.0f} | {self.of_all:.0f}"
        return f"| {name} | {times} | {self.queries} | {self.cpu:.0f} | {limit} | {verdict} |"


def measure(work: Callable[[], object], *, times: int) -> Figure:
    """Call it some times. CPU is that of this process and of the database's server."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):  # the first fills what is remembered
        work()
    servers = [connection.connection.info.backend_pid] if connection.vendor == "postgresql" else []
    before = cpu_seconds(*servers)
    clocks, others = undisturbed(work, times=times)
    cpu = (cpu_seconds(*servers) - before) / len(clocks + others) * 1000
    if len(clocks) < times:  # there was never rest enough
        clocks, others = clocks + others, []
    _beside.extend(undisturbed(lambda: sum(n * n for n in range(300_000)), times=times)[0])
    with CaptureQueriesContext(connection) as captured:
        work()
    return Figure(statistics.median(clocks), late(clocks), cpu, len(captured), late(clocks + others))


def late(clocks: list[float]) -> float:
    """The 95th of a hundred."""
    return statistics.quantiles(clocks, n=20)[-1]


_beside: list[float] = []  # milliseconds that the same work took, again and again
_lost = Counter[bool]()  # calls that count, and those during which the processor was taken away


def undisturbed(work: Callable[[], object], *, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of so many calls during which no other guest of the machine had a processor, and of the others.

    There are fewer where six of seven calls were disturbed. A long call is disturbed more often than a short one: what
    is left is a little better than the truth, as all of them are a little worse.
    """
    clocks: list[float] = []
    others: list[float] = []
    while len(clocks) < times and len(others) < 6 * times:
        taken, begun = _taken_away(), time.perf_counter()
        work()
        passed = (time.perf_counter() - begun) * 1000
        (clocks if _taken_away() == taken else others).append(passed)
    _lost.update({False: len(clocks), True: len(others)})
    return clocks, others


def _taken_away() -> str:
    """Time during which the hypervisor ran somebody else, in hundredths of a second; empty where nobody counts it."""
    try:
        return Path("/proc/stat").read_text(encoding="ascii").split(maxsplit=9)[8]
    except (OSError, IndexError):
        return ""


def steadiness() -> str:
    """How much of a p95 is the machine: what the same work of Python, done after each page, took meanwhile."""
    middle, slow, share = statistics.median(_beside), late(_beside), _lost[True] / _lost.total()
    _beside.clear()
    _lost.clear()
    return (
        f"\nMeanwhile the same sum took {middle:.0f} ms in the middle, {slow:.0f} at p95: {slow / middle:.1f} times. "
        f"During {share:.0%} of the calls another guest had a processor; they count in the column of all.\n"
    )


def cpu_seconds(*others: int) -> float:
    """CPU of this process, of every process below it and of some others, to the nanosecond the kernel gives."""
    total = time.process_time()
    for child in [*descendants(os.getpid()), *others]:
        try:
            total += int(Path(f"/proc/{child}/schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
    times = os.times()
    return total + times.children_user + times.children_system


def descendants(pid: int) -> list[int]:
    """Ids of all processes below one."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended meanwhile
            for child in map(int, children.read_text().split()):
                found += [child, *descendants(child)]
    return found


def say(text: str) -> None:
    """A line of the report, at once."""
    print(text, flush=True)  # noqa: T201


def load() -> str:
    """How busy the machine is, to be said beside each figure."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
