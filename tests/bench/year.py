"""A year of a busy desk for measuring its statistics: threads with reopenings, merges and both changes of the clock.

A tenth of it is made and counted in Python, the rest are copies by the database itself.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from accounts.models import Agent
from crm.models import Order
from helpdesk import resting
from helpdesk.models import Contact, Event, Message, Thread, ThreadTag
from helpdesk.models.figures import CountedThread, CountingState, DayFigures, Fact
from helpdesk.statistics import counting, rollups
from tests.bench.copying import copy

END = datetime(2025, 10, 31, tzinfo=UTC)
A_THREAD = 4  # messages on average
BATCH = 5_000
TIMES = 10
AT_ONCE = 20_000  # events counted in one transaction: here nobody else waits to write

Part = tuple[str, datetime, Agent | None, str]  # kind, when, by whom, to which status
NAMES = {"customer": "received", "reply": "replied", "status": "status"}
HOLDERS = {"closed": "nobody", "pending1": "customer"}


def build(messages: int, days: int) -> None:
    """People, contacts, orders, threads with all that happened in them; then everything is counted."""
    year = Year(messages, days)
    threads = iter(range(messages // A_THREAD // TIMES))
    while batch := list(islice(threads, BATCH)):
        with transaction.atomic():
            year.write(batch)
    counting.WINDOW, rollups.DAYS, resting.PAUSE = AT_ONCE, 200, 0
    counting.keep()
    with transaction.atomic():
        _multiply()
    counting.keep()
    rollups.keep_months()


def _multiply() -> None:
    """Nine copies of each thread and of all that belongs to it; its days wait for being added up."""
    size, events = Thread.objects.count(), _top(Event)
    thread = f"t.thread_id + n * {size}"
    secret = "md5(t.secret || n)" if connection.vendor == "postgresql" else "hex(randomblob(16))"
    copy(Thread, TIMES - 1, id=f"t.id + n * {size}", secret=secret, merged_into_id=f"t.merged_into_id + n * {size}")
    home = {"thread_id": thread, "home_id": f"t.home_id + n * {size}"}
    copy(Message, TIMES - 1, id=f"t.id + n * {_top(Message)}", **home)
    for model in (Event, Fact, Thread.tags.through):
        copy(model, TIMES - 1, id=f"t.id + n * {_top(model)}", thread_id=thread)
    copy(CountedThread, TIMES - 1, thread_id=thread, last_event=f"t.last_event + n * {events}")
    CountingState.objects.update(done=_top(Event))
    DayFigures.objects.update(is_stale=True)
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [Thread, Message, Event, Fact, Thread.tags.through]):
            cursor.execute(sql)


def _top(model: type[Model]) -> int:
    top: int = model._default_manager.aggregate(top=Max("pk"))["top"]
    return top


class Year:
    """Whom and what its threads are about."""

    def __init__(self, messages: int, days: int) -> None:
        self.chance, self.days = random.Random(5), days
        self.contacts = [Contact.objects.create(slug=f"c{n}", titles={"en": f"C{n}"}) for n in range(4)]
        self.agents = [Agent.objects.create(username=f"agent{n}", name=f"Agent {n}") for n in range(8)]
        Agent.objects.create(username="boss", name="Boss", role=Agent.Role.SUPERVISOR)
        self.tags = [ThreadTag.objects.create(name=f"tag {n}") for n in range(8)]
        orders = [
            Order(
                reference=f"MK-{n}",
                placed_at=self.moment(),
                carrier=self.chance.choice(["Sendero", "Correo", "Liebre"]),
                total=10,
            )
            for n in range(messages // 10)
        ]
        self.orders = Order.objects.bulk_create(orders, batch_size=BATCH)

    def moment(self) -> datetime:
        """Any of the year."""
        return END - timedelta(seconds=self.chance.randrange(self.days * 86_400))

    def write(self, batch: list[int]) -> None:
        """Threads of these numbers, with their messages and events; one of fifty was merged into another."""
        threads = [self._thread(n) for n in batch]
        stories = [list(_story(one.created_at, self.chance, self.chance.choice(self.agents))) for one in threads]
        for thread, story in zip(threads, stories, strict=True):
            _end(thread, story)
        Thread.objects.bulk_create(threads)
        through, chance = Thread.tags.through, self.chance
        tagged = [one for one in threads if chance.random() < 0.4]
        through.objects.bulk_create([through(thread=one, threadtag=chance.choice(self.tags)) for one in tagged])
        told = list(zip(threads, stories, strict=True))
        Message.objects.bulk_create([row for one in told for row in _messages(*one)], batch_size=BATCH)
        Event.objects.bulk_create([row for one in told for row in _events(*one)], batch_size=BATCH)
        for one, other in zip(threads[::50], threads[1::50], strict=False):
            Message.objects.filter(thread=one).update(thread=other)
            Thread.objects.filter(pk=one.pk).update(merged_into=other)

    def _thread(self, n: int) -> Thread:
        chance = self.chance
        return Thread(
            subject=f"Subject {n}",
            contact=self.contacts[min(chance.randrange(8), 3)],
            email=f"someone{n}@example.com",
            name=f"Someone {n}",
            order=chance.choice(self.orders) if chance.random() < 0.5 else None,
            created_at=self.moment(),
        )


def _story(at: datetime, chance: random.Random, agent: Agent) -> Iterator[Part]:
    """Questions and answers; most are closed in the end, one of ten is opened again, one of thirty waits.

    What was opened again is mostly closed again: 4 of 100 are not closed, 10,000 among 1,000,000 messages.
    """
    yield "customer", at, None, ""
    if chance.random() < 0.03:
        return
    for _round in range(chance.choice((1, 1, 2, 2, 3))):
        at += timedelta(minutes=chance.expovariate(1 / 300))
        yield "reply", at, agent, ""
        yield "status", at, agent, "pending1"
        if chance.random() < 0.6:
            at += timedelta(minutes=chance.expovariate(1 / 700))
            yield "customer", at, None, ""
            yield "status", at, None, "open"
    at += timedelta(minutes=chance.expovariate(1 / 300))
    yield "reply", at, agent, ""
    yield "status", at, agent, "closed"
    if chance.random() < 0.1:
        at += timedelta(minutes=chance.expovariate(1 / 2000))
        yield "customer", at, None, ""
        yield "status", at, None, "open"
        if chance.random() < 0.9:
            at += timedelta(minutes=chance.expovariate(1 / 300))
            yield "reply", at, agent, ""
            yield "status", at, agent, "closed"


def _end(thread: Thread, story: list[Part]) -> None:
    """What the thread says of itself now, as its verbs would have kept it."""
    said = [(kind, at) for kind, at, _by, _status in story if kind != "status"]
    asked = [at for kind, at in said if kind == "customer"]
    thread.status = next((status for *_rest, status in reversed(story) if status), "open")
    thread.message_count, thread.active_at, thread.inbound_at = len(said), said[-1][1], asked[-1]
    thread.reopened_count = sum(status == "open" and before == "closed" for before, status in _turns(story))
    if thread.status != "closed":
        thread.needs_answer, thread.waiting_since = True, asked[-1]
    else:
        thread.holder, thread.closed_at = "nobody", said[-1][1]


def _turns(story: list[Part]) -> Iterator[tuple[str, str]]:
    return pairwise(status for *_rest, status in story if status)


def _messages(thread: Thread, story: list[Part]) -> Iterator[Message]:
    for kind, at, by, _status in story:
        if kind != "status":
            yield Message(thread=thread, home=thread, kind=kind, author=by, created_at=at)


def _events(thread: Thread, story: list[Part]) -> Iterator[Event]:
    now = "open"
    for kind, at, by, status in story:
        data = {"frm": now, "to": status} if kind == "status" else {}
        now, holder = status or now, HOLDERS.get(status, "us")
        yield Event(thread=thread, kind=NAMES[kind], at=at, actor=by, holder=holder, status=now, data=data)
