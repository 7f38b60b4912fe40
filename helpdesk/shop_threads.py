"""The desk's door for threads of shops. Named in settings.SHOP_THREADS: whoever reads a shop knows no threads."""

from collections.abc import Iterable

from helpdesk.context import Shop, ShopThread
from helpdesk.models import ThreadOrigin
from helpdesk.models.origin import Taken


def known(shop_id: int, numbers: Iterable[int]) -> set[int]:
    """Those of a shop's threads that were taken in already, by the shop's numbers."""
    origins = ThreadOrigin.objects.filter(source=shop_id, shop_id__in=[str(one) for one in numbers])
    return {int(one) for one in origins.values_list("shop_id", flat=True)}


def take(thread: ShopThread, *, shop: Shop) -> Taken:
    """Write one down, or what is new in it. As ThreadOrigin.objects.take."""
    return ThreadOrigin.objects.take(thread, shop=shop)
