"""What is the same word, and what a query asks for. No database."""

from ipaddress import ip_network

import pytest

from search import folding, highlighting
from search.query import read


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("jose", "José Ruiz"),
        ("JOSÉ", "jose ruiz"),
        ("tazas", "Una taza azul"),
        ("taza", "Tres tazas azules"),
        ("devolución", "las devoluciones de ayer"),
        ("boxes", "one box"),
        ("cities", "a city"),
        ("luz", "las luces"),
        ("MK10482", "pedido MK-10482"),
        ("mk-10482", "pedido MK10482"),
        ("mk-104", "pedido MK-10482"),
        ("ana@exam", "escribe ana@example.com"),
        ("612 34 56 78", "llámame al +34 612 345 678"),
        ("straße", "STRASSE 4"),
        ("pres", "un presupuesto"),
        ('"taza azul"', "la TAZA azul"),
    ],
)
def test_these_find_each_other(typed, text):
    assert fits(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("taza roja", "una taza azul"),
        ('"azul taza"', "la taza azul"),
        ('"taz azul"', "la taza azul"),
        ("pres taza", "un presupuesto de tazas"),  # only the last word may go on
        ("ana@example.com", "ana y beto@example.com"),
        ("xqc7", "xqc7"),  # what looks like one of our own words is neither stored nor asked for as one
    ],
)
def test_these_do_not(typed, text):
    if typed == "xqc7":
        assert folding.words(typed) == ["xxqc7"]
        return
    assert not fits(typed, text)


def fits(typed, text):
    """Whether a line of words answers a query: as the engines look through the newest rows."""
    line, query = folding.line(1, folding.indexed(text)), read(typed)
    groups = all(any(term.inside in line for term in group) for group in query.groups)
    return bool(query) and groups and all(f" {phrase} " in line for phrase in query.phrases)


def test_nothing_typed_asks_for_nothing():
    assert not read("")
    assert not read('  "" … ¡! ')


def test_a_phone_is_found_from_its_sixth_last_digit_on_however_it_is_written():
    words = folding.phone_words("+34 612 34 56 78")
    assert "34612345678" in words
    assert "612345678" in words
    assert "345678" in words
    assert "45678" not in words


def test_a_network_is_the_beginning_of_its_addresses_words():
    for network, inside, outside in (
        ("203.0.113.0/24", "203.0.113.9", "203.0.114.9"),
        ("203.0.112.0/22", "203.0.115.255", "203.0.116.0"),
        ("2001:db8::/32", "2001:db8:5::1", "2001:db9::1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
    ):
        beginnings = tuple(folding.machine_beginnings(ip_network(network)))
        assert folding.machine_word(inside).startswith(beginnings), network
        assert not folding.machine_word(outside).startswith(beginnings), network


def test_a_name_with_a_slip_shares_a_word_with_the_right_one():
    for slip in ("fernandes", "fernadez", "fernnandez", "ferandnez", "fernández"):
        typed = {word for group in read(slip).near.groups for word in (term.word for term in group)}
        stored = {*folding.words("Fernández"), *folding.near_words("Fernández")}
        assert typed & stored, slip


def test_marks_stand_where_the_words_are_and_nothing_is_lost():
    text = "Querría <b>dos</b> Tazas de José, pedido MK-10482"
    pieces = highlighting.pieces(text, highlighting.pattern(read("taza jose mk10482")))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.is_hit] == ["Tazas", "José", "MK-10482"]


def test_a_snippet_begins_shortly_before_the_hit():
    text = " ".join(["nada"] * 200) + " la taza llegó rota " + " ".join(["más"] * 200)
    shown = "".join(piece.text for piece in highlighting.snippet(text, highlighting.pattern(read("taza"))))
    assert shown.startswith("…")
    assert "la taza llegó rota" in shown
    assert len(shown) < 200
    assert highlighting.snippet(text, highlighting.pattern(read("jarra"))) == []
