"""An agent forwards a customer's mail from their own mailbox into the desk: whose it becomes, and taking that back."""

import pytest
from django.test import Client

from helpdesk.models import Message, OutgoingMail, Thread
from mailgateway import incoming, mime
from mailgateway.models import Incoming, Mailbox
from tests import make
from tests.servers.mails import raw

PROOF = "mx.shop.test; spf=pass smtp.mailfrom=shop.test; dmarc=pass (p=reject) header.from=shop.test"
GMAIL = """Please see to this, @alice

---------- Forwarded message ---------
From: Mary Major <mary@example.com>
Date: Thu, Nov 26, 2026 at 9:12 AM
Subject: My bowls
To: Bob <bob@shop.test>


Two bowls arrived broken.

Mary
"""
# Each program's form in the languages of the corpus: subject, and what stands above the other's words.
FORMS = {
    "gmail": ("Fwd: My bowls", GMAIL.partition("Two bowls")[0]),
    "gmail-es": (
        "Fwd: My bowls",
        "Mira esto\n\n---------- Forwarded message ---------\nDe: Mary Major <mary@example.com>\n"
        "Date: jue, 26 nov 2026 a las 9:12\nSubject: My bowls\nTo: <bob@shop.test>\n\n\n",
    ),
    "outlook": (
        "FW: My bowls",
        "See below\n\n________________________________\nFrom: Mary Major <mary@example.com>\n"
        "Sent: Thursday, November 26, 2026 9:12 AM\nTo: Bob <bob@shop.test>\nSubject: My bowls\n\n",
    ),
    "outlook-es": (
        "RV: My bowls",
        "Mira\n\nDe: Mary Major [mailto:mary@example.com]\nEnviado el: jueves, 26 de noviembre de 2026 9:12\n"
        "Para: bob@shop.test\nAsunto: My bowls\n\n",
    ),
    "outlook-de": (
        "WG: My bowls",
        "Bitte\n\n-----Ursprüngliche Nachricht-----\nVon: Mary Major <mary@example.com>\n"
        "Gesendet: Donnerstag, 26. November 2026 09:12\nAn: bob@shop.test\nBetreff: My bowls\n\n",
    ),
    "outlook-fr": (
        "TR: My bowls",
        "Voir\n\nDe : Mary Major <mary@example.com>\nEnvoyé : jeudi 26 novembre 2026 09:12\n"
        "À : bob@shop.test\nObjet : My bowls\n\n",
    ),
    "outlook-it": (
        "I: My bowls",
        "Vedi\n\nDa: Mary Major <mary@example.com>\nInviato: giovedì 26 novembre 2026 09:12\n"
        "A: bob@shop.test\nOggetto: My bowls\n\n",
    ),
    "apple": (
        "Fwd: My bowls",
        "See below\n\n> Begin forwarded message:\n> \n> From: Mary Major <mary@example.com>\n> Subject: My bowls\n"
        "> Date: 26 November 2026 at 09:12:00 CET\n> To: bob@shop.test\n> \n> ",
    ),
    "apple-es": (
        "Fwd: My bowls",
        "Mira\n\nInicio del mensaje reenviado:\n\nDe: Mary Major <mary@example.com>\nAsunto: My bowls\n"
        "Fecha: 26 de noviembre de 2026, 9:12:00 CET\nPara: bob@shop.test\n\n",
    ),
    "apple-de": (
        "Fwd: My bowls",
        "Bitte\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Mary Major <mary@example.com>\nBetreff: My bowls\n"
        "Datum: 26. November 2026 um 09:12:00 MEZ\nAn: bob@shop.test\n\n",
    ),
    "thunderbird": (
        "Fwd: My bowls",
        "See below\n\n\n-------- Forwarded Message --------\nSubject: \tMy bowls\n"
        "Date: \tThu, 26 Nov 2026 09:12:00 +0100\nFrom: \tMary Major <mary@example.com>\nTo: \tbob@shop.test\n\n\n\n",
    ),
    "thunderbird-es": (
        "Fwd: My bowls",
        "Mira\n\n-------- Mensaje reenviado --------\nAsunto: \tMy bowls\nFecha: \tThu, 26 Nov 2026 09:12:00 +0100\n"
        "De: \tMary Major <mary@example.com>\nPara: \tbob@shop.test\n\n\n",
    ),
    "thunderbird-fr": (
        "Fwd: My bowls",
        "Voir\n\n-------- Message transféré --------\nSujet : \tMy bowls\nDate : \tThu, 26 Nov 2026 09:12:00 +0100\n"
        "De : \tMary Major <mary@example.com>\nPour : \tbob@shop.test\n\n\n",
    ),
    "no-words-above": ("Fwd: My bowls", GMAIL.partition("@alice")[2].lstrip().partition("Two bowls")[0]),
}
# Header blocks of other programs and languages, as labels for: who, when, to whom, about what.
LABELS = {
    "pt": ("ENC", "De", "Enviado", "Para", "Assunto"), "nl": ("FW", "Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("PD", "Od", "Wysłano", "Do", "Temat"), "sv": ("VB", "Från", "Skickat", "Till", "Ämne"),
    "ca": ("Fwd", "De", "Data", "Per a", "Assumpte"), "ru": ("Fwd", "От", "Дата", "Кому", "Тема"),
    "ja": ("Fwd", "差出人", "日時", "宛先", "件名"), "bold": ("FW", "*From", "*Sent", "*To", "*Subject"),
}  # fmt: skip
for language, (word, who, when, to, about) in LABELS.items():
    block = f"{who}: Mary Major <mary@example.com>\n{when}: 26.11.2026 09:12\n{to}: bob@shop.test\n{about}: My bowls\n"
    FORMS[language] = (f"{word}: My bowls", f"Look\n\n{block.replace(': ', ':* ') if '*' in block else block}\n")
ABOVE = {"gmail": "Please see to this, @alice", "no-words-above": ""}


@pytest.mark.parametrize("form", FORMS)
def test_each_programs_form_says_whose_it_was_and_what_was_said_above(form):
    subject, above = FORMS[form]
    mail = mime.parse(
        raw(above + "Two bowls arrived broken.", Subject=subject, From="bob@shop.test", AR=PROOF).replace(
            b"AR:", b"Authentication-Results:"
        )
    )
    found = mail.forwarded
    assert found is not None
    assert (found.sender.address, found.sender.name, found.subject) == ("mary@example.com", "Mary Major", "My bowls")
    assert found.text == "Two bowls arrived broken."
    assert found.note == ABOVE.get(form, above.partition("\n")[0])


HTML = {
    "gmail": "<div>See below</div><br><div class='gmail_quote'><div class='gmail_attr'>---------- Forwarded message"
    " ---------<br>From: <b>Mary Major</b> &lt;<a href='mailto:mary@example.com'>mary@example.com</a>&gt;<br>Date: Thu"
    "<br>Subject: My bowls<br>To: bob<br></div><br><p>Two bowls arrived broken.</p></div>",
    "outlook": "<p>See below</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p>"
    "<b>From:</b> Mary Major &lt;mary@example.com&gt; <br><b>Sent:</b> Thursday<br><b>To:</b> Bob<br><b>Subject:</b>"
    " My bowls</p></div><p>Two bowls arrived broken.</p>",
    "thunderbird": "<p>See below</p><div class='moz-forward-container'>-------- Forwarded Message --------<table>"
    "<tr><th>Subject: </th><td>My bowls</td></tr><tr><th>Date: </th><td>Thu</td></tr><tr><th>From: </th><td>Mary Major"
    " &lt;mary@example.com&gt;</td></tr><tr><th>To: </th><td>bob</td></tr></table>"
    "<p>Two bowls arrived broken.</p></div>",
    "apple": "<div>See below<br><blockquote type=cite><div>Begin forwarded message:</div><br><div><b>From: </b>"
    "Mary Major &lt;mary@example.com&gt;</div><div><b>Subject: </b>My bowls</div><div><b>Date: </b>Thu</div>"
    "<div><b>To: </b>bob</div><br><div>Two bowls arrived broken.</div></blockquote></div>",
}


@pytest.mark.parametrize("form", HTML)
def test_a_form_that_comes_as_html_alone_is_read_as_well(form):
    head = f"Authentication-Results: {PROOF}\r\nFrom: Bob <bob@shop.test>\r\nSubject: Fwd: My bowls\r\n"
    found = mime.parse(f"{head}Content-Type: text/html\r\n\r\n{HTML[form]}".encode()).forwarded
    assert found is not None
    assert (found.sender.address, found.subject, found.note) == ("mary@example.com", "My bowls", "See below")
    assert found.text == "Two bowls arrived broken."


PARTED = {
    "gmail": "<p>Two bowls <b>arrived</b> broken.</p>",
    "outlook": "<p>Two bowls <b>arrived</b> broken.</p>",
    "thunderbird": "<p>Two bowls <b>arrived</b> broken.</p>",
    "apple": "<div>Two bowls <b>arrived</b> broken.</div>",
}


@pytest.mark.parametrize("form", PARTED)
def test_the_others_html_survives_without_what_the_agent_wrote_above_it(form):
    html = HTML[form].replace("arrived", "<b>arrived</b>").replace("<p>Two", "<p><img src='cid:a@b'></p><p>Two")
    text = f"{GMAIL.partition('Two bowls')[0]}Two bowls arrived broken."
    both = (
        f"Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\n{text}\r\n--x\r\n"
        f"Content-Type: text/html\r\n\r\n{html}\r\n--x--\r\n"
    )
    head = f"Authentication-Results: {PROOF}\r\nFrom: Bob <bob@shop.test>\r\nSubject: Fwd: My bowls\r\n"
    for body in (both, f"Content-Type: text/html\r\n\r\n{html}"):
        found = mime.parse(f"{head}{body}".encode()).forwarded
        assert PARTED[form] in found.html
        assert ("cid:a@b" in found.html) == ("cid:a@b" in html)
        for above in ("See below", "Mary Major", "My bowls", "orwarded", "Thu"):
            assert above not in found.html


@pytest.mark.django_db
def test_a_forwarded_mail_keeps_the_customers_html_until_it_is_the_agents_own_again(world, box):
    head = b"From: Bob <bob@shop.test>\r\nTo: service@shop.test\r\nSubject: Fwd: My bowls\r\nMIME-Version: 1.0\r\n"
    take(box, head + b"Content-Type: text/html\r\n\r\n" + HTML["gmail"].replace("arrived", "<b>arrived</b>").encode())
    said = Message.objects.get(kind="customer")
    assert (said.author_email, said.text) == ("mary@example.com", "Two bowls arrived broken.")
    assert "<b>arrived</b>" in said.html
    assert "See below" not in said.html
    signed_in(world.bob).post(f"/threads/{said.thread_id}/messages/{said.pk}/sender/")
    said.refresh_from_db()
    assert (said.author_email, said.html) == ("bob@shop.test", "")


UNPARTED = {
    "another's mail in the HTML": HTML["gmail"].replace("mary@", "maria@"),
    "no header block in the HTML": "<p>See below</p><p>Two bowls arrived broken.</p>",
    "block and words in one piece": "<pre>See below\n\n"
    "From: Mary Major &lt;mary@example.com&gt;\nSent: Thu\nSubject: My bowls\n\nTwo bowls</pre>",
    "the words beside the block": "<table><tr><td>From: Mary Major &lt;mary@example.com&gt;<br>Sent: Thu<br>Subject: My"
    " bowls</td><td>Two<br>bowls<br>arrived</td></tr></table>",
    "too deep": "<div>" * 200 + HTML["gmail"],
}


@pytest.mark.parametrize("case", UNPARTED)
def test_html_that_cannot_be_parted_from_what_the_agent_wrote_is_left_out(case):
    text = f"{GMAIL.partition('Two bowls')[0]}Two bowls arrived broken."
    head = f"Authentication-Results: {PROOF}\r\nFrom: Bob <bob@shop.test>\r\nSubject: Fwd: My bowls\r\n"
    found = mime.parse(
        f"{head}Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n\r\n{text}\r\n--x\r\n"
        f"Content-Type: text/html\r\n\r\n{UNPARTED[case]}\r\n--x--\r\n".encode()
    ).forwarded
    assert (found.sender.address, found.text, found.html) == ("mary@example.com", "Two bowls arrived broken.", "")


NO_FORWARDS = {
    "an answer in Outlook": ("RE: My bowls", FORMS["outlook"][1]),
    "an answer quoting a mail": ("Re: x", "Yes\n\nOn Thu, 26 Nov 2026 at 09:12, Mary <mary@example.com> wrote:\n> "),
    "nothing that names anybody": ("Fwd: My bowls", "See what I wrote about From: and Subject:\n\n"),
    "a block without an address": ("Fwd: My bowls", "From: Mary\nSent: today\nTo: Bob\nSubject: My bowls\n\n"),
}


@pytest.mark.parametrize("case", NO_FORWARDS)
def test_what_is_no_forward_passes_nothing_on(case):
    subject, above = NO_FORWARDS[case]
    mail = mime.parse(
        b"Authentication-Results: "
        + PROOF.encode()
        + b"\r\n"
        + raw(above + "Two bowls.", Subject=subject, From="bob@shop.test")
    )
    assert mail.forwarded is None


@pytest.fixture
def box(world):
    return Mailbox.objects.create(
        contact=world.service, name="service", imap_host="localhost", uidvalidity=1, trusted_server="mx.shop.test"
    )


def take(box, mail, proof=PROOF):
    head = f"Authentication-Results: {proof}\r\n".encode() if proof else b""
    uid = Incoming.objects.count() + 1
    return incoming.take(head + mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=uid)


def forward(box, text=GMAIL, proof=PROOF, **headers):
    headers = {"From": "Bob <bob@shop.test>", "Subject": "Fwd: My bowls", **headers}
    return take(box, raw(text, **headers), proof)


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
@pytest.mark.row("IM16")
def test_a_forwarded_mail_becomes_the_customers_with_the_agents_words_as_a_note(world, box):
    mary = make.customer("Mary Major", "mary@example.com")
    taken = forward(box)
    assert (taken.delivered.outcome, taken.reason) == ("created", "forwarded")
    thread = Thread.objects.get()
    assert (thread.customer, thread.email, thread.subject) == (mary, "mary@example.com", "My bowls")
    said, note = thread.messages.order_by("pk")
    assert (said.author_email, said.text) == ("mary@example.com", "Two bowls arrived broken.\n\nMary")
    assert (note.kind, note.author, note.text) == ("note", world.bob, "Please see to this, @alice")
    assert world.alice.notices.get().thread == thread  # named in the note
    assert not OutgoingMail.objects.filter(kind="ack").exists()  # Mary did not write to the desk
    assert thread.needs_answer
    page = signed_in(world.bob).get(f"/threads/{thread.pk}/").content.decode()
    assert "Bob Agent forwarded this mail of Mary Major into the desk" in page
    assert "Undo: it is Bob Agent's own" in page
    again = forward(box, Message_ID=said.message_id)
    assert (again.delivered.outcome, again.delivered.message_id) == ("duplicate", said.pk)
    assert Message.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.row("IM16")
def test_undoing_it_gives_the_mail_back_to_the_agent_whole(world, box):
    forward(box)
    thread = Thread.objects.get()
    said = thread.messages.get(kind="customer")
    path = f"/threads/{thread.pk}/messages/{said.pk}/sender/"
    assert signed_in(world.charlie).post(path).status_code == 404
    bob = signed_in(world.bob)
    assert bob.get(path).status_code == 405
    page = bob.post(path, follow=True).content.decode()
    assert "Bob Agent said that the mail is Bob Agent&#x27;s own" in page
    thread.refresh_from_db()
    said.refresh_from_db()
    assert (thread.email, thread.customer, thread.message_count) == ("bob@shop.test", None, 1)
    assert said.author_email == "bob@shop.test"
    assert said.text.startswith("Please see to this")
    assert "From: Mary Major" in said.text
    assert bob.post(path).status_code == 404
    # Where the customer has been answered meanwhile, it leaves that thread instead.
    forward(box, GMAIL.replace("Two bowls", "Three bowls"))
    other = Thread.objects.latest("pk")
    other.reply("We are sorry", by=world.bob)
    said = other.messages.get(kind="customer")
    bob.post(f"/threads/{other.pk}/messages/{said.pk}/sender/")
    other.refresh_from_db()
    said.refresh_from_db()
    assert (other.email, other.message_count) == ("mary@example.com", 1)
    assert said.thread_id not in {thread.pk, other.pk}
    assert said.thread.email == "bob@shop.test"


@pytest.mark.django_db
def test_a_forwarded_answer_goes_into_the_thread_it_answers(world, box):
    thread = make.thread(world.service, sender="mary@example.com", sender_name="Mary Major")
    reply = thread.reply("Which bowls?", by=world.bob)
    taken = forward(box, In_Reply_To="<other@example.com>", References=reply.message_id)
    assert (taken.delivered.outcome, taken.delivered.thread_id) == ("appended", thread.pk)
    thread.refresh_from_db()
    assert thread.email == "mary@example.com"


FORGED = {
    "nobody vouches": "",
    "another server does": "mx.evil.test; dmarc=pass header.from=shop.test",
    "it failed": "mx.shop.test; dmarc=fail header.from=shop.test",
    "for somebody else": "mx.shop.test; dmarc=pass header.from=evil.test",
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", FORGED)
def test_what_is_not_proven_to_be_an_agents_puts_no_words_into_anybodys_mouth(world, box, case):
    forward(box, proof=FORGED[case])
    assert Thread.objects.get().email == "bob@shop.test"


@pytest.mark.django_db
def test_a_customer_who_forwards_a_mail_stays_its_sender(world, box):
    forward(box, From="John <john@example.com>", proof="mx.shop.test; dmarc=pass header.from=example.com")
    assert Thread.objects.get().email == "john@example.com"


ENCLOSED = (
    b"From: Bob <bob@shop.test>\r\nTo: service@shop.test\r\nSubject: For you\r\nMessage-ID: <att@shop.test>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
    b"Can you answer her?\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--x--\r\n"
)
INNER = (
    b"From: =?utf-8?Q?Mar=C3=ADa?= <maria@example.com>\r\nTo: bob@shop.test\r\nSubject: Broken <b>\r\n"
    b"Date: Thu, 26 Nov 2026 09:12:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
    b"--y\r\nContent-Type: text/html\r\n\r\n<p>Two <b>bowls</b> <script>alert(1)</script></p>\r\n--y\r\n"
    b"Content-Type: text/csv; name=list.csv\r\n\r\na,b\r\n--y--\r\n"
)


@pytest.mark.django_db
def test_a_mail_attached_as_a_whole_is_passed_on_with_its_files_and_its_original(world, box):
    take(box, ENCLOSED % INNER)
    thread = Thread.objects.get()
    assert (thread.email, thread.name, thread.subject) == ("maria@example.com", "María", "Broken <b>")
    said = thread.messages.get(kind="customer")
    assert said.text == "Two bowls"
    assert "script" not in said.html
    assert [one.name for one in said.attachments.all()] == ["list.csv", "Broken _b_.eml"]
    assert thread.messages.get(kind="note").text == "Can you answer her?"
