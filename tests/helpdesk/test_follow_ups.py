"""Mails that follow carts and orders: to whom, when, how often, with which voucher, and what an answer becomes."""

import json
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.following import figures, purge_vouchers
from crm.models import (
    Cart,
    CartItem,
    Consent,
    Delivery,
    FollowUp,
    FollowUpKind,
    FollowUpRule,
    FollowUpSettings,
    Order,
    Shop,
    Voucher,
    Webhook,
)
from helpdesk import follow_ups, intake, outbox, personal
from helpdesk.mail import Bounce
from helpdesk.models import OutgoingMail, Thread
from mailgateway import compose
from tests import make

pytestmark = pytest.mark.row("CA10")
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Madrid


@pytest.fixture
def clock(time_machine):
    """clock(hours=3): so long after noon."""

    def move(**later):
        time_machine.move_to(NOON + timedelta(**later), tick=False)

    move()
    return move


@pytest.fixture
def shop(world, clock):
    """The shop; John allows its newsletter."""
    made = Shop.objects.create(name="Taller", url="https://shop.example", time_zone="Europe/Madrid")
    world.john.newsletter, world.john.source, world.john.language = True, made, "en"
    world.john.save()
    return made


def switch_on(kind=FollowUpKind.CART, step=1, **fields):
    rule = next(one for one in FollowUpRule.all_of_them() if (one.kind, one.step) == (kind, step))
    for name, value in {"is_on": True, **fields}.items():
        setattr(rule, name, value)
    rule.save()
    return rule


def left_by(customer, **fields):
    cart = make.cart(customer, source=customer.source, **fields)
    cart.replace_lines([CartItem("Taza Bruma", 2, Decimal(14))])
    return cart


def mails():
    return list(OutgoingMail.objects.filter(kind="followup").order_by("pk"))


def test_nothing_is_sent_until_somebody_switches_it_on(world, shop, clock):
    FollowUpRule.all_of_them()
    left_by(world.john)
    clock(hours=5)
    assert follow_ups.send_due() == 0


def test_a_cart_of_five_minutes_is_left_alone_and_reminded_of_later(world, shop, clock):
    switch_on(hours=4)
    cart = left_by(world.john)
    clock(minutes=5)
    assert follow_ups.send_due() == 0
    clock(hours=4, minutes=1)
    assert follow_ups.send_due() == 1
    (mail,) = mails()
    assert (mail.to, mail.subject) == (["john@example.com"], "You left something in your cart")
    assert "Hello John," in mail.text
    assert "2 × Taza Bruma" in mail.text
    assert f"/cart/{cart.pk}:" in mail.text
    assert "{" not in mail.text
    assert Cart.objects.get(pk=cart.pk).contacted_at == timezone.now()


@pytest.mark.parametrize(
    "fields", [{"newsletter": False}, {"do_not_contact": True}, {"is_active": False}, {"deleted_at": NOON}]
)
def test_who_did_not_allow_it_gets_nothing(world, shop, clock, fields):
    switch_on(hours=4)
    left_by(world.john)
    type(world.john).objects.filter(pk=world.john.pk).update(**fields)
    clock(hours=5)
    assert follow_ups.send_due() == 0


def test_nameless_empty_and_present_carts_get_nothing(world, shop, clock):
    switch_on(hours=4)
    nameless = make.cart(email="somebody@example.com")
    nameless.replace_lines([CartItem("Taza")])
    cart = left_by(world.john)
    clock(hours=5)
    cart.see()
    assert follow_ups.send_due() == 0
    cart.replace_lines([])
    clock(hours=9, minutes=59)
    assert follow_ups.send_due() == 0


def test_a_second_run_the_same_day_sends_nothing_even_after_a_kill(world, shop, clock, monkeypatch):
    switch_on(hours=4)
    left_by(world.john)
    clock(hours=5)
    monkeypatch.setattr("django.db.models.query.QuerySet.create", killed_at(OutgoingMail))
    with pytest.raises(KeyboardInterrupt):
        follow_ups.send_due()
    monkeypatch.undo()
    assert not FollowUp.objects.exists(), "what was not queued is not written down as sent"
    assert [follow_ups.send_due() for _ in range(3)] == [1, 0, 0]
    assert len(mails()) == 1


def killed_at(model):
    """A process that is killed when it writes a row of this model."""
    from django.db.models.query import QuerySet

    plain = QuerySet.create

    def create(self, **fields):
        if self.model is model:
            raise KeyboardInterrupt
        return plain(self, **fields)

    return create


def test_a_customer_gets_one_a_day_and_so_many_a_week(world, shop, clock):
    switch_on(hours=1)
    switch_on(step=2, hours=2)
    switch_on(step=3, hours=3)
    left_by(world.john)
    clock(hours=4)
    assert follow_ups.send_due() == 1
    clock(hours=6)
    assert follow_ups.send_due() == 0
    clock(days=1)
    assert follow_ups.send_due() == 1
    clock(days=2)
    assert follow_ups.send_due() == 0, "two in a week are enough"
    clock(days=6, hours=23)
    assert follow_ups.send_due() == 0
    assert [one.rule.step for one in FollowUp.objects.order_by("pk")] == [1, 2]


def test_nobody_is_woken_in_the_shops_night(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    clock(hours=9, minutes=1)  # 21:01 in Madrid
    assert follow_ups.send_due() == 0
    shop.time_zone = "America/New_York"  # 15:01 there
    shop.save()
    assert follow_ups.send_due() == 1


def test_an_order_stops_the_second_reminder(world, shop, clock):
    switch_on(hours=4)
    switch_on(step=2, hours=24)
    cart = left_by(world.john)
    clock(hours=5)
    assert follow_ups.send_due() == 1
    clock(hours=20)
    cart.take_order(make.order(world.john, placed_at=timezone.now()))
    clock(days=1, hours=1)
    assert follow_ups.send_due() == 0
    assert Cart.objects.get(pk=cart.pk).state == "recovered"


def test_an_order_of_another_cart_stops_it_too(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    make.order(world.john, placed_at=NOON + timedelta(hours=1))
    clock(hours=5)
    assert follow_ups.send_due() == 0


def test_only_the_newest_cart_and_none_older_than_a_week(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    clock(minutes=1)
    newest = left_by(world.john)
    clock(days=7, minutes=2)
    assert follow_ups.send_due() == 0
    clock(days=6)
    assert follow_ups.send_due() == 1
    assert FollowUp.objects.get().cart == newest


def test_thanks_follow_an_order_once(world, shop, clock):
    switch_on(FollowUpKind.THANKS, hours=48)
    order = make.order(world.john, placed_at=NOON, is_valid=True)
    clock(hours=47)
    assert follow_ups.send_due() == 0
    clock(hours=49)
    assert [follow_ups.send_due(), follow_ups.send_due()] == [1, 0]
    assert order.reference in mails()[0].subject
    clock(days=5)
    assert follow_ups.send_due() == 0


def test_who_ordered_nothing_for_long_is_asked_back_once(world, shop, clock):
    switch_on(FollowUpKind.IDLE, hours=24 * 180)
    make.order(world.john, placed_at=NOON - timedelta(days=179))
    assert follow_ups.send_due() == 0
    clock(days=2)
    assert follow_ups.send_due() == 1
    clock(days=20)
    assert follow_ups.send_due() == 0


def test_the_best_customers_are_thanked_once_in_the_period(world, shop, clock):
    switch_on(FollowUpKind.BEST, hours=24 * 90, amount=Decimal(100))
    make.order(world.john, total=Decimal(99), placed_at=NOON - timedelta(days=80))
    assert follow_ups.send_due() == 0
    make.order(world.john, total=Decimal(1), placed_at=NOON - timedelta(days=1))
    assert follow_ups.send_due() == 1
    clock(days=30)
    assert follow_ups.send_due() == 0


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


def settings_data(client):
    """What the page's form holds now."""
    page = client.get(reverse("crm:follow_ups")).context
    forms = [page["form"], *(rule for rule, _figures in page["rules"])]
    data = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_supervisors_write_what_is_sent_and_when(world, shop, clock, client):
    client.force_login(world.alice)
    data = settings_data(client)
    rule = FollowUpRule.objects.get(kind="cart", step=1)
    mine = {"is_on": "on", "delay": "6", "discount": "7.5", "subject_en": "Come back", "text_en": "{greeting} {link}"}
    data |= {f"rule{rule.pk}-{name}": value for name, value in mine.items()}
    assert client.post(reverse("crm:follow_ups"), {**data, "quiet_from": "22:30"}).status_code == 303
    rule.refresh_from_db()
    assert (rule.is_on, rule.hours, rule.discount) == (True, 6, Decimal("7.5"))
    assert (rule.subjects, rule.texts) == ({"en": "Come back"}, {"en": "{greeting} {link}"})
    assert FollowUpSettings.load().quiet_from == time(22, 30)
    assert FollowUpRule.objects.filter(is_on=True).count() == 1
    assert rule.history.count() == 2, "made and changed once"


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(world, shop, clock, client):
    client.force_login(world.alice)
    data = settings_data(client)
    rule = FollowUpRule.objects.get(kind="best")
    bad = {"delay": "0", "discount": "101", "voucher_days": "", "text_es": "Hola {nombre}"}
    data |= {f"rule{rule.pk}-{name}": value for name, value in bad.items()}
    answer = client.post(reverse("crm:follow_ups"), {**data, "most_a_week": "0", "quiet_from": "x"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert page.count('class="err"') == 6
    assert "Hola {nombre}" in page
    assert FollowUpSettings.fresh().most_a_week == 2


def test_only_supervisors_see_the_settings(world, client):
    client.force_login(world.bob)
    assert client.get(reverse("crm:follow_ups")).status_code == 403


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
