"""What a mail holds besides words, read as it comes in and looked at on the page: table of the gateway, row by row."""

from datetime import timedelta
from email.utils import localtime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from helpdesk import personal
from helpdesk.models import DeskSettings, Message, OutgoingMail, PictureTrust, Thread
from mailgateway import incoming
from mailgateway.models import Incoming, Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db
HEAD = b"From: Ana <ana@example.com>\r\nTo: service@shop.test\r\nSubject: %s\r\nMessage-ID: <%s@example.com>\r\n"
HEAD += b"MIME-Version: 1.0\r\n"


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def box(world):
    return Mailbox.objects.create(contact=world.service, name="service", imap_host="localhost", uidvalidity=1)


@pytest.fixture
def bob(world):
    return signed_in(world.bob)


def take(box, mail):
    uid = Incoming.objects.count() + 1
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=box.uidvalidity, uid=uid)


def page_of(client, taken):
    return " ".join(client.get(f"/threads/{taken.delivered.thread_id}/").content.decode().split())


# -- cards ----------------------------------------------------------------------------------------

CALENDAR = b"""BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
BEGIN:STANDARD
DTSTART:16010101T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Visit <script>alert(1)</script>
DTSTART;TZID="Eastern Standard Time":20261201T090000
DTEND;TZID="Eastern Standard Time":20261201T100000
LOCATION:https://evil.test/\\, hall 2
ORGANIZER;CN=Ana:mailto:ana@example.com
RRULE:FREQ=WEEKLY
BEGIN:VALARM
DTSTART:20200101T000000Z
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:Holiday
DTSTART;VALUE=DATE:20261224
END:VEVENT
BEGIN:VEVENT
SUMMARY:Somewhere
DTSTART;TZID=Nowhere At All:20261202T113000
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.row("IM17")
def test_an_invitation_is_a_card_in_the_shops_zone_and_a_file_and_nothing_else(world, box, bob):
    body = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nPlease come.\r\n--x\r\n" + (
        b"Content-Type: text/calendar; method=REQUEST; name=visit.ics\r\n\r\n" + CALENDAR + b"\r\n--x--\r\n"
    )
    taken = take(box, HEAD % (b"Visit", b"cal") + body)
    page = page_of(bob, taken)
    for said in ("Tue 1 December 2026, 15:00 – 16:00 · repeats", "hall 2", "Ana &lt;ana@example.com&gt;"):
        assert said in page, said  # nine in New York is three in Madrid
    assert "Thu 24 December 2026" in page
    assert "2 December 2026, 11:30 (Nowhere At All)" in page
    assert "Cancelled" in page
    assert "<script>alert" not in page
    assert 'href="https://evil.test' not in page
    assert "visit.ics" in page
    assert Message.objects.get().text == "Please come."
    assert not OutgoingMail.objects.exclude(kind="ack").exists()


@pytest.mark.row("IM17")
def test_an_enclosed_mail_can_be_read_in_place_and_stays_a_file(world, box, bob):
    inner = b"From: Carrier <c@carrier.example>\r\nSubject: Parcel <b>\r\nDate: Thu, 26 Nov 2026 09:12:00 +0000\r\n\r\n"
    inner += b"Lost it. <img src=x onerror=alert(1)>\r\n" + b"word " * 2000
    body = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee what they say.\r\n--x\r\n"
    taken = take(
        box, HEAD % (b"Parcel", b"inner") + body + b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--x--\r\n"
    )
    page = page_of(bob, taken)
    assert "Parcel &lt;b&gt;" in page
    assert "Carrier &lt;c@carrier.example&gt;" in page
    assert "Lost it. &lt;img" in page
    assert "Only the beginning: the file below holds all of it." in page
    assert [one.name for one in Message.objects.get().attachments.all()] == ["Parcel _b_.eml"]
    assert Thread.objects.get().email == "ana@example.com"  # a customer's forward stays the customer's


SEALS = {
    "Signed, not checked.": b'multipart/signed; protocol="application/pkcs7-signature"; boundary=x\r\n\r\n--x\r\n\r\n'
    b"Hello\r\n--x\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMIIB\r\n--x--\r\n",
    "It carries a PGP signature.": b'multipart/signed; protocol="application/pgp-signature"; boundary=x\r\n\r\n--x\r\n'
    b"\r\nHello\r\n--x\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN\r\n--x--\r\n",
    "Encrypted, cannot be read here.": b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x\r\n\r\n'
    b"--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--x\r\n"
    b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--x--\r\n",
    "a mail program that has the S/MIME key": b"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n"
    b"Content-Disposition: attachment; filename=smime.p7m\r\n\r\nMIIB\r\n",
    "Signed and wrapped": b"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n\r\nMIIB\r\n",
    "the PGP key": b"text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n-----END PGP MESSAGE-----\r\n",
}
FILES = [["smime.p7s"], ["signature.asc"], [None, "encrypted.asc"], ["smime.p7m"], ["smime.p7m"], []]


@pytest.mark.row("IM17")
def test_a_sealed_mail_says_honestly_that_nothing_was_checked_and_its_parts_can_be_downloaded(world, box, bob):
    for number, (said, body) in enumerate(SEALS.items()):
        taken = take(box, HEAD % (b"Sealed", b"seal%d" % number) + b"Content-Type: " + body)
        assert said in page_of(bob, taken), said
        names = [one.name for one in Message.objects.get(pk=taken.delivered.message_id).attachments.all()]
        assert [wanted or name for wanted, name in zip(FILES[number], names, strict=True)] == names
        for file in Message.objects.get(pk=taken.delivered.message_id).attachments.all():
            assert bob.get(f"/attachments/{file.pk}/").headers["Content-Disposition"].startswith("attachment")
    plain = take(box, HEAD % (b"Plain", b"plain") + b"\r\nHello\r\n")
    assert "not checked" not in page_of(bob, plain)


# -- threading ------------------------------------------------------------------------------------


@pytest.mark.row("IM11")
def test_an_answer_that_lost_its_headers_is_found_by_the_marker_in_what_it_quotes(world, box, bob):
    thread = make.thread(world.service, sender="ana@example.com")
    thread.reply("It left today.", by=world.bob)
    sent = OutgoingMail.objects.get(kind="message").html
    marker = "mostrador:" + sent.partition("mostrador:")[2].partition("<")[0]
    html = b"<p>Thank you, but when?</p><blockquote>It left today. <span>" + marker.encode() + b"</span></blockquote>"
    mail = HEAD.replace(b"%s\r\nMess", b"Something else\r\nMess") % b"lost" + b"Content-Type: text/html\r\n\r\n" + html
    taken = take(box, mail)
    assert (taken.delivered.outcome, taken.delivered.thread_id) == ("appended", thread.pk)
    forged = mail.replace(b"mostrador:c.", b"mostrador:c.1").replace(b"<lost@", b"<forged@")
    assert take(box, forged).delivered.outcome == "created"
    stranger = take(box, mail.replace(b"ana@", b"eve@").replace(b"<lost@", b"<eve@"))
    assert Message.objects.get(pk=stranger.delivered.message_id).is_from_stranger
    ack = OutgoingMail.objects.filter(kind="ack", thread=thread).get()
    assert "mostrador:c." in ack.html
    assert "mostrador:" not in sent.partition("</body>")[2]


@pytest.mark.row("IM10")
def test_one_mail_at_two_mailboxes_is_one_message_in_each_and_the_threads_name_each_other(world, box, bob):
    bills = Mailbox.objects.create(contact=world.accounting, name="bills", imap_host="localhost", uidvalidity=1)
    mail = raw("Where is my invoice?", To="service@shop.test, accounting@shop.test")
    first, second = take(box, mail), take(bills, b"Received: by another way\r\n" + mail)
    assert [first.delivered.outcome, second.delivered.outcome] == ["created", "created"]
    here, there = Thread.objects.order_by("pk")
    assert (here.contact, there.contact) == (world.service, world.accounting)
    assert (here.beside, there.beside) == (there, here)
    assert f"The same mail went to another contact too: thread #{there.pk}" in page_of(bob, first)
    alice = signed_in(world.alice)
    page = page_of(alice, second)
    assert f"The same mail went to Service too: thread #{here.pk}" in page
    assert bob.get(f"/threads/{there.pk}/").status_code == 404  # he is told of it, and no more
    assert take(box, mail).delivered.outcome == "duplicate"
    # An answer that goes to both addresses knows where it belongs: one message, once.
    reply = here.reply("Which one?", by=world.bob)
    answer = raw("The last one", To="service@shop.test, accounting@shop.test", In_Reply_To=reply.message_id)
    first, second = take(box, answer), take(bills, answer)
    assert (first.delivered.outcome, second.delivered.outcome) == ("appended", "duplicate")
    assert second.delivered.message_id == first.delivered.message_id


@pytest.mark.row("IM10")
def test_another_mail_with_the_same_id_is_kept_and_says_so(world, box, bob):
    take(box, HEAD % (b"One", b"same") + b"\r\nFirst\r\n")
    other = take(box, HEAD % (b"Two", b"same") + b"\r\nSecond\r\n")
    assert (other.delivered.outcome, other.reason) == ("created", "same-id")
    assert "Another mail had the same id" in page_of(bob, other)


@pytest.mark.row("TH13")
def test_what_a_first_mail_quotes_stands_open_and_what_an_answer_quotes_is_folded(world, box, bob):
    quoting = b"\r\nSee below\r\n\r\nOn Mon, 2 Nov 2026 at 09:00, Shop <x@y.test> wrote:\r\n> We left it there\r\n"
    first = take(box, HEAD % (b"Old", b"old") + quoting)
    assert '<details class="quote" open>' in page_of(bob, first)
    reply = Thread.objects.get().reply("Thanks", by=world.bob)
    take(box, HEAD % (b"Re", b"new") + b"In-Reply-To: " + reply.message_id.encode() + b"\r\n" + quoting)
    assert page_of(bob, first).count('<details class="quote" open>') == 1
    assert page_of(bob, first).count('<details class="quote"') == 2


def test_an_address_for_answers_that_is_not_the_senders_is_kept_and_shown(world, box, bob):
    taken = take(box, HEAD % (b"Hello", b"elsewhere") + b"Reply-To: ana.private@example.org\r\n\r\nHello\r\n")
    assert "Asks for answers to ana.private@example.org" in page_of(bob, taken)
    assert Thread.objects.get().email == "ana@example.com"


# -- spam -----------------------------------------------------------------------------------------


def spam(box, headers, **settings):
    Mailbox.objects.filter(pk=box.pk).update(**settings)
    box.refresh_from_db()
    return take(box, headers + raw("Buy", From="ana@example.com"))


@pytest.mark.row("IM24")
def test_the_mailbox_says_which_marks_of_filters_make_spam_and_the_thread_says_why(world, box, bob):
    scored = b"X-Spam-Status: No, score=4.2 required=5.0 tests=A,\r\n\tB\r\n"
    failed = b"Authentication-Results: mx.shop.test; dmarc=fail header.from=example.com\r\n"
    cases = [
        (b"X-Spam-Flag: YES\r\n", {}, "x-spam-flag"),
        (b"X-Spam-Flag: YES\r\n", {"believes_marks": False}, ""),
        (scored, {}, ""),
        (scored, {"spam_score": 4}, "score 4.2"),
        (b"X-Rspamd-Score: 9\r\n", {}, "score 9"),
        (failed, {"spam_score": None}, ""),
        (failed, {"refuses_forged": True}, ""),  # no server is trusted yet
        (failed, {"trusted_server": "mx.shop.test"}, "dmarc=fail"),
        (failed.replace(b"mx.shop", b"mx.evil"), {}, ""),
    ]
    for headers, settings, reason in cases:
        taken = spam(box, headers, **settings)
        thread = Thread.objects.get(pk=taken.delivered.thread_id)
        assert (thread.folder, taken.reason) == (("spam", "spam") if reason else ("desk", "")), (headers, settings)
        if reason:
            assert f"A filter on the way called it spam ({reason})" in page_of(bob, taken)
            assert not OutgoingMail.objects.filter(thread=thread).exists()


def test_a_sender_who_cannot_be_who_they_claim_to_be_is_doubted_in_plain_sight(world, box, bob):
    ours = take(box, raw("Please pay", From="service@shop.test"))
    assert "The sender claims to be service@shop.test, and that could not be checked." in page_of(bob, ours)
    failed = b"Authentication-Results: mx.shop.test; dmarc=fail header.from=bank.example\r\n"
    mail = failed + raw("Please pay", From="info@bank.example")
    assert "could not be checked" not in page_of(bob, take(box, mail))  # nobody is trusted to say so
    Mailbox.objects.update(trusted_server="mx.shop.test")
    box.refresh_from_db()
    taken = take(box, failed + raw("Please pay", From="info@bank.example"))
    assert "The sender claims to be info@bank.example" in page_of(bob, taken)
    assert bob.post(f"/threads/{taken.delivered.thread_id}/spam/").status_code in {302, 303}
    assert "claims to be" not in page_of(bob, take(box, raw("Hello", From="ana@example.com")))


def test_the_settings_of_a_mailbox_hold_what_is_spam(world, box):
    alice = signed_in(world.alice)
    given = {"name": "Box", "contact": world.service.pk, "imap_host": "imap.test", "imap_port": 993}
    given |= {"imap_security": "tls", "username": "box", "password": "word", "folder": "INBOX", "afterwards": "seen"}
    path = f"/settings/mailboxes/{box.pk}/"
    page = alice.post(path, {**given, "refuses_forged": "on", "spam_score": "abc"}).content.decode()
    assert "Name the server whose word on forged senders counts." in page
    assert "Enter a number." in page
    assert (
        alice.post(
            path, {**given, "refuses_forged": "on", "trusted_server": "mx.a.test", "spam_score": "6.5"}
        ).status_code
        == 302
    )
    box.refresh_from_db()
    assert (box.believes_marks, box.spam_score, box.refuses_forged) == (False, 6.5, True)


# -- thanks ---------------------------------------------------------------------------------------


def closed(world, **fields):
    thread = make.thread(world.service, sender="ana@example.com", sender_name="Ana Gil", **fields)
    reply = thread.reply("Sent today.", by=world.bob, then="closed")
    return thread, reply


@pytest.mark.row("ST6")
def test_a_short_thank_you_leaves_a_thread_closed_in_a_tray_and_one_click_reopens_it(world, box, bob):
    thread, reply = closed(world)
    answer = raw("Muchas gracias, Bob!\n\nAna", From="ana@example.com", In_Reply_To=reply.message_id)
    taken = take(box, answer)
    thread.refresh_from_db()
    assert (taken.delivered.outcome, taken.reason, thread.status) == ("appended", "thanks", "closed")
    assert (thread.needs_answer, thread.reopened_count, thread.message_count) == (False, 0, 3)
    assert not world.bob.notices.filter(kind="answered").exists()
    queue = bob.get("/").content.decode()
    assert 'id="nav-thanks"' in queue
    assert "Order question" not in bob.get("/?status=open").content.decode()
    tray = bob.get("/?thanks=1").content.decode()
    assert "Order question" in tray
    page = page_of(bob, taken)
    assert "They said thank you, and nothing else" in page
    assert "Ana said thank you; the thread stays closed" in page or "ana@example.com said thank you" in page
    assert signed_in(world.charlie).post(f"/threads/{thread.pk}/thanks/", {"is": "question"}).status_code == 404
    bob.post(f"/threads/{thread.pk}/thanks/", {"is": "question"})
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, thread.thanked_at) == ("open", True, None)
    assert thread.waiting_since == Message.objects.get(pk=taken.delivered.message_id).created_at
    assert 'id="nav-thanks"' not in bob.get("/").content.decode()


@pytest.mark.row("ST6")
def test_a_thank_you_that_was_seen_leaves_the_tray_and_the_setting_reopens_all(world, box, bob):
    thread, reply = closed(world)
    take(box, raw("Thanks!", From="ana@example.com", In_Reply_To=reply.message_id))
    bob.post(f"/threads/{thread.pk}/thanks/", {"is": "seen"})
    thread.refresh_from_db()
    assert (thread.status, thread.thanked_at) == ("closed", None)
    DeskSettings.objects.update_or_create(pk=1, defaults={"quiet_thanks": False})
    take(box, raw("Thanks!", From="ana@example.com", In_Reply_To=reply.message_id))
    thread.refresh_from_db()
    assert thread.status == "open"


WANT_AN_ANSWER = (
    *("Thanks, but it is broken", "Gracias. ¿Cuándo llega?", "Merci, commande 12", "Danke, leider kaputt", "Ok"),
    *("Thanks for nothing", "No gracias", "Gracias, todo mal", "Thanks http://x.test", "Vielen Dank, nicht da"),
)
QUIET = ("Gracias", "Muchas gracias por todo, un saludo", "Thank you so much!", "Merci beaucoup", "Vielen Dank!", "👍")
QUIET += ("Grazie mille", "Muito obrigada", "Moltes gràcies", "Hartelijk bedankt", "Thanks Bob, best regards\nAna")


@pytest.mark.row("ST6")
def test_only_what_says_thanks_and_nothing_else_is_quiet(world):
    from helpdesk import thanks

    names = ("Bob Agent", "Ana Gil")
    assert [one for one in QUIET if not thanks.is_short_thanks(make.mail(one), names=names)] == []
    assert [one for one in WANT_AN_ANSWER if thanks.is_short_thanks(make.mail(one), names=names)] == []
    assert not thanks.is_short_thanks(make.mail("Thanks", files=(make.file(),)))
    assert not thanks.is_short_thanks(make.mail("Thanks " * 60))


# -- robots ---------------------------------------------------------------------------------------


@pytest.mark.row("IM24")
def test_an_address_is_confirmed_once_an_hour_and_reads_none_of_its_own_words(world, box):
    begin = timezone.now()
    for minute in (0, 10, 50, 70):
        with time_machine.travel(begin + timedelta(minutes=minute), tick=False):
            take(box, raw(f"Buy viagra {minute}", Subject="Cheap", From="John <John@Example.com>", Date=localtime()))
    sent = OutgoingMail.objects.filter(kind="ack")
    assert sent.count() == 2
    assert not [one for one in sent if "viagra" in one.text + one.html + one.subject or "Cheap" in one.subject]
    for machine in ("noreply@shop.example", "no-reply+7@x.example", "mailer-daemon@x.example", "wordpress@x.example"):
        take(box, raw("Your order", From=machine))
    take(box, raw("Away", From="eve@example.com", Delivered_To="Autoresponder"))
    assert OutgoingMail.objects.filter(kind="ack").count() == 2


@pytest.mark.row("IM24")
def test_two_robots_stop_after_three_rounds_by_mail(world, box):
    """Whoever answers each confirmation with a new mail and no mark of a machine hears from us three times a day."""
    begin = timezone.now()
    for hour in range(0, 20, 2):
        with time_machine.travel(begin + timedelta(hours=hour), tick=False):
            take(box, raw(f"We got your mail, case {hour}", From="robot@example.com", Date=localtime()))
    assert OutgoingMail.objects.filter(kind="ack").count() == 3
    assert Thread.objects.count() == 10  # nothing is lost of it


@pytest.mark.row("IM24")
def test_an_agents_out_of_office_on_a_notice_begins_no_thread_and_no_loop(world, box):
    world.bob.unmailed = []
    world.bob.save()
    take(box, raw("Hello"))
    notice = OutgoingMail.objects.get(kind="notice")
    away = raw("I am away", From="bob@shop.test", In_Reply_To=notice.message_id_header, Auto_Submitted="auto-replied")
    taken = take(box, away)
    assert (taken.delivered.outcome, taken.reason) == ("ignored", "answers-a-notice")
    assert Incoming.objects.get(pk=taken.incoming_id).why == "A machine answered what an agent was told"
    assert (Thread.objects.count(), OutgoingMail.objects.filter(kind="notice").count()) == (1, 1)


def test_who_is_erased_is_erased_from_cards_too(world, box, bob):
    body = b"Content-Type: text/calendar; method=REQUEST; name=visit.ics\r\n\r\n" + CALENDAR
    taken = take(box, (HEAD % (b"Visit", b"erased")).replace(b"ana@", b"john@", 1) + body)
    message = Message.objects.get(pk=taken.delivered.message_id)
    PictureTrust.objects.trust(message, by=world.bob)
    assert message.besides.invitations
    assert message.text.startswith("Visit <script>")  # where a mail has no words, what it is about
    personal.erase(world.john.pk, ["john@example.com"])
    message.refresh_from_db()
    assert (message.cards, message.text, PictureTrust.objects.count()) == ({}, "", 0)
