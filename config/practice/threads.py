"""Eight weeks of threads: every one goes in through the doors and is answered by the verbs."""

import hashlib
from datetime import datetime, timedelta
from random import Random

from django.db.models import F
from django.utils import timezone

from accounts.models import Agent
from config.practice import files
from config.practice.cases import WEEKS, Case, Cases
from config.practice.clock import Clock
from config.practice.stories import answers, forwarding, note, read, replies
from crm.models import Customer, Order
from helpdesk import html as markup
from helpdesk import intake
from helpdesk.mail import Bounce, InboundMail, MailFile, Party
from helpdesk.models import (
    CloseReason,
    Contact,
    Deflection,
    Delivery,
    Draft,
    EventKind,
    Message,
    OutgoingMail,
    OutgoingState,
    PredefinedReply,
    Rating,
    Status,
    Thread,
    ThreadTag,
)

CARRIER = ("incidencias@transportista.example", "Transportes Sendero")
TAGS = {
    "late": "retraso",
    "broken": "rotura",
    "missing": "incompleto",
    "invoice": "factura",
    "return": "devolución",
    "stock": "existencias",
    "wholesale": "mayorista",
}
# Shortcuts of the predefined replies that answer a topic.
USED = {
    "late": "seguimiento retraso retraso",
    "broken": "fotos reenvio",
    "missing": "reenvio plazo",
    "return": "devolver reembolso",
    "wholesale": "condiciones",
}
TONES = {"retraso": "warn", "rotura": "bad", "factura": "info", "urgente": "bad", "mayorista": "vip"}


class History:
    """Plays all threads of the shop's past."""

    def __init__(
        self,
        dice: Random,
        *,
        contacts: dict[str, Contact],
        team: dict[str, Agent],
        customers: list[Customer],
        orders: list[Order],
    ) -> None:
        self.dice, self.contacts, self.now = dice, contacts, timezone.now()
        self.reasons = CloseReason.in_use()
        known = dict(PredefinedReply.objects.values_list("shortcut", "pk"))
        self.used = {topic: [known[word] for word in words.split()] for topic, words in USED.items()}
        self.team = [agent for agent in team.values() if not agent.is_supervisor]
        self.members = {slug: list(contact.members.order_by("pk")) for slug, contact in contacts.items()}
        self.cases = Cases(dice, contacts, customers, orders)
        self.letters, self.clock = 0, Clock()
        for name, tone in TONES.items():
            ThreadTag.objects.create(name=name, tone=tone)

    # -- what is played ---------------------------------------------------------------------------

    def write(self) -> None:
        """Every thread, the oldest first."""
        for case in reversed(list(self.cases)):
            thread = self._open(case)
            getattr(self, f"_{case.fate}")(case, thread)
            self._label(case, thread)
        self._spam()
        self._put_off()
        self._spare_letters()
        # Nothing of the past is left to send.
        OutgoingMail.objects.filter(message=None).update(state=OutgoingState.SENT, sent_at=F("not_before"))
        self.clock.set_back()

    # -- what is said -----------------------------------------------------------------------------

    def _mail(self, case: Case, text: str, **fields: object) -> InboundMail:
        self.letters += 1
        digest = hashlib.sha256(f"{self.letters} {text}".encode()).hexdigest()
        return InboundMail(
            **{
                "sender": case.email,
                "sender_name": case.name,
                "text": text,
                "full_text": text,
                "digest": digest,
                "message_id": f"<{digest[:20]}@{case.email.rpartition('@')[2]}>",
                "to": (Party(case.contact.email),),
                **fields,
            }  # type: ignore[arg-type]
        )

    def _open(self, case: Case) -> Thread:
        story, form = case.story, self.letters % 3 == 0
        text = case.words(story.text)
        mail = self._mail(
            case,
            text,
            subject=case.words(story.subject),
            date=self.clock.at(case.start),
            html=self._as_html(text) if story.html else "",
            files=tuple(self._file(kind, n) for n, kind in enumerate(story.files)),
            **case.about,
            language=story.language,
            channel="form" if form else "mail",
            page_url="https://tallernorte.example/contacto" if form else "",
            consent="1" if form else "",
        )
        delivered = intake.deliver(mail, contact=case.contact, routed=False)
        thread = Thread.objects.get(pk=delivered.thread_id)
        if form and thread.order:
            told = {"name": thread.order.reference, "to": thread.order.state, "day": ""}
            thread.note_shown(**told, message=thread.messages.get(pk=delivered.message_id))
        self.clock.free_acknowledgement(thread)
        return thread

    def _file(self, kind: str, n: int) -> MailFile:
        return files.MAKERS[kind]((self.letters + n) % 12 if kind == "photo" else self.letters + n)

    def _as_html(self, text: str) -> str:
        logo = '<img src="https://imagenes.example/logo.png" alt="Logo" width="120">'
        return f'<div style="font-family: Georgia; color: #334455">{markup.from_text(text)}<p>{logo}</p></div>'

    def _later(self, case: Case, *, most: float = 26) -> datetime:
        """The next moment of a case, within `most` hours but before now."""
        last = self.clock.wanted[-1]
        return self.clock.at(last + min(timedelta(hours=self.dice.uniform(0.4, most)), (self.now - last) / 3))

    def _agent(self, case: Case, thread: Thread) -> Agent:
        return thread.assignee or self.dice.choice(self.members[case.story.contact])

    def _reply(self, case: Case, thread: Thread, then: str) -> Message:
        self._later(case)
        text = case.words(self.dice.choice(replies(case.story.language, case.story.topic)))
        attached = (files.pdf(self.letters),) if case.story.topic == "invoice" else ()
        agent, used = self._agent(case, thread), self.used.get(case.story.topic)
        if used and thread.pk % 3:  # two of three answers begin with a predefined reply
            Draft.remember_use(thread, used[thread.pk % len(used)], by=agent)
        return self._sent(thread.reply(text, by=agent, files=attached, then=then, reason=self._why(thread)))

    def _answer(self, case: Case, thread: Thread, reply: Message, *, thanks: bool = False) -> None:
        when = self._later(case, most=40)
        text = self.dice.choice(answers(case.story.language, thanks=thanks))
        ids = {"in_reply_to": (reply.message_id,), "references": (reply.message_id,)}
        full = f"{text}\n\n> {reply.text.splitlines()[0]}"
        intake.deliver(
            self._mail(case, text, subject=f"Re: {thread.subject}", full_text=full, date=when, **ids),
            contact=case.contact,
            routed=False,
        )
        thread.refresh_from_db()

    # -- how it went: one method a fate ------------------------------------------------------------

    def _new(self, case: Case, thread: Thread) -> None:
        """Nobody has answered yet; some threads have an owner or a note."""
        luck = self.dice.random()
        if luck < 0.35:
            self._later(case)
            agent = self._agent(case, thread)
            thread.assign(agent, by=agent)
        if luck < 0.15:
            thread.note(note(self.dice), by=self._agent(case, thread))

    def _again(self, case: Case, thread: Thread) -> None:
        """Answered, and the customer has written again."""
        self._answer(case, thread, self._reply(case, thread, Status.PENDING_1))

    def _waiting(self, case: Case, thread: Thread) -> None:
        self._reply(case, thread, Status.PENDING_1)

    def _warehouse(self, case: Case, thread: Thread) -> None:
        self._reply(case, thread, Status.PENDING_2)
        self._later(case)
        thread.note(note(self.dice), by=self._agent(case, thread))

    def _handed(self, case: Case, thread: Thread) -> None:
        """Passed on to a colleague with a word."""
        self._later(case)
        first, second = self.dice.sample(self.members[case.story.contact], 2)
        thread.forward(second, by=first, note=self.dice.choice(forwarding("es")["inside"]))

    def _third(self, case: Case, thread: Thread) -> None:
        """Sent to the carrier, who has answered."""
        words, agent = forwarding(case.story.language), self._agent(case, thread)
        self._later(case)
        chosen = thread.messages.public()
        sent = thread.forward(CARRIER[0], by=agent, note=words["note"], messages=chosen, then=Status.PENDING_2)
        self._sent(sent)
        when = self._later(case)
        mail = self._mail(
            case,
            self.dice.choice(words["answers"]),
            sender=CARRIER[0],
            sender_name=CARRIER[1],
            subject=f"RE: {thread.subject}",
            in_reply_to=(sent.message_id,),
            date=when,
        )
        intake.deliver(mail, contact=case.contact, routed=False)
        thread.refresh_from_db()

    def _bounced(self, case: Case, thread: Thread) -> None:
        """The reply came back: it is shown in the thread, which is open again."""
        reply = self._reply(case, thread, Status.CLOSED)
        self._later(case, most=0.5)
        report = Bounce(case.email, "failed", "5.2.2", "552 5.2.2 Mailbox full", (reply.message_id,))
        intake.deliver(self._mail(case, "", sender="", bounce=report), contact=case.contact)
        thread.refresh_from_db()

    def _closed(self, case: Case, thread: Thread) -> None:
        """Solved, after one or two rounds; every fifth customer says thank you, one is away."""
        luck = self.dice.random()
        if luck < 0.12:
            self._third(case, thread)
        if luck > 0.6:
            self._answer(case, thread, self._reply(case, thread, Status.PENDING_1))
        reply = self._reply(case, thread, Status.CLOSED)
        self._rate(thread)
        if luck > 0.8:
            self._answer(case, thread, reply, thanks=True)
            self._later(case, most=5)
            if case.start < self.now - timedelta(days=7):
                thread.see_thanks(by=self._agent(case, thread))
            thread.close(by=self._agent(case, thread), reason=self._why(thread))
        elif luck < 0.03:
            self._away(case, reply)

    def _rate(self, thread: Thread) -> None:
        """Every third customer says how it went, mostly well."""
        rating = Rating.objects.filter(thread=thread, rated_at=None).first()
        if rating is not None and thread.pk % 3 == 0:
            self.clock.at(self.clock.wanted[-1] + timedelta(minutes=40))
            words = read("es")["answers"]["thanks"]
            rating.rate((5, 4, 5, 3, 5, 2, 4)[thread.pk // 3 % 7], comment=words[0] if thread.pk % 2 else "")

    def _away(self, case: Case, reply: Message) -> None:
        when = self._later(case, most=0.2)
        text = "Estoy fuera de la oficina y vuelvo el lunes."
        mail = self._mail(case, text, in_reply_to=(reply.message_id,), automatic="auto-reply", date=when)
        intake.deliver(mail, contact=case.contact, routed=False)

    def _why(self, thread: Thread) -> CloseReason:
        """A reason, the first ones more often; no dice, which the rest of the past hangs on."""
        return self.reasons[thread.pk % 7 % len(self.reasons)]

    def _put_off(self) -> None:
        """Some of those pending on the warehouse wake in the next days; one of them was promised."""
        self.clock.at(self.now)
        sleepers = Thread.objects.on_desk().filter(status=Status.PENDING_2).select_related("contact", "assignee")
        for n, thread in enumerate(sleepers.newest_first()[:4]):
            by = thread.assignee or self.team[0]
            until = self.now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=n + 1)
            thread.snooze(until, by=by, note="Preguntar al taller si ya hay existencias", promise=n == 0)

    def _spare_letters(self) -> None:
        """Every other day a customer or two found the answer in the form."""
        contact, sent = self.contacts["service"], [one for some in self.cases.orders.values() for one in some]
        rows = [
            Deflection(
                key=f"practice-{n}",
                contact=contact,
                customer=sent[n].customer,
                order=sent[n],
                state=sent[n].state,
                at=self.now - timedelta(hours=4 + n * 17),
            )
            for n in range(min(WEEKS * 10, len(sent)))
        ]
        Deflection.objects.bulk_create(rows)

    # -- afterwards --------------------------------------------------------------------------------

    def _label(self, case: Case, thread: Thread) -> None:
        tags = {TAGS[case.story.topic]} if case.story.topic in TAGS and self.dice.random() < 0.6 else set()
        if self.dice.random() < 0.06:
            tags.add("urgente")
        if tags:
            thread.set_tags(tags, by=self._agent(case, thread))

    def _sent(self, message: Message) -> Message:
        """The mail server took it: as outbox.sent() writes it, without a claim for each of hundreds of mails."""
        OutgoingMail.objects.filter(message=message).update(state=OutgoingState.SENT, sent_at=timezone.now())
        Message.objects.filter(pk=message.pk).update(delivery=Delivery.SENT)
        message.thread.record(EventKind.SENT, message=message, to=", ".join(message.recipients["to"]))
        return message

    def _spam(self) -> None:
        """What the filter caught."""
        for n, one in enumerate((*read("es")["spam"], *read("en")["spam"])):
            mail = InboundMail(
                sender=f"oferta{n}@anuncios.example",
                sender_name=one["sender"],
                subject=one["subject"],
                text=one["text"],
                message_id=f"<spam-{n}@anuncios.example>",
                digest=hashlib.sha256(one["text"].encode()).hexdigest(),
                date=self.clock.at(self.now - timedelta(days=n * 3, hours=2)),
                is_spam=True,
            )
            intake.deliver(mail, contact=self.contacts["service"], routed=False)
