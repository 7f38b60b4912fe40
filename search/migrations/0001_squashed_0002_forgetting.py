"""The whole schema of search at once, for new databases; those that have the earlier ones go on from there."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('search', '0001_search'),
        ('search', '0002_forgetting'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Forgetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'words to be forgotten',
            },
        ),
        migrations.CreateModel(
            name='Rebuilding',
            fields=[
                ('table', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('last_id', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'rebuilding of the search',
            },
        ),
    ]
