"""What is kept of a person's shop beside the records: answers to its calls, the log of what it was told,
lines of files that were imported.

Named in settings.PERSONAL_DATA.
"""

from typing import Any

from django.db.models import Q

from crm.models import Customer, CustomerFileLine, Delivery, ShopAnswer


def copy_of(customer_id: int, addresses: list[str], *, private: bool) -> tuple[list[Any], list[Any]]:
    """Nothing: both repeat what the record says."""
    return [], []


def weight(customer_id: int, addresses: list[str]) -> list[str]:
    """Nothing that needs words."""
    return []


def erase(customer_id: int, addresses: list[str]) -> None:
    """Forget answers that show the person, and what the shop was told of them; what still waits is sent first."""
    customer = Customer.objects.get(pk=customer_id)
    CustomerFileLine.objects.filter(Q(email__in=addresses) | Q(customer=customer)).delete()
    named = Q(pk=None)
    for address in addresses:
        named |= Q(body__icontains=address)
    ShopAnswer.objects.filter(named | Q(shop=customer.source_id, body__contains=f'"number": {customer_id},')).delete()
    if customer.shop_id:
        named |= Q(webhook__shop=customer.source_id, body__contains=f'"{customer.shop_id}"')
    Delivery.objects.filter(named).exclude(state=Delivery.State.WAITING).delete()
