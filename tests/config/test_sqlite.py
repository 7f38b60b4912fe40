"""Writers of one process wait for one another instead of failing."""

import threading

import pytest
from django.db import connection, transaction

from helpdesk.models import ThreadTag

pytestmark = [
    pytest.mark.django_db(transaction=True),
]


def test_read_then_write_from_many_threads_loses_nothing():
    ThreadTag.objects.create(name="counter", tone="0")
    errors = []

    def count_up():
        try:
            for _ in range(25):
                with transaction.atomic():
                    row = ThreadTag.objects.select_for_update().get(name="counter")
                    row.tone = str(int(row.tone) + 1)
                    row.save()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (errors, ThreadTag.objects.get(name="counter").tone) == ([], "200")
