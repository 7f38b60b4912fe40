"""Telling shops what happened here. `announce` writes it down; `crm.telling` sends it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from crm.models.shop import Shop
from crm.models.webhook import Delivery, Happening, Webhook


def announce(event: Happening | str, data: Mapping[str, Any], *, shop: Shop | int | None = None) -> int:
    """Tell the shop's addresses that asked for it, or those of every shop; returns how many will be told.

    Call it inside the transaction of what happened: both are kept, or neither. `data` is JSON of small facts (ids
    of the shop, references, links), never a message's text or a secret. Costs one query where nobody listens.
    """
    happening = Happening(event)
    shop_id = shop.pk if isinstance(shop, Shop) else shop
    hearing = Webhook.objects.hearing(happening.value, shop=shop_id)
    Delivery.objects.bulk_create(_telling(webhook, happening, data) for webhook in hearing)
    return len(hearing)


def _telling(webhook: Webhook, event: Happening, data: Mapping[str, Any]) -> Delivery:
    key, now = uuid4(), timezone.now()
    words = {"id": str(key), "event": event.value, "at": now, "data": data}
    body = json.dumps(words, cls=DjangoJSONEncoder, ensure_ascii=False)
    return Delivery(webhook=webhook, key=key, event=event.value, body=body, created_at=now)
