"""A customer's mail and all that follows, through real IMAP, real SMTP and a desk in its own process."""

import pytest

from helpdesk.models import Delivery, DeskSettings, Message, MessageKind, NoticeKind, Status, Thread
from mailgateway.models import Beat
from tests import make
from tests.servers.mails import mailbox, raw, until

pytestmark = pytest.mark.imap


@pytest.mark.row("IM26")
@pytest.mark.row("IM27")
@pytest.mark.row("FO9")
@pytest.mark.row("TH5")
def test_mail_in_reply_out_answer_in(start, dovecot, smtp_sink):
    account, contact = dovecot.account(), make.contact("service")
    bob = make.agent(contacts=(contact,), unmailed=NoticeKind.values)
    desk = DeskSettings.load()
    desk.undo_seconds = 0
    desk.save()
    box = mailbox(account, contact, smtp_host="127.0.0.1", smtp_port=smtp_sink.port, smtp_security="none")
    worker = start("worker").wait_ready()
    until(lambda: Beat.objects.filter(pk=f"mailbox-{box.pk}", state="up").exists())

    account.deliver(raw("Where is my order?", Message_ID="<first@example.com>"))
    thread = until(Thread.objects.first)
    confirmation = until(lambda: smtp_sink.accepted and smtp_sink.accepted[0])
    assert confirmation.recipients == ["john@example.com"]
    assert confirmation.message["Auto-Submitted"] == "auto-replied"
    assert confirmation.message["In-Reply-To"] == "<first@example.com>"

    said = thread.reply("On its way", by=bob, then=Status.CLOSED)
    until(lambda: Message.objects.get(pk=said.pk).delivery == Delivery.SENT)
    answer = smtp_sink.accepted[1]
    assert answer.message["From"].addresses[0].addr_spec == "service@shop.test"
    assert answer.message["Subject"] == f"Re: Order question [#{thread.pk}]"
    assert answer.message["In-Reply-To"] == "<first@example.com>"
    assert "On its way" in answer.message.get_body(("plain",)).get_content()

    account.deliver(raw("It never came!", Subject="AW: something else", In_Reply_To=answer.message["Message-ID"]))
    until(lambda: Message.objects.filter(text__contains="It never came!").exists())
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, Thread.objects.count()) == (Status.OPEN, True, 1)

    account.deliver(raw("And one more thing", References=confirmation.message["Message-ID"]))
    until(lambda: thread.messages.filter(kind=MessageKind.CUSTOMER).count() == 3)

    account.deliver(answer.raw)  # a rule of the customer's sends our own mail back
    until(lambda: account.flags() == [{"\\Seen"}] * 4)
    assert (Thread.objects.count(), thread.messages.count()) == (1, 4)
    assert worker.end()[1:] == (0, "")
