"""A customer wants no more of our mails."""

from django.db import transaction

from crm import outbound
from crm.models import Consent, Customer, Happening


@transaction.atomic
def unsubscribe(customer: Customer, *, ip: str = "") -> bool:
    """Take back the consent, by the customer's own wish, and tell the shop. Returns whether there was one."""
    source = Consent.Source.UNSUBSCRIBED
    if not customer.set_consent(Consent.Kind.NEWSLETTER, False, source=source, by=None, ip=ip):
        return False
    data = {"customer": customer.pk, "customer_shop_id": customer.shop_id, "email": customer.email}
    outbound.announce(Happening.CUSTOMER_UNSUBSCRIBED, data, shop=customer.source)
    return True
