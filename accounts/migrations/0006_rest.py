"""What tells an agent is said by kind and way alone; the browser is a third way."""

from typing import Any

import accounts.models
from django.db import migrations, models

NEW = "new"
MAILED = (
    *("assigned", "forwarded", "delegated", "mentioned", "answered", "due_soon", "overdue"),
    *("woken", "broken", "failed", "cart"),
)


def by_kind(apps: Any, schema_editor: Any) -> None:
    """Neither mail at all, nor one of every new thread, is a switch of its own any more."""
    for agent in apps.get_model("accounts", "Agent").objects.all():
        unmailed = set(agent.unmailed if agent.notices_by_mail else MAILED) - {NEW}
        agent.unmailed = sorted(unmailed if agent.new_threads_by_mail else unmailed | {NEW})
        if not agent.new_threads_by_mail:  # who had the mail, had it in the bell too
            agent.unshown = sorted({*agent.unshown, NEW})
        agent.save(update_fields=["unmailed", "unshown"])


def by_switch(apps: Any, schema_editor: Any) -> None:
    """The way back."""
    for agent in apps.get_model("accounts", "Agent").objects.all():
        agent.notices_by_mail = not set(MAILED) <= set(agent.unmailed)
        agent.new_threads_by_mail = NEW not in agent.unmailed
        agent.unmailed = sorted(set(agent.unmailed) - {NEW})
        agent.unshown = sorted(set(agent.unshown) - {NEW})
        agent.save(update_fields=["notices_by_mail", "new_threads_by_mail", "unmailed", "unshown"])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0005_notices"),
    ]

    operations = [
        migrations.RunPython(by_kind, by_switch),
        migrations.RemoveField(model_name="agent", name="notices_by_mail"),
        migrations.RemoveField(model_name="agent", name="new_threads_by_mail"),
        migrations.AddField(
            model_name="agent",
            name="muted_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="agent",
            name="unpopped",
            field=models.JSONField(blank=True, default=accounts.models.seldom_popped, editable=False),
        ),
        migrations.AlterField(
            model_name="agent",
            name="unshown",
            field=models.JSONField(blank=True, default=accounts.models.seldom_here, editable=False),
        ),
    ]
