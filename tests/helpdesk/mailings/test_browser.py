"""Writing to customers in the rich editor, and a voucher's code put into a reply by one click."""

import pytest
from playwright.sync_api import expect

from crm.models import Voucher
from helpdesk.models import PredefinedReply
from tests import make
from tests.browser import until

pytestmark = pytest.mark.browser


@pytest.mark.row("PM3")
@pytest.mark.row("AR16")
def test_inserted_twice_replaced_and_one_undo_brings_it_back_and_the_preview_follows(world_live, sign_in):
    for title in ("One", "Two"):
        PredefinedReply.objects.create(
            title=title, bodies={"en": f"<p>Text {title}, {{{{ customer.first_name }}}}.</p>"}
        )
    ana = make.customer("Ana A", "ana@x.test", language="en")
    page = sign_in(world_live.bob, f"/letters/new/?ids={world_live.john.pk}&ids={ana.pk}")
    editor = page.locator(".ProseMirror")
    expect(editor).to_have_count(1)

    def put(title, button):
        page.locator(".tpl", has_text=title).get_by_role("button", name=button).click()

    put("One", "Insert")
    expect(editor).to_contain_text("Text One")
    put("Two", "Insert")
    expect(editor.locator("p")).to_have_text(
        ["Text One, {{ customer.first_name }}.", "Text Two, {{ customer.first_name }}."]
    )
    preview = page.locator("#letter-preview")
    expect(preview).to_contain_text("Text Two, John.")
    put("Two", "Replace")
    expect(editor).not_to_contain_text("Text One")
    page.keyboard.press("Control+z")
    expect(editor).to_contain_text("Text One")
    preview.get_by_role("button", name="Next").click()
    expect(preview).to_contain_text("Text One, Ana.")


def test_the_next_ones_letter_is_shown_even_if_one_has_just_typed(world_live, sign_in):
    ana = make.customer("Ana A", "ana@x.test", language="en")
    page = sign_in(world_live.bob, f"/letters/new/?ids={world_live.john.pk}&ids={ana.pk}")
    preview, asked, held = page.locator("#letter-preview"), [], []
    expect(preview).to_contain_text("As John Doe gets it")

    def slowly(route):
        asked.append(route)
        held.append(route) if len(asked) == 1 else route.continue_()

    page.route("**/letters/new/", slowly)
    page.clock.install()
    page.locator(".ProseMirror").click()
    page.keyboard.type("Hello")
    preview.get_by_role("button", name="Next").click()
    until(page, lambda: held)
    page.clock.fast_forward(1000)  # what was typed asks for the preview after a moment
    held[0].continue_()
    expect(preview).to_contain_text("As Ana A gets it")
    expect(preview).to_contain_text("Hello")
    until(page, lambda: len(asked) == 2)
    expect(preview).to_contain_text("2 of 2")


@pytest.mark.row("CV10")
def test_the_code_put_into_the_reply_is_the_stored_one(world_live, sign_in):
    voucher = Voucher.objects.create(customer=world_live.john, code="GRACIAS-<10>&Ñ")
    thread = make.thread(world_live.service)
    page = sign_in(world_live.bob, f"/threads/{thread.pk}/?mode=reply")
    page.locator("summary", has_text="Vouchers").click()
    page.locator(".ProseMirror").click()
    page.get_by_role("button", name=f"Insert {voucher.code} into the reply").click()
    expect(page.locator(".ProseMirror")).to_have_text(voucher.code)
