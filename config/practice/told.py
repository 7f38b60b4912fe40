"""What came from the practice shop, and what it was told: a past, since nothing leaves from here."""

import json
from datetime import UTC, timedelta
from uuid import uuid4

from django.utils import timezone

from crm.models import Delivery, Shop, ShopTally, Webhook

A_DAY = {"customers": (12, 40, 0), "addresses": (15, 38, 0), "orders": (21, 64, 1), "carts": (180, 320, 2)}
TOLD = [
    ("thread.created", Delivery.State.DELIVERED, 200, 41),
    ("message.sent", Delivery.State.DELIVERED, 200, 63),
    ("thread.closed", Delivery.State.DELIVERED, 204, 38),
    ("cart.restored", Delivery.State.FAILED, 500, 1210),
]


def tell(shop: Shop) -> None:
    """A week of tallies, and an address that rests, with its log."""
    now = timezone.now()
    Shop.objects.filter(pk=shop.pk).update(heard_at=now - timedelta(seconds=40))
    ShopTally.objects.bulk_create(
        ShopTally(
            shop=shop,
            day=(now - timedelta(days=day)).astimezone(UTC).date(),
            noun=noun,
            written=written + day,
            unchanged=unchanged,
            refused=refused,
        )
        for day in range(7)
        for noun, (written, unchanged, refused) in A_DAY.items()
    )
    events = [event for event, *_more in TOLD]
    webhook = Webhook.objects.create(shop=shop, url=f"{shop.url}/modules/desk/hear", events=events, is_active=False)
    for n, (event, state, status, took) in enumerate(TOLD):
        key, at = uuid4(), now - timedelta(hours=5 - n)
        body = json.dumps({"id": str(key), "event": event, "at": at.isoformat(), "data": {"thread": 12 + n}})
        said = {"status": status, "answer": "ok" if status < 300 else "Internal Server Error", "took_ms": took}
        Delivery.objects.create(
            webhook=webhook, key=key, event=event, body=body, state=state, tries=1, created_at=at, tried_at=at, **said
        )
