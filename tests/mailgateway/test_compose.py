"""Outgoing mail as bytes: headers nobody can break, parts every program can read."""

import dataclasses
import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail import MailFile, OutboundMail, Party
from mailgateway import compose

ID = "<c.12.abcdefgh12345678.abcdefghijklmnopqrstuvwxyz@shop.test>"


def outbound(**changes) -> OutboundMail:
    mail = OutboundMail(
        id=1,
        claim="x",
        contact_id=1,
        message_id=ID,
        sender=Party("service@shop.test", "Bob · Taller Norte"),
        to=(Party("john@example.com"),),
        cc=(),
        reply_to="",
        subject="Re: Order question [#12]",
        text="Hello John\n",
        html="<p>Hello John</p>",
        in_reply_to="<mail-1@example.com>",
        references=("<mail-1@example.com>",),
        auto_submitted="",
        files=(),
        attempts=0,
    )
    return dataclasses.replace(mail, **changes)


def parsed(mail: OutboundMail) -> EmailMessage:
    raw = compose.to_mime(mail)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"=0D" not in raw
    return email.message_from_bytes(raw, policy=email.policy.default)


@pytest.mark.row("IM26")
@pytest.mark.row("IM27")
def test_the_headers_are_those_of_an_answer():
    mail = parsed(outbound(cc=(Party("ann@x.test"),), reply_to="service+c.1@shop.test"))
    assert mail["From"] == "Bob · Taller Norte <service@shop.test>"
    assert (mail["To"], mail["Cc"], mail["Reply-To"]) == ("john@example.com", "ann@x.test", "service+c.1@shop.test")
    assert (mail["Subject"], mail["Message-ID"]) == ("Re: Order question [#12]", ID)
    assert (mail["In-Reply-To"], mail["References"]) == ("<mail-1@example.com>", "<mail-1@example.com>")
    assert (mail["X-Mostrador-Id"], mail["Auto-Submitted"]) == (ID, None)
    assert mail["Date"].datetime.tzinfo


@pytest.mark.row("FO9")
@pytest.mark.row("IM24")
def test_a_confirmation_tells_machines_not_to_answer():
    mail = parsed(outbound(auto_submitted="auto-replied"))
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


def test_text_and_html_are_alternatives_and_survive_any_letters():
    text = "¿Dónde está? 你好 😀\n" + "a very long line " * 200
    mail = parsed(outbound(text=text, html=f"<p>{text}</p>"))
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == text.strip()
    assert "你好 😀" in mail.get_body(("html",)).get_content()


def test_inline_pictures_are_related_and_files_attached():
    picture = MailFile("logo.png", "image/png", b"\x89PNG", "logo@x", inline=True)
    unused = MailFile("other.png", "image/png", b"\x89PNG2", "other@x", inline=True)
    bill = MailFile("Rechnung für März.pdf", "application/pdf", b"%PDF \x00\xff")
    mail = parsed(outbound(html='<img src="cid:logo@x">', files=(picture, unused, bill)))
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["other.png", "Rechnung für März.pdf"]
    assert list(mail.iter_attachments())[-1].get_content() == b"%PDF \x00\xff"
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    assert [part["Content-ID"] for part in related.iter_parts()][-1] == "<logo@x>"


def test_a_mail_as_a_file_arrives_as_it_was():
    inner = b"From: a@b.test\r\nSubject: inner\r\n\r\nbody\r\n"
    mail = parsed(outbound(files=(MailFile("inner.eml", "message/rfc822", inner),)))
    file = next(mail.iter_attachments())
    assert (file.get_filename(), file.get_content()) == ("inner.eml", inner)


def test_long_ids_are_folded_but_never_encoded():
    chain = tuple(ID.replace("12345678", f"{n:08}") for n in range(20))
    raw = compose.to_mime(outbound(references=chain))
    assert b"=?" not in raw.split(b"References:")[1].split(b"Auto")[0].split(b"X-Mostrador")[0]
    assert max(map(len, raw.split(b"\r\n"))) < 120
    assert email.message_from_bytes(raw)["References"].split() == list(chain)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "a\r\nBcc: eve@evil.test"},
        {"subject": "a\nBcc: eve@evil.test"},
        {"subject": "a\0b"},
        {"sender": Party("service@shop.test", "Bob\r\nBcc: eve@evil.test")},
        {"to": (Party("john@example.com\r\nBcc: eve@evil.test"),)},
        {"to": (Party("john@example.com, eve@evil.test"),)},
        {"reply_to": "a@b.test\nBcc: eve@evil.test"},
        {"message_id": "<a@b>\r\nBcc: eve@evil.test"},
        {"references": ("<a@b>\r\nBcc: eve@evil.test",)},
        {"sender": Party("")},
        {"to": ()},
    ],
)
def test_a_value_that_would_add_a_header_is_refused(changes):
    with pytest.raises(compose.Unsendable):
        compose.to_mime(outbound(**changes))


def test_internationalised_addresses():
    mail = compose.to_mime(outbound(to=(Party("josé@español.test"), Party("ana@español.test", "Ana Núñez, jefa"))))
    assert "josé@xn--espaol-zwa.test".encode() in mail
    assert b"<ana@xn--espaol-zwa.test>" in mail


@given(
    subject=st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=255),
    name=st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=255),
    file=st.text(alphabet=st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs", "Cc"]), max_size=200),
)
def test_whatever_people_call_things_the_mail_stays_well_formed(subject, name, file):
    mail = outbound(
        subject=subject, sender=Party("service@shop.test", name), files=(MailFile(file, "text/plain", b"x"),)
    )
    raw = compose.to_mime(mail)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    read = email.message_from_bytes(raw)
    assert email.utils.parseaddr(read["From"])[1] == "service@shop.test"
    assert read["X-Mostrador-Id"] == ID
    assert read.is_multipart()
