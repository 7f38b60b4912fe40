"""The page of a thread."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone

from crm.models import Order
from helpdesk.models import Message, ReadMark, Status, StatusLabel, Thread, ThreadTag
from tests import make

XSS = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def html_of(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.row("TH1")
def test_the_head_says_who_wrote_to_which_contact_and_what_they_bought(world, bob):
    make.order(world.john)
    make.order(world.john)
    make.order(world.john, is_valid=False)
    Order.objects.add_up([world.john.pk])
    thread = make.thread(world.service, subject="Two bowls broken")
    page = " ".join(html_of(bob, f"/threads/{thread.pk}/").split())
    for said in ("Two bowls broken", "John Doe", "john@example.com", "To: </span>Service", "2 orders", "€85.00"):
        assert said in page
    for said in ("Customer since", f"#{thread.pk}", "Waiting for", "Nobody assigned", "Open"):
        assert said in page
    line, facts = page.split('class="thead__meta"')[1].split("</header>")[0].split('data-menu="who"')
    for said in ("john@example.com", "2 orders", "Customer since"):  # one click away, not in the way
        assert said in facts
        assert said not in line


@pytest.mark.row("TH1")
def test_an_unknown_sender_is_shown_as_such(world, bob):
    thread = make.thread(world.service, sender="ana@x.test", sender_name="Ana", order_reference="MK-999")
    page = html_of(bob, f"/threads/{thread.pk}/")
    assert "Not a customer we know" in page
    assert "“MK-999”, unverified" in page
    assert "Nobody on file uses ana@x.test" in html_of(bob, f"/threads/{thread.pk}/panel/")


@pytest.mark.row("TH2")
def test_a_message_shows_browser_time_files_and_what_was_odd_about_it(world, bob):
    thread = make.thread(world.service, user_agent="Firefox 133", ip="203.0.113.9", files=(make.file("photo.txt"),))
    thread.receive(make.mail("away", automatic="auto-reply"))
    thread.receive(make.mail("hm", problem="too-large"), stranger=True)
    page = html_of(bob, f"/threads/{thread.pk}/")
    for said in ("Firefox 133", "203.0.113.9", "photo.txt", "Automatic reply", "only the beginning was kept"):
        assert said in page
    assert "This address is not known to the thread" in page


@pytest.mark.row("TH3")
def test_messages_stand_oldest_first_and_the_first_unread_is_marked(world, bob):
    thread = make.thread(world.service, "first words")
    bob.get(f"/threads/{thread.pk}/")
    thread.receive(make.mail("second words"))
    thread.receive(make.mail("third words"))
    page = html_of(bob, f"/threads/{thread.pk}/")
    assert page.index("first words") < page.index("second words") < page.index("third words")
    assert page.count("data-first-unread") == 1
    assert page.index("data-first-unread") < page.index("second words")


@pytest.mark.row("TH3")
def test_events_are_folded_between_the_messages_by_time(world, bob):
    thread = make.thread(world.service, "first words")
    thread.set_status(Status.PENDING_1, by=world.bob)
    thread.receive(make.mail("second words"))
    page = html_of(bob, f"/threads/{thread.pk}/")
    assert page.index("first words") < page.index("Open → Pending 1") < page.index("second words")


@pytest.mark.row("TH17")
def test_a_change_of_status_can_be_read_with_actor_and_the_teams_own_word(world, bob):
    StatusLabel.objects.create(status=Status.PENDING_1, labels={"en": "Supplier"}, holder="third_party")
    thread = make.thread(world.service)
    thread.set_status(Status.PENDING_1, by=world.bob)
    assert "Bob Agent: Open → Supplier" in html_of(bob, f"/threads/{thread.pk}/")


@pytest.mark.row("CS3")
def test_opening_clears_the_dot_for_me_and_not_for_a_colleague(world, bob):
    thread = make.thread(world.service)
    bob.get(f"/threads/{thread.pk}/")
    assert not Thread.objects.with_unread(world.bob).get(pk=thread.pk).is_unread
    assert Thread.objects.with_unread(world.alice).get(pk=thread.pk).is_unread
    assert ReadMark.objects.get().agent == world.bob


@pytest.mark.row("CS3")
def test_marking_unread_brings_my_dot_back(world, bob):
    thread = make.thread(world.service)
    bob.get(f"/threads/{thread.pk}/")
    assert bob.post(f"/threads/{thread.pk}/unread/", {"from": "view=mine"}).url == "/?view=mine"
    assert Thread.objects.with_unread(world.bob).get(pk=thread.pk).is_unread


def test_a_page_of_twenty_messages_with_files_takes_at_most_twelve_queries(
    world, bob, django_assert_max_num_queries, seconds_pass
):
    thread = make.thread(world.service, files=(make.file(),))
    for number in range(9):
        thread.receive(make.mail(f"more {number}", files=(make.file(),), html="<b>more</b>"))
        thread.reply(f"answer {number}", by=world.alice, files=(make.file(),))
    thread.receive(make.mail("the twentieth", files=(make.file(),)))
    bob.get(f"/threads/{thread.pk}/")
    seconds_pass()
    with django_assert_max_num_queries(12):
        bob.get(f"/threads/{thread.pk}/")


def test_so_does_a_page_with_order_product_and_cart_and_an_answer_that_can_be_taken_back(
    world, bob, django_assert_max_num_queries, seconds_pass
):
    thread, order = make.thread(world.service, files=(make.file(),)), make.order(world.john)
    thread.link(order=order, product=order.lines.first(), cart=make.cart(world.john), by=world.bob)
    sent = thread.reply("answer", by=world.bob, then="open")
    bob.get(f"/threads/{thread.pk}/")
    seconds_pass()
    with django_assert_max_num_queries(12):
        page = bob.get(f"/threads/{thread.pk}/?sent={sent.pk}").content.decode()
    assert f"/messages/{sent.pk}/recall/" in page


def test_markup_in_any_field_of_a_stranger_stays_text(world, bob):
    thread = make.thread(
        world.service,
        XSS,
        subject=XSS,
        sender_name=XSS,
        user_agent=XSS,
        page_url=f"javascript:{XSS}",
        order_reference=XSS[:60],
        full_text=f"{XSS}\n\nOn Monday you wrote:\n> {XSS}",
        files=(make.file(f"{XSS}.png"),),
    )
    thread.reply("seen", by=world.bob)
    for part in ("", "conversation/", "header/", "panel/", "beside/", "composer/?mode=forward", "composer/?mode=reply"):
        page = html_of(bob, f"/threads/{thread.pk}/{part}")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def paths_of_threads():
    """Every path below a thread, with example ids."""
    found = []
    for pattern in get_resolver().url_patterns[0].url_patterns:
        route = str(pattern.pattern)
        if route.startswith("threads/"):
            for part, example in (
                ("<int:thread_id>", "{thread}"),
                ("<int:message_id>", "{message}"),
                ("<int:attachment_id>", "{file}"),
                ("<int:reply_id>", "1"),
                ("<slug:what>", "assignee"),
            ):
                route = route.replace(part, example)
            found.append("/" + route)
    return found


@pytest.mark.parametrize("path", paths_of_threads())
def test_a_stranger_gets_404_everywhere(world, client, path):
    thread = make.thread(world.service, html="<b>hi</b>", files=(make.file(),))
    message = thread.messages.get()
    ids = {"thread": thread.pk, "message": message.pk, "file": message.attachments.get().pk}
    client.force_login(world.charlie)
    answers = {client.get(path.format(**ids)).status_code, client.post(path.format(**ids)).status_code}
    expected = {403} if path.endswith("/bin/") else {404, 405}
    assert answers <= expected
    assert answers != {405}


@pytest.mark.row("ST7")
@pytest.mark.parametrize(
    "action",
    [
        *("reply", "note", "forward", "status", "assignment", "contact", "subject", "tags", "order", "unread", "spam"),
        *("draft", "draft/files", "draft/pictures", "draft/discard", "replies/use", "replies/insert"),
    ],
)
def test_an_action_by_get_is_refused(world, bob, action):
    thread = make.thread(world.service)
    before = Thread.objects.values().get()
    assert bob.get(f"/threads/{thread.pk}/{action}/?status=closed").status_code == 405
    assert Thread.objects.values().get() == before


@pytest.mark.row("TH4")
def test_the_subject_can_be_changed_and_an_empty_one_is_refused_with_a_sentence(world, bob):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/subject/", {"subject": "A better one"})
    thread.refresh_from_db()
    assert thread.subject == "A better one"
    refused = bob.post(f"/threads/{thread.pk}/subject/", {"subject": " "})
    assert refused.status_code == 400
    assert "Write a subject." in refused.content.decode()


@pytest.mark.row("TH4")
def test_another_contact_takes_the_thread_out_of_this_queue(world, bob):
    thread = make.thread(world.service)
    answer = bob.post(f"/threads/{thread.pk}/contact/", {"contact": world.accounting.pk})
    assert answer.url == "/"  # Bob may not see it there
    assert not Thread.objects.visible_to(world.bob).exists()
    assert Thread.objects.visible_to(world.charlie).get() == thread
    assert thread.events.filter(kind="moved").get().sentence == "Bob Agent moved it from Service to Accounting"


def test_tags_are_put_on_and_taken_off_and_the_others_stay(world, bob):
    thread = make.thread(world.service)
    thread.set_tags(["late", "vip"], by=world.bob)
    late = ThreadTag.objects.get(name="late")
    asked = bob.get(f"/threads/{thread.pk}/choices/tags/").content.decode()
    assert f'name="tag-{late.pk}"' in asked
    bob.post(f"/threads/{thread.pk}/tags/", {"new": " gift ,, gift\x00", f"tag-{late.pk}": "remove"})
    assert [tag.name for tag in thread.tags.all()] == ["gift", "vip"]


@pytest.mark.row("CS9")
def test_the_order_of_a_thread_is_one_of_the_customers_own(world, bob):
    mine, other = make.order(world.john), make.order(make.customer("Eve", "eve@x.test"))
    thread = make.thread(world.service)
    line = mine.lines.last()
    bob.post(f"/threads/{thread.pk}/order/", {"order": mine.pk, "product": line.pk})
    thread.refresh_from_db()
    assert (thread.order, thread.product) == (mine, line)
    refused = bob.post(f"/threads/{thread.pk}/order/", {"order": other.pk})
    assert refused.status_code == 400
    assert "not the customer&#x27;s" in refused.content.decode()


@pytest.mark.row("CS9")
def test_beside_a_thread_stand_the_customers_other_threads_that_i_may_see(world, bob):
    thread = make.thread(world.service)
    make.thread(world.service, subject="An earlier matter")
    make.thread(world.accounting, subject="An invoice elsewhere")
    panel = html_of(bob, f"/threads/{thread.pk}/panel/")
    assert "An earlier matter" in panel
    assert "An invoice elsewhere" not in panel


@pytest.mark.row("CS10")
def test_only_a_supervisor_puts_a_thread_in_the_bin(world, bob, client):
    thread = make.thread(world.service)
    assert bob.post(f"/threads/{thread.pk}/bin/").status_code == 403
    thread.refresh_from_db()
    assert thread.folder == "desk"
    client.force_login(world.alice)
    client.post(f"/threads/{thread.pk}/bin/")
    thread.refresh_from_db()
    assert thread.folder == "trash"
    assert "will be deleted for good 30 days after" in html_of(client, f"/threads/{thread.pk}/")


@pytest.mark.row("CS11")
def test_what_is_in_the_bin_can_be_taken_out(world, client):
    thread = make.thread(world.service)
    thread.trash(by=world.alice)
    client.force_login(world.alice)
    client.post(f"/threads/{thread.pk}/bin/", {"undo": "1"})
    thread.refresh_from_db()
    assert (thread.folder, thread.trashed_at) == ("desk", None)


def test_spam_and_back(world, bob):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/spam/")
    thread.refresh_from_db()
    assert thread.folder == "spam"
    bob.post(f"/threads/{thread.pk}/spam/", {"undo": "1"})
    thread.refresh_from_db()
    assert thread.folder == "desk"


def test_a_merged_thread_leads_to_the_other(world, bob):
    one, other = make.thread(world.service), make.thread(world.service)
    one.merge_into(other, by=world.bob)
    assert bob.get(f"/threads/{one.pk}/").url == f"/threads/{other.pk}/"


@pytest.mark.row("TH8")
def test_next_and_previous_follow_the_queue(world, bob):
    first, second = make.thread(world.service), make.thread(world.service)
    assert bob.get(f"/threads/{second.pk}/next/").url == f"/threads/{first.pk}/"
    assert bob.get(f"/threads/{first.pk}/previous/?from=assignee%3Dnone").url == (
        f"/threads/{second.pk}/?from=assignee%3Dnone"
    )
    assert bob.get(f"/threads/{first.pk}/next/").url == "/"


def test_the_customers_words_are_text_with_links(world, bob):
    thread = make.thread(world.service, "see https://track.test/1?a=1&b=2 and <b>this</b>\nbye")
    page = html_of(bob, f"/threads/{thread.pk}/")
    assert 'href="https://track.test/1?a=1&amp;b=2"' in page
    assert "&lt;b&gt;this&lt;/b&gt;<br>bye" in page


@pytest.mark.row("FO8")
@pytest.mark.row("FO12")
def test_a_message_says_its_browser_in_words_and_which_privacy_text_was_accepted(world, client):
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    thread = make.thread(world.service, user_agent=firefox, consent="v3")
    Message.objects.update(created_at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    client.force_login(world.bob)
    page = client.get(f"/threads/{thread.pk}/").content.decode()
    assert "Firefox 140 on Windows" in page
    assert "Accepted privacy text v3 on 24 Nov 2026" in page
    world.bob.language = "es"
    world.bob.save()
    assert "24 nov 2026" in client.get(f"/threads/{thread.pk}/").content.decode()


def test_times_are_as_short_on_the_thread_as_in_the_queue(world, client):
    thread = make.thread(world.service)
    Thread.objects.update(waiting_since=timezone.now() - timedelta(hours=3, minutes=40))
    client.force_login(world.bob)
    assert "Waiting for 3 h 40 min" in client.get(f"/threads/{thread.pk}/").content.decode()
