"""The way everything stands on: a customer's mail, an answer from the browser, the customer's answer on top again."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.conf import global_settings
from playwright.sync_api import Locator, Page, expect

from helpdesk.models import DeskSettings, NoticeKind, PredefinedReply, Thread
from mailgateway.models import Beat
from tests import make
from tests.servers.dovecot import Account, free_port
from tests.servers.mails import mailbox, raw, until
from tests.servers.smtp_sink import Accepted

pytestmark = [pytest.mark.browser, pytest.mark.imap]
LIVE = ".nav [data-live-dot]"


@pytest.fixture
def desk_url(start, settings) -> Iterator[str]:
    """manage.py desk in a process of its own, instead of the one in the test's: pages, gateway and pings together."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the desk reads no test settings
    make.supervisor()  # a desk without one shows the first-run page
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 1})
    port = free_port()
    desk = start("desk", "--port", str(port)).wait_ready()
    yield f"http://127.0.0.1:{port}"
    _, code, said = desk.end()
    assert (code, said) == (0, ""), "the desk's log is silent"


@pytest.fixture
def shop(desk_url, dovecot, smtp_sink) -> SimpleNamespace:
    """A contact with a mailbox that is watched, Bob who answers its mail, and a reply he need not type."""
    account, service = dovecot.account(), make.contact("service")
    box = mailbox(account, service, smtp_host="127.0.0.1", smtp_port=smtp_sink.port, smtp_security="none")
    words = "<p>Dear {{ customer.first_name }}, it is <strong>on its way</strong>.</p>"
    PredefinedReply.objects.create(title="On its way", bodies={"en": words})
    make.customer()
    bob = make.agent(contacts=(service,), unmailed=NoticeKind.values)
    until(lambda: Beat.objects.filter(pk=f"mailbox-{box.pk}", state="up").exists())
    return SimpleNamespace(account=account, service=service, bob=bob, sink=smtp_sink)


@pytest.fixture
def queue(shop, sign_in) -> Page:
    """Bob's open queue, with somebody else's thread in it; a reload would forget the mark it carries."""
    make.thread(shop.service, subject="Another matter", sender="emma@example.com", sender_name="Emma")
    page = sign_in(shop.bob)
    watch(page)
    return page


def watch(page: Page) -> None:
    """Take the pointer out of the list, wait for the socket, and mark the page."""
    page.mouse.move(5, 5)
    expect(page.locator(LIVE)).to_be_visible()
    page.evaluate("window.stayed = true")


def top(page: Page) -> Locator:
    return page.locator("#queue .row").first


def answer_by_keys(page: Page) -> None:
    """Pick the predefined reply, send it and close, without the mouse."""
    expect(page.locator(".ProseMirror")).to_be_visible()
    page.locator("#scroll").focus()
    page.keyboard.press("#")
    page.get_by_label("Search replies").fill("On its")
    expect(page.locator("#reply-preview")).to_contain_text("Dear John")
    page.get_by_label("Search replies").press("Enter")
    expect(page.locator(".ProseMirror")).to_have_text("Dear John, it is on its way.")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(re.compile("sent="))


def plain(one: Accepted) -> str:
    return one.message.get_body(("plain",)).get_content()


def reply_in(sink) -> Accepted:
    """The agent's answer, once it has left; the confirmation of receipt went before it."""
    return until(lambda: next((one for one in sink.accepted if "Dear John" in plain(one)), None), what="no answer")


def assert_an_ordinary_answer(mail: Accepted, thread: Thread) -> None:
    """From, recipient, subject, threading and both bodies, as any mail program expects them."""
    message = mail.message
    assert mail.recipients == ["john@example.com"]
    assert message["From"].addresses[0].addr_spec == "service@shop.test"
    assert message["Subject"] == f"Re: Late parcel [#{thread.pk}]"
    assert message["In-Reply-To"] == "<first@example.com>"
    assert "<first@example.com>" in message["References"].split()
    assert message["Auto-Submitted"] is None
    assert "Dear John, it is on its way." in plain(mail)
    assert "<strong>on its way</strong>" in message.get_body(("html",)).get_content()


def answer_as_customer(account: Account, mail: Accepted) -> None:
    """What John's program makes of the answer it received: its headers, its words quoted."""
    got = mail.message
    quoted = "".join(f"> {line}\n" for line in plain(mail).splitlines())
    headers = {"In_Reply_To": got["Message-ID"], "References": f"{got['References']} {got['Message-ID']}"}
    to = str(got["Reply-To"] or got["From"])
    account.deliver(raw(f"It never came!\n\n{quoted}", To=to, Subject=str(got["Subject"]), **headers))


@pytest.mark.row("CS1")
@pytest.mark.row("CS13")
@pytest.mark.row("TH5")
@pytest.mark.row("PM3")
@pytest.mark.row("ST6")
@pytest.mark.row("IM8")
@pytest.mark.row("IM26")
@pytest.mark.row("IM27")
def test_a_mail_is_answered_closed_and_answered_again(queue, shop):
    page = queue
    shop.account.deliver(raw("Where is my order?", Subject="Late parcel", Message_ID="<first@example.com>"))
    expect(top(page)).to_contain_text("Late parcel")
    assert page.evaluate("window.stayed"), "it appeared by itself"
    thread = Thread.objects.get(subject="Late parcel")

    page.get_by_role("link", name="Late parcel").click()
    answer_by_keys(page)
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, thread.assignee) == ("closed", False, shop.bob)
    answer = reply_in(shop.sink)
    assert_an_ordinary_answer(answer, thread)

    page.goto("/")
    expect(page.get_by_role("link", name="Another matter")).to_be_visible()
    expect(page.get_by_role("link", name="Late parcel")).to_have_count(0)
    watch(page)
    answer_as_customer(shop.account, answer)
    expect(top(page)).to_contain_text("Late parcel")
    expect(top(page)).to_have_class(re.compile("is-unread"))
    expect(top(page)).to_contain_text("It never came!")
    assert page.evaluate("window.stayed"), "it came back by itself"
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, Thread.objects.count()) == ("open", True, 2)
    page.get_by_role("link", name="Late parcel").click()
    expect(page.locator("#thead .st--pill")).to_contain_text("Open")
    expect(page.locator(".conv")).to_contain_text("It never came!")
