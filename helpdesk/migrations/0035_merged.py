from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of merged threads holds those only. No table is made anew: SQLite would copy all threads for it."""

    dependencies = [("helpdesk", "0034_fast")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX IF EXISTS helpdesk_thread_merged_into_id_4196dfb6",
                    "CREATE INDEX helpdesk_thread_merged_into_id_4196dfb6 ON helpdesk_thread (merged_into_id)",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    "thread",
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=models.deletion.SET_NULL,
                        related_name="merged_threads",
                        to="helpdesk.thread",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "thread",
            models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="threads_merged"
            ),
        ),
    ]
