"""The thread page in a real browser: writing, keys, what comes in meanwhile."""

import base64
import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from crm.models import CartItem
from helpdesk.models import Attachment, Draft, Message, OutgoingMail, PredefinedReply, Thread
from tests import make
from tests.barriers import barriers
from tests.browser import until
from tests.helpdesk.test_attachments import png

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(world_live, sign_in):
    """Bob looks at a thread of John's."""
    thread = make.thread(world_live.service, "Where is my order?", subject="Late parcel")
    page = sign_in(world_live.bob, f"/threads/{thread.pk}/")
    expect(page.locator(".ProseMirror")).to_be_visible()
    page.thread = thread
    return page


def editor(page):
    return page.locator(".ProseMirror")


def saved(thread, words):
    """Wait for the draft on the server."""
    return lambda: Draft.objects.filter(thread=thread, text__contains=words).exists()


def paste_picture(page):
    page.evaluate(
        """([data]) => {
          const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0))
          const clipboard = new DataTransfer()
          clipboard.items.add(new File([bytes], "shot.png", { type: "image/png" }))
          const event = new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true })
          document.querySelector(".ProseMirror").dispatchEvent(event)
        }""",
        [base64.b64encode(png()).decode()],
    )


@pytest.mark.row("TH5")
@pytest.mark.row("TH6")
def test_bold_words_and_a_pasted_picture_reach_the_mail(opened):
    page = opened
    editor(page).click()
    page.keyboard.type("It is ")
    page.keyboard.press("Control+b")
    page.keyboard.type("on its way")
    page.keyboard.press("Control+b")
    paste_picture(page)
    expect(editor(page).locator("img[src^='/attachments/']")).to_be_visible()
    page.get_by_role("button", name="Send and Pending 1").click()
    page.wait_for_url(re.compile("sent="))
    mail = OutgoingMail.objects.get(kind="message")
    assert "<strong>on its way</strong>" in mail.html
    assert f"cid:{Attachment.objects.get().content_id}" in mail.html
    expect(page.locator(".msg--agent img")).to_be_visible()


@pytest.mark.row("PM3")
def test_insert_twice_then_replace_and_one_undo_brings_all_of_it_back(opened):
    for title in ("One", "Two"):
        PredefinedReply.objects.create(title=title, shortcut=title.lower(), bodies={"en": f"<p>Text {title}.</p>"})
    page = opened

    def pick(title, key):
        page.locator("#scroll").focus()
        page.keyboard.press("#")
        page.get_by_label("Search replies").fill(title)
        expect(page.locator("[role=option]")).to_have_count(1)
        expect(page.locator("#reply-preview")).to_contain_text(f"Text {title}.")
        page.get_by_label("Search replies").press(key)

    pick("One", "Enter")
    expect(editor(page)).to_have_text("Text One.")
    pick("Two", "Enter")
    expect(editor(page)).to_have_text("Text One.Text Two.")
    pick("Two", "Shift+Enter")
    expect(editor(page)).to_have_text("Text Two.")
    editor(page).press("Control+z")
    expect(editor(page)).to_have_text("Text One.Text Two.")
    editor(page).press("Control+z")
    expect(editor(page)).to_have_text("Text One.")
    assert PredefinedReply.objects.get(title="Two").used_count == 2


@pytest.mark.row("PM2")
def test_a_shortcut_typed_in_the_text_becomes_the_reply(opened):
    PredefinedReply.objects.create(title="Delay", shortcut="envio", bodies={"en": "<p>Sorry, {{ customer.name }}</p>"})
    page = opened
    editor(page).click()
    page.keyboard.type("/envio")
    page.keyboard.press("Tab")
    expect(editor(page)).to_contain_text("Sorry, John Doe")
    expect(editor(page)).not_to_contain_text("/envio")


@pytest.mark.row("PM2")
def test_a_missing_value_is_red_and_stops_the_sending(opened):
    PredefinedReply.objects.create(title="Order", shortcut="o", bodies={"en": "<p>About {{ order.reference }}</p>"})
    page = opened
    editor(page).click()
    page.keyboard.type("/o")
    page.keyboard.press("Enter")
    expect(editor(page).locator(".var--bad")).to_have_text("{{ order.reference }}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#body-error")).to_contain_text("A value is missing")
    expect(editor(page)).to_contain_text("About {{ order.reference }}")
    assert not OutgoingMail.objects.filter(kind="message").exists()


@pytest.mark.row("TH5")
def test_by_keys_alone_reply_pick_send_and_close_then_take_it_back(opened):
    PredefinedReply.objects.create(title="Thanks", bodies={"en": "<p>Thank you.</p>"})
    page = opened
    page.locator("#scroll").focus()
    page.keyboard.press("r")
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("#")
    expect(page.locator("#reply-preview")).to_contain_text("Thank you.")
    page.keyboard.press("Enter")
    expect(editor(page)).to_have_text("Thank you.")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(re.compile("sent="))
    thread = Thread.objects.get(pk=page.thread.pk)
    assert (thread.status, thread.messages.last().text) == ("closed", "Thank you.")
    expect(page.locator(".undo")).to_contain_text("Reply to John Doe on its way")
    page.locator("#scroll").focus()
    page.keyboard.press("z")
    page.wait_for_url(re.compile("mode=reply"))
    expect(editor(page)).to_have_text("Thank you.")
    thread.refresh_from_db()
    assert thread.status == "open"


def test_single_keys_change_the_status_and_can_be_turned_off(opened, world_live):
    page = opened
    page.locator("#scroll").focus()
    page.keyboard.press("e")
    expect(page.locator("#thead .st--pill")).to_contain_text("Closed")
    page.keyboard.press("1")
    expect(page.locator("#thead .st--pill")).to_contain_text("Pending 1")
    page.keyboard.press("i")
    expect(page.locator("#thead")).to_contain_text("Bob Agent")
    page.keyboard.press("l")
    expect(page.locator("#tag-search")).to_be_focused()
    page.keyboard.type("gift")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".thead__tags")).to_contain_text("gift")
    world_live.bob.single_keys = False
    world_live.bob.save()
    page.reload()
    page.locator("#scroll").focus()
    page.keyboard.press("e")
    page.keyboard.press("o")
    assert Thread.objects.get(pk=page.thread.pk).status == "pending1"


def test_what_is_typed_while_a_search_is_on_its_way_goes_into_it(opened):
    page = opened
    let_go = hold(page, "**/replies/**")
    page.locator("#scroll").focus()
    page.keyboard.press("#")
    page.keyboard.type("clone")  # letters that tag, reopen and close
    let_go()
    expect(page.get_by_label("Search replies")).to_have_value("clone")
    expect(page.locator("#thead .st--pill")).to_contain_text("Open")
    expect(page.locator("[data-menu][open]")).to_have_count(0)


def test_enter_means_what_was_typed_and_not_what_the_list_still_shows(opened):
    for title in ("Apples", "Pears"):
        PredefinedReply.objects.create(title=title, bodies={"en": f"<p>Text on {title}.</p>"})
    page = opened
    page.locator("#scroll").focus()
    page.keyboard.press("#")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Apples")
    let_go = hold(page, "**/replies/?options=1&**")
    page.keyboard.type("Pears")
    page.keyboard.press("Enter")
    let_go()
    expect(editor(page)).to_have_text("Text on Pears.")


def test_enter_puts_in_nothing_while_the_line_is_down_and_finds_it_afterwards(world_live, browser, desk_url):
    for title in ("Apples", "Pears"):
        PredefinedReply.objects.create(title=title, bodies={"en": f"<p>Text on {title}.</p>"})
    thread = make.thread(world_live.service)
    context = browser.new_context(base_url=desk_url, locale="en-GB")  # its console may tell of the line
    page = context.new_page()
    page.goto(f"/sign-in/?next=/threads/{thread.pk}/")
    page.fill("input[name=username]", "bob")
    page.fill("input[name=password]", "correct horse battery")
    page.click("main form button[type=submit]")
    expect(editor(page)).to_be_visible()
    page.locator("#scroll").focus()
    page.keyboard.press("#")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Apples")
    page.evaluate("addEventListener('htmx:sendError', () => { window.isDown = true })")
    page.route("**/replies/?options=1&**", lambda route: route.abort())
    page.keyboard.type("Pears")
    until(page, lambda: page.evaluate("window.isDown"))
    page.unroute("**/replies/?options=1&**")
    page.keyboard.press("Enter")
    expect(page.locator("[role=option]")).to_have_count(1)
    expect(editor(page)).to_have_text("")
    page.keyboard.press("Enter")
    expect(editor(page)).to_have_text("Text on Pears.")
    context.close()


def hold(page, address):
    """Requests to such an address wait; call what it gives to let them go."""
    held, is_over = [], []
    page.route(address, lambda route: route.continue_() if is_over else held.append(route))

    def let_go():
        until(page, lambda: held, "nothing was asked for")
        is_over.append(True)
        for route in held:
            route.continue_()

    return let_go


def test_a_menu_opened_while_an_earlier_change_is_on_its_way_stays_as_it_is(opened):
    page = opened
    let_go = hold(page, "**/assignment/")
    page.locator("#scroll").focus()
    page.keyboard.press("i")
    page.keyboard.press("l")
    expect(page.locator("#tag-search")).to_be_focused()
    page.keyboard.type("gi")
    with page.expect_response("**/assignment/"):
        let_go()
    page.keyboard.type("ft")
    expect(page.locator("#tag-search")).to_have_value("gift")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".thead__tags")).to_contain_text("gift")
    expect(page.locator("[data-shortcut=assign]")).to_contain_text("Bob Agent")
    expect(page.locator("#thead .st--pill")).to_contain_text("Open")


def test_a_menu_that_is_open_stays_and_the_head_is_drawn_anew_when_it_closes(opened):
    page, changed = opened, "document.body.dispatchEvent(new CustomEvent('thread-changed'))"
    page.locator("[data-shortcut=assign]").focus()
    page.keyboard.press("Enter")
    page.thread.set_status("pending1", by=page.thread.contact.members.first())
    with page.expect_response("**/header/"):
        page.evaluate(changed)
    expect(page.locator("#thead details[open]")).to_have_count(1)
    expect(page.locator("#thead .st--pill")).to_contain_text("Open")
    page.keyboard.press("Escape")
    expect(page.locator("#thead .st--pill")).to_contain_text("Pending 1")
    expect(page.locator("[data-shortcut=assign]")).to_be_focused()


def test_after_a_choice_by_keys_one_goes_on_at_its_button(opened):
    page = opened
    for menu, choice in (("status", "Pending 1"), ("assignee", "Bob Agent"), ("priority", "Urgent")):
        button = page.locator(f"#thead [data-menu={menu}] > summary")
        button.focus()
        page.keyboard.press("Enter")
        page.locator(f"#thead [data-menu={menu}] .menu__panel").get_by_role("button", name=choice).focus()
        page.keyboard.press("Enter")
        expect(button).to_contain_text(choice)
        expect(button).to_be_focused()


@pytest.mark.row("CS13")
@pytest.mark.row("TH3")
def test_a_new_message_appears_while_one_types_and_nothing_is_lost(opened, world_live):
    page = opened
    editor(page).click()
    page.keyboard.type("Dear John, ")
    page.thread.receive(make.mail("Forget it, it has arrived"))
    page.evaluate("document.body.dispatchEvent(new CustomEvent('thread-changed'))")
    expect(page.locator(".conv")).to_contain_text("Forget it, it has arrived")
    expect(editor(page)).to_be_focused()
    page.keyboard.type("hello")
    expect(editor(page)).to_have_text("Dear John, hello")
    expect(page.locator(".thead__meta")).to_contain_text("2 messages")


@pytest.mark.row("CS12")
def test_the_gate_shows_what_is_newer_and_send_as_it_is_passes(opened):
    page = opened
    editor(page).click()
    page.keyboard.type("On its way")
    page.thread.receive(make.mail("It has arrived"))
    page.keyboard.press("Control+Enter")
    expect(page.locator(".gate")).to_contain_text("It has arrived")
    expect(page.get_by_role("button", name="Keep writing")).to_be_focused()
    expect(editor(page)).to_have_text("On its way")
    page.get_by_role("button", name="Send as it is").click()
    page.wait_for_url(re.compile("sent="))
    message = Message.objects.get(kind="reply")
    assert (message.text, message.thread.status) == ("On its way", "open")


def test_what_is_typed_is_saved_and_survives_a_change_of_mode(opened):
    page = opened
    editor(page).click()
    page.keyboard.type("for the customer")
    until(page, saved(page.thread, "for the customer"))
    expect(page.locator("#draft-state")).to_contain_text("Draft saved")
    page.get_by_role("tab", name="Internal note").click()
    expect(page.locator(".composer[data-mode=note] .ProseMirror")).to_be_focused()
    page.keyboard.type("for us")
    page.get_by_role("tab", name="Reply").click()
    expect(page.locator(".composer[data-mode=reply] .ProseMirror")).to_have_text("for the customer")
    page.reload()
    expect(editor(page)).to_have_text("for the customer")


@pytest.mark.row("TH6")
def test_files_are_attached_by_the_button_and_can_be_removed(opened):
    page = opened
    page.set_input_files("input[type=file]", {"name": "label.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(page.locator("#draft-files")).to_contain_text("label.txt")
    page.get_by_role("button", name="Remove label.txt").click()
    expect(page.locator("#draft-files .att")).to_have_count(0)
    page.set_input_files("input[type=file]", {"name": "list.txt", "mimeType": "text/plain", "buffer": b"y"})
    expect(page.locator("#draft-files")).to_contain_text("list.txt")
    editor(page).click()
    page.keyboard.type("See the list")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("sent="))
    assert [one.name for one in OutgoingMail.objects.get(kind="message").attachments.all()] == ["list.txt"]


@pytest.mark.row("FW1")
def test_a_forward_by_keys(opened, world_live):
    page = opened
    page.locator("#scroll").focus()
    page.keyboard.press("f")
    expect(page.get_by_label("Hand over to")).to_be_focused()
    page.get_by_label("Hand over to").select_option(label="Alice Supervisor")
    page.get_by_label("Note that goes with it").fill("Please look")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Forwarded to Alice Supervisor.")).to_be_visible()
    assert Thread.objects.get(pk=page.thread.pk).assignee == world_live.alice


@pytest.mark.row("TH12")
def test_a_tracking_pixel_is_not_loaded_before_the_click(world_live, sign_in, desk_url):
    html = '<p>Hello</p><img src="https://tracker.invalid/pixel.gif"><script>alert(1)</script>'
    thread = make.thread(world_live.service, html=html)
    page = sign_in(world_live.bob)
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.route("https://tracker.invalid/*", lambda route: route.fulfill(body=png(), content_type="image/png"))
    page.goto(f"/threads/{thread.pk}/")
    page.get_by_text("As sent", exact=True).click()
    expect(page.frame_locator("iframe").get_by_text("Hello")).to_be_visible()
    assert not any("tracker.invalid" in url for url in asked)
    page.get_by_role("link", name="Show", exact=True).click()
    until(page, lambda: any("tracker.invalid" in url for url in asked))
    assert all(url.startswith((desk_url, "https://tracker.invalid/", "blob:", "data:")) for url in asked)


def test_the_panel_follows_the_cart(opened, world_live):
    page = opened
    expect(page.locator("#panel dl")).to_be_visible()
    make.cart(world_live.john).replace_lines([CartItem("Taza Bruma", 2, Decimal(14))])
    page.evaluate("document.body.dispatchEvent(new CustomEvent('cart-changed'))")
    expect(page.locator("#panel")).to_contain_text("Taza Bruma")


@pytest.mark.row("ST3")
@pytest.mark.parametrize("mode", ["reply", "note", "forward"])
def test_axe_finds_nothing(opened, mode):
    page = opened
    make.order(page.thread.customer)
    page.goto(f"/threads/{page.thread.pk}/?mode={mode}")
    expect(page.locator("#panel dl")).to_be_visible()
    expect(page.locator(f".composer[data-mode={mode}]")).to_be_visible()
    assert barriers(page) == []


def test_on_a_phone_one_pane_at_a_time_and_nothing_scrolls_sideways(opened):
    page = opened
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(page.locator(".composer__foot")).to_be_hidden()
    page.get_by_role("tab", name="Reply").click()
    expect(page.locator(".composer__foot")).to_be_visible()
    expect(editor(page)).to_be_focused()
    page.get_by_role("tab", name="Customer and order").click()
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("#scroll")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 320, "height": 640})  # the head's buttons scroll, and not the page
    page.get_by_role("tab", name="Conversation").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_without_javascript_one_can_answer(world_live, browser, desk_url):
    thread = make.thread(world_live.service)
    context = browser.new_context(base_url=desk_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("input[name=username]", "bob")
    page.fill("input[name=password]", "correct horse battery")
    page.click("main form button[type=submit]")
    page.goto(f"/threads/{thread.pk}/")
    page.fill("textarea[name=body]", "Plain words")
    page.get_by_role("button", name="Send and Pending 1").click()
    expect(page.locator("article").get_by_text("Plain words")).to_be_visible()
    page.get_by_role("button", name="Undo Z").or_(page.locator(".undo button")).first.click()
    expect(page.locator("textarea[name=body]")).to_have_value("Plain words")
    context.close()


def test_a_long_thread_opens_at_its_end_without_moving_the_window(world_live, sign_in, settings):
    settings.PRACTICE = True
    thread = make.thread(world_live.service, "A line.\n\n" * 80)
    page = sign_in(world_live.bob, f"/threads/{thread.pk}/")
    page.goto(f"/threads/{thread.pk}/")  # read by now
    until(page, lambda: page.evaluate("document.getElementById('scroll').scrollTop") > 100)
    assert page.evaluate("[scrollY, document.scrollingElement.scrollHeight]") == [0, 900]
    assert page.locator(".practice").bounding_box()["y"] == 0
