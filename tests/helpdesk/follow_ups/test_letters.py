"""What a follow-up says, what an answer becomes, how it ends, and where it shows."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.following import figures, purge_vouchers
from crm.models import (
    Consent,
    Delivery,
    FollowUp,
    FollowUpKind,
    FollowUpSettings,
    Order,
    Voucher,
    Webhook,
)
from helpdesk import follow_ups, intake, outbox, personal
from helpdesk.mail import Bounce
from helpdesk.models import Thread
from mailgateway import compose
from tests import make
from tests.helpdesk.follow_ups.carts import NOON, left_by, mails, switch_on

pytestmark = pytest.mark.row("CA10")


@pytest.mark.row("CA11")
def test_the_first_reminder_brings_no_voucher_the_second_does_and_the_shop_is_asked_for_it(world, shop, clock):
    Webhook.objects.create(shop=shop, url="https://shop.example/hook", events=["voucher.wanted"])
    switch_on(hours=4, discount=Decimal(10))
    switch_on(step=2, hours=24, discount=Decimal(10), voucher_days=5)
    left_by(world.john)
    clock(hours=5)
    follow_ups.send_due()
    assert not Voucher.objects.exists()
    assert "discount" not in mails()[0].text
    clock(days=1, hours=1)
    follow_ups.send_due()
    voucher = Voucher.objects.get()
    assert voucher.code.startswith("FLW-CART-")
    assert len(voucher.code.removeprefix("FLW-CART-")) == 10
    assert (voucher.percent, voucher.valid_until) == (10, timezone.now() + timedelta(days=5))
    assert voucher.code in mails()[1].text
    told = json.loads(Delivery.objects.get().body)["data"]
    assert (told["code"], told["percent"], told["email"]) == (voucher.code, "10.00", "john@example.com")


@pytest.mark.row("CA11")
def test_the_third_abandonment_in_a_month_gets_a_reminder_without_a_voucher(world, shop, clock):
    switch_on(hours=4, discount=Decimal(10))
    chosen = FollowUpSettings.fresh()
    chosen.voucher_from_step, chosen.voucher_cap = 1, 2
    chosen.save()
    for day in (0, 8, 16):
        clock(days=day)
        left_by(world.john)
        clock(days=day, hours=5)
        assert follow_ups.send_due() == 1
    assert [bool(one.voucher_code) for one in FollowUp.objects.order_by("pk")] == [True, True, False]
    assert [("FLW-" in one.text) for one in mails()] == [True, True, False]


def test_the_teams_own_words_are_used_in_the_customers_language(world, shop, clock):
    rule = switch_on(hours=4)
    rule.subjects, rule.texts = {"es": "Tu carrito"}, {"es": "{greeting}\n{lines}\nCon {voucher} ahorras."}
    rule.save()
    world.john.language = "es"
    world.john.save()
    left_by(world.john)
    clock(hours=5)
    follow_ups.send_due()
    (mail,) = mails()
    assert mail.subject == "Tu carrito"
    assert mail.text.startswith("Hola, John:\n")
    assert "ahorras" not in mail.text, "a line without its value is left out"


def test_one_click_ends_it_and_looking_at_the_link_does_not(world, shop, clock, client):
    Webhook.objects.create(shop=shop, url="https://shop.example/hook", events=["customer.unsubscribed"])
    switch_on(hours=4)
    left_by(world.john)
    clock(hours=5)
    follow_ups.send_due()
    (claimed,) = [one for one in iter(outbox.claim, None) if one.unsubscribe]
    head = compose.to_mime(claimed).decode().partition("\r\n\r\n")[0].replace("\r\n ", " ")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert f"List-Unsubscribe: <{claimed.unsubscribe}>" in head
    assert claimed.unsubscribe in claimed.text
    assert client.get(claimed.unsubscribe).status_code == 200
    world.john.refresh_from_db()
    assert world.john.newsletter
    assert client.post(claimed.unsubscribe, {"List-Unsubscribe": "One-Click"}).status_code == 200
    world.john.refresh_from_db()
    assert not world.john.newsletter
    consent = Consent.objects.get(source="unsubscribed")
    assert (consent.kind, consent.given) == ("newsletter", False)
    assert Delivery.objects.get().event == "customer.unsubscribed"
    client.post(claimed.unsubscribe)
    assert Consent.objects.filter(source="unsubscribed").count() == 1
    assert client.get(reverse("portal:unsubscribe", args=["1:forged"])).status_code == 404


def test_an_answer_begins_a_thread_that_knows_the_cart(world, shop, clock):
    switch_on(hours=4)
    cart = left_by(world.john)
    clock(hours=5)
    follow_ups.send_due()
    (mail,) = mails()
    assert not Thread.objects.exists(), "no answer, no thread"
    answer = make.mail("Is it dishwasher safe?", in_reply_to=(mail.message_id_header,))
    delivered = intake.deliver(answer, contact=world.service)
    thread = Thread.objects.get(pk=delivered.thread_id)
    assert (delivered.outcome, thread.cart, thread.customer) == ("created", cart, world.john)
    stranger = make.mail("Hello", sender="eve@example.com", in_reply_to=(mail.message_id_header,))
    thread = Thread.objects.get(pk=intake.deliver(stranger, contact=world.service).thread_id)
    assert thread.cart is None, "a forwarded mail shows a stranger's thread nothing"


def test_the_figures_of_a_month_and_old_vouchers_go(world, shop, clock):
    rule = switch_on(FollowUpKind.THANKS, hours=1, discount=Decimal(5), voucher_days=3)
    jane = make.customer("Jane Roe", "jane@example.com", newsletter=True, source=shop)
    for one in (world.john, jane):
        make.order(one, placed_at=NOON)
    clock(hours=2)
    assert follow_ups.send_due() == 2
    code = FollowUp.objects.get(customer=jane).voucher_code
    Order.objects.filter(customer=jane).update(placed_at=timezone.now() + timedelta(minutes=5), vouchers=[code])
    theirs = Voucher.objects.create(customer=jane, code="GRACIAS", valid_until=NOON)
    found = figures()[rule.pk]
    assert (found.sent, found.vouchers, found.used, found.rate) == (2, 2, 1, 50)
    clock(days=34)
    assert purge_vouchers() == 2
    assert list(Voucher.objects.all()) == [theirs]
    assert figures()[rule.pk].sent == 0


def test_who_is_erased_is_erased_from_these_mails_too(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    clock(hours=5)
    follow_ups.send_due()
    personal.erase(world.john.pk, ["john@example.com"])
    (mail,) = mails()
    assert (mail.to, mail.text, mail.html, mail.unsubscribe, mail.state) == ([], "", "", "", "cancelled")


@pytest.mark.row("CV13")
def test_a_reminder_shows_on_the_customers_page_with_how_far_it_came_and_its_text(world, shop, clock, client):
    switch_on()
    left_by(world.john)
    clock(hours=5)
    assert follow_ups.send_due() == 1
    (mail,) = mails()
    assert mail.customer == world.john
    client.force_login(world.bob)

    def told():
        return client.get(f"/customers/{world.john.pk}/threads/").content.decode().split("Mails sent")[1]

    assert mail.subject in told()
    assert "Queued" in told()
    outbox.sent(outbox.claim())
    assert 'class="tag tag--ok">Sent' in told()
    outbox.bounced(Bounce("john@example.com", "failed", "5.1.1", "no such user", (mail.message_id_header,)), [])
    assert "Not delivered" in told()
    assert "no such user" in told()
    page = client.get(f"/customers/{world.john.pk}/mails/{mail.pk}/").content.decode()
    assert mail.subject in page
    assert "Taza Bruma" in page
    other = make.customer("Ana A", "ana@x.test")
    assert client.get(f"/customers/{other.pk}/mails/{mail.pk}/").status_code == 404
    assert "Mails sent" not in client.get(f"/customers/{other.pk}/threads/").content.decode()


@pytest.mark.row("CV13")
def test_the_reminders_of_a_merged_record_follow_it_and_go_back(world, shop, clock):
    switch_on()
    left_by(world.john)
    clock(hours=5)
    follow_ups.send_due()
    ana = make.customer("Ana A", "ana@x.test")
    merge = ana.absorb(world.john, by=world.alice, take={})
    assert mails()[0].customer == ana
    merge.split(by=world.alice)
    assert mails()[0].customer == world.john
