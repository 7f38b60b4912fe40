"""Every mail in tests/eml is understood as the .json beside it says."""

import json
import subprocess
import sys
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from helpdesk.mail import InboundMail, Party
from mailgateway import addresses, charsets, headers, mime

EML = Path(__file__).resolve().parents[1] / "eml"
NAMES = sorted(path.stem for path in EML.glob("*.eml"))


def parsed(name: str) -> InboundMail:
    wanted = json.loads((EML / f"{name}.json").read_text())
    return mime.parse((EML / f"{name}.eml").read_bytes(), frozenset(wanted.get("own", ())))


def files_of(mail: InboundMail, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "content_type": one.content_type,
            "size": None if like.get("size", 0) is None else len(one.content),
            "inline": one.inline,
        }
        for one, like in zip(mail.files, wanted, strict=True)
    ]


def told(mail: InboundMail, key: str, wanted: Any) -> Any:
    """What the mail says under a key of the expectation, in the form of the expectation."""
    if key == "files":
        return files_of(mail, wanted)
    if key == "file_names":
        return [one.name for one in mail.files]
    if key in {"to", "cc"}:
        return [one.address for one in getattr(mail, key)]
    if key == "bounce":
        return {name: getattr(mail.bounce, name) for name in wanted} if wanted and mail.bounce else mail.bounce
    return getattr(mail, key)


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        value = [asdict(one) if is_dataclass(one) else one for one in value]
    return json.loads(json.dumps(value, default=str))


@pytest.mark.row("IM16")
@pytest.mark.row("IM17")
@pytest.mark.row("IM20")
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_is_understood_as_expected(name: str) -> None:
    mail, wanted = parsed(name), json.loads((EML / f"{name}.json").read_text())
    wanted.pop("own", None)
    for key, value in wanted.items():
        field = key.removesuffix("_holds").removesuffix("_lacks").removesuffix("_ends")
        if key.endswith("_holds"):
            assert all(one in getattr(mail, field) for one in value), (key, getattr(mail, field))
        elif key.endswith("_lacks"):
            assert not any(one in getattr(mail, field) for one in value), (key, getattr(mail, field))
        elif key.endswith("_ends"):
            assert getattr(mail, field).endswith(value), key
        elif key == "date_is_now":
            assert mail.date is not None
            assert abs(mail.date - datetime.now(UTC)) < timedelta(minutes=1)
        else:
            assert plain(told(mail, key, value)) == value, key


@pytest.mark.row("IM17")
def test_every_mail_keeps_its_whole_text_its_id_and_a_digest() -> None:
    for name in NAMES:
        mail = parsed(name)
        assert mail.message_id.startswith("<"), name
        assert mail.message_id.endswith(">"), name
        assert len(mail.digest) == 64, name
        assert "\x00" not in mail.subject + mail.text + mail.full_text + mail.html, name


@pytest.mark.row("IM17")
def test_the_same_mail_by_another_way_has_the_same_digest_and_made_up_id() -> None:
    raw = (EML / "no-message-id.eml").read_bytes()
    other_way = b"Received: from mx by mx2; Mon, 2 Nov 2026\nDelivered-To: x@shop.test\n" + raw.replace(b"\n", b"\r\n")
    one, two = mime.parse(raw), mime.parse(other_way)
    assert (one.digest, one.message_id) == (two.digest, two.message_id)
    assert mime.parse(raw.replace(b"Hello", b"Hullo")).digest != one.digest


@pytest.mark.row("IM18")
def test_a_mail_without_words_keeps_its_photo() -> None:
    mail = parsed("empty-body-with-photo")
    assert mail.text == ""
    assert [one.name for one in mail.files] == ["broken.gif"]
    assert mail.files[0].content.startswith(b"GIF89a")


@pytest.mark.row("IM19")
def test_html_with_a_script_is_kept_whole_and_its_text_is_only_what_is_read() -> None:
    mail = parsed("html-with-script")
    assert mail.text == "Hello"
    assert "alert" not in mail.full_text


@pytest.mark.row("IM20")
def test_an_outlook_drawing_is_taken_out_of_winmail_dat() -> None:
    mail = parsed("winmail-dat")
    assert {one.name: one.content for one in mail.files}["drawing.txt"] == b"hello from outlook"


@pytest.mark.row("IM20")
def test_an_enclosed_mail_keeps_its_bytes() -> None:
    (enclosed,) = parsed("enclosed-mail").files
    assert enclosed.content.startswith(b"From: shop@other.test\nSubject: =?utf-8?Q?")


@pytest.mark.row("IM15")
def test_every_way_of_naming_whom_a_mail_was_for_is_read() -> None:
    mail = parsed("delivery-headers")
    assert mail.delivered_to[:2] == ("help@shop.test", "service@shop.test")
    assert Party("john@example.com", "Doe, John") in mail.cc


@pytest.mark.row("IM14")
def test_our_own_mark_is_read_and_other_headers_of_that_name_say_nothing() -> None:
    mail = parsed("delivery-headers")
    assert mail.own_id == "<n.1.x@shop.test>"
    assert "closed" not in repr(mail).replace("enclosed", "")


def test_five_thousand_addresses_cost_little_and_twenty_are_kept() -> None:
    people = ",\n ".join(f'"Person, {n}" <p{n}@example.com>' for n in range(5000))
    raw = f"From: ana@example.com\nSubject: Many\nTo: {people}\nMessage-ID: <m@example.com>\n\nHello\n".encode()
    before = process_time()
    mail = mime.parse(raw)
    assert process_time() - before < 1
    assert len(mail.to) == 20
    assert mail.to[0] == Party("p0@example.com", "Person, 0")
    assert (mail.subject, mail.text) == ("Many", "Hello")


@pytest.mark.parametrize("depth", [25, 250, 2500])
def test_a_nested_bomb_costs_little_and_says_that_it_is_too_large(depth: int) -> None:
    levels = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(depth))
    raw = f"From: a@example.com\nSubject: Bomb\nContent-Type: multipart/mixed; boundary=b0\n\n{levels}deep\n"
    before = process_time()
    mail = mime.parse(raw.encode())
    assert process_time() - before < 2
    assert (mail.subject, mail.problem) == ("Bomb", "too-large")


def test_over_25_megabytes_the_headers_and_the_beginning_are_read() -> None:
    raw = b"From: a@example.com\nSubject: Big\n\n" + b"line of text\n" * (26 * 1024 * 1024 // 13)
    mail = mime.parse(raw)
    assert (mail.sender, mail.subject, mail.problem) == ("a@example.com", "Big", "too-large")
    assert mail.full_text.startswith("line of text")
    assert len(mail.full_text) <= 64 * 1024


def test_html_over_the_limit_is_shown_as_the_beginning_of_its_text() -> None:
    raw = b"From: a@example.com\nContent-Type: text/html\n\n" + b"<p>hello world</p>\n" * 100_000
    mail = mime.parse(raw)
    assert mail.problem == "too-large"
    assert mail.full_text.startswith("hello world")


def test_more_than_two_hundred_parts_keep_what_could_be_read() -> None:
    parts = "".join(f"--b\nContent-Type: text/plain\n\npart {n}\n" for n in range(300))
    mail = mime.parse(f"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n".encode())
    assert mail.problem == "too-large"
    assert "part 0" in mail.full_text


HOSTILE = [
    *("=?a?q?", "=?utf-8?q?a?=", "=?utf-8?b?====?= ", "(", ")", "<", ">", '"', "\\", "a@", "@", "a@b,", ";", "a*0=;"),
    *("=", ":", "<a@b> ", "%41", "<<>", "a*1*=x;", "\t", "0", "é"),
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("name", ["Subject", "From", "References", "Content-Type", "Content-Disposition", "Date"])
def test_a_hostile_header_costs_little(name: str, piece: str) -> None:
    value = piece * (30_000 // len(piece))
    before = process_time()
    mime.parse(f"{name}: {value}\n\nHello\n".encode())
    assert process_time() - before < 1


HOSTILE_HTML = ["<div>", "<!--", "<b ", "&", "<table><tr><td>", "<p><font>", '<a style="color:((((', "</div>", "<hr>"]


@pytest.mark.parametrize("piece", HOSTILE_HTML)
def test_hostile_html_costs_little(piece: str) -> None:
    html = piece * (100_000 // len(piece))
    before = process_time()
    mime.parse(f"From: a@example.com\nContent-Type: text/html\n\n{html}gmail_quote".encode())
    assert process_time() - before < 3


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("ana@example.com", [("ana@example.com", "")]),
        ("Ana <ANA@Example.com>", [("ana@example.com", "Ana")]),
        ('"Doe, John" <j@example.com>, x@example.com', [("j@example.com", "Doe, John"), ("x@example.com", "")]),
        ("j@example.com (John Doe)", [("j@example.com", "John Doe")]),
        ("Doe <j@example.com> (home)", [("j@example.com", "Doe")]),
        ("'ana@example.com' <ana@example.com>", [("ana@example.com", "ana@example.com")]),
        ("=?utf-8?Q?Garc=C3=ADa=2C_Ana?= <ana@example.com>", [("ana@example.com", "García, Ana")]),
        ("Friends: a@example.com, b@example.com; c@example.com", [(f"{one}@example.com", "") for one in "abc"]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ana@example.com>", [("ana@example.com", "")]),
        ("<mailto:ana@example.com>", [("ana@example.com", "")]),
        (
            'Unclosed "quote <ana@example.com>, b@example.com',
            [("ana@example.com", 'Unclosed "quote'), ("b@example.com", "")],
        ),
        ("nobody", []),
        ("", []),
    ],
)
def test_addresses_are_read_however_they_are_written(value: str, wanted: list[tuple[str, str]]) -> None:
    assert [(one.address, one.name) for one in addresses.parse(value)] == wanted


def test_parameters_are_joined_from_their_pieces() -> None:
    value = "attachment; filename*0*=UTF-8''factura%20; filename*1*=n%C2%BA; filename*2=\" 1.pdf\"; size=12"
    assert headers.parameters(value) == ("attachment", {"filename": "factura nº 1.pdf", "size": "12"})


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "undefined", "rot13", "base64", "../../x", "", "utf-8\x00", "zip"]
)
def test_a_charset_that_is_none_never_raises(label: str) -> None:
    assert charsets.decode("año".encode(), label) == "año"


def test_understanding_mail_loads_no_database() -> None:
    code = "import sys, mailgateway.child, mailgateway.mime; sys.exit('django.db' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
