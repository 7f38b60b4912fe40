"""Bots and floods: slowed down or put into the spam folder, never thrown away."""

import pytest

from helpdesk.models import Folder, Message, OutgoingMail, Thread
from tests import make
from tests.portal.conftest import hidden


@pytest.mark.row("FO4")
@pytest.mark.parametrize(
    "bot", [{"after": 1}, {"website": "https://pills.test"}, {"token": "forged"}], ids=["fast", "trap", "forged"]
)
def test_a_bots_post_goes_to_spam_with_the_same_confirmation_and_no_mail(client, world, fill, bot):
    response = fill(message="Buy pills", **bot)
    thread = Thread.objects.get()
    page = client.get(response["Location"]).content.decode()
    assert (thread.folder, Message.objects.get().text) == (Folder.SPAM, "Buy pills")
    assert not OutgoingMail.objects.exists()
    assert f"#{thread.pk}" in page
    assert "Message sent" in page


@pytest.mark.row("FO4")
@pytest.mark.parametrize("after", [5, 30 * 60, 24 * 3600, 40 * 24 * 3600])
def test_a_human_who_takes_their_time_succeeds_at_the_first_try(client, world, fill, after):
    fill(after=after)
    assert Thread.objects.get().folder == Folder.DESK


@pytest.mark.row("FO4")
def test_twenty_posts_in_a_minute_are_limited_and_the_text_is_kept(client, world, fill):
    token = hidden(client.get("/contact/").content.decode(), "token")
    answers = [fill(token=token, email=f"{n}@example.com", message=f"Post {n}") for n in range(20)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    assert int(limited[-1]["Retry-After"]) > 0
    assert "Post 19</textarea>" in limited[-1].content.decode()
    assert "Your message has not been sent yet" in limited[-1].content.decode()


@pytest.mark.row("FO4")
def test_fifty_people_behind_one_address_in_ten_minutes_all_get_through(client, world, fill):
    done = [fill(after=20 + 12 * n, email=f"{n}@example.com", message=f"Question {n}") for n in range(50)]
    assert {answer.status_code for answer in done} == {303}
    assert Thread.objects.filter(folder=Folder.DESK).count() == 50


def test_many_posts_with_one_address_are_flagged_not_lost(client, world, fill):
    for n in range(9):
        fill(message=f"Question {n}")
    folders = list(Thread.objects.order_by("pk").values_list("folder", flat=True))
    assert (folders.count("desk"), folders.count("spam")) == (6, 3)


@pytest.mark.row("FO9")
def test_one_confirmation_an_hour_without_the_senders_words_or_files(client, world, fill):
    fill(message="Visit http://evil.test", subject="CHEAP", name="Evil Name")
    fill(message="Visit http://evil.test again")
    mail = OutgoingMail.objects.get()
    said = mail.subject + mail.text + mail.html + mail.from_name
    assert not any(word in said for word in ("evil.test", "CHEAP", "Evil Name"))
    assert (mail.attachments.count(), mail.auto_submitted, mail.to) == (0, "auto-replied", ["john@example.com"])


@pytest.mark.row("FO9")
def test_an_answer_to_the_confirmation_lands_in_the_thread(client, world, fill):
    from helpdesk import intake

    fill()
    mail = OutgoingMail.objects.get()
    answer = make.mail("And one more thing", in_reply_to=(mail.message_id_header,), references=tuple(mail.references))
    assert intake.deliver(answer, contact=world.service).thread_id == Thread.objects.get().pk
