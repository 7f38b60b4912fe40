"""The floors: bare Django pages that read the same rows, and a mail that is only parsed and stored.

They leave out what makes a desk: no rights, no fragments, no frame round the page. What ours costs more than
these is what we must answer for.
"""

import email
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from helpdesk.models import Attachment, Event, Message, OutgoingMail, Thread

MIDDLEWARE = [
    "tests.bench.floor.own_paths",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROWS = 50

QUEUE = """<!doctype html><title>Queue</title><form method="post">{% csrf_token %}</form><p>{{ request.user.name }}</p>
<ul>{% for count in counts %}<li>{{ count }}</li>{% endfor %}</ul>
<table>{% for t in threads %}<tr><td>{{ t.pk }}</td><td><a href="/threads/{{ t.pk }}/">{{ t.subject }}</a></td>
<td>{{ t.customer.first_name }} {{ t.customer.last_name }}</td><td>{{ t.email }}</td><td>{{ t.contact.slug }}</td>
<td>{{ t.excerpt }}</td><td>{{ t.status }}</td><td>{{ t.assignee.name }}</td><td>{{ t.language }}</td>
<td>{{ t.order.reference }}</td><td>{{ t.message_count }}</td><td>{{ t.active_at|date:"c" }}</td></tr>
{% endfor %}</table>"""
THREAD = """<!doctype html><title>{{ t.subject }}</title>
<form method="post">{% csrf_token %}<textarea name="text"></textarea></form>
<h1>{{ t.subject }}</h1><p>{{ request.user.name }}, {{ t.customer.first_name }}
{{ t.customer.last_name }}, {{ t.email }}, {{ t.contact.slug }}, {{ t.status }}, {{ t.assignee.name }},
{{ t.order.reference }}</p>
{% for m in said %}<article><h2>{{ m.author_name }}{{ m.author.name }}</h2><p>{{ m.author_email }}</p>
<time>{{ m.created_at|date:"c" }}</time><div>{{ m.text|linebreaksbr }}</div><p>{{ m.delivery }}</p></article>
{% endfor %}<ol>{% for e in happened %}<li>{{ e.kind }} {{ e.actor.name }} {{ e.at|date:"c" }}</li>{% endfor %}</ol>"""


def own_paths(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the floor's paths instead of the product's."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__  # type: ignore[assignment]
        return get_response(request)

    return answer


def render(request: HttpRequest, source: str, context: dict[str, Any]) -> HttpResponse:
    """A page from a template that is compiled once."""
    return HttpResponse(TEMPLATES.setdefault(source, engines["django"].from_string(source)).render(context, request))


TEMPLATES: dict[str, Any] = {}


def queue(request: HttpRequest) -> HttpResponse:
    """Four queries: session, agent, 50 rows, counts."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    rows = Thread.objects.select_related("contact", "customer", "assignee", "order").filter(folder="desk")
    threads = rows.filter(status__in=["open", "pending1", "pending2"]).order_by("-active_at", "-pk")[:ROWS]
    open_ones = Thread.objects.filter(folder="desk", status="open").order_by()
    counts = [open_ones.count()]
    return render(request, QUEUE, {"threads": threads, "counts": counts})


def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Four queries: session, agent, messages with their thread, events."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    related = ("thread__contact", "thread__customer", "thread__assignee", "thread__order", "author")
    said = list(Message.objects.filter(thread_id=thread_id).select_related(*related).order_by("created_at", "pk"))
    happened = Event.objects.filter(thread_id=thread_id).select_related("actor").order_by("at", "pk")
    return render(request, THREAD, {"t": said[0].thread, "said": said, "happened": happened})


urlpatterns = [path("", queue), path("threads/<int:thread_id>/", thread)]


@dataclass
class Parsed:
    """What Python's own parser makes of a mail."""

    headers: dict[str, str]
    text: str
    html: str
    files: list[tuple[str, bytes]]


HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References")


def parse(raw: bytes) -> Parsed:
    """The headers that a desk needs, both bodies, the files."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    bodies = {}
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        bodies[kind] = body.get_content() if body is not None else ""
    files = [(part.get_filename() or "", part.get_content()) for part in mail.iter_attachments()]
    return Parsed({name: str(mail[name] or "") for name in HEADERS}, bodies["plain"], bodies["html"], files)


@cache
def words_index() -> str:
    """A bare full-text index of what mails say, made when first asked for: a desk that finds nothing is no desk."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE floor_words USING fts5(text, tokenize='unicode61 remove_diacritics 2')")
        cursor.execute("INSERT INTO floor_words(rowid, text) SELECT id, text FROM helpdesk_message")
    return "floor_words"


def store(mail: Parsed, contact_id: int, *, confirmed: bool) -> None:
    """One transaction: thread, message with its words, event, a row for each file; only the database is written.

    :param confirmed: the mail that confirms receipt is a row too, and an event; its words are not rendered.
    """
    now, headers, index = timezone.now(), mail.headers, words_index()
    with transaction.atomic():
        row = Thread.objects.create(
            subject=headers["Subject"][:255],
            contact_id=contact_id,
            email=headers["From"][:255],
            excerpt=mail.text[:160],
            message_count=1,
            active_at=now,
            inbound_at=now,
        )
        said = Message.objects.create(
            thread=row,
            home=row,
            kind="customer",
            text=mail.text,
            html=mail.html,
            message_id=headers["Message-ID"][:255],
            received_key=headers["Message-ID"][:64],
        )
        for name, content in mail.files:
            digest = hashlib.sha256(content).hexdigest()
            Attachment.objects.create(message=said, file=digest, name=name, size=len(content), sha256=digest)
        Event.objects.create(thread=row, kind="received", message=said, holder="us", status="open")
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {index}(rowid, text) VALUES (%s, %s)", [said.pk, mail.text])  # noqa: S608
        if confirmed:
            OutgoingMail.objects.create(
                kind="ack",
                thread=row,
                contact_id=contact_id,
                to=[row.email],
                subject=row.subject,
                text=mail.text[:400],
                message_id_header=f"<floor-{row.pk}@shop.test>",
            )
            Event.objects.create(thread=row, kind="acknowledged", holder="us", status="open")
