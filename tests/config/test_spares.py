"""A connection to the SQLite file that one page closes is the next one's, unless something is wrong with it."""

import os
import shutil
import sqlite3
import urllib.request
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from config.sqlite import spares
from helpdesk.models import ThreadTag
from tests.practice.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def none_spared():
    connection.close()
    spares.close()


@pytest.fixture
def wrapper():
    """wrapper() is what another page asks the same file with."""
    made = []

    def another():
        made.append(connection.copy())
        made[-1].connect()
        return made[-1]

    yield another
    for one in made:
        one.close()


def copied(folder: Path) -> Path:
    """The database once more, by SQLite itself: whoever opens and closes its file lets go of this process's locks."""
    path = folder / "desk.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    return path


def is_open(one: sqlite3.Connection) -> bool:
    try:
        return one.execute("SELECT 1").fetchone() == (1,)
    except sqlite3.ProgrammingError:
        return False


def ask(of, question: str) -> object:
    with of.cursor() as cursor:
        return cursor.execute(question).fetchone()[0]


def test_the_next_page_asks_with_the_connection_of_the_last_one(wrapper):
    first = wrapper()
    used = first.connection
    first.close()
    assert wrapper().connection is used
    assert wrapper().connection is not used  # two at once have one each


def test_four_wait_and_no_more(wrapper):
    at_once = [wrapper() for _ in range(6)]
    used = [one.connection for one in at_once]
    for one in at_once:
        one.close()
    assert list(map(is_open, used)) == [True] * 4 + [False] * 2


def test_one_that_ever_had_an_error_is_closed_also_at_the_end_of_a_page_and_after_a_rollback(wrapper):
    at_once = [wrapper() for _ in range(3)]
    used = [one.connection for one in at_once]
    for one in at_once:
        with pytest.raises(DatabaseError):
            ask(one, "SELECT * FROM nothing")
    at_once[1].rollback()
    at_once[0].close()
    at_once[1].close()
    at_once[2].close_if_unusable_or_obsolete()  # as when a request ends
    assert list(map(is_open, used)) == [False] * 3


def test_one_in_a_transaction_is_closed(wrapper):
    half, within = wrapper(), wrapper()
    used = [half.connection, within.connection]
    half.set_autocommit(False)
    ThreadTag.objects.create(name="before")
    half.cursor().execute("DELETE FROM helpdesk_threadtag")
    half.close()
    within.in_atomic_block = True  # one that SQLite has ended by itself
    within.close()
    within.in_atomic_block = within.closed_in_transaction = False
    assert list(map(is_open, used)) == [False, False]
    assert ThreadTag.objects.count() == 1


def test_what_it_was_told_does_not_go_to_the_next(wrapper):
    told = wrapper()
    used = told.connection
    assert told.disable_constraint_checking()
    told.close()
    following = wrapper()
    assert following.connection is used
    assert ask(following, "PRAGMA foreign_keys") == 1


def test_one_that_stopped_reading_half_way_does_not_show_the_next_what_was_then(wrapper):
    for n in range(300):
        ThreadTag.objects.create(name=f"tag {n}")
    reading = wrapper()
    used, cursor = reading.connection, reading.cursor()
    assert cursor.execute("SELECT name FROM helpdesk_threadtag").fetchone()
    reading.close()
    ThreadTag.objects.all().delete()
    following = wrapper()
    assert following.connection is used
    assert ask(following, "SELECT COUNT(*) FROM helpdesk_threadtag") == 0
    ThreadTag.objects.create(name="new")
    following.cursor().execute("INSERT INTO helpdesk_threadtag (name, tone) VALUES ('newer', '')")
    assert ThreadTag.objects.count() == 2


def test_other_settings_and_another_file_in_its_place_are_another_connection(wrapper, tmp_path):
    path = copied(tmp_path)
    told = wrapper()
    used = told.connection
    told.close()
    slower = connection.copy()
    slower.settings_dict["OPTIONS"] = {**slower.settings_dict["OPTIONS"], "timeout": 1}
    slower.connect()
    assert slower.connection is not used
    slower.close()

    one = connection.copy()
    one.settings_dict["NAME"] = str(path)
    one.connect()
    before = one.connection
    one.close()
    Path(shutil.copy(path, tmp_path / "backup")).replace(path)
    one.connect()
    assert (one.connection is before, is_open(before)) == (False, False)
    one.close()


def test_a_log_that_was_taken_away_and_a_file_written_over_are_noticed(wrapper, tmp_path):
    path = copied(tmp_path)
    one = connection.copy()
    one.settings_dict["NAME"] = str(path)
    one.connect()
    ask(one, "SELECT COUNT(*) FROM helpdesk_threadtag")
    before = one.connection
    one.close()
    assert is_open(before)
    for ending in ("-wal", "-shm"):  # as a backup is brought back
        path.with_name(path.name + ending).unlink()
    one.connect()
    assert (one.connection is before, is_open(before)) == (False, False)
    one.close()


def test_a_process_that_is_forked_leaves_them_to_its_parent(wrapper):
    first = wrapper()
    used = first.connection
    first.close()
    if (child := os.fork()) == 0:
        code = 1
        try:
            code = int(wrapper().connection is used)
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert wrapper().connection is used


def test_when_a_web_process_ends_its_log_is_in_the_file(start, tmp_path):
    path, port = copied(tmp_path), free_port()
    web = start("web", "--port", str(port), DATABASE_URL=f"sqlite:///{path}").wait_ready()
    urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/").read()
    assert web.end()[1] == 0
    assert [one.name for one in tmp_path.iterdir()] == ["desk.sqlite3"]
