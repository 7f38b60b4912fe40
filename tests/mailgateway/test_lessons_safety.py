"""How strangers' mail got into other help desks: one test a lesson, named after where it was told."""

import re
from time import process_time

import pytest
from django.urls import reverse

from helpdesk import html as markup
from helpdesk import links, outbox, tokens
from helpdesk.models import Attachment, Message, OutgoingMail, Thread
from mailgateway import compose, incoming, mime, visit
from mailgateway.models import Mailbox
from tests import make
from tests.servers.fake_imap import Box, mailbox_on
from tests.servers.mails import raw, with_file

pytestmark = pytest.mark.django_db
RUNS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def box(world):
    return Mailbox.objects.create(name="x", contact=world.service, imap_host="imap.test", uidvalidity=1)


def take(box, mail, uid=1):
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=uid)


def of_html(html: str, **headers: str) -> bytes:
    return raw(html, **headers).replace(b"text/plain", b"text/html")


def test_prestashop_cve_2026_44212_and_django_helpdesk_cve_2021_3945_no_field_runs_on_any_page(world, client):
    fields = {"sender_name": RUNS, "subject": RUNS, "user_agent": RUNS, "page_url": f"https://x.test/{RUNS}"}
    thread = make.thread(world.service, RUNS, **fields)
    client.force_login(world.alice)
    for url in ("/", f"/threads/{thread.pk}/", "/search/?q=onerror", "/?q=onerror"):
        page = client.get(url, follow=True).content.decode()
        assert "<img src=x" not in page, url
    mail = OutgoingMail.objects.filter(kind="ack").get()
    assert "<img src=x" not in mail.html


@pytest.mark.parametrize(
    ("lesson", "name", "kind", "content"),
    [
        ("django-helpdesk 2.3.3", "body.html", "text/html", b"<script>alert(1)</script>"),
        (
            "FreeScout#1359, GHSA-cvr8-cw5c-5pfw",
            "x.svg",
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("FreeScout GHSA-27vp-fpg8-j8wv", "../../.x.pht", "image/png", b"<?php"),
    ],
    ids=["django_helpdesk_2_3_3", "freescout_1359_svg", "freescout_27vp"],
)
def test_no_attachment_runs_and_none_chooses_where_it_lies(world, client, lesson, name, kind, content):
    make.thread(world.service, files=(make.file(name, content, kind),))
    file = Attachment.objects.get()
    assert re.fullmatch(r"attachments/[0-9a-f]{2}/[0-9a-f]{32}", file.file.name)
    client.force_login(world.bob)
    answer = client.get(f"/attachments/{file.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    client.force_login(world.charlie)
    assert client.get(f"/attachments/{file.pk}/").status_code == 404, "GHSA-wg74-ww4w-2qpc"


@pytest.mark.parametrize(
    "attack",
    [
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<form action=//e.test><input name=p><button>x</button></form>",
        "<<a>img src=x onerror=alert(1)>",
    ],
    ids=["freescout_jpq8", "freescout_985r", "freescout_rx6j"],
)
def test_freescout_985r_and_jpq8_no_nested_tag_and_no_form_survives(attack):
    cleaned = markup.clean(f"<p>{attack}</p>")
    assert not re.search(r"<(script|form|input|button|img)|onerror\s*=\s*alert[^&]*>", cleaned, re.IGNORECASE) or (
        "&lt;" in cleaned and not re.search(r"<(script|form|input|button|img)", cleaned, re.IGNORECASE)
    )


def test_freescout_8vm3_and_osticket_02ef6f38_there_is_one_format_of_tokens_and_no_older_one(world, box):
    thread = make.thread(world.service)
    word = tokens.mint_message_id(tokens.Kind.CUSTOMER, thread.pk, "shop.test").strip("<>").split("@")[0]
    kind, number, nonce, mac = word.split(".")
    forged = (
        *(f"<{kind}.{number}.{nonce}@shop.test>", f"<{kind}.{number}.{nonce}.@shop.test>", f"<{number}@shop.test>"),
        *(f"<{kind}.{number}.{nonce}.{'a' * 26}@shop.test>", f"<{kind}.{number}.{nonce}.{mac[:-1]}@shop.test>"),
        *(f"<{kind}.{number}.{nonce}.{'0' * 26}@shop.test>", f"<fs_reply-{number}-1@shop.test>"),
    )
    for uid, one in enumerate(forged, 1):
        assert take(box, raw(From="eve@evil.test", In_Reply_To=one), uid).delivered.outcome == "created", one
    assert thread.messages.count() == 1


def test_freescout_cve_2026_27637_and_41902_tokens_are_long_signed_and_never_in_a_subject(world):
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    mail = OutgoingMail.objects.get(message=reply)
    mac = reply.message_id.split("@")[0].rpartition(".")[2]
    assert len(mac) * 5 >= 128
    assert mail.subject == f"Re: Order question [#{thread.pk}]"
    assert thread.secret not in mail.subject
    before = links.portal_token(thread, proven=True)
    thread.secret = "0" * 32
    thread.save()
    assert links.portal_token(thread, proven=True) != before, "revoked with its secret"


def test_zammad_5064_a_number_in_the_subject_lets_no_stranger_in(world, box):
    thread = make.thread(world.service)
    taken = take(box, raw("Send it to me", From="eve@evil.test", Subject=f"Re: [#{thread.pk}]"))
    assert taken.delivered.thread_id != thread.pk
    assert Thread.objects.get(pk=taken.delivered.thread_id).claimed == thread


def test_hackermondev_ticket_trick_a_code_mailed_to_a_threads_own_address_is_not_shown_to_its_customer(
    world, box, client
):
    world.service.plus_addresses = True
    world.service.save()
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob)
    address = OutgoingMail.objects.get(kind="message").reply_to
    assert tokens.read_address(address).thread_id == thread.pk
    taken = take(box, raw("Your code is 314159", From="no-reply@bank.test", To=address))
    assert Message.objects.get(pk=taken.delivered.message_id).is_from_stranger
    page = client.get(f"/t/{links.portal_token(thread, proven=True)}/").content.decode()
    assert "Where is my order?" in page
    assert "314159" not in page
    assert not OutgoingMail.objects.exclude(kind="notice").filter(text__contains="314159").exists()


def test_osticket_1c6f98e6_and_freescout_qjr9_the_server_fetches_nothing_that_a_mail_names(
    world, box, client, fake_imap
):
    listening = fake_imap()
    picture = f"http://127.0.0.1:{listening.port}/pixel.png"
    taken = take(box, of_html(f'<p>Hello<img src="{picture}"><link rel=stylesheet href="{picture}"></p>'))
    client.force_login(world.bob)
    page = client.get(f"/threads/{taken.delivered.thread_id}/").content.decode()
    frame = client.get(reverse("helpdesk:frame", args=[taken.delivered.thread_id, taken.delivered.message_id]))
    assert b"Hello" in frame.content
    assert listening.heard == []
    assert f'src="{picture}"' not in page + frame.content.decode()
    thread = Thread.objects.get()
    thread.reply(html="<p>Hello</p>", by=world.bob)
    assert "<img" not in OutgoingMail.objects.get(kind="message").html, "and we track nobody"


def test_rt_cve_2012_4730_and_osticket_7c5c584f_no_value_of_a_mail_becomes_a_header(world, box):
    folded = raw().replace(b"Subject: Order question", b"Subject: =?utf-8?q?Hi=0D=0ABcc:_victim@example.net?=")
    folded = folded.replace(b"From: John Doe", b"From: =?utf-8?q?John=0D=0ABcc:_v@example.net?=")
    taken = take(box, folded)
    thread = Thread.objects.get(pk=taken.delivered.thread_id)
    thread.reply("Hello", by=world.bob)
    for row in OutgoingMail.objects.all():
        head = compose.to_mime(outbox.outbound(row)).split(b"\r\n\r\n")[0]
        assert not re.search(rb"(?mi)^bcc:", head)


def test_rt_cve_2011_5093_and_osticket_8a55c29f_nothing_a_customer_writes_is_a_template(world, box):
    taken = take(box, raw("{{ 7|add:7 }} {% load %} {{ customer.name }}", Subject="{{ 7|add:7 }}"))
    thread = Thread.objects.get(pk=taken.delivered.thread_id)
    thread.reply("Look: {{ 7|add:7 }} {% now 'Y' %}", by=world.bob)
    mail = OutgoingMail.objects.get(kind="message")
    assert "{{ 7|add:7 }}" in mail.subject
    assert "{{ 7|add:7 }} {% now 'Y' %}" in mail.text
    assert "14" not in mail.subject


def test_freescout_cb6ea328_and_libredesk_2b645fa4_no_password_stands_in_a_log_or_an_error(world, fake_imap, caplog):
    folder = Box({})
    folder.refuses = ["LOGIN"]
    box = mailbox_on(fake_imap(folder.answer), world.service, username="hola")
    box.set_password("very secret words")
    box.save()
    caplog.set_level("DEBUG")
    assert "not allowed here" in visit.fetch_once(box.pk)
    assert any("very secret words" in one for one in folder.asked), "the server was asked with it"
    assert "very secret" not in caplog.text + Mailbox.objects.get().last_error


def test_rt_cve_2014_9472_and_otrs_cve_2026_48187_a_mail_made_to_cost_much_costs_little(world, box):
    many = b", ".join(b'"' + b"(" * 50 + b'" <p%d@example.com>' % n for n in range(2000))
    bomb = raw().replace(b"To: service@shop.test", b"To: service@shop.test\r\nCc: " + many)
    began = process_time()
    assert len(mime.parse(bomb).cc) == 20
    assert process_time() - began < 0.5  # of CPU; it takes some thousandths
    assert take(box, bomb, 1).delivered.outcome == "created"
    assert take(box, raw(), 2).delivered.outcome == "created"


def test_an_attached_file_is_kept_byte_for_byte(world, box):
    take(box, with_file("See the photo", bytes(range(256))))
    assert Attachment.objects.get().open().read() == bytes(range(256))
