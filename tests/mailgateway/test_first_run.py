"""The first pages of an empty installation."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Agent
from helpdesk.models import Calendar, Contact, DeskSettings
from mailgateway.models import Mailbox
from tests import make
from tests.barriers import barriers

WORDS = "three words nobody joins"


@pytest.fixture
def visitor(db):
    return Client()


def account(visitor, **changes):
    given = {"name": "Marta Ruiz", "email": "marta@taller.test", "password": WORDS, **changes}
    return visitor.post("/first-run/account/", given)


def shop(visitor, **changes):
    given = {"shop_name": "Taller", "time_zone": "Europe/Madrid", "language": "es", "hours": "9-14, 15:30-18"}
    return visitor.post("/first-run/shop/", {**given, "holidays": "on", **changes})


def contacts(visitor, **changes):
    given = {"customer-service_es": "Atención al cliente", "customer-service_en": "Customer service"}
    given |= {"webmaster_es": "Webmaster", "webmaster_en": "Webmaster", "webmaster_email": "web@taller.test"}
    return visitor.post("/first-run/contacts/", {**given, "customer-service_email": "hola@taller.test", **changes})


def test_an_empty_desk_leads_every_page_to_the_first_run(visitor):
    for path in ("/", "/sign-in/", "/settings/team/", "/admin/"):
        assert visitor.get(path).headers["Location"] == "/first-run/"
    assert visitor.get("/first-run/", follow=True).redirect_chain == [("/first-run/account/", 302)]


def test_monitoring_gets_json_before_the_first_run(visitor):
    answer = visitor.get("/health")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.status_code in {200, 503}


@pytest.mark.row("CL12")
def test_there_is_no_default_sign_in(visitor):
    assert not Agent.objects.exists()


@pytest.mark.row("CO3")
@pytest.mark.row("WK7")
def test_four_steps_make_a_desk_that_one_person_can_work_with(visitor):
    assert account(visitor).headers["Location"] == "/first-run/shop/"
    assert shop(visitor).headers["Location"] == "/first-run/contacts/"
    assert contacts(visitor).headers["Location"] == "/first-run/mailbox/"
    assert visitor.post("/first-run/mailbox/", {"skip": "1"}).headers["Location"] == "/first-run/ready/"
    marta = Agent.objects.get()
    assert (marta.role, marta.username) == ("supervisor", "marta")
    service, webmaster = Contact.objects.in_form()
    assert (service.title_in("es"), service.title_in("en")) == ("Atención al cliente", "Customer service")
    assert (service.email, webmaster.email) == ("hola@taller.test", "web@taller.test")
    assert set(marta.contacts.all()) == {service, webmaster}
    desk = DeskSettings.load()
    assert (desk.shop_name, desk.language, desk.set_up_at is None) == ("Taller", "es", False)
    ready = visitor.get("/first-run/ready/").content.decode()
    assert "Open" in ready
    assert 'href="/settings/shops/"' in ready


def test_afterwards_the_first_run_is_gone(visitor):
    account(visitor)
    shop(visitor)
    contacts(visitor)
    visitor.post("/first-run/mailbox/", {"way": "later"})
    for path in ("", "account/", "shop/", "contacts/", "mailbox/"):
        assert visitor.get(f"/first-run/{path}").status_code == 404
        assert Client().get(f"/first-run/{path}").status_code == 404
    assert Client().get("/first-run/ready/").status_code == 404


def test_a_stranger_cannot_go_on_with_somebody_elses_set_up(visitor):
    account(visitor)
    stranger = Client()
    assert stranger.get("/first-run/shop/").headers["Location"] == "/sign-in/?next=/first-run/shop/"
    assert account(stranger, email="eve@evil.test").status_code == 302
    assert Agent.objects.count() == 1


def test_each_step_is_saved_and_going_back_loses_nothing(visitor):
    account(visitor)
    shop(visitor)
    contacts(visitor)
    assert 'value="marta@taller.test"' in visitor.get("/first-run/account/").content.decode()
    assert account(visitor, name="Marta R.", password="").status_code == 302
    assert 'value="Taller"' in visitor.get("/first-run/shop/").content.decode()
    contacts(visitor, webmaster_email="new@taller.test")
    assert Contact.objects.get(slug="webmaster").email == "new@taller.test"
    assert Contact.objects.count() == 2
    later = Client()
    assert later.post("/sign-in/", {"username": "marta@taller.test", "password": WORDS}).status_code == 302
    assert later.get("/first-run/").headers["Location"] == "/first-run/mailbox/"


def test_the_hours_of_the_shop_are_asked_at_once_and_its_countrys_holidays_are_known(visitor):
    account(visitor)
    page = visitor.get("/first-run/shop/").content.decode()
    assert 'value="9:00–18:00"' in page
    refused = shop(visitor, shop_name="", hours="9 to 5").content.decode()
    assert "Fill this in." in refused
    assert "is no time" in refused
    assert 'value="9 to 5"' in refused
    assert "at least one time" in shop(visitor, hours="").content.decode()
    shop(visitor)
    calendar = Calendar.objects.get()
    assert (calendar.name, calendar.week["4"], calendar.week["5"]) == ("Taller", [[540, 840], [930, 1080]], [])
    assert calendar.holidays.filter(name="Natividad del Señor", day__month=12, day__day=25).count() == 2
    assert 'value="9:00–14:00, 15:30–18:00"' in visitor.get("/first-run/shop/").content.decode()
    visitor.post("/first-run/shop/", {"shop_name": "T", "time_zone": "UTC", "language": "es", "hours": "9-17"})
    assert not calendar.holidays.exists()
    assert "checked" not in visitor.get("/first-run/shop/").content.decode()


def test_a_weak_password_is_refused_and_the_rest_is_kept(visitor):
    page = account(visitor, password="marta ruiz").content.decode()
    assert "at least 12 characters" in page
    assert 'value="Marta Ruiz"' in page
    assert "marta ruiz" not in page
    assert not Agent.objects.exists()


@pytest.mark.row("CO3")
def test_an_example_address_is_refused(visitor):
    account(visitor)
    page = contacts(visitor, webmaster_email="you@example.com").content.decode()
    assert "is an example and no mail arrives there" in page
    assert not Contact.objects.exists()


def test_a_mailbox_can_be_connected_without_a_test(visitor):
    account(visitor)
    shop(visitor)
    contacts(visitor)
    given = {"way": "connect", "imap_host": "imap.taller.test", "imap_port": 993, "imap_security": "tls"}
    given |= {"username": "hola@taller.test", "password": "secret", "smtp_host": "smtp.taller.test"}
    given |= {"smtp_port": 587, "smtp_security": "starttls"}
    assert "Enter the password" in visitor.post("/first-run/mailbox/", {**given, "password": ""}).content.decode()
    assert visitor.post("/first-run/mailbox/", given).headers["Location"] == "/first-run/ready/"
    mailbox = Mailbox.objects.get()
    assert (mailbox.contact.slug, mailbox.password, mailbox.name) == ("customer-service", "secret", "hola@taller.test")


def test_a_desk_with_an_agent_is_not_redirected(world):
    assert Client().get("/sign-in/").status_code == 200


@pytest.mark.browser
def test_the_whole_first_run_in_a_browser(page):
    page.goto("/")
    assert page.url.endswith("/first-run/account/")
    assert barriers(page) == []
    page.get_by_label("Name", exact=True).fill("Marta Ruiz")
    page.get_by_label("E-mail", exact=True).fill("marta@taller.test")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").get_by_text("at least 12 characters")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("Password", exact=True).fill(WORDS)
    page.get_by_role("button", name="Show the password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("name of the shop").fill("Taller")
    assert barriers(page) == []
    page.get_by_role("button", name="Continue").click()
    for number, address in enumerate(("hola@taller.test", "web@taller.test")):
        page.get_by_label("E-mail address").nth(number).fill(address)
    assert barriers(page) == []
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("IMAP server").fill("127.0.0.1")
    page.locator("summary", has_text="Ports and security").click()
    page.get_by_label("Port", exact=True).first.fill("1")
    page.get_by_label("security").first.select_option("none")
    page.get_by_label("Password", exact=True).fill("secret")
    page.get_by_role("button", name="Test", exact=True).click()
    page.locator("#probe").get_by_text("Failed:").wait_for()
    assert barriers(page) == []
    page.get_by_role("button", name="Skip for now").click()
    expect(page.get_by_role("heading", name="The counter is open")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page).to_have_url(re.compile(r"^https?://[^/]+/$"))
    assert Agent.objects.get().is_supervisor


@pytest.mark.browser
def test_the_settings_are_accessible(page, sign_in, world_live):
    sign_in(world_live.alice)
    Mailbox.objects.create(name="Box", contact=world_live.service, imap_host="x", username="u", last_error="No way")
    make.thread(world_live.service)
    paths = ["contacts/", f"contacts/{world_live.service.pk}/", "statuses/", "desk/", "team/", "mailboxes/"]
    for path in [*paths, "mailboxes/new/", "incoming/", f"team/{world_live.bob.pk}/", "../profile/"]:
        page.goto(f"/settings/{path}")
        assert (path, barriers(page)) == (path, [])
