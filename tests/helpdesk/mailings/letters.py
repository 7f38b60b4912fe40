"""What is typed on the page of a letter, for whom, and what happens to it later."""

from contextlib import contextmanager
from datetime import timedelta

from django.db.models.signals import pre_save
from django.utils import timezone

from helpdesk import mailings
from helpdesk.models import (
    Mailing,
    OutgoingMail,
)
from tests import make

URL = "/letters/new/"


def typed(world, **fields):
    return {
        "contact": world.service.pk,
        "subject": "News",
        "body": "<p>Hi {{ customer.first_name }}.</p>",
        "body_format": "html",
        "form_key": "k1",
        "send": "1",
        **fields,
    }


def people(n, **fields):
    return [make.customer(f"P{one} X", f"p{one}@x.test", **fields) for one in range(n)]


def later(mailing):
    """Its time to undo is over."""
    Mailing.objects.filter(pk=mailing.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    return mailings.send_due()


@contextmanager
def refusing(customer):
    """Meanwhile nothing can be queued for them: a listener of the database's rows refuses."""

    def refuse(instance, **_more):
        if instance.to == [customer.email]:
            raise RuntimeError("The disk is full.")

    pre_save.connect(refuse, sender=OutgoingMail)
    yield
    pre_save.disconnect(refuse, sender=OutgoingMail)
