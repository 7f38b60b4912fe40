"""What a letter says of amounts, days, words and people, in the languages customers write in."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from crm.emails import canonical
from crm.matching import Complaint
from crm.matching.addresses import phone_key, phones_in, postcodes_in
from crm.matching.amounts import amounts_in
from crm.matching.days import days_in
from crm.matching.reading import MOST_LETTERS, read
from crm.matching.vocabulary import Vocabulary
from crm.matching.words import fold, is_near, stem

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "value", "is_exact"),
    [
        ("me cobraron 64,90 €", "64.90", True),
        ("son 1.234,50 euros", "1234.50", True),
        ("I paid $1,234.50", "1234.50", True),
        ("€41 from my card", "41", False),
        ("unos 40 euros", "40", False),
        ("un cargo de 36,00", "36.00", True),
        ("etwa 20 Euro", "20", False),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, value, is_exact):
    (found,) = amounts_in(fold(text))
    assert (found.value, found.is_exact) == (Decimal(value), is_exact)


@pytest.mark.parametrize("text", ["pedido 10482", "el 12.11.2026", "a las 10.30", "2 tazas", "ref. 12-11", "v1.2.3"])
def test_what_is_no_amount_is_none(text):
    assert not [one for one in amounts_in(fold(text)) if one.value > 11]


def test_a_whole_amount_may_leave_out_the_cents_and_about_means_a_tenth():
    whole, about = amounts_in("41 euros")[0], amounts_in("unos 40 euros")[0]
    assert whole.fits(Decimal("41.90"))
    assert not whole.fits(Decimal("42.10"))
    assert about.fits(Decimal("43.50"))
    assert not about.fits(Decimal("45"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("lo pedí el martes", date(2026, 11, 24)),
        ("el 12/11", date(2026, 11, 12)),
        ("el 12 de noviembre", date(2026, 11, 12)),
        ("on November 12th", date(2026, 11, 12)),
        ("12.11.2026", date(2026, 11, 12)),
        ("2026-11-12", date(2026, 11, 12)),
        ("yesterday", date(2026, 11, 24)),
        ("ayer por la mañana", date(2026, 11, 24)),
        ("hace tres días", date(2026, 11, 22)),
        ("3 days ago", date(2026, 11, 22)),
        ("vor drei Tagen", date(2026, 11, 22)),
        ("il y a 3 jours", date(2026, 11, 22)),
        ("am Montag", date(2026, 11, 23)),
        ("jeudi", date(2026, 11, 19)),
        ("gestern", date(2026, 11, 24)),
        ("le 12 décembre", date(2025, 12, 12)),
    ],
)
def test_a_day_is_read_as_people_say_it(text, day):
    found = days_in(fold(text), today=WEDNESDAY)
    if (WEDNESDAY - day).days > 200:
        assert not found
    else:
        assert day in [one.first for one in found]


def test_todays_weekday_is_today_or_a_week_ago_and_a_week_is_about_a_week():
    assert [one.first for one in days_in("el miercoles", today=WEDNESDAY)] == [WEDNESDAY, date(2026, 11, 18)]
    assert [one.distance(date(2026, 11, 16)) for one in days_in("hace una semana", today=WEDNESDAY)] == [0]


def test_words_are_compared_without_accents_plurals_and_slips():
    assert stem(fold("Jarrones")) == stem(fold("jarrón"))
    assert {stem(word) for word in ("plates", "plate")} == {"plat"}
    assert is_near("cuenco", "ceunco")
    assert not is_near("taza", "tasa")  # too short to guess
    vocabulary = Vocabulary({"Cuenco de gres azul": 3, "Taza Bruma": 2})
    assert vocabulary.meant_by(["cuencos", "azules", "brma", "hola"]) == {"cuenco", "azul", "bruma"}


def test_addresses_and_numbers_have_one_form():
    assert canonical("J.ohn.Doe+shop@Googlemail.com") == "johndoe@gmail.com"
    assert canonical("a.b+x@correo.example") == "a.b@correo.example"
    assert phone_key("+34 600 000 123") == phone_key("600000123") == "600000123"
    assert phones_in("Tel. +34 600-000-123") == {"600000123"}
    assert postcodes_in("28013 Madrid, BS1 4ST Bristol, 64,90 €") == {"28013", "BS14ST"}


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1.",
        "1 ",
        "1,1 ",
        "a",
        "a@",
        "a.",
        "+1(",
        "12/1",
        "12.11.",
        "€1",
        "hace ",
        "12 de ",
        "unos ",
        "é",
        "28013 ",
        "A1 1A",
        "\n",
    ],
)
def test_a_hostile_letter_of_100_kb_is_read_at_once(piece):
    text = (piece * 100_000)[:100_000]
    complaint = Complaint((text,), datetime(2026, 11, 25, tzinfo=UTC))
    begun = time.process_time()
    read(complaint, zone=UTC)
    assert time.process_time() - begun < 0.5  # ten times what it takes: the machine may be busy


def test_only_the_beginning_of_a_long_letter_is_read():
    facts = read(Complaint(("x " * MOST_LETTERS, "64,90 €"), datetime(2026, 11, 25, tzinfo=UTC)), zone=UTC)
    assert not facts.amounts
