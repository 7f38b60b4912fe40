"""The contact form, as a browser without JavaScript and without cookies posts it."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from helpdesk.models import Attachment, Calendar, DeskSettings, Folder, Message, OutgoingMail, Thread
from tests import make
from tests.portal.conftest import hidden

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40


def test_the_form_sets_no_cookie(client, world):
    response = client.get("/contact/")
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


@pytest.mark.row("FO1")
def test_a_message_becomes_a_thread_with_all_it_says(client, world, fill):
    order = make.order(world.john, "MK-77")
    photo = SimpleUploadedFile("bowl.png", PNG, "image/png")
    more = SimpleUploadedFile("list.txt", b"two bowls", "text/plain")
    response = fill(order="mk-77", product="MUG", subject="Broken", files=[photo, more])
    thread = Thread.objects.get()
    assert response.status_code == 303
    assert (thread.contact, thread.email, thread.order, thread.subject) == (
        world.service, "john@example.com", order, "Broken",
    )  # fmt: skip
    assert (thread.product.product_ref, thread.channel, thread.customer) == ("MUG", "form", world.john)
    assert [one.name for one in thread.messages.get().attachments.all()] == ["bowl.png", "list.txt"]


@pytest.mark.row("FO2")
def test_text_is_text(client, world, fill):
    fill(message="I <3 you & <b>")
    assert Message.objects.get().text == "I <3 you & <b>"


@pytest.mark.row("FO2")
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(client, world, fill):
    page = fill(email="john@", message="Two <b>bowls</b> & a mug", subject="Bowls").content.decode()
    assert page.count("Write your full e-mail, like name@example.com") == 2  # in the summary and at the field
    assert 'href="#id_email"' in page
    assert 'id="id_email_error"' in page
    assert "Two &lt;b&gt;bowls&lt;/b&gt; &amp; a mug" in page
    assert 'value="Bowls"' in page
    assert not Thread.objects.exists()


@pytest.mark.row("FO2")
def test_all_messages_are_shown_together(client, world, fill):
    page = fill(email="", message="", contact="").content.decode()
    for sentence in ("Write your e-mail", "Write your message", "Choose whom you want to talk to"):
        assert page.count(sentence) == 2


@pytest.mark.row("FO2")
def test_files_survive_an_error_in_another_field(client, world, fill):
    page = fill(email="john@", files=[SimpleUploadedFile("bowl.png", PNG, "image/png")]).content.decode()
    assert "bowl.png" in page
    fill(token=hidden(page, "token"), kept=hidden(page, "kept"))
    assert Attachment.objects.get().message == Message.objects.get()
    assert Attachment.objects.get().open().read() == PNG


def test_a_kept_file_belongs_to_its_own_form(client, world, fill):
    page = fill(email="john@", files=[SimpleUploadedFile("secret.png", PNG, "image/png")]).content.decode()
    fill(kept=hidden(page, "kept"))  # another form's token
    assert Thread.objects.get().attachment_count == 0


@pytest.mark.row("FO3")
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("evil.php.jpg", b"<?php system($_GET[0]);", "“evil.php.jpg” is not what its name says."),
        ("evil.php", b"<?php", "“evil.php” is of a type that we cannot take."),
        ("page.svg", b"<svg onload=alert(1)>", "“page.svg” is of a type that we cannot take."),
        ("tool.pdf", b"MZ" + b"\0" * 300, "“tool.pdf” is not what its name says."),
        ("huge.png", PNG + b"\0" * 26 * 1024 * 1024, "“huge.png” is larger than 25 MB."),
        ("empty.txt", b"", "“empty.txt” is empty."),
    ],
)
def test_a_file_that_is_not_taken_is_refused_with_a_sentence(client, world, fill, name, content, sentence):
    page = fill(message="My words", files=[SimpleUploadedFile(name, content, "image/jpeg")]).content.decode()
    assert page.count(sentence) == 2
    assert "My words" in page
    assert not Thread.objects.exists()


@pytest.mark.row("FO3")
def test_a_telephones_heic_is_taken(client, world, fill):
    fill(files=[SimpleUploadedFile("IMG_1.HEIC", HEIC, "application/octet-stream")])
    assert Thread.objects.get().attachment_count == 1


@pytest.mark.row("FO3")
def test_the_eleventh_file_is_left_out_and_said(client, world, fill):
    files = [SimpleUploadedFile(f"{n}.txt", b"words", "text/plain") for n in range(11)]
    page = fill(files=files).content.decode()
    assert "You can send up to 10 files, 50 MB together." in page
    assert page.count('name="kept"') == 10


@pytest.mark.row("FO3")
def test_uploads_can_be_switched_off(client, world, fill):
    DeskSettings.objects.update_or_create(pk=1, defaults={"uploads_allowed": False})
    assert "id_files" not in client.get("/contact/").content.decode()
    fill(files=[SimpleUploadedFile("a.txt", b"words", "text/plain")])
    assert Thread.objects.get().attachment_count == 0


@pytest.mark.row("FO6")
def test_two_unrelated_questions_make_two_threads(client, world, fill):
    fill(message="Where is my order?")
    fill(message="Do you sell lids?")
    assert Thread.objects.count() == 2


@pytest.mark.row("FO6")
@pytest.mark.row("FO7")
def test_a_double_submit_is_one_message_one_mail_and_the_same_confirmation(client, world, fill):
    token = hidden(client.get("/contact/").content.decode(), "token")
    first = fill(token=token)
    second = fill(token=token)
    assert (Thread.objects.count(), Message.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)
    assert first["Location"] == second["Location"]


def test_other_words_from_the_same_form_are_another_message(client, world, fill):
    token = hidden(client.get("/contact/").content.decode(), "token")
    fill(token=token)
    fill(token=token, message="And one more thing")
    assert sorted(Message.objects.values_list("text", flat=True)) == ["And one more thing", "Where is my order?"]


@pytest.mark.row("FO8")
def test_address_browser_page_and_language_are_noted(client, world, fill):
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    fill(
        headers={"User-Agent": firefox, "Referer": "https://shop.test/bowls"},
        message="Hola, ¿dónde está mi pedido? Gracias por todo, muy buenos los del norte",
    )
    message = Message.objects.get()
    assert (message.ip, message.user_agent, message.page_url) == ("127.0.0.1", firefox, "https://shop.test/bowls")
    assert message.thread.language == "es"


@pytest.mark.row("FO8")
def test_an_ipv6_address_behind_our_proxy_is_noted(client, world, fill, settings):
    settings.BEHIND_PROXY = True
    fill(headers={"X-Forwarded-For": "10.0.0.1, 2001:db8::7"})
    assert Message.objects.get().ip == "2001:db8::7"


@pytest.mark.row("FO8")
def test_a_forwarded_address_is_not_believed_without_a_proxy(client, world, fill):
    fill(headers={"X-Forwarded-For": "2001:db8::7"})
    assert Message.objects.get().ip == "127.0.0.1"


@pytest.mark.row("FO12")
def test_the_privacy_text_that_was_accepted_is_stored_with_its_version(client, world, fill):
    texts = {"en": "We keep your words for a year."}
    DeskSettings.objects.update_or_create(pk=1, defaults={"privacy_texts": texts, "privacy_version": 3})
    assert "We keep your words for a year." in client.get("/contact/").content.decode()
    assert "Tick the box if you agree" in fill().content.decode()
    fill(consent="on")
    assert Message.objects.get().consent == "v3"


@pytest.mark.row("CO9")
def test_contacts_stand_in_the_teams_order(client, world):
    world.service.position, world.accounting.position = 2, 1
    world.service.save()
    world.accounting.save()
    page = client.get("/contact/").content.decode()
    assert page.index('value="accounting"') < page.index('value="service"')


def test_the_form_speaks_the_browsers_language_and_that_of_the_link(client, world):
    world.service.titles = {"en": "Customer service", "es": "Atención al cliente"}
    world.service.save()
    assert "Atención al cliente" in client.get("/contact/", headers={"Accept-Language": "es"}).content.decode()
    assert '<html lang="es"' in client.get("/contact/?lang=es").content.decode()
    assert '<html lang="en"' in client.get("/contact/?lang=xx").content.decode()


@pytest.mark.row("FO5")
def test_a_foreign_reference_is_stored_as_text_and_shows_nothing(client, world, fill):
    make.order(make.customer("Eve", "eve@example.com"), "MK-99")
    known = client.get(fill(order="MK-99")["Location"]).content.decode()
    thread = Thread.objects.get()
    assert (thread.order, thread.order_text, thread.product) == (None, "MK-99", None)
    unknown = client.get(fill(order="MK-00")["Location"]).content.decode()
    assert (
        known.replace(f"#{thread.pk}", "#").split("<ol")[0] == unknown.replace(f"#{thread.pk + 1}", "#").split("<ol")[0]
    )
    assert "Cuenco" not in known


@pytest.mark.row("CO4")
def test_a_contact_that_saves_nothing_gets_one_mail_and_no_thread(client, world, fill):
    world.accounting.saves_messages = False
    world.accounting.save()
    token = hidden(client.get("/contact/").content.decode(), "token")
    file = SimpleUploadedFile("bill.txt", b"12 EUR", "text/plain")
    response = fill(contact="accounting", message="My bill & VAT", token=token, files=[file])
    file.seek(0)
    again = fill(contact="accounting", message="My bill & VAT", token=token, files=[file])
    mail = OutgoingMail.objects.get()
    assert not Thread.objects.exists()
    assert (mail.kind, mail.to, mail.reply_to) == ("relay", ["accounting@shop.test"], "john@example.com")
    assert "My bill & VAT" in mail.text
    assert mail.attachments.get().name == "bill.txt"
    assert response["Location"] == again["Location"]
    assert "Accounting" in client.get(response["Location"]).content.decode()


@pytest.mark.row("CO4")
def test_a_contact_that_would_lose_messages_is_shown_as_unavailable(client, world, fill):
    world.accounting.saves_messages, world.accounting.email = False, ""
    world.accounting.save()
    page = client.get("/contact/").content.decode()
    assert "Not available at the moment" in page
    assert "This choice is not available." in fill(contact="accounting").content.decode()
    assert not Thread.objects.exists()


def test_private_and_archived_contacts_are_not_offered(client, world):
    world.accounting.is_public = False
    world.accounting.save()
    assert 'value="accounting"' not in client.get("/contact/").content.decode()


@pytest.mark.row("FO15")
def test_a_deep_link_chooses_contact_and_order(client, world):
    page = " ".join(client.get("/contact/?contact=accounting&order=MK-5&product=MUG").content.decode().split())
    assert 'value="accounting" data-asks-order="1" checked' in page
    assert 'name="order" value="MK-5"' in page
    assert 'name="product" value="MUG"' in page


def test_a_number_of_bytes_where_words_belong_is_no_crash(client, world, fill):
    assert "Null characters are not allowed." in fill(message="a\0b").content.decode()
    assert fill(contact="a\0b", product="x" * 900).status_code == 200


def test_spam_in_a_deep_link_is_inert(client, world):
    page = client.get('/contact/?order="><script>alert(1)</script>&contact=<b>&lang=<i>').content.decode()
    assert "<script>alert" not in page


def test_nobody_listens_when_no_contact_is_public(client, world, fill):
    world.service.is_public = world.accounting.is_public = False
    world.service.save()
    world.accounting.save()
    assert "The form is closed at the moment." in client.get("/contact/").content.decode()


def test_a_spam_folder_is_not_needed_for_honest_people(client, world, fill):
    fill()
    assert Thread.objects.get().folder == Folder.DESK


def test_a_closed_shop_says_in_its_form_when_it_is_back(client: Client, world: SimpleNamespace) -> None:
    calendar = Calendar.first()
    today = timezone.localtime(timezone=calendar.zone).weekday()
    calendar.week = {str((today + 2) % 7): [[9 * 60, 10 * 60]]}
    calendar.save()
    assert "We are closed just now. We are back on" in client.get("/contact/").content.decode()
    calendar.tells_form = False
    calendar.save()
    assert "We are closed" not in client.get("/contact/").content.decode()
