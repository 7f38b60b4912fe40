"""The whole schema of accounts at once, for new databases; those that have the earlier ones go on from there."""

import accounts.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from accounts.schema import CreateTogether


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_weekly_mail'),
        ('accounts', '0003_moves'),
        ('accounts', '0004_levels'),
        ('accounts', '0005_notices'),
        ('accounts', '0006_rest'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Agent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('name', models.CharField(max_length=150, verbose_name='name')),
                    ('role', models.CharField(choices=[('agent', 'Agent'), ('supervisor', 'Supervisor')], default='agent', max_length=12, verbose_name='role')),
                    ('signature', models.TextField(blank=True, help_text="Goes under your replies, above the contact's.", verbose_name='signature')),
                    ('language', models.CharField(blank=True, choices=[('en', 'English'), ('es', 'Spanish')], help_text='Empty: as the browser asks.', max_length=8, verbose_name='language')),
                    ('theme', models.CharField(blank=True, choices=[('', 'As the device'), ('light', 'Light'), ('dark', 'Dark')], default='', max_length=8, verbose_name='theme')),
                    ('density', models.CharField(choices=[('comfortable', 'Comfortable'), ('compact', 'Compact')], default='comfortable', max_length=12, verbose_name='density')),
                    ('queue_sort', models.CharField(choices=[('newest', 'Last activity first'), ('wait', 'Longest wait first'), ('due', 'Due first')], default='newest', max_length=8, verbose_name='order of the queue')),
                    ('thread_order', models.CharField(choices=[('oldest', 'Oldest message first'), ('newest', 'Newest message first')], default='oldest', max_length=8, verbose_name='order of a thread')),
                    ('single_keys', models.BooleanField(default=True, help_text='Off: only shortcuts with Ctrl work.', verbose_name='single-key shortcuts')),
                    ('weekly_mail', models.BooleanField(default=True, verbose_name='send me the week by e-mail')),
                    ('weekly_day', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, verbose_name='on')),
                    ('weekly_hour', models.PositiveSmallIntegerField(choices=[(0, '0:00'), (1, '1:00'), (2, '2:00'), (3, '3:00'), (4, '4:00'), (5, '5:00'), (6, '6:00'), (7, '7:00'), (8, '8:00'), (9, '9:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=8, verbose_name='at')),
                    ('weekly_sent_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('digest_mail', models.BooleanField(default=True, verbose_name='send me what is overdue by e-mail')),
                    ('digest_hour', models.PositiveSmallIntegerField(choices=[(0, '0:00'), (1, '1:00'), (2, '2:00'), (3, '3:00'), (4, '4:00'), (5, '5:00'), (6, '6:00'), (7, '7:00'), (8, '8:00'), (9, '9:00'), (10, '10:00'), (11, '11:00'), (12, '12:00'), (13, '13:00'), (14, '14:00'), (15, '15:00'), (16, '16:00'), (17, '17:00'), (18, '18:00'), (19, '19:00'), (20, '20:00'), (21, '21:00'), (22, '22:00'), (23, '23:00')], default=8, verbose_name='at')),
                    ('digest_sent_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('unshown', models.JSONField(blank=True, default=accounts.models.seldom_here, editable=False)),
                    ('unpopped', models.JSONField(blank=True, default=accounts.models.seldom_popped, editable=False)),
                    ('unmailed', models.JSONField(blank=True, default=accounts.models.told_together, editable=False)),
                    ('muted_until', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'agent',
                    'verbose_name_plural': 'agents',
                    'ordering': ['name', 'pk'],
                },
                managers=[
                    ('objects', accounts.models.AgentManager()),
                ],
            ),
            migrations.CreateModel(
                name='Absence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('since', models.DateField(verbose_name='from')),
                    ('until', models.DateField(verbose_name='until')),
                    ('threads', models.CharField(choices=[('keep', 'stay with them'), ('queue', 'go back to the queue'), ('deputy', 'go to the deputy')], default='queue', max_length=8, verbose_name='their open threads')),
                    ('note', models.CharField(blank=True, max_length=120, verbose_name='note')),
                    ('announced_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('ended_on', models.DateField(blank=True, null=True)),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who stands in')),
                ],
                options={
                    'verbose_name': 'absence',
                    'ordering': ['-since', '-pk'],
                    'indexes': [models.Index(fields=['until', 'since'], name='absences_by_day')],
                },
            ),
        ]),
    ]
