"""What a customer, or somebody without a name, has in the cart right now."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import links, pings
from crm.models.binding import Binding
from crm.models.cart_life import PROCESSED, CartLife, CartState
from crm.models.customer import Customer
from crm.models.order import Order
from crm.models.record_event import RecordEvent
from crm.models.shop import FromShop, RecordSettings

ONLINE_FOR = timedelta(minutes=30)
BATCH = 500


class CartQuerySet(models.QuerySet["Cart"]):
    """Carts, in the desk's words."""

    def unordered(self) -> "CartQuerySet":
        """Carts that made no order."""
        return self.filter(order=None)

    def nameless(self) -> "CartQuerySet":
        """Carts of nobody we know."""
        return self.filter(customer=None)

    def waiting(self) -> "CartQuerySet":
        """Carts that made no order and may still: what the rule of time is about."""
        return self.filter(order=None).exclude(state__in=PROCESSED)

    def processed(self) -> "CartQuerySet":
        """Carts that became an order."""
        return self.filter(state__in=PROCESSED)

    def online(self) -> "CartQuerySet":
        """Whose customer was in the shop within the last half hour."""
        return self.filter(seen_at__gt=timezone.now() - ONLINE_FOR)

    def live(self) -> "CartQuerySet":
        """Being filled now: online, and no order yet."""
        return self.waiting().online()

    def due_to_abandon(self) -> "CartQuerySet":
        """Stored as active, though nobody changed them for as many hours as the settings say."""
        limit = timezone.now() - timedelta(hours=RecordSettings.load().abandoned_hours)
        return self.filter(state=CartState.ACTIVE, order=None, changed_at__lte=limit)

    def due_to_expire(self) -> "CartQuerySet":
        """Stored as abandoned, and older than the settings say an abandoned cart may get."""
        limit = timezone.now() - timedelta(days=RecordSettings.load().expired_days)
        return self.filter(state=CartState.ABANDONED, order=None, changed_at__lte=limit)

    def outdated(self) -> "CartQuerySet":
        """Without an order, and older than carts are kept. None where they are kept for ever."""
        days = RecordSettings.load().cart_days
        return self.waiting().filter(changed_at__lt=timezone.now() - timedelta(days=days)) if days else self.none()

    def discard(self, *, by: Any) -> int:
        """Delete those of these carts that became no order. Returns how many; each is written down."""
        ids = list(self.waiting().order_by("pk").values_list("pk", flat=True))
        return sum(_discard(ids[n : n + BATCH], by) for n in range(0, len(ids), BATCH))


@transaction.atomic
def _discard(ids: list[int], by: Any) -> int:
    carts = Cart.objects.waiting().filter(pk__in=ids).select_for_update(of=("self",))
    gone = {cart.pk: cart.deletion(by=by) for cart in carts.select_related("customer")}
    RecordEvent.objects.bulk_create(gone.values())
    Cart.objects.filter(pk__in=gone).delete()
    transaction.on_commit(pings.cart_list_changed)
    return len(gone)


class Cart(CartLife, Binding, FromShop):
    """A cart of the shop; it may have no customer. Amounts are in `currency`, tax included."""

    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="carts")
    order = models.OneToOneField(Order, models.SET_NULL, null=True, blank=True, related_name="cart")
    state = models.CharField(_("state"), max_length=10, choices=CartState, default=CartState.ACTIVE)
    step = models.CharField(_("how far the customer came"), max_length=64, blank=True)
    is_charged = models.BooleanField(_("charged, though there is no order"), default=False)
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_products = models.DecimalField(_("products"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_discounts = models.DecimalField(_("discounts"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_wrapping = models.DecimalField(_("gift wrapping"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_shipping = models.DecimalField(_("shipping"), max_digits=12, decimal_places=2, default=Decimal(0))
    total_tax = models.DecimalField(_("tax in the total"), max_digits=12, decimal_places=2, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    item_count = models.PositiveIntegerField(_("products in it"), default=0)
    vouchers = models.JSONField(_("codes of vouchers"), default=list, blank=True)
    carrier = models.CharField(_("carrier"), max_length=64, blank=True)

    # What is known of whoever fills it
    email = models.CharField(_("e-mail typed"), max_length=255, blank=True, db_index=True)
    name = models.CharField(_("name typed"), max_length=255, blank=True)
    phone = models.CharField(_("phone typed"), max_length=32, blank=True)
    postcode = models.CharField(_("postcode typed"), max_length=16, blank=True)
    city = models.CharField(_("city"), max_length=128, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    device = models.CharField(_("device"), max_length=120, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    page = models.CharField(_("page being looked at"), max_length=255, blank=True)

    created_at = models.DateTimeField(_("made"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)  # by us; changed_at is the customer's doing
    seen_at = models.DateTimeField(_("customer last seen"), null=True, blank=True, db_index=True)
    abandoned_at = models.DateTimeField(_("abandoned"), null=True, blank=True, db_index=True)
    contacted_at = models.DateTimeField(_("contacted"), null=True, blank=True, db_index=True)
    gone_at = models.DateTimeField(_("deleted in the shop"), null=True, blank=True)
    recovered_at = models.DateTimeField(_("recovered"), null=True, blank=True, db_index=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("cart")
        constraints = [FromShop.once_a_shop("cart")]
        indexes = [
            models.Index(fields=["customer", "-changed_at"], name="carts_of_a_customer"),
            models.Index(fields=["state", "-changed_at"], name="carts_in_a_state"),
            # Holds all that carts without an owner are counted by, so that looking for one reads no rows.
            models.Index(
                fields=["changed_at", "total", "is_charged", "postcode"],
                condition=models.Q(customer=None, order=None),
                name="nameless_carts",
            ),
            models.Index(fields=["source", "updated_at", "id"], name="carts_as_told"),
            models.Index(fields=["total", "id"], name="carts_by_total"),
            models.Index(fields=["state", "total", "id"], name="carts_in_a_state_by_total"),
            models.Index(fields=["created_at", "id"], name="carts_by_age"),
            # Holds all that the count of nobody's carts looks at, so that it reads no rows.
            models.Index(fields=["state", "-changed_at"], condition=models.Q(customer=None), name="carts_of_nobody"),
        ]

    def __str__(self) -> str:
        return f"{self.pk:06d}"

    @property
    def in_shop(self) -> str:
        """Where the shop itself shows this cart; empty where it told no address. Reads `source`."""
        return self.source.link(self.source.cart_link, id=self.shop_id) if self.source and self.shop_id else ""

    def restore_url(self) -> str:
        """What its customer opens to have it again in the shop; works for 14 days."""
        return links.restore_url(self.pk)

    @property
    def is_online(self) -> bool:
        """The customer was in the shop within the last half hour."""
        return self.seen_at is not None and timezone.now() - self.seen_at < ONLINE_FOR

    @property
    def is_live(self) -> bool:
        """Being filled now."""
        return self.is_online and not self.is_processed

    @property
    def total_net(self) -> Decimal:
        """The total without tax."""
        return self.total - self.total_tax

    @property
    def abandoned_from(self) -> datetime:
        """When it counts as abandoned, if nobody changes it until then."""
        return self.changed_at + timedelta(hours=RecordSettings.load().abandoned_hours)

    @property
    def may_be_deleted(self) -> bool:
        """Only what became no order."""
        return not self.is_processed

    @property
    def list_class(self) -> str:
        """How the list draws it."""
        if self.is_processed:
            return "k-done"
        if self.is_live:
            return "k-live"
        return "" if self.customer_id else "k-orphan"
