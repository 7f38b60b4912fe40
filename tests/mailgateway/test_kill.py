"""A small run of `make kill`."""

import os
from argparse import Namespace

import pytest
from django.conf import settings

from tests.kill.run import Run
from tests.servers.desks import database_url


@pytest.mark.soak
@pytest.mark.imap
@pytest.mark.row("IM21")
def test_killed_at_random_nothing_is_lost_or_doubled(transactional_db, dovecot, capsys):
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment |= {"DATABASE_URL": database_url(), "DATA_DIR": str(settings.DATA_DIR)}
    run = Run(Namespace(mails=20, kills=2, seed=7), environment)
    assert run.work(dovecot) == 0, capsys.readouterr().out
    assert "in: 0 lost, 0 doubled" in capsys.readouterr().out
