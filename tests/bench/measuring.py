"""What every bench measures and how it says so: time, CPU and queries, as lines of a Markdown table."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "bench"
HEAD = "| {} | p50 ms | p95 ms | queries | CPU ms | limit | |\n|---|---|---|---|---|---|---|"


@dataclass(frozen=True)
class Limit:
    """What a page may take at most."""

    p95: float
    queries: int | None = None

    def __str__(self) -> str:
        return f"p95 {self.p95:.0f} ms" + (f", {self.queries} queries" if self.queries else "")


@dataclass(frozen=True)
class Figure:
    """What one call takes: milliseconds by the clock in the middle and at the 95th of a hundred, of CPU, queries."""

    p50: float
    p95: float
    cpu: float
    queries: int

    def fits(self, limit: Limit) -> bool:
        """Whether it keeps to the limit."""
        return self.p95 <= limit.p95 and (limit.queries is None or self.queries <= limit.queries)

    def line(self, name: str, limit: Limit) -> str:
        """Its line of the table."""
        verdict = "ok" if self.fits(limit) else "over"
        return f"| {name} | {self.p50:.0f} | {self.p95:.0f} | {self.queries} | {self.cpu:.0f} | {limit} | {verdict} |"


def measure(work: Callable[[], object], *, times: int) -> Figure:
    """Call it some times. CPU is that of this process and of the database's server."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):  # the first fills what is remembered
        work()
    servers = [connection.connection.info.backend_pid] if connection.vendor == "postgresql" else []
    clocks, before = [], cpu_seconds(*servers)
    for _ in range(times):
        begun = time.perf_counter()
        work()
        clocks.append((time.perf_counter() - begun) * 1000)
    cpu = (cpu_seconds(*servers) - before) / times * 1000
    _beside.extend(_turn() for _ in range(times))
    with CaptureQueriesContext(connection) as captured:
        work()
    return Figure(statistics.median(clocks), statistics.quantiles(clocks, n=20)[-1], cpu, len(captured))


_beside: list[float] = []  # milliseconds that the same work took, again and again


def _turn() -> float:
    begun = time.perf_counter()
    sum(n * n for n in range(300_000))
    return (time.perf_counter() - begun) * 1000


def steadiness() -> str:
    """How much of a p95 is the machine: what the same work of Python, done after each page, took meanwhile."""
    middle, late = statistics.median(_beside), statistics.quantiles(_beside, n=20)[-1]
    _beside.clear()
    return (
        f"\nMeanwhile the same sum took {middle:.0f} ms in the middle, {late:.0f} at p95: {late / middle:.1f} times.\n"
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
        for child in map(int, children.read_text().split()):
            found += [child, *descendants(child)]
    return found


def say(text: str) -> None:
    """A line of the report, at once."""
    print(text, flush=True)  # noqa: T201


def load() -> str:
    """How busy the machine is, to be said beside each figure."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
