"""Builders with good defaults: make.thread(), make.mail(), make.agent() ..."""

import hashlib
import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Agent
from crm import indexing
from crm.models import Cart, Customer, Order, OrderLine
from helpdesk import intake
from helpdesk.mail import InboundMail, MailFile, Party
from helpdesk.models import Contact, Thread

counter = itertools.count(1)


def agent(name: str = "Bob Agent", *, contacts: tuple[Contact, ...] = (), **fields: Any) -> Agent:
    """An agent who may sign in with the password "correct horse battery"."""
    username = fields.pop("username", name.split(maxsplit=1)[0].lower())
    fields.setdefault("email", f"{username}@shop.test")
    made = Agent.objects.create_user(username, password="correct horse battery", name=name, **fields)
    for one in contacts:
        one.members.add(made)
    return made


def supervisor(name: str = "Alice Supervisor", **fields: Any) -> Agent:
    """An agent who sees everything."""
    return agent(name, role=Agent.Role.SUPERVISOR, **fields)


def contact(slug: str = "service", **fields: Any) -> Contact:
    """A contact with an address of its own."""
    fields.setdefault("titles", {"en": slug.capitalize(), "es": slug.capitalize()})
    fields.setdefault("email", f"{slug}@shop.test")
    return Contact.objects.create(slug=slug, **fields)


def customer(name: str = "John Doe", email: str = "john@example.com", **fields: Any) -> Customer:
    """A customer with one address."""
    first, _, last = name.partition(" ")
    with transaction.atomic(), indexing.once():
        made = Customer.objects.create(first_name=first, last_name=last, **fields)
        made.set_emails([email])
    return made


def order(of: Customer | None = None, reference: str = "", **fields: Any) -> Order:
    """A paid order with two lines."""
    n = next(counter)
    fields.setdefault("placed_at", datetime(2026, 11, 1, 12, tzinfo=UTC))
    fields = {"state": "En camino", "total": Decimal("42.50"), **fields}
    made = Order.objects.create(customer=of, reference=reference or f"MK-{10_000 + n}", **fields)
    OrderLine.objects.create(order=made, product_ref="BOWL", name="Cuenco Bruma", quantity=2, unit_price=Decimal("15"))
    OrderLine.objects.create(order=made, product_ref="MUG", name="Taza Alba", unit_price=Decimal("12.50"))
    return made


def cart(of: Customer | None = None, **fields: Any) -> Cart:
    """An empty cart."""
    return Cart.objects.create(customer=of, **fields)


def mail(text: str = "Where is my order?", **fields: Any) -> InboundMail:
    """A mail from John Doe; each call makes another Message-ID."""
    n = next(counter)
    fields.setdefault("sender", "john@example.com")
    fields.setdefault("sender_name", "John Doe")
    fields.setdefault("subject", "Order question")
    fields.setdefault("message_id", f"<mail-{n}@example.com>")
    fields.setdefault("digest", hashlib.sha256(f"{n} {text}".encode()).hexdigest())
    fields.setdefault("full_text", text)
    fields.setdefault("to", (Party("service@shop.test"),))
    return InboundMail(text=text, **fields)


def file(name: str = "photo.txt", content: bytes = b"hello", content_type: str = "text/plain") -> MailFile:
    """A small file."""
    return MailFile(name, content_type, content)


def thread(at: Contact | None = None, text: str = "Where is my order?", **fields: Any) -> Thread:
    """A thread that a mail began."""
    at = at or Contact.objects.first() or contact()
    delivered = intake.deliver(mail(text, **fields), contact=at, routed=False)
    return Thread.objects.get(pk=delivered.thread_id)
