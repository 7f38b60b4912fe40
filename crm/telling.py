"""Sends what `crm.outbound` wrote down: in order for each address, signed, again and again for three days."""

import hashlib
import hmac
import time
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Agent
from crm import posting
from crm.models import Delivery, Webhook

LEASE, AT_MOST = 180, 60  # seconds in which one worker has an address in hand; seconds after which it lets go
PAUSES = [10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600]  # seconds after the first failure, the second ...
GIVE_UP = timedelta(days=3)
SWITCH_OFF = timedelta(days=5)


def send_due() -> int:
    """Tell each address what waits for it; returns how many tellings arrived. Periodic, by any worker."""
    due = Webhook.objects.due().order_by("retry_at", "pk").values_list("pk", flat=True)
    return sum(_speak_to(webhook) for pk in list(due) if (webhook := Webhook.objects.claim(pk, seconds=LEASE)))


def _speak_to(webhook: Webhook) -> int:
    """What waits for one address, in order, until something fails."""
    arrived, begun = 0, time.monotonic()
    try:
        while time.monotonic() - begun < AT_MOST and (delivery := _waiting(webhook).first()):
            if not send(delivery, webhook):
                break
            arrived += 1
    finally:
        Webhook.objects.filter(pk=webhook.pk).update(leased_until=None)
    return arrived


def _waiting(webhook: Webhook) -> QuerySet[Delivery]:
    return webhook.deliveries.filter(state=Delivery.State.WAITING).order_by("pk")


def send(delivery: Delivery, webhook: Webhook) -> bool:
    """One try. Whether the other side has it."""
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Mostrador/{settings.VERSION}",
        "Mostrador-Event": delivery.event,
        "Mostrador-Id": str(delivery.key),
        "Mostrador-Signature": signature(webhook.secret, body, at=int(timezone.now().timestamp())),
    }
    delivery.tries += 1
    delivery.tried_at, delivery.status, delivery.answer, delivery.took_ms = timezone.now(), None, "", None
    try:
        answer = posting.post(webhook.url, body, headers)
        delivery.status, delivery.answer, delivery.took_ms = answer.status, answer.text, answer.took_ms
        delivery.trouble, is_good = "", answer.is_good
    except posting.Unreachable as trouble:
        delivery.trouble, is_good = str(trouble)[:255], False
    _note(delivery, webhook, is_good=is_good)
    return is_good


def signature(secret: str, body: bytes, *, at: int) -> str:
    """As `t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _note(delivery: Delivery, webhook: Webhook, *, is_good: bool) -> None:
    """Write down how it went, and when to go on."""
    now = timezone.now()
    if is_good:
        delivery.state = Delivery.State.DELIVERED
        webhook.retry_at = webhook.failing_since = None
    else:
        is_over = now - delivery.created_at > GIVE_UP
        delivery.state = Delivery.State.FAILED if is_over else Delivery.State.WAITING
        pause = PAUSES[min(delivery.tries, len(PAUSES)) - 1]
        webhook.retry_at, webhook.failing_since = now + timedelta(seconds=pause), webhook.failing_since or now
    delivery.save()
    webhook.save_without_historical_record(update_fields=["retry_at", "failing_since"])  # type: ignore[attr-defined]
    if webhook.failing_since and now - webhook.failing_since > SWITCH_OFF:
        webhook.give_up()
        _tell_supervisors(webhook)


def _tell_supervisors(webhook: Webhook) -> None:
    """By mail, each in their language: the page that shows it is seldom open."""
    link = settings.SITE_URL + reverse("crm:webhook", args=[webhook.shop_id, webhook.pk])
    for agent in Agent.objects.supervisors().exclude(email=""):
        with translation.override(agent.language or None):
            context = {"agent": agent, "webhook": webhook, "link": link}
            subject = render_to_string("mail/webhook_off/subject.txt", context).strip()
            text = render_to_string("mail/webhook_off/body.txt", context).strip()
        EmailMessage(subject, text, to=[agent.email]).send()


def forget() -> int:
    """Delete tellings that are over and older than the log is kept; returns how many. Periodic."""
    limit = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    return Delivery.objects.filter(created_at__lt=limit).exclude(state=Delivery.State.WAITING).delete()[0]
