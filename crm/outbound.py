"""Telling shops what happened here. `announce` writes it down; `crm.telling` sends it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.kept import kept
from crm.models.shop import Shop
from crm.models.webhook import WANTED, Delivery, Happening, Webhook


def announce(event: Happening | str, data: Mapping[str, Any], *, shop: Shop | int | None = None) -> int:
    """Tell the shop's addresses that asked for it, or those of every shop; returns how many will be told.

    Call it inside the transaction of what happened: both are kept, or neither. `data` is JSON of small facts (ids
    of the shop, references, links), never a message's text or a secret. Costs no query where nobody listens.
    """
    happening = Happening(event)
    hearing = listeners(happening, shop=shop)
    Delivery.objects.bulk_create(_telling(webhook, happening, data) for webhook in hearing)
    return len(hearing)


def listeners(event: Happening | str, *, shop: Shop | int | None = None) -> list[Webhook]:
    """Addresses in use that asked for an event: of one shop, or of all. Costs no query where nobody listens."""
    if not is_wanted(event):
        return []
    return Webhook.objects.hearing(Happening(event).value, shop=shop.pk if isinstance(shop, Shop) else shop)


def is_wanted(event: Happening | str) -> bool:
    """Whether any address in use asked for an event; known until a subscription or a shop changes."""
    return Happening(event).value in kept(WANTED, _wanted)


def _wanted() -> set[str]:
    in_use = Webhook.objects.filter(is_active=True, shop__is_active=True)
    return {event for events in in_use.values_list("events", flat=True) for event in events}


def _telling(webhook: Webhook, event: Happening, data: Mapping[str, Any]) -> Delivery:
    key, now = uuid4(), timezone.now()
    words = {"id": str(key), "event": event.value, "at": now, "data": data}
    body = json.dumps(words, cls=DjangoJSONEncoder, ensure_ascii=False)
    return Delivery(webhook=webhook, key=key, event=event.value, body=body, created_at=now)
