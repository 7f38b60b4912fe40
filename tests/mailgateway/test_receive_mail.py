"""The pipe transport, as a mail server calls it."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db.models.signals import pre_save

from helpdesk.models import Message, Status, Thread
from mailgateway import child, rawmail
from mailgateway.models import Incoming
from tests.mailscore import CORPUS

EML = Path(__file__).resolve().parents[1] / "eml"
KEYS = {
    *("outcome", "thread", "message", "customer_email", "from_name", "subject", "body_text", "body_full_text"),
    *("body_html", "attachments", "reason"),
}
MAIL = b"""From: Ana <ana@example.com>
To: service@shop.test
Subject: Where is it?
Message-ID: <one@example.com>

Where is my order?
"""


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a mail on standard input, get the line of JSON."""

    def give(raw: bytes, slug: str = "service") -> dict:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        call_command("receive_mail", "--contact", slug, "--json")
        return json.loads(capsys.readouterr().out)

    return give


@pytest.mark.row("IM17")
def test_a_mail_on_standard_input_becomes_a_thread(world: SimpleNamespace, pipe) -> None:
    told = pipe(MAIL)
    assert set(told) == KEYS
    thread = Thread.objects.get()
    assert (told["outcome"], told["thread"], told["message"]) == ("created", thread.pk, thread.messages.get().pk)
    assert (told["customer_email"], told["from_name"], told["subject"]) == ("ana@example.com", "Ana", "Where is it?")
    assert told["body_text"] == "Where is my order?"
    assert thread.contact == world.service


@pytest.mark.row("IM16")
def test_an_unknown_sender_shows_by_the_name_of_the_mail(world: SimpleNamespace, pipe) -> None:
    pipe(MAIL)
    assert Thread.objects.get().name == "Ana"


def test_the_same_mail_again_is_a_duplicate(world: SimpleNamespace, pipe) -> None:
    first, second = pipe(MAIL), pipe(MAIL)
    assert (second["outcome"], second["thread"], second["reason"]) == ("duplicate", first["thread"], "duplicate")
    assert second["subject"] == "Where is it?"
    assert Message.objects.count() == 1


@pytest.mark.row("IM27")
def test_the_customers_answer_comes_into_the_same_thread_with_its_new_part(world: SimpleNamespace, pipe) -> None:
    first = pipe(MAIL)
    thread = Thread.objects.get()
    reply = thread.reply(text="It left today.", by=world.bob)
    thread.close(by=world.bob)
    answer = (
        "From: ana@example.com\nSubject: =?utf-8?Q?RV=3A_Where?=\nMessage-ID: <two@example.com>\n"
        f"In-Reply-To: {reply.message_id}\n\nNothing came!\n\n"
        "On Mon, 2 Nov 2026 at 09:00, Shop <service@shop.test> wrote:\n> It left today.\n"
    )
    told = pipe(answer.encode())
    assert (told["outcome"], told["thread"]) == ("appended", first["thread"])
    assert told["body_text"] == "Nothing came!"
    assert "It left today." in told["body_full_text"]
    thread.refresh_from_db()
    assert thread.status == Status.OPEN


@pytest.mark.row("IM20")
def test_three_attachments_and_an_inline_picture_are_told(world: SimpleNamespace, pipe) -> None:
    told = pipe((EML / "three-attachments.eml").read_bytes())
    assert [one["filename"] for one in told["attachments"]] == [
        *("factura nº 1.pdf", "lista de años.csv", "factura nº 1 (2).pdf"),
    ]
    assert told["attachments"][0] == {
        "filename": "factura nº 1.pdf",
        "content_type": "application/pdf",
        "size": 10,
        "inline": False,
    }
    told = pipe((EML / "inline-image.eml").read_bytes())
    assert [one["inline"] for one in told["attachments"]] == [True, False]
    assert Message.objects.order_by("pk").last().attachments.count() == 2


@pytest.mark.row("IM18")
def test_a_mail_with_nothing_but_a_photo_is_one_message_with_the_photo(world: SimpleNamespace, pipe) -> None:
    told = pipe((EML / "empty-body-with-photo.eml").read_bytes())
    assert (told["outcome"], told["body_text"]) == ("created", "")
    assert Message.objects.get().attachments.count() == 1


@pytest.mark.row("IM19")
def test_a_mail_with_a_script_is_imported_inert(world: SimpleNamespace, pipe) -> None:
    assert pipe((EML / "html-with-script.eml").read_bytes())["outcome"] == "created"
    html = Message.objects.get().html
    assert "script" not in html
    assert "onerror" not in html


@pytest.mark.row("IM15")
def test_a_mail_for_another_contact_goes_to_it(world: SimpleNamespace, pipe) -> None:
    pipe(MAIL.replace(b"To: service@shop.test", b"To: Accounting@shop.test"))
    pipe(MAIL.replace(b"one@", b"two@").replace(b"To: service@shop.test", b"X-Original-To: accounting@shop.test"))
    assert [one.contact for one in Thread.objects.all()] == [world.accounting] * 2


@pytest.mark.row("IM24")
@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("out-of-office", "created", "auto-reply"),
        ("mailing-list", "created", "mailing-list"),
        ("dsn-postfix", "bounce", "bounce"),
        ("no-from", "created", "no-sender"),
        ("nested-bomb", "created", "too-large"),
        ("gmail-reply", "created", ""),
    ],
)
def test_the_reason_says_what_is_special(world: SimpleNamespace, pipe, name: str, outcome: str, reason: str) -> None:
    told = pipe((EML / f"{name}.eml").read_bytes())
    assert (told["outcome"], told["reason"]) == (outcome, reason)


@pytest.mark.row("IM14")
def test_one_of_our_own_mails_is_ignored_with_a_row(world: SimpleNamespace, pipe) -> None:
    pipe(MAIL)
    ours = Thread.objects.get().reply(text="Today.", by=world.bob).message_id
    raw = f"From: service@shop.test\nMessage-ID: <rewritten@mx>\nX-Mostrador-Id: {ours}\n\nToday.\n"
    told = pipe(raw.encode())
    assert (told["outcome"], told["reason"], told["thread"]) == ("ignored", "loop", None)
    assert Incoming.objects.filter(outcome="ignored", reason="loop").count() == 1
    forged = raw.replace("X-Mostrador-Id: <c.", "X-Mostrador-Id: <c.9").replace("rewritten", "forged")
    assert pipe(forged.encode())["outcome"] == "created"


@pytest.mark.row("IM11")
@pytest.mark.parametrize(
    "subject", ["RE: Where [#{}]", "AW: [#{}]", "=?utf-8?B?UlY6IFs=?= =?utf-8?Q?=23{}]?=", "Re:\n [#{}]"]
)
def test_a_number_in_any_subject_threads_for_the_customer_and_for_nobody_else(
    world: SimpleNamespace, pipe, subject: str
) -> None:
    first = pipe(MAIL)["thread"]
    answer = f"From: %s\nTo: service@shop.test\nSubject: {subject.format(first)}\nMessage-ID: <%s>\n\nHello\n"
    assert pipe((answer % ("ana@example.com", "a@example.com")).encode())["thread"] == first
    assert pipe((answer % ("stranger@example.com", "s@example.com")).encode())["thread"] != first


def test_a_mail_that_cannot_be_understood_is_rejected_and_kept(
    world: SimpleNamespace, pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.parse_limited(MAIL)
    os.kill(child._desk.child.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(child, "WALL_SECONDS", 0.2)
    told = pipe(MAIL)
    assert (told["outcome"], told["reason"], told["thread"]) == ("rejected", "timeout", None)
    assert rawmail.load(Incoming.objects.get().raw_path) == MAIL
    assert set(told) == KEYS


def test_an_unknown_contact_is_a_sentence_and_a_usage_error(
    world: SimpleNamespace, pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        pipe(MAIL, slug="nobody")
    assert left.value.code == 64
    assert "“nobody”" in capsys.readouterr().err
    assert Incoming.objects.count() == 0


def test_without_a_database_the_mail_server_is_asked_to_try_again() -> None:
    root = Path(__file__).resolve().parents[2]
    away = os.environ | {"DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/nowhere"}
    command = [sys.executable, "manage.py", "receive_mail", "--contact", "service", "--json"]
    left = subprocess.run(command, cwd=root, env=away, input=MAIL, capture_output=True, check=False)
    assert left.returncode == 75, left.stderr
    assert b"try again later" in left.stderr
    assert b"Traceback" not in left.stderr


def test_a_folder_is_taken_in_name_order_and_a_bad_mail_stops_no_other(
    world: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("c", "a", "b"):
        (tmp_path / f"{name}.eml").write_bytes(MAIL.replace(b"one@", f"{name}@".encode()))
    (tmp_path / "b.eml").write_bytes(b"From: broken@example.com\n\nbroken")

    def fails_for_one(instance: Message, **more: object) -> None:
        if instance.author_email == "broken@example.com":
            raise ValueError("odd")

    pre_save.connect(fails_for_one, sender=Message)
    try:
        call_command("receive_mail", "--contact", "service", "--maildir", str(tmp_path))
    finally:
        pre_save.disconnect(fails_for_one, sender=Message)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["file"] for one in told] == ["a.eml", "b.eml", "c.eml"]
    assert [one["outcome"] for one in told] == ["created", "rejected", "created"]
    assert all(set(one) == KEYS | {"file"} for one in told)


def test_all_our_own_mails_are_taken_from_their_folder(
    world: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("receive_mail", "--contact", "service", "--maildir", str(EML))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(told) == len([one for one in EML.iterdir() if one.is_file()])
    assert not [one["file"] for one in told if one["outcome"] == "rejected"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the mail corpus is not at {CORPUS}")
@pytest.mark.parametrize(
    "folder",
    sorted({path.parent for path in CORPUS.rglob("*") if path.is_file()} - {CORPUS}),
    ids=lambda path: path.name,
)
def test_every_mail_of_the_corpus_is_taken_without_a_crash(
    world: SimpleNamespace, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("receive_mail", "--contact", "service", "--maildir", str(folder))
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["file"] for one in told] == sorted(one.name for one in folder.iterdir() if one.is_file())
    assert not [(one["file"], one["reason"]) for one in told if one["outcome"] == "rejected"]
    assert Incoming.objects.filter(state="done").count() == len(told)
