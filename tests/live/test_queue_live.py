"""The open queue in a real browser: it follows what happens, and nothing moves under the pointer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from helpdesk import intake, pings
from helpdesk.models import Thread
from live import wire
from tests import make
from tests.barriers import barriers
from tests.browser import until

pytestmark = pytest.mark.browser
# Runs when the page is parsed and before its scripts: the clock of the fallback, short enough for a test.
HASTE = """document.addEventListener("readystatechange", () => {
  if (document.body) { document.body.dataset.poll = "0.3"; document.body.dataset.offAfter = "0.3"; }
})"""


def row(page: Page, subject: str):
    return page.locator("#queue .row", has=page.get_by_role("link", name=subject))


def stay_away(page: Page) -> None:
    """Take the pointer and the focus out of the list."""
    page.mouse.move(5, 5)


@pytest.fixture
def queue(world_live, sign_in) -> Page:
    """Bob's open queue with one thread, its socket connected."""
    make.thread(world_live.service, subject="Old question")
    page = sign_in(world_live.bob)
    stay_away(page)
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()
    return page


@pytest.mark.row("CS13")
@pytest.mark.row("CS1")
def test_a_mail_appears_in_an_open_queue_without_reload(queue, world_live):
    queue.evaluate("window.stayed = true")
    intake.deliver(make.mail(subject="New question", sender="new@example.com"), contact=world_live.service)
    expect(queue.locator("#queue .row").first).to_contain_text("New question")
    expect(queue).to_have_title(re.compile(r"^\(2\) Whole queue"))
    expect(queue.locator("#queue-count")).to_have_text("2 threads · 2 unread")
    expect(queue.locator("#nav-unassigned .nav__n")).to_contain_text("2")
    assert queue.evaluate("window.stayed")


def test_nothing_moves_for_ever_on_a_page_that_is_open_all_day(queue):
    queue.emulate_media(reduced_motion="no-preference")
    moves = queue.evaluate("document.getAnimations().map((one) => one.effect.getComputedTiming().endTime)")
    assert moves, "the dot of a live page pulses"
    assert max(moves) <= 10_000, moves  # milliseconds


@pytest.mark.row("CS13")
def test_what_a_colleague_does_shows_by_itself(queue, world_live):
    thread = Thread.objects.get()
    thread.assign(world_live.bob, by=world_live.alice)
    expect(row(queue, "Old question").locator(".row__asg")).to_contain_text("Bob Agent")
    expect(queue.locator("#nav-mine .nav__n")).to_have_text("1")
    expect(queue.locator("#bell .nav__n")).to_have_text("1")
    thread.close(by=world_live.alice)
    expect(queue.get_by_role("heading", name="All answered. Nobody is waiting.")).to_be_visible()
    intake.deliver(make.mail(subject="After the last", sender="z@example.com"), contact=world_live.service)
    expect(row(queue, "After the last")).to_be_visible()


@pytest.mark.row("CS13")
def test_with_the_socket_blocked_it_comes_by_polling_and_a_bar_says_so(world_live, sign_in, page):
    page.add_init_script(HASTE)
    page.route_web_socket(re.compile(r"/ws/"), lambda socket: socket.close())
    make.thread(world_live.service, subject="Old question")
    sign_in(world_live.bob)
    stay_away(page)
    expect(page.locator("#off-bar")).to_contain_text(re.compile(r"Live updates are off\. This is from .*\d\d"))
    expect(page.locator(".nav [data-live-dot]")).to_be_hidden()
    intake.deliver(make.mail(subject="New question", sender="new@example.com"), contact=world_live.service)
    expect(row(page, "New question")).to_be_visible()


@pytest.mark.row("CS13")
def test_a_lost_socket_comes_back_and_fetches_what_was_missed(world_live, sign_in, page):
    doors: list = []

    def open_door(socket) -> None:
        if len(doors) == 1:
            intake.deliver(make.mail(subject="Meanwhile", sender="new@example.com"), contact=world_live.service)
        doors.append(socket)
        socket.connect_to_server()

    page.route_web_socket(re.compile(r"/ws/"), open_door)
    make.thread(world_live.service, subject="Old question")
    sign_in(world_live.bob)
    stay_away(page)
    expect(row(page, "Old question")).to_be_visible()
    until(page, lambda: wire.sockets)  # closed before it is open, Chromium itself complains
    doors[0].close(code=4403)
    expect(row(page, "Meanwhile")).to_be_visible()
    assert len(doors) == 2


@pytest.mark.row("CO6")
def test_losing_a_contact_empties_the_open_queue(queue, world_live):
    world_live.service.members.clear()
    pings.access_changed(world_live.bob.pk)
    expect(row(queue, "Old question")).to_have_count(0)


@pytest.mark.row("CS13")
def test_new_threads_wait_while_the_pointer_is_in_the_list(queue, world_live):
    row(queue, "Old question").hover()
    for n in (1, 2):
        intake.deliver(make.mail(subject=f"New {n}", sender=f"n{n}@example.com"), contact=world_live.service)
    bar = queue.get_by_role("button", name="2 new threads")
    expect(bar).to_be_visible()
    assert queue.locator("#queue .row").count() == 1
    queue.keyboard.press(".")
    expect(queue.locator("#queue .row")).to_have_count(3)
    expect(bar).to_be_hidden()


@pytest.mark.row("CS13")
def test_a_changed_row_keeps_the_focus_and_the_scroll(world_live, sign_in):
    for n in range(40):
        make.thread(world_live.service, subject=f"Question {n:02}", sender=f"n{n}@example.com")
    page = sign_in(world_live.bob)
    link = page.get_by_role("link", name="Question 05")
    link.scroll_into_view_if_needed()
    link.focus()
    before = page.evaluate("[document.getElementById('queue-scroll').scrollTop, document.activeElement.textContent]")
    assert before[0] > 0
    Thread.objects.get(subject="Question 05").assign(world_live.bob, by=world_live.alice)
    expect(row(page, "Question 05").locator(".row__asg")).to_contain_text("Bob Agent")
    intake.deliver(make.mail(subject="On top", sender="top@example.com"), contact=world_live.service)
    expect(page.get_by_role("button", name="1 new thread")).to_be_visible()
    assert (
        page.evaluate("[document.getElementById('queue-scroll').scrollTop, document.activeElement.textContent]")
        == before
    )


@pytest.mark.row("CS13")
def test_rows_that_come_in_above_do_not_push_what_is_being_read(world_live, sign_in):
    for n in range(40):
        make.thread(world_live.service, subject=f"Question {n:02}", sender=f"n{n}@example.com")
    page = sign_in(world_live.bob)
    stay_away(page)
    page.evaluate("document.getElementById('queue-scroll').scrollTop = 700")
    place = "document.querySelector('#queue-scroll').querySelectorAll('.row')[20].id"
    seen = page.evaluate(place)
    top = f"document.getElementById('{seen}').getBoundingClientRect().top"
    before = page.evaluate(top)
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()
    intake.deliver(make.mail(subject="On top", sender="top@example.com"), contact=world_live.service)
    expect(row(page, "On top")).to_have_count(1)
    assert abs(page.evaluate(top) - before) <= 1


@pytest.mark.row("CS7")
def test_keys_move_close_take_and_open(world_live, sign_in):
    for n in range(4):
        make.thread(world_live.service, subject=f"Question {n}", sender=f"n{n}@example.com")
    page = sign_in(world_live.bob)
    page.keyboard.press("j")
    expect(row(page, "Question 3")).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(row(page, "Question 2")).to_have_count(0)
    expect(row(page, "Question 1")).to_have_class(re.compile("is-cursor"))
    assert Thread.objects.get(subject="Question 2").status == "closed"
    page.keyboard.press("i")
    expect(row(page, "Question 1").locator(".row__asg")).to_contain_text("Bob Agent")
    page.keyboard.press("k")
    expect(row(page, "Question 3")).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/threads/{Thread.objects.get(subject='Question 3').pk}/"), wait_until="commit")
    page.goto("/")
    expect(row(page, "Question 3")).not_to_have_class(re.compile("is-unread"))
    page.keyboard.press("j")
    page.keyboard.press("u")
    expect(row(page, "Question 3")).to_have_class(re.compile("is-unread"))
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(re.compile("assignee=me"))


def test_keys_are_letters_inside_a_field_and_can_be_turned_off(world_live, sign_in):
    make.thread(world_live.service, subject="Question")
    page = sign_in(world_live.bob)
    page.keyboard.press("/")
    page.keyboard.type("e j ?")
    expect(page.locator("#q")).to_have_value("e j ?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("Assign to me")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("Predefined replies")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    world_live.bob.single_keys = False
    world_live.bob.save()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert Thread.objects.get().status == "open"


@pytest.mark.row("CS7")
def test_the_status_menu_of_a_row_changes_it(queue):
    row(queue, "Old question").locator(".row__menu summary").click()
    row(queue, "Old question").get_by_role("button", name="Pending 2").click()
    expect(row(queue, "Old question").locator(".row__st")).to_contain_text("Pending 2")


def test_the_bell_tells_and_opening_the_thread_clears_it(queue, world_live):
    Thread.objects.get().assign(world_live.bob, by=world_live.alice)
    queue.get_by_role("link", name="Notices: 1 new").click()
    panel = queue.get_by_role("region", name="Notices", exact=True)
    expect(panel).to_contain_text("Alice Supervisor assigned a thread to you")
    queue.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(queue.locator("#bell .nav__n")).to_have_text("1")
    queue.locator("#bell-button").click()
    queue.get_by_role("link", name="assigned a thread to you").click()
    queue.wait_for_url(re.compile("/threads/"))
    queue.goto("/")
    expect(queue.get_by_role("link", name="Notices", exact=True)).to_be_visible()


def test_theme_and_density_change_at_once_and_stay(queue, world_live):
    with queue.expect_response(re.compile("/appearance/")):
        queue.get_by_role("button", name="Change theme").first.click()
    with queue.expect_response(re.compile("/appearance/")):
        queue.get_by_role("button", name="Change density").first.click()
    expect(queue.locator("html")).to_have_attribute("data-theme", "dark")
    queue.reload()
    expect(queue.locator("html")).to_have_attribute("data-theme", "dark")
    expect(queue.locator("html")).to_have_attribute("data-density", "compact")


def test_the_queue_works_at_phone_width(queue, world_live):
    queue.set_viewport_size({"width": 390, "height": 844})
    assert queue.evaluate("document.documentElement.scrollWidth") <= 390
    queue.locator(".chip", has_text="Contact").click()
    queue.get_by_role("link", name="Service", exact=True).click()
    queue.wait_for_url(re.compile("contact=service"))
    queue.locator(".tabbar").get_by_text("More").click()
    queue.locator(".tabbar").get_by_role("link", name="Closed").click()
    expect(queue.get_by_role("heading", level=1)).to_contain_text("Closed")
    queue.locator(".tabbar").get_by_role("link", name="Queue").click()
    row(queue, "Old question").get_by_role("link", name="Old question").click()
    queue.wait_for_url(re.compile("/threads/"))


@pytest.mark.row("ST3")
@pytest.mark.parametrize("width", [1440, 390])
def test_no_barrier_is_found(world_live, sign_in, width):
    for n, status in enumerate(("open", "pending1", "pending2", "closed")):
        thread = make.thread(world_live.service, sender=f"{n}@example.com", files=(make.file(),))
        thread.assign(world_live.bob if n % 2 else None, by=world_live.bob)
        thread.set_status(status, by=world_live.bob)
    Thread.objects.first().assign(world_live.alice, by=world_live.bob)
    page = sign_in(world_live.alice)
    page.set_viewport_size({"width": width, "height": 900})
    steps: list[tuple[str, Callable[[], object]]] = [
        ("queue", lambda: page.goto("/?status=any")),
        ("chip", lambda: page.locator(".chip", has_text="More").click()),
        ("notices", lambda: page.locator("#bell-button").click()),
        ("keys", lambda: (page.keyboard.press("Escape"), page.keyboard.press("?"))),
        ("boxes", lambda: page.goto("/boxes/")),
        ("nothing", lambda: page.goto("/?status=closed&tag=nope&contact=accounting")),
    ]
    for name, step in steps:
        step()
        assert (name, barriers(page)) == (name, [])
