"""The list of customers in a browser: keys, the dialog of tags, switches in place; axe finds nothing here, nor in the
settings of a shop that is read."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from crm.models import Customer, PrestaShop, Shop
from tests import make
from tests.barriers import barriers

pytestmark = pytest.mark.browser


def half_imported() -> PrestaShop:
    """A PrestaShop whose import somebody stopped among the threads, with a customer that could not be taken."""
    shop = Shop.objects.create(name="Taller Norte", url="https://shop.example")
    connection = PrestaShop.objects.create(shop=shop, address="https://shop.example/api/")
    trial = {"task": "trial", "seen": 40, "done_at": timezone.now()}
    connection.steps.create(resource="customer_threads", **trial)
    problems = [["300", "email: Enter a valid email address."]]
    connection.steps.create(task="import", resource="customers", done_at=timezone.now(), refused=1, problems=problems)
    connection.steps.create(task="import", resource="customer_threads", seen=10, created=10)
    return connection


@pytest.mark.row("AR25")
@pytest.mark.row("CL5")
def test_keys_choose_rows_the_dialog_tags_them_and_switches_turn_in_place(world_live, sign_in):
    imported = half_imported()
    people = [make.customer(f"P{n} X", f"p{n}@x.test") for n in range(3)]
    people[2].tag("VIP", by=world_live.bob)
    page = sign_in(world_live.alice)
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")
    expect(page.locator("#list-table tbody tr")).to_have_count(4)
    assert page.locator("#list-scroll").evaluate(
        "(list) => list.scrollWidth <= list.clientWidth"
    )  # nothing lies hidden
    assert barriers(page) == []
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    page.keyboard.press("Shift+A")
    expect(page.locator("[data-selected]")).to_have_text("4 selected")
    for key in ("Escape", "Escape", "j", "x", "j", "x", "l"):
        page.keyboard.press(key)
    page.keyboard.type("Fer")
    dialog = page.locator("#dialog dialog[open]")
    expect(dialog.get_by_role("heading")).to_have_text("Tags of 2 customers")
    expect(page.locator("#tag-search")).to_be_focused()
    expect(page.locator("#tag-search")).to_have_value("Fer")
    page.fill("#tag-search", "")
    vip = dialog.get_by_role("checkbox", name="VIP")
    expect(vip).to_have_attribute("aria-checked", "mixed")
    vip.click()
    expect(dialog.locator(".tri--add")).to_have_count(1)
    vip.click()
    expect(dialog.locator(".tri--del")).to_have_count(1)
    page.fill("#tag-search", "Feria")
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-summary]")).to_have_text("+2 tags put on, −1 taken off.")
    assert barriers(page) == []
    dialog.get_by_role("button", name="Apply to 2 customers").click()
    expect(page.get_by_text("Tags of 2 customers changed.")).to_be_visible()
    assert {tag.name for one in people[1:] for tag in one.tags.all()} == {"Feria"}

    row = page.locator(f"#row-{people[0].pk}")
    row.get_by_role("switch", name="Newsletter for P0 X").click()
    page.select_option("#consent-source", "phone")
    page.fill("#consent-detail", "Wants news")
    page.locator("#dialog").get_by_role("button", name="Sign up").click()
    expect(row.get_by_role("switch", name="Newsletter for P0 X")).to_have_attribute("aria-checked", "true")
    row.get_by_role("switch", name="Newsletter for P0 X").click()
    expect(row.get_by_role("switch", name="Newsletter for P0 X")).to_have_attribute("aria-checked", "false")
    assert not Customer.objects.filter(newsletter=True).exists()
    page.select_option("#f-newsletter", "0")
    page.wait_for_url("**/customers/?newsletter=0")
    expect(page.get_by_text("Newsletter: No")).to_be_visible()

    page.goto(f"{page.url.partition('/customers')[0]}/settings/shops/{imported.shop_id}/")
    page.get_by_text("1 problem").click()
    expect(page.get_by_text("email: Enter a valid email address.")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Threads")).to_be_visible()
    assert barriers(page) == []
