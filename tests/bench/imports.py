"""How fast a shop feeds the desk: `python tests/bench/imports.py [--carts N] [--only ENGINE]`.

Sends carts of three lines, 1,000 in a call, as a shop does: through uvicorn on loopback, by two callers at once, on
SQLite and PostgreSQL. Then the same carts again (nothing is new) and with another quantity (all are). At least 500 new
carts a second; exits with 1 where it is less.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import databases  # noqa: E402 - found by the line above
from tests.bench.measuring import load, say  # noqa: E402

PORT, A_CALL, CALLERS = 8299, 1000, 2
WANTED = 500  # carts a second


def carts(count: int, quantity: int) -> list[bytes]:
    """The bodies of the calls."""
    told = [
        {
            "id": str(n),
            "customer": str(n % 1000),
            "currency": "EUR",
            "total_shipping": "4.90",
            "changed_at": "2026-11-20T10:00:00Z",
            "lines": [
                {"product_ref": f"R{line}", "name": f"Cuenco {line}", "quantity": quantity, "unit_price": "15.00"}
                for line in range(3)
            ],
        }
        for n in range(count)
    ]
    return [json.dumps(told[first : first + A_CALL]).encode() for first in range(0, count, A_CALL)]


def call(url: str, token: str, noun: str, body: bytes) -> dict[str, int]:
    """One call; how many of each outcome."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = requests.post(f"{url}/api/{noun}/", body, headers=headers, timeout=300)
    answer.raise_for_status()
    said: dict[str, int] = answer.json()
    if said["refused"]:
        raise SystemExit(f"refused: {answer.text[:500]}")
    return said


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process took so far."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def measure(url: str, token: str, bodies: list[bytes], pid: int) -> tuple[float, float]:
    """Seconds by the clock with all callers at work, and of the server's CPU, however busy the machine."""
    begun, before = time.perf_counter(), cpu_of(pid)
    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(lambda body: call(url, token, "carts", body), bodies))
    return time.perf_counter() - begun, cpu_of(pid) - before


def report(url: str, token: str, count: int, pid: int, engine: str) -> bool:
    """All figures; whether new carts are as fast as wanted."""
    people = [{"id": str(n), "first_name": "Ana", "email": f"ana{n}@example.org"} for n in range(1000)]
    call(url, token, "customers", json.dumps(people).encode())
    say(f"\n{count:,} carts of three lines through the API, {engine}, {load()}.\n")
    say("| carts | a second | a second of CPU | limit | |\n|---|---|---|---|---|")
    rates = []
    for title, quantity in (("new", 2), ("the same again", 2), ("with other quantities", 3)):
        took, cpu = measure(url, token, carts(count, quantity), pid)
        rates.append(count / took)
        limit = f"{WANTED} | {'ok' if count / took >= WANTED else 'over'}" if len(rates) == 1 else "- | "
        say(f"| {title} | {count / took:.0f} | {count / cpu:.0f} | {limit} |")
    return rates[0] >= WANTED


def serve(folder: str) -> tuple[subprocess.Popen[bytes], str]:
    """A desk with one shop; the process and the shop's token."""
    environment = {**os.environ, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "bench"}
    environment["SHOP_CALLS_PER_MINUTE"] = "1000000"
    run = {"cwd": ROOT, "env": environment}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **run)  # type: ignore[call-overload]
    make = "from crm.models import Shop; print(Shop.objects.create(name='Bench').renew_token())"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", make]
    said = subprocess.run(command, check=True, capture_output=True, **run)  # type: ignore[call-overload]
    desk = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(PORT), "--log-level", "warning"]
    process = subprocess.Popen(desk, **run)  # type: ignore[call-overload]
    return process, said.stdout.decode().split()[-1]


def inside(options: argparse.Namespace) -> bool:
    """Serve, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        process, token = serve(folder)
        try:
            url = f"http://127.0.0.1:{PORT}"
            for _ in range(100):
                try:
                    requests.get(f"{url}/api/carts/", timeout=30)
                    break
                except requests.RequestException:
                    time.sleep(0.2)
            return report(url, token, options.carts, process.pid, options.inside)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    chosen = databases.options_of(__doc__, carts=10_000)
    sys.exit(databases.on_each(chosen, lambda: inside(chosen), keeps=False))
