"""Each rarer state of mail once: forwarded by an agent, with an invitation and a seal, to two contacts, claiming a
thread it cannot prove, perhaps sent, not understood at all, and a short thank-you."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from accounts.models import Agent
from helpdesk import intake
from helpdesk.mail import Forwarded, InboundMail, Party
from helpdesk.models import (
    Contact,
    Delivery,
    EventKind,
    Message,
    MessageKind,
    OutgoingMail,
    OutgoingState,
    Status,
    Thread,
)
from mailgateway import mime, rawmail
from mailgateway.models import Incoming, Mailbox

SIGNED = """From: =?utf-8?Q?Galer=C3=ADa_Sal?= <hola@galeriasal.example>
To: mayoristas@tallernorte.example
Subject: Visita al taller
Message-ID: <visita@galeriasal.example>
MIME-Version: 1.0
Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s

--s
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/plain; charset=utf-8

Hola: os mandamos la invitación para la visita y lo que nos escribió el arquitecto.
--m
Content-Type: text/calendar; charset=utf-8; method=REQUEST; name=visita.ics

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Visita al taller
DTSTART:{begins}
DTEND:{ends}
LOCATION:Taller Norte\\, nave 4
ORGANIZER;CN=Galería Sal:mailto:hola@galeriasal.example
END:VEVENT
END:VCALENDAR
--m
Content-Type: message/rfc822

From: Pau Vidal <pau@vidal.example>
To: hola@galeriasal.example
Subject: Medidas de las vitrinas
Date: Mon, 2 Nov 2026 10:00:00 +0100
Content-Type: text/plain; charset=utf-8

Las vitrinas miden 120 por 40. Caben doce platos por balda.
--m--
--s
Content-Type: application/pkcs7-signature; name=smime.p7s
Content-Transfer-Encoding: base64

MIIB
--s--
"""
SPOILED = b"From: Lola Ferrer <lola@ferrer.example>\r\nSubject: Tazas\r\nContent-Type: multipart/mixed\r\n\r\n" + (
    b"Hola: \xff\xfe quiero seis tazas Bruma.\r\n" + b"<div>" * 40
)


def bring(contacts: dict[str, Contact], team: dict[str, Agent]) -> None:
    """All of them, as if they had come this morning; nothing of it is left to send."""
    before = OutgoingMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _forwarded(contacts["service"], team["marta"])
    _signed(contacts["wholesale"])
    _claiming(contacts["service"])
    _to_two(contacts["service"], contacts["accounting"], team["nerea"])
    _spoiled(contacts["service"])
    _thankful(contacts["service"])
    OutgoingMail.objects.filter(pk__gt=before, state=OutgoingState.QUEUED).update(
        state=OutgoingState.SENT, sent_at=timezone.now()
    )


def _mail(name: str, address: str, subject: str, text: str, **fields: object) -> InboundMail:
    said = {"sender": address, "sender_name": name, "subject": subject, "text": text, "full_text": text}
    return InboundMail(**said, message_id=f"<{subject.split()[0].lower()}@{address}>", digest=subject, **fields)  # type: ignore[arg-type]


def _forwarded(contact: Contact, by: Agent) -> None:
    """Marta got a customer's mail herself, and passed it on."""
    words = "Hola, Marta:\n\nMe diste tu correo en la feria. ¿Seguís haciendo la fuente ovalada?\n\nCarmen Prieto"
    note = "Me escribió a mí porque nos conocimos en la feria. ¿Le contestáis?"
    passed = Forwarded(Party("carmen@prieto.example", "Carmen Prieto"), "Fuente ovalada", words, words, note)
    whole = f"{note}\n\n---------- Forwarded message ---------\nDe: Carmen Prieto <carmen@prieto.example>\n\n{words}"
    mail = _mail(str(by), by.email, "Fwd: Fuente ovalada", whole, forwarded=passed, vouched_by="practice")
    intake.deliver(mail, contact=contact, routed=False)


def _signed(contact: Contact) -> None:
    """A gallery's signed mail with an invitation, and a mail of somebody else inside."""
    begins = (timezone.now() + timedelta(days=6)).replace(hour=15, minute=0)
    times = {"begins": f"{begins:%Y%m%dT%H%M00Z}", "ends": f"{begins + timedelta(hours=1):%Y%m%dT%H%M00Z}"}
    intake.deliver(mime.parse(SIGNED.format(**times).encode()), contact=contact, routed=False)


def _claiming(contact: Contact) -> None:
    """Somebody else writes under a thread's number."""
    named = Thread.objects.active().filter(contact=contact).newest_first()[4]
    text = "Soy su marido: el paquete es para los dos. ¿Podéis dejarlo en la portería?"
    mail = _mail("Luis Vega", "luis@vega.example", f"Re: {named.subject} [#{named.pk}]", text)
    intake.deliver(mail, contact=contact, routed=False)


def _to_two(one: Contact, other: Contact, by: Agent) -> None:
    """One mail to two contacts; the answer from the second left, or perhaps not."""
    both = (Party(one.email), Party(other.email))
    mail = _mail("Elena Roca", "elena@roca.example", "Factura con NIF", "Necesito la factura con mi NIF.", to=both)
    intake.deliver(mail, contact=one, routed=False)
    done = intake.deliver(mail, contact=other, routed=False)
    message = Thread.objects.get(pk=done.thread_id).reply("Te la mandamos hoy. ¿Qué NIF ponemos?", by=by)
    said = "Connection lost after the last line"
    OutgoingMail.objects.filter(message=message).update(state=OutgoingState.UNCERTAIN, last_error=said)
    Message.objects.filter(pk=message.pk).update(delivery=Delivery.UNCERTAIN, delivery_note=said)
    message.thread.record(EventKind.UNCERTAIN, message=message, to="elena@roca.example", reason=said)
    message.thread.reopen(by=None)


def _spoiled(contact: Contact) -> None:
    """A mail that nobody could read, set aside with its bytes."""
    path, sha256 = rawmail.store(SPOILED)
    row = Incoming.objects.create(
        contact=contact,
        mailbox=Mailbox.objects.filter(contact=contact).first(),
        sha256=sha256,
        raw_path=path,
        size=len(SPOILED),
        sender="lola@ferrer.example",
        subject="Tazas",
        attempts=3,
        received_at=timezone.now() - timedelta(minutes=25),
    )
    row.fail("timeout", "Stopped after 5 seconds.")


def _thankful(contact: Contact) -> None:
    """A customer says thanks for what was solved yesterday: nobody has to answer that."""
    closed = Thread.objects.on_desk().filter(contact=contact, status=Status.CLOSED, language="es", thanked_at=None)
    thread = closed.newest_first()[0]
    reply = thread.messages.filter(kind=MessageKind.REPLY).latest("created_at")
    mail = _mail(thread.sender, thread.email, f"Re: {thread.subject}", "¡Muchas gracias por todo!")
    intake.deliver(replace(mail, in_reply_to=(reply.message_id,)), contact=contact, routed=False)
