"""Addresses that were there before get their one form."""

from django.db import migrations

from crm.emails import canonical


def fill(apps, schema_editor):
    emails = apps.get_model("crm", "CustomerEmail").objects.filter(canonical="")
    batch = []
    for email in emails.iterator(2000):
        email.canonical = canonical(email.address)
        batch.append(email)
        if len(batch) == 2000:
            emails.model.objects.bulk_update(batch, ["canonical"])
            batch = []
    emails.model.objects.bulk_update(batch, ["canonical"])


class Migration(migrations.Migration):
    dependencies = [("crm", "0010_nameless")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
