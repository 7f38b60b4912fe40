"""The desk's door for threads of shops. Named in settings.SHOP_THREADS: whoever reads a shop knows no threads."""

from collections.abc import Iterable

from helpdesk.context import ContactOfShop, Shop, ShopThread
from helpdesk.models import ShopContact, ThreadOrigin
from helpdesk.models.origin import Taken


def hear(contacts: Iterable[ContactOfShop], *, shop: Shop) -> None:
    """How a shop calls its contacts, so that the team can say which of ours takes their threads."""
    ShopContact.objects.hear(contacts, shop=shop)


def known(shop_id: int, numbers: Iterable[int]) -> set[int]:
    """Those of a shop's threads that were taken in already, by the shop's numbers."""
    origins = ThreadOrigin.objects.filter(source=shop_id, shop_id__in=[str(one) for one in numbers])
    return {int(one) for one in origins.values_list("shop_id", flat=True)}


def take(thread: ShopThread, *, shop: Shop) -> Taken:
    """Write one down, or what is new in it. As ThreadOrigin.objects.take."""
    return ThreadOrigin.objects.take(thread, shop=shop)
