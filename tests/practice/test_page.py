"""Playing the customer on the practice page."""

from io import BytesIO

import pytest
from django.test import Client

from crm.models import Cart, Shop
from helpdesk.models import OutgoingMail
from mailgateway.practice import mailbox
from mailgateway.practice.mailbox import compose, letters, send
from tests import make

SHOP, LAURA = "hola@tallernorte.example", "laura@practica.example"


@pytest.fixture
def agent(shop) -> Client:
    client = Client()
    client.force_login(shop.bob, backend="django.contrib.auth.backends.ModelBackend")
    return client


def from_shop(to: str = LAURA, text: str = "Ya sale.") -> None:
    mail = compose("Taller Norte", SHOP, to=to, subject="Re: Pedido [#7]", text=text)
    mail["Reply-To"] = "hola+c.7.x@tallernorte.example"
    send(mail, sender=SHOP)


def test_a_stranger_is_sent_to_the_sign_in_page(shop):
    for path in ("/practice/", f"/practice/{LAURA}/letters/"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")


def test_without_practice_there_is_no_such_page(world, client):
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/practice/").status_code == 404


def test_the_page_shows_what_the_mailbox_received_and_what_the_shop_knows(agent, shop):
    make.order(shop.laura, "PR-1003")
    from_shop()
    page = agent.get(f"/practice/{LAURA}/").content.decode()
    assert "Ya sale." in page
    assert "PR-1003" in page


def test_a_new_mail_goes_to_the_shop_by_smtp(agent):
    said = {"answer": "new", "to": SHOP, "subject": "Mi\npedido", "text": "¿Dónde está?", "photo": "on"}
    make_box()
    answer = agent.post(f"/practice/{LAURA}/write/", {**said, "file": BytesIO(b"x" * 3000)})
    assert (answer.status_code, answer["Location"]) == (303, f"/practice/{LAURA}/")
    (letter,) = letters(SHOP)
    assert (letter.sender, letter.subject, letter.text) == (LAURA, "Mi pedido", "¿Dónde está?")
    assert len(letter.files) == 2


def test_an_answer_names_and_quotes_what_it_answers(agent):
    from_shop()
    (received,) = letters(LAURA)
    agent.post(f"/practice/{LAURA}/write/", {"answer": str(received.uid), "text": "¿Hoy?"})
    (letter,) = letters(SHOP)
    assert letter.to == "hola+c.7.x@tallernorte.example"
    assert letter.references == (received.message_id,)
    assert letter.subject == "Re: Pedido [#7]"
    assert (letter.text, "> Ya sale." in letter.quoted) == ("¿Hoy?", True)


def test_an_empty_mail_is_refused_at_the_field_and_the_rest_is_kept(agent):
    make_box()
    answer = agent.post(f"/practice/{LAURA}/write/", {"answer": "new", "to": SHOP, "subject": "Hola", "text": " "})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "write a message first" in page
    assert 'value="Hola"' in page
    assert letters(SHOP) == []


def test_every_situation_writes_or_says_why_not(agent):
    from_shop()
    before = {one.uid for one in letters(SHOP)}
    for key in ("late", "broken", "invoice", "twice", "thanks", "away", "bare"):
        assert agent.post(f"/practice/{LAURA}/situations/{key}/").status_code == 303
    sent = [one for one in letters(SHOP) if one.uid not in before]
    assert len(sent) == 7  # two of "twice", none of "invoice", which goes to accounting
    assert sorted(len(one.files) for one in sent)[-1] == 3
    assert b"Auto-Submitted: auto-replied" in mailbox.raw_mail(SHOP, "INBOX", sent[-2].uid)
    assert b"Message-ID" not in mailbox.raw_mail(SHOP, "INBOX", sent[-1].uid)


def test_thanks_without_a_mail_to_answer_says_so(agent):
    page = agent.post(f"/practice/{LAURA}/situations/thanks/", follow=True)
    assert "There is no mail to answer yet" in next(str(one) for one in page.context["messages"])
    assert letters(SHOP) == []


def test_the_polled_letters_come_only_when_there_are_new_ones(agent):
    assert agent.get(f"/practice/{LAURA}/letters/?count=0").status_code == 204
    from_shop()
    assert b"Ya sale." in agent.get(f"/practice/{LAURA}/letters/?count=0").content


def test_a_file_of_a_letter_is_a_download(agent):
    make_box()
    agent.post(f"/practice/{LAURA}/write/", {"answer": "new", "to": SHOP, "text": "x", "photo": "on"})
    (letter,) = letters(LAURA)
    answer = agent.get(f"/practice/{LAURA}/files/Sent/{letter.uid}/0/")
    assert answer.content.startswith(b"\x89PNG")
    assert answer["Content-Disposition"].startswith("attachment")
    assert agent.get(f"/practice/{LAURA}/files/Sent/{letter.uid}/9/").status_code == 404
    assert agent.get(f"/practice/{LAURA}/files/Nope/1/0/").status_code == 404


def test_mail_to_outsiders_can_be_answered_in_their_name(agent):
    from_shop("taxi@elsewhere.example")
    (letter,) = letters("outside")
    agent.post("/practice/outside/write/", {"answer": str(letter.uid), "text": "Entregado."})
    assert [one.sender for one in letters(SHOP)] == ["taxi@elsewhere.example"]


def test_nobody_unknown_can_be_played(agent):
    assert agent.get("/practice/nobody@example.com/").status_code == 404


def test_the_server_away_is_said_and_what_was_typed_is_kept(agent, post):
    make_box()
    post.settings.PRACTICE_SMTP_PORT = post.settings.PRACTICE_IMAP_PORT = 1
    answer = agent.post(f"/practice/{LAURA}/write/", {"answer": "new", "to": SHOP, "text": "typed words"})
    page = answer.content.decode()
    assert answer.status_code == 502
    assert "does not answer" in page
    assert "typed words" in page


def make_box() -> None:
    """The mailbox of the shop that mails may be written to."""
    from helpdesk.models import Contact
    from mailgateway.models import Mailbox

    Mailbox.objects.create(name=SHOP, username=SHOP, contact=Contact.objects.get(), imap_host="127.0.0.1")


def test_a_player_is_mailed_a_link_to_their_private_area(agent, shop):
    make.order(shop.laura, "PR-1003")
    assert f"/practice/{LAURA}/area/" in agent.get(f"/practice/{LAURA}/").content.decode()
    assert agent.post(f"/practice/{LAURA}/area/").status_code == 303
    mail = OutgoingMail.objects.get()
    assert (mail.to, "/area/link/" in mail.text) == ([LAURA], True)
    assert Client().post(f"/practice/{LAURA}/area/").status_code == 302


def test_a_player_moves_the_order_on_and_fills_the_cart(agent, shop):
    source = Shop.objects.create(name="Taller Norte")
    order = make.order(shop.laura, "PR-1003", source=source, shop_id="1003", is_shipped=True)
    assert "Order: It arrives" in " ".join(agent.get(f"/practice/{LAURA}/").content.decode().split())
    told = agent.post(f"/practice/{LAURA}/order/", follow=True).content.decode()
    assert "Order PR-1003: the shop now says “Entregado”." in told
    order.refresh_from_db()
    assert (order.is_done, order.states.get().state) == (True, "Entregado")
    assert agent.post(f"/practice/{LAURA}/order/").status_code == 404  # there is nothing more to happen
    agent.post(f"/practice/{LAURA}/cart/")
    agent.post(f"/practice/{LAURA}/cart/")
    cart = shop.laura.carts.get()
    assert {line.name for line in cart.lines.all()} == {"Cuenco Bruma", "Taza Alba"}
    assert cart.is_live
    assert agent.post("/practice/alguien@practica.example/cart/").status_code == 404  # nobody the shop knows


def test_somebody_paid_and_there_is_no_order(agent, shop):
    make.order(shop.laura, "PR-1003")
    agent.post("/practice/alguien@practica.example/situations/lost/")
    cart = Cart.objects.get()
    assert (cart.customer, cart.is_charged, cart.order) == (None, True, None)
    (letter,) = letters(SHOP)
    assert f"{cart.total:.2f}".replace(".", ",") in letter.text
    assert all(line.name in letter.text for line in cart.lines.all())
