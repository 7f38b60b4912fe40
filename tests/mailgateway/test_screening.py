"""People, machines, lists and spammers are told apart by their headers."""

import pytest

from mailgateway import mime, screening
from mailgateway.headers import Headers


def automatic(*lines: tuple[str, str], sender: str = "ana@example.com") -> str:
    return screening.automatic(Headers(lines), sender)


@pytest.mark.row("IM24")
@pytest.mark.parametrize(
    ("header", "value", "wanted"),
    [
        ("Auto-Submitted", "auto-replied", "auto-reply"),
        ("Auto-Submitted", "auto-replied (vacation)", "auto-reply"),
        ("Auto-Submitted", "auto-generated", "auto-generated"),
        ("Auto-Submitted", "no", ""),
        ("Auto-Submitted", "No", ""),
        ("X-Autoreply", "yes", "auto-reply"),
        ("X-Autoreply", "no", ""),
        ("X-Autorespond", "Away", "auto-reply"),
        ("Precedence", "auto_reply", "auto-reply"),
        ("Precedence", "bulk", "bulk"),
        ("Precedence", "junk", "bulk"),
        ("Precedence", "list", "mailing-list"),
        ("List-Id", "<x.example.com>", "mailing-list"),
        ("List-Unsubscribe", "<mailto:x@example.com>", "mailing-list"),
        ("X-Auto-Response-Suppress", "All", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply", ""),
        ("X-FC-MachineGenerated", "true", "auto-generated"),
        ("Return-Path", "<>", "auto-generated"),
        ("Subject", "Automatic reply: your order", "auto-reply"),
        ("Subject", "Respuesta automática: pedido", "auto-reply"),
        ("Subject", "Réponse automatique : commande", "auto-reply"),
        ("Subject", "Automatische Antwort: Bestellung", "auto-reply"),
        ("Subject", "Abwesenheitsnotiz", "auto-reply"),
        ("Subject", "Out of Office: Ana", "auto-reply"),
        ("Subject", "=?utf-8?B?6Ieq5YuV5b+c562U?=", "auto-reply"),
        ("Subject", "How do I switch off the automatic reply?", ""),
        ("Subject", "My order", ""),
    ],
)
def test_what_is_automatic_is_called_by_its_kind(header: str, value: str, wanted: str) -> None:
    assert automatic((header, value)) == wanted


@pytest.mark.row("IM24")
def test_a_mailer_daemon_is_a_machine_and_an_away_message_from_a_list_is_an_auto_reply() -> None:
    assert automatic(sender="mailer-daemon@example.com") == "auto-generated"
    assert automatic(("Precedence", "bulk"), ("Auto-Submitted", "auto-replied")) == "auto-reply"


@pytest.mark.parametrize(
    ("header", "value", "wanted"),
    [
        ("X-Spam-Flag", "YES", True),
        ("X-Spam-Flag", "NO", False),
        ("X-Spam-Status", "Yes, score=9.1 required=5", True),
        ("X-Spam-Status", "No, score=-1", False),
        ("X-Spam-Level", "*****", False),
        ("X-MS-Exchange-Organization-SCL", "6", True),
        ("X-MS-Exchange-Organization-SCL", "-1", False),
        ("X-SES-Spam-Verdict", "FAIL", True),
        ("X-SES-Spam-Verdict", "PASS", False),
    ],
)
def test_a_filters_word_on_spam_is_believed(header: str, value: str, wanted: bool) -> None:
    assert screening.is_spam(Headers([(header, value)])) is wanted
    assert mime.parse(f"From: a@example.com\n{header}: {value}\n\nHello\n".encode()).is_spam is wanted
