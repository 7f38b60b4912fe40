"""Threads and messages as files: filtered as on screen, all computed times, safe against formulas."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.test import Client
from openpyxl import load_workbook

from crm.models import RecordEvent
from helpdesk.models import Thread
from tests import make

WEEK = "figure=active:2025-03-24:2025-03-30"


def rows_of(response: object) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.row("SX7")
def test_one_row_a_thread_with_its_times_filtered_as_on_screen(client: Client, played: SimpleNamespace) -> None:
    world, threads = played, played.threads
    Thread.objects.filter(pk=threads[5].pk).update(subject="=1+1")
    client.force_login(world.alice)
    client.get("/statistics/?from=2025-03-24&to=2025-03-30")
    rows = {row["Thread"]: row for row in rows_of(client.post("/statistics/export/", {"filters": WEEK}))}
    assert len(rows) == 16  # fourteen new ones and two older, without spam, the bin and the merged one
    fifth = rows[str(threads[5].pk)]
    assert fifth["Subject"] == "'=1+1"
    assert (fifth["First answer, seconds"], fifth["First answer, working seconds"]) == ("48600", "1800")
    assert (fifth["Exchanges"], fifth["Closings"], fifth["Opened again"]) == ("2", "2", "1")
    assert rows[str(threads[4].pk)]["Customer waits since"] == "2025-03-25 09:00"
    only = rows_of(client.post("/statistics/export/", {"filters": f"{WEEK}&contact=accounting"}))
    assert {row["Contact"] for row in only} == {"Accounting"}
    assert len(only) == 3
    told = RecordEvent.objects.filter(kind=RecordEvent.Kind.EXPORTED).first()
    assert told is not None
    assert told.by == world.alice
    make.customer("Ana Ruiz", "ana@example.com")
    last = client.get("/customers/export/?all=1")  # the page of another list names the last exports of all
    assert (last.status_code, "threads" in last.content.decode()) == (200, True)

    said = rows_of(client.post("/statistics/export/", {"filters": f"{WEEK}&contact=accounting", "of": "messages"}))
    assert [row["Counts as"] for row in said if row["Thread"] == str(threads[6].pk)] == ["", "first", "", "", "next"]
    book = client.post("/statistics/export/", {"filters": WEEK, "kind": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]
    values = list(sheet.iter_rows(values_only=True))
    assert len(values) == 17
    assert "=1+1" in values[[row[0] for row in values].index(threads[5].pk)]

    client.force_login(world.bob)
    assert not rows_of(client.post("/statistics/export/", {"filters": f"{WEEK}&contact=accounting"}))
    assert client.get("/statistics/export/").status_code == 405


@pytest.mark.row("SX7")
def test_the_api_gives_the_same_numbers_and_rows(client: Client, played: SimpleNamespace) -> None:
    world = played
    client.force_login(world.alice)
    told = client.get("/api/statistics/?from=2025-03-24&to=2025-03-30").json()
    now = told["period"]
    assert (now["start"], now["new"], now["reopened"], now["closed"], now["backlog"]) == (1, 14, 3, 10, 8)
    assert now["first_times"]["work"] == {"count": 11, "median": 2700, "p90": 54_000}
    assert told["before"]["new"] == 3
    assert client.get("/api/statistics/?from=soon").status_code == 400
    by_api = rows_of(client.get(f"/api/statistics/export/?{WEEK}&contact=accounting"))
    assert [row["Contact"] for row in by_api] == ["Accounting"] * 3
    assert client.get("/api/statistics/export/?colour=red").status_code == 400
    assert client.get("/api/statistics/export/?figure=nonsense").status_code == 400
    client.logout()
    assert client.get("/api/statistics/export/").status_code in {401, 403}


def test_an_export_takes_as_many_queries_a_page_however_many_rows(
    client: Client, world: SimpleNamespace, django_assert_max_num_queries: object
) -> None:
    for _ in range(6):
        make.thread(world.service)
    client.force_login(world.alice)
    client.get("/statistics/")
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        assert len(rows_of(client.post("/statistics/export/", {"filters": ""}))) == 6
