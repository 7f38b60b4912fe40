"""The customer service of a PrestaShop comes along: threads as they were said, and nobody is written to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agent
from crm.models import Customer, Order
from helpdesk.models import EventKind, MessageKind, Notice, OutgoingMail, ShopContact, Status, Thread, ThreadOrigin
from tests import make
from tests.crm.prestashops import BOTH, ask, counts, page_of, run
from tests.servers.stock import ago, message, thread

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def inbox():
    """Whom the customers of the shop wrote to, here; it asks for no confirmation, though it could."""
    return make.contact("tienda", email="tienda@shop.example", acknowledges=True)


def ours(number: int) -> Thread:
    return ThreadOrigin.objects.get(shop_id=str(number)).thread


def said(number: int) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in ours(number).messages.order_by("created_at", "pk")]


@BOTH
def test_threads_come_with_their_messages_in_order_and_as_they_were(alice, connection, inbox):
    marta = make.agent("Marta Ruiz", email="marta@shop.example")
    ask(alice, connection, "import")
    assert (connection.problem, Thread.objects.count()) == ("", 2)
    broken = ours(77)
    assert said(77) == [
        (MessageKind.CUSTOMER, "Hola:\nfalta una jarra & la tapa"),
        (MessageKind.REPLY, "Mañana sale otra"),
        (MessageKind.NOTE, "Avisar al taller"),
    ]
    asked, answered, noted = broken.messages.order_by("created_at", "pk")
    assert (asked.author_name, asked.ip, asked.author) == ("Inés Vidal", "84.16.11.38", None)
    assert (answered.author, noted.author, answered.delivery) == (marta, marta, "")
    assert "<b>otra</b>" in answered.html
    assert (broken.subject, broken.contact, broken.language) == ("Hola: falta una jarra & la tapa", inbox, "es")
    assert (broken.customer, broken.order) == (Customer.objects.get(shop_id="41"), Order.objects.get())
    assert broken.product == Order.objects.get().lines.get()
    assert (broken.status, broken.holder, broken.needs_answer) == (Status.PENDING_1, "customer", False)
    assert broken.created_at < timezone.now() - timedelta(days=5)
    assert broken.channel == "shop"
    kinds = [EventKind.CREATED, EventKind.RECEIVED, EventKind.REPLIED, EventKind.NOTED, EventKind.STATUS]
    assert [one.kind for one in broken.events.all()] == kinds
    assert broken.customer.open_threads == 1
    shown = alice.get(f"/threads/{broken.pk}/").content.decode()
    assert "falta una jarra &amp; la tapa" in shown
    assert "Customer service of the shop" in shown
    assert f"/threads/{broken.pk}/" in alice.get("/search/", {"q": "tapa"}).content.decode()


def test_what_is_closed_stays_closed_and_is_no_news(alice, connection, world):
    ask(alice, connection, "import")
    done = ours(78)
    assert (done.status, done.needs_answer, done.customer, done.email) == ("closed", False, None, "otra@mail.example")
    assert done.contact == world.service  # the shop's contact is unknown here: the first of the form
    assert done.closed_at < timezone.now() - timedelta(days=299)
    assert done.messages.get().text == "¿Hacéis tazas?\n\nFile, in the shop only: taza.jpg"
    assert not Thread.objects.with_unread(world.alice).filter(pk=done.pk, is_unread=True).exists()
    for _again in range(2):
        run(connection)
    done.refresh_from_db()
    assert done.status == Status.CLOSED


def test_nobody_gets_mail_or_a_notice_and_no_shop_is_told(alice, connection, prestashop, inbox, shop, mailoutbox):
    shop.webhooks.create(url="https://shop.example/hook", events=["thread.created", "thread.closed", "message.sent"])
    Agent.objects.update(unmailed=[], unshown=[])
    thread(prestashop, 80, 42, status="open", date_upd=ago(seconds=30))
    message(prestashop, 150, 80, "¿Y mi pedido?", date_add=ago(seconds=30))
    ask(alice, connection, "import")
    prestashop.row("customer_threads", 80).update(status="closed", date_upd=ago(seconds=1))
    run(connection)
    assert ours(80).status == Status.CLOSED
    assert not OutgoingMail.objects.exists() and not Notice.objects.exists()  # noqa: PT018
    assert mailoutbox == []
    assert not [one for webhook in shop.webhooks.all() for one in webhook.deliveries.all()]


@BOTH
def test_a_second_run_brings_what_is_new_and_nothing_twice(alice, connection, prestashop, inbox):
    ask(alice, connection, "import")
    before = said(77)
    ask(alice, connection, "import")
    run(connection)
    assert said(77) == before
    assert counts(connection, "import")["customer_threads"] == (0, 0, 2, 0)
    message(prestashop, 160, 77, "Llegó, gracias", date_upd=ago(seconds=1), date_add=ago(seconds=1))  # thread unmoved
    for _again in range(3):
        run(connection)
    assert said(77) == [*before, (MessageKind.CUSTOMER, "Llegó, gracias")]
    again = ours(77)
    assert (again.status, again.needs_answer) == (Status.OPEN, True)  # the customer wrote: it is ours again
    prestashop.row("customer_threads", 77).update(status="closed", date_upd=ago(seconds=1))
    run(connection)
    again.refresh_from_db()
    assert (again.status, again.needs_answer, again.holder) == (Status.CLOSED, False, "nobody")
    assert Thread.objects.count() == 2


def test_what_the_team_did_here_stands_until_the_shop_says_something_new(alice, connection, prestashop, inbox, world):
    ask(alice, connection, "import")
    mine = ours(77)
    mine.close(by=world.alice)
    prestashop.row("customer_threads", 77).update(date_upd=ago(seconds=1))
    run(connection)
    mine.refresh_from_db()
    assert mine.status == Status.CLOSED
    mine.delete()
    ask(alice, connection, "import")
    assert not Thread.objects.filter(customer__shop_id="41").exists()  # what was thrown away does not come back


def test_who_was_erased_here_does_not_come_back_by_their_threads(alice, connection, prestashop, inbox, world):
    ask(alice, connection, "import")
    Customer.objects.get(shop_id="41").erase(by=world.alice)
    message(prestashop, 170, 77, "Soy Inés", date_upd=ago(seconds=1))
    run(connection)
    ask(alice, connection, "import")
    assert "Inés" not in str(list(Thread.objects.values_list("name", "messages__text")))


def test_what_cannot_be_read_is_listed_and_the_rest_is_taken(alice, connection, prestashop, inbox):
    thread(prestashop, 81, 42, date_add="0000-00-00 00:00:00")
    message(prestashop, 180, 81, "Hola")
    prestashop.broken = {("customer_messages", 141)}
    ask(alice, connection, "import")
    assert [text for _kind, text in said(77)] == ["Hola:\nfalta una jarra & la tapa", "Avisar al taller"]
    assert counts(connection, "import")["customer_threads"] == (2, 0, 0, 1)
    assert counts(connection, "import")["customer_messages"] == (3, 0, 0, 1)
    page = page_of(alice, connection)
    assert 'Messages <span class="ref">141</span>' in page
    assert "Thread 81 has no date." in page
    told = alice.get(f"/settings/shops/{connection.shop_id}/prestashop/problems/").content.decode()
    assert "Messages,141," in told
    assert "Threads,81,Thread 81 has no date." in told


def test_what_a_stranger_wrote_runs_nowhere(alice, connection, prestashop, inbox):
    thread(prestashop, 82, 0, email="x@mail.example")
    message(prestashop, 190, 82, '<p onclick="steal()">Hola</p><script>steal()</script><img src=x onerror=steal()>')
    message(prestashop, 191, 82, "2 < 3 &lt;script&gt;steal()&lt;/script&gt;", file_name="<b>.jpg")
    ask(alice, connection, "import")
    rich, plain = ours(82).messages.order_by("created_at", "pk")
    assert "steal" not in rich.html + rich.text
    assert (plain.html, plain.text.split("\n")[0]) == ("", "2 < 3 <script>steal()</script>")
    assert "<script>steal" not in alice.get(f"/threads/{ours(82).pk}/").content.decode()


def test_threads_are_left_out_where_the_team_does_not_want_them(alice, connection, prestashop):
    type(connection).objects.update(reads_threads=False)
    prestashop.forbidden = {"customer_threads", "customer_messages", "contacts", "employees"}
    assert ask(alice, connection, "import").problem == ""
    assert not Thread.objects.exists()
    type(connection).objects.update(reads_threads=True)
    assert "contacts, customer_messages, customer_threads" in ask(alice, connection, "sync").problem
    prestashop.forbidden = {"employees"}  # who answered is not said then
    ask(alice, connection, "sync")
    assert ours(77).messages.filter(kind=MessageKind.REPLY).get().author_name == str(ours(77).contact)


def test_the_team_chooses_which_contact_takes_the_threads_of_a_shops(alice, connection, inbox, world, client):
    path = f"/settings/shops/{connection.shop_id}/contacts/"
    assert f'hx-get="{path}"' in alice.get(f"/settings/shops/{connection.shop_id}/").content.decode()
    assert "The shop has not told of its contacts yet" in alice.get(path).content.decode()
    ask(alice, connection, "trial")
    assert not Thread.objects.exists()
    rows = list(ShopContact.objects.all())
    page = alice.get(path).content.decode()
    assert all(str(row) in page for row in rows)
    [theirs] = [row for row in rows if row.usual == inbox]
    alice.post(path, {f"contact-{theirs.pk}": world.accounting.pk})
    theirs.refresh_from_db()
    assert theirs.contact == world.accounting
    assert theirs.history.latest().history_user == world.alice
    ask(alice, connection, "import")
    assert ours(77).contact == world.accounting
    theirs.refresh_from_db()
    assert theirs.contact == world.accounting  # what the shop says again changes no choice
    page = alice.post(path, {f"contact-{theirs.pk}": ""}, headers={"HX-Request": "true"}).content.decode()
    assert "Saved." in page
    theirs.refresh_from_db()
    assert theirs.contact is None
    client.force_login(world.bob)
    assert client.post(path, {f"contact-{theirs.pk}": world.service.pk}).status_code in (403, 404)
