"""Counts the active threads of every customer, which the threads' verbs keep from now on."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

ACTIVE = ("open", "pending1", "pending2")


def count(apps, schema_editor):
    thread, customer = apps.get_model("helpdesk", "Thread"), apps.get_model("crm", "Customer")
    own = thread.objects.filter(customer=models.OuterRef("pk"), folder="desk", status__in=ACTIVE)
    counted = own.order_by().values("customer").annotate(n=models.Count("pk")).values("n")
    customer.objects.update(open_threads=Coalesce(models.Subquery(counted), 0))


class Migration(migrations.Migration):

    dependencies = [
        ("crm", "0003_the_customer_beside_the_thread"),
        ("helpdesk", "0002_agents_answer_by_mail"),
    ]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
