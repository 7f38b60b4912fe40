"""What the form of a record does in a real browser."""

import pytest
from playwright.sync_api import expect

from crm.models import Customer, CustomerGroup

pytestmark = pytest.mark.browser


@pytest.mark.row("AR8")
@pytest.mark.row("CF6")
def test_a_dirty_form_counts_warns_before_leaving_and_is_saved_by_ctrl_s(world_live, sign_in):
    club = CustomerGroup.objects.create(name="Club Barro")
    page, john = sign_in(world_live.bob), world_live.john
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"/customers/{john.pk}/edit/")
    bar = page.locator("[data-savebar]")
    page.fill("#id_last_name", "Dow")
    page.get_by_role("button", name="Add an e-mail").click()
    page.keyboard.type("second@post.test")
    expect(bar).to_contain_text("2 changes not saved")
    main = page.get_by_label("Club Barro: main group")
    expect(main).to_be_disabled()
    page.get_by_label("Club Barro", exact=True).check()
    expect(main).to_be_enabled()
    expect(page.locator("#id_newsletter_detail")).to_be_hidden()
    page.locator("nav.nav a").first.click()
    expect(page.locator("#id_last_name")).to_have_value("Dow")
    assert asked == ["beforeunload"]
    page.focus("#id_first_name")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/customers/{john.pk}/")
    saved = Customer.objects.get(pk=john.pk)
    assert (saved.last_name, saved.addresses_of_mail()) == ("Dow", ["john@example.com", "second@post.test"])
    assert club in saved.groups.all()
    assert asked == ["beforeunload"], "saving asks nothing"


@pytest.mark.row("AR11")
def test_the_button_that_deletes_waits_for_the_number(world_live, sign_in):
    page, john = sign_in(world_live.alice), world_live.john
    page.goto(f"/customers/{john.pk}/delete/")
    button = page.get_by_role("button", name="Delete the customer")
    expect(button).to_be_disabled()
    page.fill("#code", f"{john.pk}9")
    expect(button).to_be_disabled()
    page.fill("#code", str(john.pk))
    button.click()
    page.wait_for_url(f"**/customers/{john.pk}/")
    assert not Customer.objects.present().exists()
