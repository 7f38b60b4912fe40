"""The customer's page of one thread."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from helpdesk import links
from helpdesk.models import Attachment, DeskSettings, OutgoingMail, Status
from tests import make
from tests.portal.conftest import hidden


@pytest.fixture
def thread(world):
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    told = {"subject": "Broken", "language": "en", "files": (make.file("photo.txt"),)}
    return make.thread(world.service, "Two bowls <b>broke</b>", **told)


def url_of(thread):
    return f"/t/{links.portal_token(thread, proven=True)}/"


def answer(client, thread, message="Thank you", **fields):
    page = client.get(url_of(thread)).content.decode()
    return client.post(url_of(thread), {"message": message, "token": hidden(page, "token"), **fields})


@pytest.mark.row("FO11")
def test_the_whole_conversation_can_be_read(client, world, thread):
    thread.reply(html="<p>A <strong>new one</strong> is on its way</p>", by=world.bob)
    page = client.get(url_of(thread)).content.decode()
    assert "Two bowls &lt;b&gt;broke&lt;/b&gt;" in page
    assert "A <strong>new one</strong> is on its way" in page
    assert "Bob, Mostrador" in page
    assert "Bob Agent" not in page
    assert "Service" in page


@pytest.mark.row("TH7")
def test_notes_forwards_and_outsiders_never_appear(client, world, thread):
    thread.note("A difficult customer", by=world.bob)
    thread.forward("potter@example.net", by=world.bob, note="Can you make two more?")
    thread.receive(make.mail("Yes I can", sender="potter@example.net"), third_party=True)
    page = client.get(url_of(thread)).content.decode()
    assert not any(word in page for word in ("difficult", "two more", "Yes I can", "potter"))


def test_the_customer_may_say_that_it_is_solved(client, world, thread):
    thread.reply("Done?", by=world.bob)
    response = client.post(f"{url_of(thread)}solved/")
    thread.refresh_from_db()
    assert thread.status == Status.CLOSED
    assert thread.events.last().sentence == "John Doe: Pending 1 → Closed"
    page = client.get(response["Location"]).content.decode()
    assert "It is solved" not in page
    answer(client, thread, "No, after all")
    thread.refresh_from_db()
    assert thread.status == Status.OPEN
    assert client.get(f"{url_of(thread)}solved/").status_code == 405
    assert client.post("/t/abc:def:ghi/solved/").status_code == 404


def test_a_reply_that_can_still_be_undone_is_not_shown(client, world, thread):
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 10})
    thread.reply("Oops", by=world.bob)
    assert "Oops" not in client.get(url_of(thread)).content.decode()
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert "Oops" in client.get(url_of(thread)).content.decode()


@pytest.mark.row("FO11")
def test_an_answer_lands_in_the_thread_whatever_address_is_typed(client, world, thread):
    thread.reply("On its way", by=world.bob, then=Status.CLOSED)
    response = answer(client, thread, "It came, <i>thanks</i>", email="eve@evil.test", sender="eve@evil.test")
    thread.refresh_from_db()
    last = thread.messages.last()
    assert response.status_code == 303
    assert (last.text, last.author_email, last.is_from_stranger) == (
        "It came, <i>thanks</i>",
        "john@example.com",
        False,
    )
    assert (thread.status, thread.email) == (Status.OPEN, "john@example.com")
    assert "Your answer has been added." in client.get(response["Location"]).content.decode()


def test_a_double_click_adds_one_answer_with_its_file(client, thread):
    page = client.get(url_of(thread)).content.decode()
    for _click in range(2):
        file = SimpleUploadedFile("more.txt", b"words", "text/plain")
        client.post(url_of(thread), {"message": "Hi", "token": hidden(page, "token"), "files": [file]})
    assert thread.messages.count() == 2
    assert thread.messages.last().attachments.get().name == "more.txt"


def test_an_empty_answer_is_refused_and_its_files_are_kept(client, thread):
    page = answer(client, thread, " ", files=[SimpleUploadedFile("more.txt", b"words", "text/plain")]).content.decode()
    assert page.count("Write your message.") == 2
    answer(client, thread, "Here", token=hidden(page, "token"), kept=hidden(page, "kept"))
    assert thread.messages.last().attachments.get().name == "more.txt"


def test_an_answer_too_many_waits_and_keeps_its_words(client, thread):
    answers = [answer(client, thread, f"Answer {n}") for n in range(12)]
    assert answers[-1].status_code == 429
    assert "Answer 11</textarea>" in answers[-1].content.decode()


@pytest.mark.row("FO11")
def test_files_come_by_this_threads_link_only(client, world, thread):
    other = make.thread(world.service, "Mine", sender="eve@example.com")
    file = Attachment.objects.get()
    response = client.get(f"{url_of(thread)}files/{file.pk}/")
    assert b"".join(response.streaming_content) == b"hello"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == 'attachment; filename="photo.txt"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert client.get(f"{url_of(other)}files/{file.pk}/").status_code == 404


@pytest.mark.row("TH7")
def test_a_notes_file_is_not_found(client, world, thread):
    thread.note("See the bill", by=world.bob, files=[make.file("bill.txt")])
    secret = Attachment.objects.get(name="bill.txt")
    assert client.get(f"{url_of(thread)}files/{secret.pk}/").status_code == 404


def test_an_agents_picture_is_shown_by_the_customers_own_link(client, world, thread):
    message = thread.reply(html="<p>Look</p>", by=world.bob)
    picture = Attachment.objects.add(
        make.file("p.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "image/png"), message=message
    )
    message.html = f'<p>Look <img src="/attachments/{picture.pk}/" alt=""></p>'
    message.save()
    url = url_of(thread)
    page = client.get(url).content.decode()
    assert f'src="{url}files/{picture.pk}/"' in page.replace("&amp;", "&")


def test_a_wrong_or_revoked_token_is_not_found(client, thread):
    old = url_of(thread)
    assert client.get("/t/abc:def:ghi/").status_code == 404
    assert client.get(old.replace("/t/", "/t/a")).status_code == 404
    thread.secret = "0" * 32
    thread.save()
    assert client.get(old).status_code == 404
    assert client.post(old, {"message": "Hi"}).status_code == 404


def test_the_page_is_kept_from_caches_search_engines_and_other_sites(client, thread):
    response = client.get(url_of(thread))
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert not response.cookies


def test_it_says_until_when_the_link_works_and_who_can_read(client, thread):
    shop = ZoneInfo(DeskSettings.load().time_zone)
    until = timezone.localtime(timezone.now() + timedelta(days=links.PORTAL_DAYS), shop)
    page = client.get(f"{url_of(thread)}?lang=en").content.decode()
    assert f"works until {until.day} {until:%B} {until.year}" in page
    assert "Anyone with it can read this conversation." in page


def test_an_expired_link_offers_a_new_one_to_the_address_on_file(client, thread):
    OutgoingMail.objects.all().delete()
    old = url_of(thread)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        response = client.get(old)
        assert response.status_code == 410
        assert "This link has expired" in response.content.decode()
        assert "Two bowls" not in response.content.decode()
        assert client.get(f"{old}files/{Attachment.objects.get().pk}/").status_code == 404
        answered = client.post(f"{old}link/", {"email": "eve@evil.test"}, follow=True)
        assert "a new link is on its way to it" in answered.content.decode()
        mail = OutgoingMail.objects.get()
        link = next(line for line in mail.text.splitlines() if "/t/" in line).removeprefix("http://testserver")
        assert client.get(link).status_code == 200
    assert (mail.to, mail.kind) == (["john@example.com"], "link")


def test_asking_for_links_again_and_again_sends_one_and_answers_the_same(client, thread):
    OutgoingMail.objects.all().delete()
    answers = [client.post(f"{url_of(thread)}link/", follow=True).content.decode() for _time in range(3)]
    assert OutgoingMail.objects.count() == 1
    assert all("a new link is on its way to it" in one for one in answers)
    assert client.post("/t/abc:def:ghi/link/").status_code == 404


def test_the_link_of_a_merged_thread_goes_on_in_the_other(client, world, thread):
    target = make.thread(world.service, "Second mail")
    thread.merge_into(target, by=world.alice)
    page = client.get(url_of(thread)).content.decode()
    assert "Second mail" in page
    answer(client, thread, "Both of them")
    assert target.messages.last().text == "Both of them"


def test_a_merge_with_somebody_elses_thread_shows_only_ones_own_words(client, world, thread):
    target = make.thread(world.service, "Eves secret", sender="eve@example.com")
    thread.merge_into(target, by=world.alice)
    page = client.get(url_of(thread)).content.decode()
    assert "Two bowls" in page
    assert "Eves secret" not in page


def test_the_page_needs_few_queries(client, world, thread, django_assert_max_num_queries):
    for n in range(10):
        thread.receive(make.mail(f"More {n}", files=(make.file(),)))
        thread.reply(f"Answer {n}", by=world.bob)
    with django_assert_max_num_queries(8):
        client.get(url_of(thread))


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}"])
def test_markup_in_any_field_or_header_is_inert(client, world, fill, markup):
    headers = {"User-Agent": markup, "Referer": f"http://evil.test/{markup}"}
    where = fill(name=markup, message=markup, subject=markup, order=markup[:60], headers=headers)["Location"]
    from helpdesk.models import Thread

    made = Thread.objects.get()
    for page in (client.get(where), client.get(url_of(made)), answer(client, made, markup)):
        text = page.content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "14" not in text.split("<h1")[-1].split("</h1>")[0]
