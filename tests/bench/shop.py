"""A big desk for measuring: N threads with 3.5 messages each, made with bulk inserts and kept in var/bench."""

import hashlib
import itertools
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, models, transaction

from accounts.models import Agent
from crm.models import Customer, CustomerEmail, Order, OrderLine
from helpdesk.models import Contact, DeskSettings, Event, Message, ReadMark, Thread, ThreadTag
from helpdesk.models.thread import new_secret
from helpdesk.statistics import counting
from search import rebuilding

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS = """order parcel broken bowl late refund invoice address please thanks carrier tomorrow colour glaze pedido
roto gracias envío taza color dirección factura cuándo llega devolución cliente tienda urgente plato regalo""".split()
LONG = 20  # messages of the thread whose page is measured


def key_of(threads: int) -> str:
    """Changes when the tables or this file change: then the shop is made anew."""
    root = Path(__file__).resolve().parents[2]
    files = [Path(__file__), *sorted(root.glob("*/migrations/0*.py"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    return f"{threads}-{digest}"


def build(threads: int) -> None:
    """Tables and rows, counted as a desk that has been running has them. Takes some minutes for 20,000 threads."""
    call_command("migrate", verbosity=0)
    chance = random.Random(7)
    with transaction.atomic():
        agents, contacts = staff()
        people = customers(max(threads // 4, 50))
        conversations(threads, agents, contacts, people, chance)
    for kind in rebuilding.kinds():
        for _done in rebuilding.rebuild(kind):
            pass
    counting.keep()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def insert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Many rows, some thousands at a time, so that a million fit into memory too."""
    for batch in iter(lambda: list(itertools.islice(iterator, 5000)), []) if (iterator := iter(rows)) else ():
        model._default_manager.bulk_create(batch, batch_size=500)


def staff() -> tuple[list[Agent], list[Contact]]:
    """Four contacts; five agents, of whom the first is in two of them and the last is a supervisor."""
    DeskSettings.load()
    contacts = [
        Contact.objects.create(slug=slug, titles={"en": slug.capitalize()}, email=f"{slug}@shop.test", position=n)
        for n, slug in enumerate(["service", "accounting", "orders", "webmaster"])
    ]
    agents = [
        Agent.objects.create(username=f"agent{n}", name=f"Agent Number{n}", email=f"agent{n}@shop.test")
        for n in range(4)
    ]
    agents.append(Agent.objects.create(username="boss", name="Boss", role=Agent.Role.SUPERVISOR))
    for n, contact in enumerate(contacts):
        contact.members.set([agents[0], agents[n]] if n < 2 else agents[1:4])
    return agents, contacts


def customers(count: int) -> list[int]:
    """Customers with an address and an order each; their ids."""
    ids = range(1, count + 1)
    insert(Customer, (Customer(pk=n, first_name=f"Ana{n}", last_name="Ruiz", language="es") for n in ids))
    insert(CustomerEmail, (CustomerEmail(customer_id=n, address=f"ana{n}@example.com", is_main=True) for n in ids))
    orders = (
        Order(
            pk=n,
            reference=f"MK-{n}",
            customer_id=n,
            state="En camino",
            total=42,
            placed_at=NOW - timedelta(days=n % 90),
        )
        for n in ids
    )
    insert(Order, orders)
    insert(OrderLine, (OrderLine(order_id=n, product_ref="BOWL", name="Cuenco Bruma", unit_price=21) for n in ids))
    return list(ids)


def conversations(
    threads: int, agents: list[Agent], contacts: list[Contact], people: list[int], chance: random.Random
) -> None:
    """Threads with messages, events and read marks; thread 1 has exactly LONG messages."""
    tags = [ThreadTag.objects.create(name=name) for name in ("vip", "late", "gift")]
    lengths = [LONG, *(chance.choice((1, 2, 3, 4, 5, 6)) for _ in range(threads - 1))]
    facts = [one_thread(n, length, agents, contacts, people, chance) for n, length in enumerate(lengths, 1)]
    insert(Thread, (Thread(**one) for one in facts))
    insert(Message, messages(facts, lengths, agents, chance))
    insert(Event, events(facts, lengths, agents))
    marked = [one for one in facts if one["pk"] % 3 == 0]
    insert(ReadMark, (ReadMark(agent=agents[0], thread_id=one["pk"], at=NOW) for one in marked))
    through = Thread.tags.through
    insert(through, (through(thread_id=one["pk"], threadtag_id=tags[one["pk"] % 3].pk) for one in facts[::4]))


def one_thread(
    n: int, length: int, agents: list[Agent], contacts: list[Contact], people: list[int], chance: random.Random
) -> dict[str, Any]:
    """The fields of a thread: one in five is active, the rest closed."""
    active_at = NOW - timedelta(minutes=7 * n)
    status = "closed" if n % 5 and n > 1 else chance.choice(("open", "open", "pending1", "pending2"))
    asks = status == "open"
    return {
        "pk": n,
        "subject": " ".join(chance.choices(WORDS, k=5)).capitalize(),
        "contact": contacts[n % 4 if n > 1 else 0],
        "customer_id": people[n % len(people)],
        "order_id": people[n % len(people)] if n % 2 else None,
        "email": f"ana{people[n % len(people)]}@example.com",
        "status": status,
        "assignee": agents[n % 2] if n % 3 else None,
        "language": "es",
        "excerpt": " ".join(chance.choices(WORDS, k=20)),
        "message_count": length,
        "needs_answer": asks,
        "holder": "us" if asks else "nobody",
        "waiting_since": active_at if asks else None,
        "created_at": active_at - timedelta(hours=length),
        "active_at": active_at,
        "inbound_at": active_at - timedelta(hours=(length + 1) % 2),
        "secret": new_secret(),
    }


def messages(
    facts: list[dict[str, Any]], lengths: list[int], agents: list[Agent], chance: random.Random
) -> Iterator[Message]:
    """The customer's word and ours in turn, 80 words each."""
    for one, length in zip(facts, lengths, strict=True):
        for position in range(length):
            words = " ".join(chance.choices(WORDS, k=80))
            ours = position % 2 == 1
            yield Message(
                thread_id=one["pk"],
                home_id=one["pk"],
                kind="reply" if ours else "customer",
                author=agents[position % 4] if ours else None,
                author_name="" if ours else "Ana Ruiz",
                author_email=one["email"],
                subject=one["subject"],
                text=words,
                html=f"<p>{words}</p>",
                recipients={"to": [one["email"]]},
                message_id=f"<{one['pk']}.{position}@example.com>",
                delivery="sent" if ours else "",
                created_at=one["active_at"] - timedelta(hours=length - 1 - position),
            )


def events(facts: list[dict[str, Any]], lengths: list[int], agents: list[Agent]) -> Iterator[Event]:
    """One for the beginning, one for each message."""
    for one, length in zip(facts, lengths, strict=True):
        for position in range(length):
            ours = position % 2 == 1
            yield Event(
                thread_id=one["pk"],
                kind="replied" if ours else ("received" if position else "created"),
                at=one["active_at"] - timedelta(hours=length - 1 - position),
                actor=agents[position % 4] if ours else None,
                actor_name="" if ours else "Ana Ruiz",
                holder="customer" if ours else "us",
                status="open",
            )
