"""What is switched on, who leaves a cart, and what was sent."""

from datetime import UTC, datetime
from decimal import Decimal

from crm.models import (
    CartItem,
    FollowUpKind,
    FollowUpRule,
)
from helpdesk.models import OutgoingMail
from tests import make

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Madrid


def switch_on(kind=FollowUpKind.CART, step=1, **fields):
    rule = next(one for one in FollowUpRule.all_of_them() if (one.kind, one.step) == (kind, step))
    for name, value in {"is_on": True, **fields}.items():
        setattr(rule, name, value)
    rule.save()
    return rule


def left_by(customer, **fields):
    cart = make.cart(customer, source=customer.source, **fields)
    cart.replace_lines([CartItem("Taza Bruma", 2, Decimal(14))])
    return cart


def mails():
    return list(OutgoingMail.objects.filter(kind="followup").order_by("pk"))
