"""A small run of `make kill`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.imap
@pytest.mark.row("IM21")
def test_killed_at_random_nothing_is_lost_or_doubled():
    command = [sys.executable, "tests/kill/run.py", "--mails", "20", "--kills", "2"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "in: 0 lost, 0 doubled" in ran.stdout
