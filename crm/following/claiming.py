"""Taking a due mail in hand: once, whatever is killed when, with a voucher where the team allows one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from crm.following.due import Due, found_by, zone_of
from crm.models import Cart, Customer, FollowUp, FollowUpKind, FollowUpRule, FollowUpSettings, Order, Voucher
from crm.models.follow_up import new_code

CAPPED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Claimed:
    """A mail that must be queued in the same transaction."""

    follow_up: FollowUp
    customer: Customer
    rule: FollowUpRule
    cart: Cart | None = None
    order: Order | None = None
    voucher: Voucher | None = None


@transaction.atomic
def claim(due: Due) -> Claimed | None:
    """Write down that it is sent; None if it is not due any more. Raises IntegrityError if another was faster.

    The customer's row is held meanwhile, so that two workers cannot pass the same limit together.
    """
    customer_id = _customer_of(due)
    held = Customer.objects.select_for_update(of=("self",)).select_related("source").prefetch_related("emails")
    customer = held.filter(pk=customer_id).first() if customer_id else None
    if customer is None or not found_by(due.rule).filter(pk=due.pk).exists():
        return None
    now = timezone.now()
    cart, order = _about(due, customer)
    voucher = _voucher(due.rule, customer, now)
    follow_up = FollowUp.objects.create(
        rule=due.rule,
        customer=customer,
        cart=cart,
        order=order,
        key=_key(due, order, now),
        day=now.astimezone(zone_of(customer.source)).date(),
        voucher=voucher,
        voucher_code=voucher.code if voucher else "",
        at=now,
    )
    if cart is not None:
        cart.note_contact(how="reminder", step=due.rule.step)
    return Claimed(follow_up, customer, due.rule, cart, order, voucher)


def _customer_of(due: Due) -> int | None:
    if due.rule.kind == FollowUpKind.CART:
        return Cart.objects.filter(pk=due.pk).values_list("customer", flat=True).first()
    if due.rule.kind == FollowUpKind.THANKS:
        return Order.objects.filter(pk=due.pk).values_list("customer", flat=True).first()
    return due.pk


def _about(due: Due, customer: Customer) -> tuple[Cart | None, Order | None]:
    """The cart or the order that the mail is about; the last order of who has been away."""
    if due.rule.kind == FollowUpKind.CART:
        return Cart.objects.select_related("source", "customer").prefetch_related("lines").get(pk=due.pk), None
    if due.rule.kind == FollowUpKind.THANKS:
        return None, Order.objects.get(pk=due.pk)
    return None, customer.orders.filter(is_valid=True).first() if due.rule.kind == FollowUpKind.IDLE else None


def _key(due: Due, order: Order | None, now: datetime) -> str:
    """What may not happen twice."""
    if due.rule.kind == FollowUpKind.CART:
        return f"cart:{due.pk}:{due.rule.step}"
    if due.rule.kind == FollowUpKind.BEST:
        return f"best:{due.pk}:{now:%Y-%m-%d}"
    return f"{due.rule.kind}:{order.pk if order else due.pk}"


def _voucher(rule: FollowUpRule, customer: Customer, now: datetime) -> Voucher | None:
    """A new one, that the shop is asked to make; None where the rule gives none or the customer had enough."""
    chosen = FollowUpSettings.load()
    if not rule.discount or (rule.kind == FollowUpKind.CART and rule.step < chosen.voucher_from_step):
        return None
    had = customer.follow_ups.exclude(voucher_code="").filter(at__gt=now - CAPPED_FOR).count()
    if had >= chosen.voucher_cap:
        return None
    voucher = Voucher.objects.create(
        customer=customer,
        source=customer.source,
        code=new_code(rule.kind),
        name=str(rule.get_kind_display()),
        percent=rule.discount,
        valid_until=now + timedelta(days=rule.voucher_days),
    )
    voucher.ask_for()
    return voucher
