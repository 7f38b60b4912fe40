"""Delivery reports are told from people's mail about deliveries."""

from pathlib import Path

import pytest

from mailgateway import mime

EML = Path(__file__).resolve().parents[1] / "eml"


@pytest.mark.row("IM24")
def test_the_worst_news_of_a_report_counts_and_our_ids_are_found_in_what_came_back() -> None:
    bounce = mime.parse((EML / "dsn-postfix.eml").read_bytes()).bounce
    assert bounce is not None
    assert (bounce.recipient, bounce.action, bounce.status) == ("gone@example.com", "failed", "5.1.1")
    assert bounce.message_ids[0] == "<c.7.aaaabbbbccccdddd.x@shop.test>"


@pytest.mark.row("IM24")
def test_an_away_message_with_an_empty_return_path_is_no_bounce() -> None:
    raw = (
        b"Return-Path: <>\nFrom: ana@example.com\nSubject: Out of office: mail delivery\nAuto-Submitted: auto-replied\n"
    )
    mail = mime.parse(raw + b"\nYour mail to ana@example.com: I am away, recipients may ring 555 1234.\n")
    assert (mail.bounce, mail.automatic) == (None, "auto-reply")


@pytest.mark.row("IM24")
@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Delivery failed", "My parcel for ana@example.com could not be delivered. The mailbox at my door is full."),
        ("Returned order", "I returned the bowl, write to ana@example.com. There was an error 550."),
        ("Undelivered", "My order is undelivered, ana@example.com"),
        ("Problem with delivery status", "It says failed. My address: ana@example.com"),
    ],
)
def test_a_customer_who_writes_of_failed_deliveries_is_no_bounce(subject: str, text: str) -> None:
    assert mime.parse(f"From: Ana <ana@example.com>\nSubject: {subject}\n\n{text}\n".encode()).bounce is None


@pytest.mark.row("IM24")
def test_a_read_receipt_and_a_complaint_are_no_bounces() -> None:
    for kind in ("disposition-notification", "feedback-report"):
        raw = (
            "From: postmaster@example.com\nSubject: Delivery report\n"
            f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n--b\n\nUndeliverable mail\n"
            f"--b\nContent-Type: message/{kind}\n\nFinal-Recipient: rfc822;ana@example.com\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
        )
        assert mime.parse(raw.encode()).bounce is None
