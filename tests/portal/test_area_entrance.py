"""Coming into the private area: by password, by a mailed link, with a new password."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import AreaLink, BulkChange, CustomerSession, RecordEvent, Visit
from helpdesk import links, outbox
from helpdesk.models import DeskSettings, OutgoingMail, Thread
from tests import make
from tests.portal.conftest import PASSWORD, link_in

SIGN_IN = "/area/sign-in/"


def enter(client, name="john@example.com", password=PASSWORD, **fields):
    return client.post(SIGN_IN, {"name": name, "password": password, "do": "password", **fields})


def ask(client, name="john@example.com", do="link"):
    return client.post(SIGN_IN, {"name": name, "do": do})


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=True)


@pytest.mark.row("AR28")
@pytest.mark.row("AR23")
def test_any_address_or_the_user_name_in_any_case_lets_in_with_the_password(client, john):
    john.set_emails(["john@example.com", "office@example.com"])
    john.set_username("JohnDoe")
    for name in ("John@Example.com", "office@example.com", "johndoe"):
        response = enter(client, name)
        assert (response.status_code, response["Location"]) == (303, "/area/messages/")
    john.refresh_from_db()
    assert timezone.now() - john.entered_at < timedelta(minutes=1)
    assert john.visited_at == john.entered_at
    assert john.events.filter(kind=RecordEvent.Kind.SIGNED_IN).count() == 3
    assert (Visit.objects.count(), CustomerSession.objects.count()) == (3, 1)


def test_the_session_is_a_cookie_of_its_own_and_opens_no_page_of_the_team(client, world, john):
    cookie = enter(client).cookies["area"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "sessionid" not in client.cookies
    for path in ("/", f"/customers/{john.pk}/", "/settings/", "/api/threads/"):
        assert client.get(path).status_code in {302, 401, 403}, path
    token = CustomerSession.objects.get().digest
    assert token not in cookie.value
    client.cookies["area"] = cookie.value[:-1] + ("a" if cookie.value[-1] != "a" else "b")
    assert client.get("/area/messages/").status_code == 303


def test_an_agent_is_no_customer(client, world):
    client.force_login(world.alice)
    assert client.get("/area/messages/")["Location"] == "/area/sign-in/?next=/area/messages/"
    assert enter(client, "alice", "correct horse battery").status_code == 200


def test_a_page_that_was_asked_for_comes_after_signing_in_and_no_other_site(client, john):
    assert client.get("/area/orders/")["Location"] == f"{SIGN_IN}?next=/area/orders/"
    assert 'name="next" value="/area/orders/"' in client.get(f"{SIGN_IN}?next=/area/orders/").content.decode()
    assert enter(client, next="/area/orders/")["Location"] == "/area/orders/"
    for bad in ("https://evil.test/", "//evil.test/area/", "/settings/", "javascript:alert(1)"):
        assert enter(client, next=bad)["Location"] == "/area/messages/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, john):
    known = enter(client, password="wrong").content.decode()
    unknown = enter(client, "nobody@example.com", "wrong").content.decode()
    assert "do not belong together" in known
    same = [page.split("csrfmiddlewaretoken")[1].split('">', 1)[1] for page in (known, unknown)]
    assert same[0].replace("john@example.com", "nobody@example.com") == same[1]


def test_an_unknown_name_costs_a_hash_as_well(client, john, monkeypatch):
    from crm import door

    hashed = []
    monkeypatch.setattr(door, "check_password", lambda *words: hashed.append(words) or False)
    enter(client, "nobody@example.com", "wrong")
    assert len(hashed) == 1


def test_after_wrong_passwords_there_is_a_growing_wait_and_never_a_lock(client, john):
    for _n in range(5):
        assert enter(client, password="wrong").status_code == 200
    slow = enter(client)
    assert (slow.status_code, slow["Retry-After"]) == (429, "20")
    assert "Wait 20 seconds." in slow.content.decode()
    assert enter(client, "nobody@example.com", "x").status_code == 200
    with later(seconds=21):
        assert enter(client, password="wrong").status_code == 200
        assert enter(client)["Retry-After"] == "40"
    with later(seconds=62):
        assert enter(client).status_code == 303
        assert enter(client, password="wrong").status_code == 200


@pytest.mark.row("AR4")
def test_a_mailed_link_lets_in_once_and_only_by_its_button(client, john):
    response = ask(client)
    assert "If <b>john@example.com</b> has an account, the link is on its way." in response.content.decode()
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject, mail.auto_submitted) == (
        ["john@example.com"],
        "Your link to sign in at Mostrador",
        "auto-generated",
    )
    for _scanner in range(3):
        page = client.get(link_in(mail))
        assert page.status_code == 200
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")
    assert client.post(link_in(mail))["Location"] == "/area/messages/"
    assert client.get("/area/messages/").status_code == 200
    for again in (client.get(link_in(mail)), client.post(link_in(mail))):
        assert again.status_code == 410
        assert "This link was used already" in again.content.decode()


def test_a_link_ends_after_a_quarter_of_an_hour_and_a_made_up_one_opens_nothing(client, john):
    ask(client)
    path = link_in(OutgoingMail.objects.get())
    with later(minutes=14):
        assert client.get(path).status_code == 200
    with later(minutes=16):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 410
            assert "Its time is over" in answer.content.decode()
    assert client.get("/area/link/made-up/").status_code == 410
    assert not CustomerSession.objects.exists()


def test_what_asks_for_a_link_hears_the_same_and_costs_the_same_without_an_account(client, john):
    DeskSettings.load()
    with CaptureQueriesContext(connection) as known:
        yes = ask(client)
    with CaptureQueriesContext(connection) as unknown:
        no = ask(client, "nobody@example.com")
    assert yes.status_code == no.status_code == 200
    assert "If <b>nobody@example.com</b> has an account" in no.content.decode()
    writes = [[one["sql"][:30] for one in asked if "INSERT" in one["sql"]] for asked in (known, unknown)]
    assert writes[0] == writes[1]
    assert [mail.to for mail in OutgoingMail.objects.all()] == [["john@example.com"]]
    assert AreaLink.objects.count() == 1


def test_another_link_comes_after_45_seconds(client, john):
    assert 'data-wait="45"' in ask(client).content.decode()
    soon = ask(client)
    assert (soon.status_code, OutgoingMail.objects.count()) == (429, 1)
    assert 40 < int(soon["Retry-After"]) <= 45
    with later(seconds=46):
        assert ask(client).status_code == 200
    assert OutgoingMail.objects.count() == 2


def test_the_enter_key_takes_the_way_in_that_fits(client, john):
    assert client.post(SIGN_IN, {"name": "john@example.com", "password": PASSWORD, "do": ""}).status_code == 303
    client.cookies.clear()
    assert "on its way" in client.post(SIGN_IN, {"name": "john@example.com", "do": ""}).content.decode()
    assert "Write your password" in enter(client, password="").content.decode()
    assert "Write your e-mail or your user name." in enter(client, "", "").content.decode()


@pytest.mark.row("AR4")
def test_who_has_forgotten_the_password_chooses_another_by_a_link(client, john):
    old_device = type(client)()
    enter(old_device)
    ask(client, do="forgotten")
    path = link_in(OutgoingMail.objects.get())
    assert path.startswith("/area/new-password/")
    page = client.get(path).content.decode()
    proposed = page.split('name="password" value="')[1].split('"')[0]
    assert len(proposed) >= 20
    assert proposed not in client.get(path).content.decode()
    assert client.post(path, {"password": "short"}).status_code == 200
    assert client.post(path, {"password": proposed}).status_code == 303
    john.refresh_from_db()
    assert john.has_password(proposed)
    assert proposed not in john.password
    assert old_device.get("/area/messages/").status_code == 303
    assert client.post(path, {"password": "another long password"}).status_code == 410
    assert john.events.filter(kind=RecordEvent.Kind.PASSWORD).count() == 2


@pytest.mark.row("CF4")
def test_a_disabled_customer_is_out_at_once_and_gets_a_403_while_their_mail_still_arrives(inside, world, john):
    thread = make.thread(world.service)
    private = f"/t/{links.portal_token(thread, proven=True)}/"
    ask(inside)
    link = link_in(OutgoingMail.objects.latest("pk"))
    assert inside.get(private).status_code == 200
    john.disable(by=world.alice)
    assert not john.sessions.exists()
    assert inside.get("/area/messages/").status_code == 303
    for refused in (inside.get(link), inside.post(link), enter(inside), inside.get(private)):
        assert refused.status_code == 403
        assert "This account is switched off" in refused.content.decode()
    assert inside.post(f"{private}solved/").status_code == 403
    assert make.thread(world.service, "I am still here").customer == john
    john.enable(by=world.alice)
    assert inside.get("/area/messages/").status_code == 303
    assert enter(inside).status_code == 303


@pytest.mark.row("CF4")
def test_who_was_disabled_among_many_is_out_and_does_not_come_back_in(inside, world, john):
    BulkChange.objects.set_active(type(john).objects.all(), False, by=world.alice)
    assert not john.sessions.exists()


@pytest.mark.row("CF4")
def test_a_session_that_an_update_of_the_table_left_behind_is_refused_and_ended(inside, john):
    type(john).objects.filter(pk=john.pk).update(is_active=False)
    assert inside.get("/area/messages/").status_code == 403
    type(john).objects.filter(pk=john.pk).update(is_active=True)
    assert inside.get("/area/messages/").status_code == 303


@pytest.mark.parametrize("gone", [{"deleted_at": timezone.now()}, {"erased_at": timezone.now()}, {"is_guest": True}])
def test_who_is_in_the_bin_or_erased_or_a_guest_does_not_come_in(inside, john, gone):
    type(john).objects.filter(pk=john.pk).update(**gone)
    assert inside.get("/area/messages/").status_code == 403
    assert enter(inside).status_code == 200
    ask(inside)
    assert not OutgoingMail.objects.exists()


def test_once_a_letter_has_left_its_link_cannot_be_read_here_any_more(client, john):
    ask(client)
    mail = outbox.claim()
    assert "/area/link/" in mail.text
    outbox.sent(mail)
    row = OutgoingMail.objects.get()
    assert (row.text, row.html, row.to) == ("", "", ["john@example.com"])
    assert not Thread.objects.exists()


def test_several_accounts_behind_one_address_each_get_their_own_link(client, john):
    jane = make.customer("Jane Doe", "jane@example.com")
    jane.set_emails(["jane@example.com", "john@example.com"])
    jane.set_password("another bowl of soup")
    ask(client)
    assert sorted(mail.text.splitlines()[0] for mail in OutgoingMail.objects.all()) == ["Hello Jane,", "Hello John,"]
    assert enter(client, password="another bowl of soup").status_code == 303
    assert CustomerSession.objects.get().customer == jane


def test_letters_and_pages_speak_the_customers_language(client, john):
    john.language = "es"
    john.save()
    ask(client)
    mail = OutgoingMail.objects.get()
    assert mail.subject.startswith("Tu enlace para entrar")
    client.post(link_in(mail))
    assert 'lang="es"' in client.get("/area/messages/").content.decode()


def test_a_foreign_form_cannot_sign_anybody_in_or_out(john):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert enter(strict).status_code == 403
    assert strict.post("/area/sessions/").status_code == 403
