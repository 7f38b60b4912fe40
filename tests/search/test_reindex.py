"""`manage.py reindex`: what can be found agrees with what there is."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from crm import indexing
from crm.models import Order, OrderWords
from helpdesk.models import MessageWords
from search import rebuilding
from search.models import Rebuilding
from search.query import read
from tests import make


def reindex(*options):
    said = io.StringIO()
    call_command("reindex", *options, stdout=said)
    return said.getvalue()


def test_it_describes_everything_anew(world):
    thread, order = make.thread(text="ornitorrinco"), make.order(world.john, "MK-1")
    MessageWords.objects.all().delete()
    OrderWords.objects.all().delete()
    with pytest.raises(CommandError, match="does not hold all"):
        reindex("--check")
    assert "helpdesk.MessageWords: 1 of 1, ok" in reindex()
    assert list(MessageWords.find(read("ornitorrinco")).first_of_group) == [thread.pk]
    assert [pk for pk, _ in OrderWords.find(read("mk-1")).rows] == [order.pk]
    assert not Rebuilding.objects.exists()


def test_it_goes_on_where_it_was_stopped(world):
    ids = [make.order(world.john).pk for _ in range(3)]
    OrderWords.objects.all().delete()
    Rebuilding.objects.create(table="crm.OrderWords", last_id=ids[1])
    with pytest.raises(CommandError):
        reindex()
    assert list(OrderWords.objects.values_list("pk", flat=True)) == [ids[2]]
    reindex("--fresh")
    assert OrderWords.objects.count() == 3


def test_rows_written_in_bulk_are_described_by_whoever_wrote_them(world, django_assert_max_num_queries):
    rows = Order.objects.bulk_create(
        Order(reference=f"BULK-{n}", state="-", placed_at="2026-11-01T12:00Z") for n in range(600)
    )
    assert not OrderWords.find(read("BULK-7")).rows
    with django_assert_max_num_queries(40):
        indexing.changed(orders=[row.pk for row in rows])
    assert OrderWords.objects.count() == 600
    assert [pk for pk, _ in OrderWords.find(read('"BULK-7"')).rows] == [rows[7].pk]


def test_what_nobody_described_is_caught_up_with(world):
    thread = make.thread(text="ornitorrinco")
    Order.objects.bulk_create([Order(reference="BULK-1", state="-", placed_at="2026-11-01T12:00Z")])
    MessageWords.objects.all().delete()
    assert rebuilding.catch_up() == 2
    assert rebuilding.catch_up() == 0
    assert list(MessageWords.find(read("ornitorrinco")).first_of_group) == [thread.pk]
    assert OrderWords.find(read("bulk-1")).rows


def test_what_is_common_and_what_is_rare_are_both_found_among_many(world):
    thread = make.thread()
    message = thread.messages.get()
    line = MessageWords.objects.get().words
    MessageWords.objects.all().delete()
    texts = [f"{line}comun raro{n}x " for n in range(3_500)]
    messages = type(message).objects.bulk_create(
        type(message)(thread=thread, home=thread, kind="customer") for _ in texts
    )
    MessageWords.put([MessageWords(message=m, thread=thread, words=t) for m, t in zip(messages, texts, strict=True)])
    for typed, count in (
        ("comun", 2_000),
        ("comu", 2_000),
        ("raro3x", 1),
        ("raro3", 611),
        ('"comun raro3x"', 1),
    ):
        rows = MessageWords.find(read(typed), enough=5_000).rows
        assert len(rows) == count, typed
        assert rows[0][0] == max(row for row, _ in rows)
        assert list(rows) == sorted(rows, reverse=True), typed
    early = MessageWords.find(read("comun"), enough=0)
    assert early.rows[0][0] == messages[-1].pk
    assert not early.is_all


def test_a_damaged_index_is_seen(world):
    make.thread(text="ornitorrinco")
    kind = MessageWords
    assert rebuilding.count(kind).agrees
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            index = kind.table().index
            cursor.execute(f"INSERT INTO \"{index}\"(\"{index}\", rowid, words) VALUES ('delete', 1, ' wrong ')")  # noqa: S608
        assert not rebuilding.count(kind).agrees
