"""Predefined replies in the settings."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from helpdesk.models import PredefinedReply

pytestmark = [pytest.mark.django_db, pytest.mark.row("PM2")]


@pytest.fixture
def alice(world):
    client = Client()
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fields(**changes):
    given = {"title": "Retraso", "shortcut": "Retraso", "folder": "Envíos", "body_format": "text"}
    return {**given, "body_es": "Hola {{ customer.first_name }}:\n\nva de camino.", **changes}


def test_a_reply_is_written_as_plain_text_per_language(alice, world):
    alice.post("/settings/replies/new/", fields(body_en="On its way", contacts=[world.service.pk]))
    reply = PredefinedReply.objects.get()
    assert reply.shortcut == "retraso"
    assert "<p>Hola {{ customer.first_name }}:</p>" in reply.body("es").replace("\n", "")
    assert "On its way" in reply.body("en")
    assert list(reply.contacts.all()) == [world.service]


def test_rich_text_is_cleaned(alice):
    alice.post("/settings/replies/new/", fields(body_format="html", body_es="<p><b>Hola</b><script>x()</script></p>"))
    assert "script" not in PredefinedReply.objects.get().body("es")
    assert "Hola</b>" in PredefinedReply.objects.get().body("es")


def test_a_name_that_stands_for_nothing_is_refused_with_a_sentence(alice):
    page = alice.post("/settings/replies/new/", fields(body_es="Hola {{ cliente.nombre }}"))
    assert page.status_code == 200
    assert "Nothing stands for {{ cliente.nombre }}" in page.content.decode()
    assert "Hola {{ cliente.nombre }}" in page.content.decode()
    assert not PredefinedReply.objects.exists()


def test_a_shortcut_belongs_to_one_reply(alice):
    alice.post("/settings/replies/new/", fields())
    page = alice.post("/settings/replies/new/", fields(title="Otro", shortcut="RETRASO"))
    assert "Another reply has the shortcut /retraso" in page.content.decode()


def test_a_reply_without_text_is_refused(alice):
    page = alice.post("/settings/replies/new/", fields(body_es=" "))
    assert "Write the text in at least one language" in page.content.decode()


def test_the_list_stands_by_folder_with_uses_and_can_be_searched(alice):
    for title, folder in (("Retraso", "Envíos"), ("Devolver", "Devoluciones")):
        PredefinedReply.objects.create(title=title, folder=folder, bodies={"es": "<p>x</p>"}, used_count=3)
    page = alice.get("/settings/replies/").content.decode()
    assert page.index("Devoluciones") < page.index("Envíos")
    assert "used 3 times" in page
    found = alice.get("/settings/replies/?q=devol").content.decode()
    assert "Devolver" in found
    assert "Retraso" not in found


def test_deleting_asks_first_and_can_be_undone(alice, world):
    alice.post("/settings/replies/new/", fields(contacts=[world.service.pk]))
    reply = PredefinedReply.objects.get()
    assert "Delete “Retraso”" in alice.get(f"/settings/replies/{reply.pk}/delete/").content.decode()
    alice.post(f"/settings/replies/{reply.pk}/delete/")
    assert not PredefinedReply.objects.exists()
    assert "A reply was deleted." in alice.get("/settings/replies/").content.decode()
    alice.post("/settings/replies/restore/")
    back = PredefinedReply.objects.get()
    assert (back.pk, back.title, list(back.contacts.all())) == (reply.pk, "Retraso", [world.service])


@pytest.mark.browser
def test_each_language_has_its_rich_editor_and_what_is_bold_stays_bold(world_live, sign_in):
    page = sign_in(world_live.alice)  # the page's fixture fails if its console says anything bad
    page.goto("/settings/replies/new/")
    expect(page.locator(".ProseMirror")).to_have_count(4)
    page.get_by_label("title").fill("Delay")
    page.get_by_role("tab", name="English").click()
    text = page.get_by_role("textbox", name="Text in English")
    text.click()
    page.keyboard.type("It is ")
    page.get_by_role("button", name="Bold").click()
    expect(text).to_be_focused()
    page.keyboard.type("late")
    page.get_by_role("button", name="Link", exact=True).click()
    page.locator("#link-url").fill("https://shop.test/")
    page.get_by_role("button", name="Set the link").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Delay” is saved.")).to_be_visible()
    body = PredefinedReply.objects.get().bodies["en"]
    assert set(PredefinedReply.objects.get().bodies) == {"en"}
    assert "It is <strong>late</strong>" in body
    assert body.count("https://shop.test/") == 2  # the link and its words, in this language's text only
    page.get_by_role("tab", name="English").click()
    expect(text.locator("strong").first).to_have_text("late")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Delay” is saved.")).to_be_visible()
    assert PredefinedReply.objects.get().bodies == {"en": body}
