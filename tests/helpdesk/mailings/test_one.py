"""A letter to one customer, and its page: drafts, files, preview, library, what is refused."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from helpdesk import intake, outbox
from helpdesk.models import (
    Attachment,
    LetterDraft,
    Mailing,
    OutgoingMail,
    PredefinedReply,
    Thread,
)
from tests import make
from tests.helpdesk.mailings.letters import URL, later, typed


@pytest.mark.row("AR14")
@pytest.mark.row("AR29")
def test_a_mail_from_the_panel_begins_a_thread_and_the_answer_lands_in_it(world, bob):
    page = bob.get(f"{URL}?customer={world.john.pk}").content.decode()
    assert "Write to 1 customer" in page
    sent = bob.post(URL, typed(world, customer=world.john.pk))
    thread = Thread.objects.get()
    assert (sent.status_code, sent.url) == (303, f"/threads/{thread.pk}/")
    assert (thread.customer, thread.assignee, thread.contact) == (world.john, world.bob, world.service)
    mail = OutgoingMail.objects.get()
    assert mail.to == ["john@example.com"]
    assert "Hi John." in mail.text
    answer = make.mail("Thanks", in_reply_to=(mail.message_id_header,), references=(mail.message_id_header,))
    assert intake.deliver(answer, contact=world.service, routed=False).thread_id == thread.pk
    again = bob.post(URL, typed(world, customer=world.john.pk))
    assert again.url == sent.url
    assert Thread.objects.count() == 1


@pytest.mark.row("CV13")
def test_the_mail_shows_on_the_customers_page_with_how_far_it_came(world, bob):
    bob.post(URL, typed(world, customer=world.john.pk))
    OutgoingMail.objects.update(not_before=timezone.now())
    outbox.sent(outbox.claim())
    page = bob.get(f"/customers/{world.john.pk}/threads/").content.decode()
    assert "News" in page.split("Mails sent")[1]
    assert "Sent" in page.split("Mails sent")[1]
    card = bob.get(f"/customers/{world.john.pk}/").content.decode()
    assert card.count(f'href="{URL}?customer={world.john.pk}"') >= 2
    assert "New thread" in card


def test_a_file_goes_with_a_mail_to_one(world, bob):
    bob.post(URL, typed(world, customer=world.john.pk, files=SimpleUploadedFile("a.txt", b"hello")))
    assert [one.name for one in OutgoingMail.objects.get().attachments.all()] == ["a.txt"]


@pytest.mark.row("AR14")
def test_what_was_typed_is_there_again_for_the_same_people_with_its_files(world, bob):
    form = typed(world, customer=world.john.pk, subject="Half", body="<p>Half a word", send_at="2099-01-01T09:00")
    del form["send"]
    saved = bob.post(URL, form, headers={"HX-Request": "true"}).content.decode()
    assert "Draft saved" in saved
    files = {"attach": "1", "files": SimpleUploadedFile("a.txt", b"hello")}
    listed = bob.post(URL, {**form, **files, "body": ""}, headers={"HX-Request": "true"}).content.decode()
    assert "a.txt" in listed
    page = bob.get(f"{URL}?customer={world.john.pk}").content.decode()
    for kept in ("Half a word", 'value="Half"', "a.txt", 'value="2099-01-01T09:00"'):
        assert kept in page, kept
    assert "Half" in bob.get("/letters/").content.decode()
    assert "Half" not in bob.get(f"{URL}?ids={world.john.pk}").content.decode()
    bob.post(URL, {**form, "drop": Attachment.objects.get().pk})
    assert not Attachment.objects.exists()
    bob.post(URL, {**form, "form_key": "k2", "send_at": "", "send": "1"})
    assert OutgoingMail.objects.get().subject == "Half"
    assert not LetterDraft.objects.exists()
    bob.post(URL, {**form, "form_key": "k2"}, headers={"HX-Request": "true"})  # a save that came late
    assert not LetterDraft.objects.exists()


def test_a_draft_is_its_writers_own_and_can_be_thrown_away_with_its_files(world, bob, client):
    form = typed(world, customer=world.john.pk, subject="Half", files=SimpleUploadedFile("a.txt", b"hello"))
    del form["send"]
    assert "a.txt" in bob.post(URL, form).content.decode()
    bob.post(URL, {"customer": world.john.pk, "discard": "1"})
    assert not LetterDraft.objects.exists()
    assert not Attachment.objects.exists()
    bob.post(URL, {**form, "subject": "Only my own"})
    assert "Only my own" in bob.get(f"{URL}?customer={world.john.pk}").content.decode()
    client.force_login(world.alice)
    assert "Only my own" not in client.get(f"{URL}?customer={world.john.pk}").content.decode()


@pytest.mark.row("AR15")
def test_the_preview_walks_through_the_people_each_in_their_own_language(world, bob):
    ana, ben = make.customer("Ana A", "a@x.test", language="es"), make.customer("Ben B", "b@x.test", language="en")
    bodies = {"en": "<p>Hi {{ customer.first_name }}</p>", "es": "<p>Buenas, {{ customer.first_name }}</p>"}
    PredefinedReply.objects.create(title="Greeting", bodies=bodies)
    form = typed(world, ids=[ana.pk, ben.pk], body=bodies["en"])
    first, second = (
        bob.post(URL, {**form, "show": n}, headers={"HX-Request": "true"}).content.decode() for n in ("1", "2")
    )
    assert "Buenas, Ana" in first
    assert "Hi Ben" in second
    bob.post(URL, form)
    later(Mailing.objects.get())
    assert {one.to[0]: one.text.split()[0] for one in OutgoingMail.objects.all()} == {
        "a@x.test": "Buenas,",
        "b@x.test": "Hi",
    }


@pytest.mark.row("AR15")
@pytest.mark.row("AR16")
@pytest.mark.row("PM3")
def test_the_same_library_is_inserted_or_replaces_and_that_is_undone_without_javascript(world, bob):
    one = PredefinedReply.objects.create(title="One", bodies={"en": "<p>First text.</p>"})
    two = PredefinedReply.objects.create(title="Two", bodies={"en": "<p>Second text.</p>"})
    hidden = PredefinedReply.objects.create(title="Elsewhere", bodies={"en": "<p>Not here.</p>"})
    hidden.contacts.add(world.accounting)
    form = typed(world, customer=world.john.pk, body="<p>Hello.</p>")
    del form["send"]

    def text_of(response):
        return (
            re.search(r'data-html="(.*?)"', response.content.decode(), re.DOTALL)[1]
            .replace("&lt;", "<")
            .replace("&gt;", ">")
        )

    page = bob.post(URL, {**form, "insert": one.pk})
    assert "Elsewhere" not in page.content.decode()
    form["body"] = text_of(page)
    form["body"] = text_of(bob.post(URL, {**form, "insert": two.pk}))
    assert form["body"] == "<p>Hello.</p><p>First text.</p><p>Second text.</p>"
    replaced = bob.post(URL, {**form, "replace": two.pk})
    assert text_of(replaced) == "<p>Second text.</p>"
    back = bob.post(URL, {**form, "body": "<p>Second text.</p>", "before": form["body"], "undo": "1"})
    assert text_of(back) == form["body"]
    said = bob.post("/letters/replies/use/", {"contact": world.service.pk, "reply": one.pk, "language": "en"})
    assert said.json() == {"html": "<p>First text.</p>"}
    refused = {"contact": world.service.pk, "reply": hidden.pk}
    assert bob.post("/letters/replies/use/", refused).status_code == 404


def test_what_cannot_be_sent_is_refused_with_a_sentence_and_kept(world, bob):
    for fields, sentence in (
        ({"subject": " "}, "Write a subject."),
        ({"body": ""}, "There is nothing to send"),
        ({"body": "<p>Hi {{ customer.shoe_size }}</p>"}, "Nothing stands for {{ customer.shoe_size }}"),
        ({"contact": "x"}, "valid choice"),
    ):
        refused = bob.post(URL, typed(world, customer=world.john.pk, **fields))
        assert refused.status_code == 400, fields
        assert sentence in refused.content.decode().replace("&#x27;", "'"), fields
    assert bob.get(f"{URL}?customer=x&show=0&ids=9999999999999999999").status_code == 200
    assert not Thread.objects.exists()


def test_nobody_writes_from_a_contact_that_is_not_theirs(world, client):
    client.force_login(world.charlie)
    assert client.post(URL, typed(world, customer=world.john.pk)).status_code == 400
    assert not Thread.objects.exists()
    mailing = Mailing.objects.write(
        [world.john.pk], by=world.bob, contact=world.service, subject="S", html="<p>x</p>", form_key="k"
    )
    assert client.get(f"/letters/{mailing.pk}/").status_code == 404
    for verb in ("stop", "retry", "confirmation"):
        assert client.post(f"/letters/{mailing.pk}/{verb}/").status_code == 404
