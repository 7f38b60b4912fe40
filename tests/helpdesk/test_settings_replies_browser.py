"""Predefined replies in the settings, written in the rich editor."""

import pytest
from playwright.sync_api import expect

from helpdesk.models import PredefinedReply

pytestmark = pytest.mark.browser


@pytest.mark.row("PM2")
def test_a_reply_is_written_with_bold_words_and_links_in_each_language(world_live, sign_in):
    reply = PredefinedReply.objects.create(title="Thanks", bodies={"es": "<p>Muchas <strong>gracias</strong>.</p>"})
    page = sign_in(world_live.alice, f"/settings/replies/{reply.pk}/")
    spanish = page.locator("[data-tab]:visible")
    expect(spanish.locator(".ProseMirror strong")).to_have_text("gracias")
    spanish.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Hasta pronto.")
    page.get_by_role("tab", name="English").click()
    english = page.locator("[data-tab]:visible")
    english.locator(".ProseMirror").click()
    bold = english.get_by_role("button", name="Bold")
    bold.focus()
    # In the same moment, not a frame later: what is typed right after a click would be lost.
    assert "ProseMirror" in bold.evaluate("one => { one.click(); return document.activeElement.className }")
    page.keyboard.type("Thank you")
    page.keyboard.press("Control+a")
    english.get_by_role("button", name="Link").click()
    page.locator("dialog[open]").get_by_label("Address").fill("https://shop.test/")
    page.get_by_role("button", name="Set the link").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Thanks” is saved.")).to_have_count(1)
    reply.refresh_from_db()
    assert reply.bodies["es"] == "<p>Muchas <strong>gracias</strong>. Hasta pronto.</p>"
    assert "<strong>Thank you</strong>" in reply.bodies["en"]
    assert 'href="https://shop.test/"' in reply.bodies["en"]
