"""The three groups that every shop has and nobody can delete."""

from django.db import migrations


def make_groups(apps, schema_editor):
    group = apps.get_model("crm", "CustomerGroup")
    for key in ("visitor", "guest", "customer"):
        group.objects.get_or_create(key=key, defaults={"name": key.capitalize()})


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
