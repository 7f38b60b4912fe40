"""What customers bought is added up when their orders change, not when a list is read."""

from decimal import Decimal
from typing import Any

import pytest

from crm.models import Order
from tests import make

pytestmark = pytest.mark.django_db


def test_sales_are_added_up_in_the_main_currency(world: Any) -> None:
    make.order(world.john, total=Decimal("30.00"))
    make.order(world.john, total=Decimal("22.00"), currency="USD", rate=Decimal("1.10"))
    make.order(world.john, total=Decimal("99.00"), is_valid=False)
    nobody = make.customer("Ana Nada", "ana@example.com")
    Order.objects.add_up([world.john.pk, nobody.pk])
    world.john.refresh_from_db()
    nobody.refresh_from_db()
    assert (world.john.order_count, world.john.spent) == (2, Decimal("50.00"))
    assert (nobody.order_count, nobody.spent) == (0, None)
