"""Every customer is a member of the main group; the three fixed groups take in who they are for; sales are added up."""

from django.db import migrations
from django.db.models import Count, F, Sum


def fill(apps, schema_editor):
    customer, group = apps.get_model("crm", "Customer"), apps.get_model("crm", "CustomerGroup")
    order, settings = apps.get_model("crm", "Order"), apps.get_model("crm", "RecordSettings")
    fixed = {one.key: one for one in group.objects.exclude(key=None)}
    settings.objects.get_or_create(pk=1, defaults={f"{key}_group": one for key, one in fixed.items()})
    memberships = customer.groups.through
    members = customer.objects.exclude(group=None).values_list("pk", "group")
    memberships.objects.bulk_create(
        [memberships(customer_id=pk, customergroup_id=main) for pk, main in members], batch_size=500
    )
    valid = order.objects.filter(is_valid=True).exclude(customer=None).values("customer").order_by()
    for row in valid.annotate(count=Count("pk"), sum=Sum(F("total") / F("rate"))):
        customer.objects.filter(pk=row["customer"]).update(order_count=row["count"], spent=row["sum"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_the_customer_beside_the_thread")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
