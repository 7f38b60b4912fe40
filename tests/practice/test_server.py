"""The practice mail server, spoken to by SMTP and IMAP."""

import imaplib
import smtplib
import stat
from email import message_from_bytes

import pytest

from mailgateway.practice import mailbox, server
from mailgateway.practice.mailbox import compose, letters, send, unread

SHOP, LAURA = "hola@tallernorte.example", "laura@practica.example"


def write(sender: str, to: str, subject: str = "Hola", text: str = "¿Qué tal?"):
    mail = compose("Somebody", sender, to=to, subject=subject, text=text)
    send(mail, sender=sender)
    return mail


def test_a_mail_lies_in_the_recipients_inbox_and_among_the_senders_sent(post):
    write(LAURA, "hola+c.1.abc@tallernorte.example")
    assert [(one.mine, one.subject, one.text) for one in letters(LAURA)] == [(True, "Hola", "¿Qué tal?")]
    assert [(one.mine, one.sender) for one in letters(SHOP)] == [(False, LAURA)]


def test_received_mail_is_unread_until_it_was_looked_at(post):
    write(SHOP, LAURA)
    assert unread(LAURA) == 1
    assert [one.unread for one in letters(LAURA)] == [True]
    assert unread(LAURA) == 0


def test_mail_to_nobody_we_know_can_be_read_as_outside(post):
    write(SHOP, "somebody@elsewhere.example")
    assert [one.to for one in letters("outside")] == ["somebody@elsewhere.example"]


def test_the_one_who_bounces_sends_a_delivery_report(post):
    mail = write(SHOP, "rebote@practica.example")
    raw = mailbox.raw_mail(SHOP, "INBOX", letters(SHOP)[0].uid)
    report = message_from_bytes(raw)
    parts = [part.get_content_type() for part in report.walk()]
    assert report.get_content_type() == "multipart/report"
    assert "message/delivery-status" in parts
    assert mail["Message-ID"].encode() in raw
    assert letters("rebote@practica.example") == []


def test_spam_is_marked_by_the_server(post):
    write("premios@practica.example", SHOP)
    raw = mailbox.raw_mail(SHOP, "INBOX", letters(SHOP)[0].uid)
    assert message_from_bytes(raw)["X-Spam-Flag"] == "YES"


def test_customers_mail_is_there_again_after_a_restart_and_the_shops_is_not(post):
    write(SHOP, LAURA)
    write(LAURA, SHOP)
    post.restart()
    assert {(one.mine, one.unread) for one in letters(LAURA)} == {(True, False), (False, False)}
    assert letters(SHOP) == []
    kept = list(post.settings.DATA_DIR.glob("practice-mail/*/*/*.eml"))
    assert {stat.S_IMODE(one.stat().st_mode) for one in kept} == {0o600}


def test_nobody_gets_in_without_the_password(post):
    ports = post.settings.PRACTICE_IMAP_PORT, post.settings.PRACTICE_SMTP_PORT
    for account, password in ((LAURA, "wrong"), ("demouser", "demopass")):
        with imaplib.IMAP4("127.0.0.1", ports[0]) as box, pytest.raises(imaplib.IMAP4.error):
            box.login(account, password)
    with smtplib.SMTP("127.0.0.1", ports[1]) as box, pytest.raises(smtplib.SMTPAuthenticationError):
        box.login(SHOP, "wrong")


def test_a_password_that_begins_with_a_dash_is_a_password():
    assert server._options(0, "-x6YgF").demo_password == "-x6YgF"
