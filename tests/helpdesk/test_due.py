"""Where one sees what is due: explained, in the queue, by priority, in the week."""

import pytest

from helpdesk import jobs
from helpdesk.models import (
    Status,
    Thread,
    ThreadChange,
)
from helpdesk.statistics import checking, counting
from tests import make
from tests.helpdesk.stage import aim, at


def test_it_is_explained_step_by_step(stage, client):
    aim(contact=stage.world.service, resolution=480)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).fresh().set_status(Status.PENDING_1, by=stage.world.bob)
    stage.to(at(16, 16)).fresh().reopen(by=stage.world.bob)
    client.force_login(stage.world.bob)
    html = client.get(f"/threads/{stage.thread.pk}/due/").content.decode()
    for words in ("Mon 09:00 – Mon 10:00", "The clock stood still", "Tue 09:00 – Tue 14:00", "Tue 17 Nov, 14:00"):
        assert words in html
    assert ">Service<" in html
    found = client.get(f"/api/threads/{stage.thread.pk}/due/").json()
    assert [(one["metric"], one["due_at"], one["is_stopped"]) for one in found] == [
        ("resolution", "2026-11-17T14:00:00+01:00", False)
    ]
    assert [(one["counts"], one["is_stop"], one["seconds"]) for one in found[0]["steps"]][:2] == [
        (True, False, 3600),
        (False, True, 0),
    ]
    assert [one["resolution"] for one in client.get("/api/targets/").json()] == [480]
    client.force_login(stage.world.charlie)
    assert client.get(f"/api/threads/{stage.thread.pk}/due/").status_code == 404
    assert client.get(f"/threads/{stage.thread.pk}/due/").status_code == 404


def test_the_queue_sorts_filters_and_counts_what_is_due(stage, client, django_assert_max_num_queries, seconds_pass):
    world = stage.world
    aim(first=60, resolution=960)
    stage.to(at(16, 9))
    late = make.thread(world.service, subject="Late", sender="a@example.com")
    stage.to(at(16, 9, 45))
    soon = make.thread(world.service, subject="Soon", sender="b@example.com")
    make.thread(world.service, subject="Answered", sender="c@example.com").reply("Hello", by=world.bob)
    stage.to(at(16, 10, 20))
    client.force_login(world.bob)
    client.get("/?sort=due")
    seconds_pass()
    with django_assert_max_num_queries(12):
        html = client.get("/?sort=due").content.decode()
    assert html.index(">Late<") < html.index(">Soon<") < html.index(">Answered<")
    for words in ("Overdue 20 min", "25 min left", "Waiting for the customer"):
        assert words in html
    for due, found in (("overdue", [late]), ("today", [soon])):
        page = client.get(f"/?due={due}")
        assert page.context["page"].threads == found
        assert page.context["navigation"].by_key[due].total == 1
    assert client.get("/?due=never").context["filters"].problems
    following = client.get(f"/threads/{late.pk}/next/?sort=due")
    assert following.headers["Location"].startswith(f"/threads/{soon.pk}/")
    page = client.get(f"/threads/{late.pk}/").content.decode()
    assert "Overdue 20 min" in page
    assert f"/threads/{late.pk}/due/" in page
    found = client.get("/api/threads/?due=overdue&ordering=due_at").json()["results"]
    assert [(one["id"], one["due_metric"], one["priority"]) for one in found] == [(late.pk, "first", "normal")]


def test_priority_is_set_on_the_page_and_in_bulk_and_stands_in_the_timeline(stage, client):
    world = stage.world
    one, two = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(2))
    client.force_login(world.bob)
    assert "Urgent" in client.get(f"/threads/{one.pk}/choices/priority/").content.decode()
    assert client.post(f"/threads/{one.pk}/priority/", {"priority": "urgent"}).status_code == 303
    assert client.post(f"/threads/{one.pk}/priority/", {"priority": "soon"}).status_code == 400
    assert "Bob Agent: priority Normal → Urgent" in client.get(f"/threads/{one.pk}/").content.decode()
    assert client.get("/?priority=urgent&priority=high").context["page"].threads == [one]
    assert "tag--bad" in client.get("/").content.decode()
    client.post("/changes/", {"ids": [one.pk, two.pk], "do": "priority:low"})
    assert set(Thread.objects.values_list("priority", flat=True)) == {"low"}
    client.post(f"/changes/{ThreadChange.objects.get().pk}/undo/")
    assert set(Thread.objects.values_list("priority", flat=True)) == {"urgent", "normal"}
    client.force_login(world.charlie)
    assert client.post(f"/threads/{one.pk}/priority/", {"priority": "high"}).status_code == 404


def test_the_week_counts_what_was_met_and_missed_and_every_number_opens_its_threads(stage, client):
    """First answers after 30 min (met), 90 min (missed, when nobody had the thread), never (missed by Bob); solutions
    after 30 and 90 min (met), and one that is due at one o'clock and never comes (missed by Bob)."""
    world, base = stage.world, "from=2026-11-16&to=2026-11-22"
    aim(first=60, resolution=240)
    stage.to(at(16, 9))
    threads = [make.thread(world.service, sender=f"p{n}@example.com") for n in range(3)]
    threads[2].assign(world.bob, by=world.alice)
    for minutes, n in ((30, 0), (90, 1)):
        stage.to(at(16, 9 + minutes // 60, minutes % 60))
        Thread.objects.get(pk=threads[n].pk).reply("Hello", by=world.bob, then=Status.CLOSED)
    stage.to(at(16, 14))
    jobs.look_at_deadlines()
    counting.keep()
    assert not list(checking.differences())
    client.force_login(world.alice)
    page = client.get(f"/statistics/?{base}")
    rows = {str(row.name): row for row in page.context["page"].targets}
    told = {name: (row.met, row.late, row.share, row.average) for name, row in rows.items()}
    assert told == {
        "First answer": (1, 2, "33 %", "1 h 00 min"),
        "Later answers": (0, 0, "—", "—"),
        "Resolution": (2, 1, "67 %", "1 h 00 min"),  # the third is due at one o'clock
    }
    by = {head: [(str(row.name), row.met, row.late) for row in rows] for head, rows in page.context["page"].targets_by}
    assert by == {"By contact": [("Service", 3, 3)], "By agent": [("Bob Agent", 3, 2)]}
    opened = client.get(rows["First answer"].late_url).context["page"].threads
    assert {one.pk for one in opened} == {threads[1].pk, threads[2].pk}
    found = client.get(f"/api/statistics/?{base}").json()["period"]["targets"]
    assert found["first"] == {"met": 1, "late": 2, "share": pytest.approx(1 / 3), "average": 3600}
    rows = client.get("/api/statistics/export/?of=threads&status=any").getvalue().decode().splitlines()
    assert [line.count("0/1") for line in rows[1:]] == [0, 1, 2]
    client.force_login(world.charlie)
    assert client.get(f"/statistics/?{base}").context["page"].now.sums.levels == {}
