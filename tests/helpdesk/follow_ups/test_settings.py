"""The settings of the mails that follow carts and orders."""

from datetime import time
from decimal import Decimal

import pytest
from django.urls import reverse

from crm.models import (
    FollowUpRule,
    FollowUpSettings,
)

pytestmark = pytest.mark.row("CA10")


def settings_data(client):
    """What the page's form holds now."""
    page = client.get(reverse("crm:follow_ups")).context
    forms = [page["form"], *(rule for rule, _figures in page["rules"])]
    data = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_supervisors_write_what_is_sent_and_when(world, shop, clock, client):
    client.force_login(world.alice)
    data = settings_data(client)
    rule = FollowUpRule.objects.get(kind="cart", step=1)
    mine = {"is_on": "on", "delay": "6", "discount": "7.5", "subject_en": "Come back", "text_en": "{greeting} {link}"}
    data |= {f"rule{rule.pk}-{name}": value for name, value in mine.items()}
    assert client.post(reverse("crm:follow_ups"), {**data, "quiet_from": "22:30"}).status_code == 303
    rule.refresh_from_db()
    assert (rule.is_on, rule.hours, rule.discount) == (True, 6, Decimal("7.5"))
    assert (rule.subjects, rule.texts) == ({"en": "Come back"}, {"en": "{greeting} {link}"})
    assert FollowUpSettings.load().quiet_from == time(22, 30)
    assert FollowUpRule.objects.filter(is_on=True).count() == 1
    assert rule.history.count() == 2, "made and changed once"


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(world, shop, clock, client):
    client.force_login(world.alice)
    data = settings_data(client)
    rule = FollowUpRule.objects.get(kind="best")
    bad = {"delay": "0", "discount": "101", "voucher_days": "", "text_es": "Hola {nombre}"}
    data |= {f"rule{rule.pk}-{name}": value for name, value in bad.items()}
    answer = client.post(reverse("crm:follow_ups"), {**data, "most_a_week": "0", "quiet_from": "x"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert page.count('class="err"') == 6
    assert "Hola {nombre}" in page
    assert FollowUpSettings.fresh().most_a_week == 2


def test_only_supervisors_see_the_settings(world, client):
    client.force_login(world.bob)
    assert client.get(reverse("crm:follow_ups")).status_code == 403
