import django.db.models.deletion
from django.db import migrations, models


def begin(apps, schema_editor):
    """A row for the month of each day, to be added up by the job."""
    days, months = (apps.get_model("helpdesk", name) for name in ("DayFigures", "MonthFigures"))
    wanted = {(day.replace(day=1), contact) for day, contact in days.objects.values_list("day", "contact").iterator()}
    months.objects.bulk_create([months(month=month, contact_id=contact) for month, contact in wanted], batch_size=500)


class Migration(migrations.Migration):
    """Figures of months, so that a year is read from dozens of rows and not from thousands."""

    dependencies = [("helpdesk", "0035_merged")]

    operations = [
        migrations.CreateModel(
            name="MonthFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("is_stale", models.BooleanField(default=True)),
                ("data", models.JSONField(default=dict)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="helpdesk.contact"
                    ),
                ),
            ],
            options={
                "verbose_name": "figures of a month",
                "indexes": [models.Index(fields=["is_stale", "month"], name="months_to_add_up")],
                "constraints": [
                    models.UniqueConstraint(fields=("month", "contact"), name="one_row_a_month_and_contact")
                ],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
