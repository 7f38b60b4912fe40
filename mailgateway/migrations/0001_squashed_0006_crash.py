"""The whole schema of mailgateway at once, for new databases; those that have the earlier ones go on from there."""

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.schema import CreateTogether


class Migration(migrations.Migration):

    replaces = [
        ('mailgateway', '0001_initial'),
        ('mailgateway', '0002_trusted_server'),
        ('mailgateway', '0003_mailbox'),
        ('mailgateway', '0004_outbox'),
        ('mailgateway', '0005_reading'),
        ('mailgateway', '0006_crash'),
    ]

    initial = True

    dependencies = [
        ('helpdesk', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Beat',
                fields=[
                    ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                    ('state', models.CharField(max_length=12)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('restarts', models.PositiveIntegerField(default=0)),
                    ('error', models.CharField(blank=True, max_length=500)),
                    ('next_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name': 'beat',
                },
            ),
            migrations.CreateModel(
                name='Mailbox',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                    ('imap_host', models.CharField(max_length=255, verbose_name='IMAP server')),
                    ('imap_port', models.PositiveIntegerField(default=993, verbose_name='port')),
                    ('imap_security', models.CharField(choices=[('tls', 'TLS from the start'), ('starttls', 'STARTTLS, refused if the server has none'), ('none', 'None (this machine only)')], default='tls', max_length=8, verbose_name='security')),
                    ('sign_in', models.CharField(choices=[('password', 'User name and password'), ('google', 'Google (Gmail, Workspace)'), ('microsoft', 'Microsoft (Outlook, Microsoft 365)')], default='password', max_length=12, verbose_name='sign in with')),
                    ('username', models.CharField(max_length=255, verbose_name='user name')),
                    ('password_locked', models.TextField(blank=True, editable=False)),
                    ('folder', models.CharField(default='INBOX', max_length=255, verbose_name='folder')),
                    ('afterwards', models.CharField(choices=[('seen', 'Mark as read'), ('keep', 'Leave it as it is'), ('move', 'Move to a folder'), ('delete', 'Delete')], default='seen', max_length=8, verbose_name='after fetching')),
                    ('move_to', models.CharField(blank=True, max_length=255, verbose_name='folder to move to')),
                    ('creates_threads', models.BooleanField(default=True, help_text='Off: only answers are taken; other mail is kept under “not imported”.', verbose_name='make new threads')),
                    ('fingerprint', models.CharField(blank=True, help_text='SHA-256 of a self-signed certificate.', max_length=95, verbose_name='pinned certificate')),
                    ('ca_pem', models.TextField(blank=True, help_text='PEM.', verbose_name='own certificate authority')),
                    ('trusted_server', models.CharField(blank=True, help_text="The name that your mail server writes first into “Authentication-Results”, as in mx.example.com. Only what it vouches for is taken as an agent's answer; empty: nothing is.", max_length=255, verbose_name='server that vouches for senders')),
                    ('believes_marks', models.BooleanField(default=True, help_text='What “X-Spam-Flag”, “X-Spam-Status” and their like call spam goes to the spam folder.', verbose_name='believe the spam marks of other filters')),
                    ('spam_score', models.FloatField(blank=True, help_text='The number in “X-Spam-Status” or “X-Spam-Score”, often 5. Empty: only what is marked.', null=True, verbose_name='spam from this score on')),
                    ('refuses_forged', models.BooleanField(default=False, help_text='Mail that fails DMARC, as the server says that vouches for senders.', verbose_name='put forged senders into the spam folder')),
                    ('smtp_host', models.CharField(blank=True, max_length=255, verbose_name='SMTP server')),
                    ('smtp_port', models.PositiveIntegerField(default=587, verbose_name='port')),
                    ('smtp_security', models.CharField(choices=[('tls', 'TLS from the start'), ('starttls', 'STARTTLS, refused if the server has none'), ('none', 'None (this machine only)')], default='starttls', max_length=8, verbose_name='security')),
                    ('smtp_username', models.CharField(blank=True, help_text='Empty: as for IMAP.', max_length=255, verbose_name='user name')),
                    ('smtp_password_locked', models.TextField(blank=True, editable=False)),
                    ('when_unsure', models.CharField(choices=[('again', 'Send it once more: it may arrive twice'), ('ask', 'Ask the agent: it may not have arrived')], default='again', help_text='Happens when a connection breaks at the very end. Most programs recognise a second copy.', max_length=8, verbose_name='if the server does not say whether it took a mail')),
                    ('mails_a_minute', models.PositiveIntegerField(default=0, help_text='What your provider allows. 0: no limit.', verbose_name='mails a minute at most')),
                    ('sent_folder', models.CharField(blank=True, help_text='Such as “Sent”. Empty: no copies, or your provider keeps them by itself.', max_length=255, verbose_name='folder for copies of sent mail')),
                    ('place', models.CharField(blank=True, editable=False, max_length=64)),
                    ('uidvalidity', models.BigIntegerField(default=0, editable=False)),
                    ('last_uid', models.BigIntegerField(default=0, editable=False)),
                    ('lease_token', models.CharField(blank=True, editable=False, max_length=32)),
                    ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('last_success_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('backlog', models.PositiveIntegerField(default=0, editable=False)),
                    ('renumbered_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('announces', models.BooleanField(editable=False, null=True)),
                    ('protection', models.CharField(blank=True, editable=False, max_length=16)),
                    ('last_error', models.CharField(blank=True, editable=False, max_length=500)),
                    ('last_error_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('smtp_error', models.CharField(blank=True, editable=False, max_length=500)),
                    ('smtp_error_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('next_send_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mailboxes', to='helpdesk.contact', verbose_name='contact')),
                ],
                options={
                    'verbose_name': 'mailbox',
                    'verbose_name_plural': 'mailboxes',
                    'ordering': ['name', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='SignInApp',
                fields=[
                    ('provider', models.CharField(choices=[('password', 'User name and password'), ('google', 'Google (Gmail, Workspace)'), ('microsoft', 'Microsoft (Outlook, Microsoft 365)')], max_length=12, primary_key=True, serialize=False)),
                    ('client_id', models.CharField(max_length=255, verbose_name='client ID')),
                    ('secret_locked', models.TextField(blank=True, editable=False)),
                    ('tenant', models.CharField(blank=True, default='common', max_length=80, verbose_name='tenant')),
                ],
                options={
                    'verbose_name': 'registration with a provider',
                },
            ),
            migrations.CreateModel(
                name='HistoricalMailbox',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, verbose_name='name')),
                    ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                    ('imap_host', models.CharField(max_length=255, verbose_name='IMAP server')),
                    ('imap_port', models.PositiveIntegerField(default=993, verbose_name='port')),
                    ('imap_security', models.CharField(choices=[('tls', 'TLS from the start'), ('starttls', 'STARTTLS, refused if the server has none'), ('none', 'None (this machine only)')], default='tls', max_length=8, verbose_name='security')),
                    ('sign_in', models.CharField(choices=[('password', 'User name and password'), ('google', 'Google (Gmail, Workspace)'), ('microsoft', 'Microsoft (Outlook, Microsoft 365)')], default='password', max_length=12, verbose_name='sign in with')),
                    ('username', models.CharField(max_length=255, verbose_name='user name')),
                    ('folder', models.CharField(default='INBOX', max_length=255, verbose_name='folder')),
                    ('afterwards', models.CharField(choices=[('seen', 'Mark as read'), ('keep', 'Leave it as it is'), ('move', 'Move to a folder'), ('delete', 'Delete')], default='seen', max_length=8, verbose_name='after fetching')),
                    ('move_to', models.CharField(blank=True, max_length=255, verbose_name='folder to move to')),
                    ('creates_threads', models.BooleanField(default=True, help_text='Off: only answers are taken; other mail is kept under “not imported”.', verbose_name='make new threads')),
                    ('fingerprint', models.CharField(blank=True, help_text='SHA-256 of a self-signed certificate.', max_length=95, verbose_name='pinned certificate')),
                    ('ca_pem', models.TextField(blank=True, help_text='PEM.', verbose_name='own certificate authority')),
                    ('trusted_server', models.CharField(blank=True, help_text="The name that your mail server writes first into “Authentication-Results”, as in mx.example.com. Only what it vouches for is taken as an agent's answer; empty: nothing is.", max_length=255, verbose_name='server that vouches for senders')),
                    ('believes_marks', models.BooleanField(default=True, help_text='What “X-Spam-Flag”, “X-Spam-Status” and their like call spam goes to the spam folder.', verbose_name='believe the spam marks of other filters')),
                    ('spam_score', models.FloatField(blank=True, help_text='The number in “X-Spam-Status” or “X-Spam-Score”, often 5. Empty: only what is marked.', null=True, verbose_name='spam from this score on')),
                    ('refuses_forged', models.BooleanField(default=False, help_text='Mail that fails DMARC, as the server says that vouches for senders.', verbose_name='put forged senders into the spam folder')),
                    ('smtp_host', models.CharField(blank=True, max_length=255, verbose_name='SMTP server')),
                    ('smtp_port', models.PositiveIntegerField(default=587, verbose_name='port')),
                    ('smtp_security', models.CharField(choices=[('tls', 'TLS from the start'), ('starttls', 'STARTTLS, refused if the server has none'), ('none', 'None (this machine only)')], default='starttls', max_length=8, verbose_name='security')),
                    ('smtp_username', models.CharField(blank=True, help_text='Empty: as for IMAP.', max_length=255, verbose_name='user name')),
                    ('when_unsure', models.CharField(choices=[('again', 'Send it once more: it may arrive twice'), ('ask', 'Ask the agent: it may not have arrived')], default='again', help_text='Happens when a connection breaks at the very end. Most programs recognise a second copy.', max_length=8, verbose_name='if the server does not say whether it took a mail')),
                    ('mails_a_minute', models.PositiveIntegerField(default=0, help_text='What your provider allows. 0: no limit.', verbose_name='mails a minute at most')),
                    ('sent_folder', models.CharField(blank=True, help_text='Such as “Sent”. Empty: no copies, or your provider keeps them by itself.', max_length=255, verbose_name='folder for copies of sent mail')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_change_reason', models.CharField(max_length=100, null=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='helpdesk.contact', verbose_name='contact')),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical mailbox',
                    'verbose_name_plural': 'historical mailboxes',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Grant',
                fields=[
                    ('mailbox', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='grant', serialize=False, to='mailgateway.mailbox')),
                    ('provider', models.CharField(choices=[('password', 'User name and password'), ('google', 'Google (Gmail, Workspace)'), ('microsoft', 'Microsoft (Outlook, Microsoft 365)')], max_length=12)),
                    ('refresh_locked', models.TextField(editable=False)),
                    ('access_locked', models.TextField(blank=True, editable=False)),
                    ('access_until', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('granted_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('refused', models.CharField(blank=True, max_length=300)),
                    ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'permission of a provider',
                },
            ),
            migrations.CreateModel(
                name='Incoming',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uidvalidity', models.BigIntegerField(blank=True, null=True)),
                    ('uid', models.BigIntegerField(blank=True, null=True)),
                    ('sha256', models.CharField(max_length=64)),
                    ('size', models.PositiveBigIntegerField()),
                    ('raw_path', models.CharField(max_length=160)),
                    ('is_whole', models.BooleanField(default=True)),
                    ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('server_at', models.DateTimeField(blank=True, null=True)),
                    ('state', models.CharField(choices=[('stored', 'Stored'), ('done', 'Done'), ('failed', 'Set aside')], default='stored', max_length=8)),
                    ('outcome', models.CharField(blank=True, choices=[('created', 'New thread'), ('appended', 'Added to a thread'), ('duplicate', 'Seen before'), ('ignored', 'Ignored'), ('bounce', 'Delivery report'), ('rejected', 'Not understood'), ('discarded', 'Put away by hand')], max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=24)),
                    ('error', models.CharField(blank=True, max_length=500)),
                    ('attempts', models.PositiveIntegerField(default=0)),
                    ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                    ('copied_at', models.DateTimeField(blank=True, null=True)),
                    ('sender', models.CharField(blank=True, max_length=255)),
                    ('subject', models.CharField(blank=True, max_length=255)),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='helpdesk.contact')),
                    ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('mailbox', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='incoming', to='mailgateway.mailbox')),
                    ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='incoming', to='helpdesk.message')),
                    ('thread', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='helpdesk.thread')),
                ],
                options={
                    'verbose_name': 'incoming mail',
                    'ordering': ['-pk'],
                    'indexes': [models.Index(fields=['mailbox', 'state'], name='incoming_by_state'), models.Index(fields=['sha256'], name='incoming_by_content'), models.Index(condition=models.Q(('state', 'failed')), fields=['-id'], name='incoming_set_aside'), models.Index(condition=models.Q(('acknowledged_at', None)), fields=['mailbox', 'uid'], name='incoming_to_mark')],
                    'constraints': [models.UniqueConstraint(models.F('mailbox'), models.F('uidvalidity'), models.F('uid'), name='one_row_a_mail_on_the_server')],
                },
            ),
            migrations.CreateModel(
                name='Trouble',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('side', models.CharField(choices=[('in', 'Receiving'), ('out', 'Sending')], max_length=3)),
                    ('words', models.CharField(max_length=500)),
                    ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('times', models.PositiveIntegerField(default=1)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('told_at', models.DateTimeField(blank=True, null=True)),
                    ('mended_told_at', models.DateTimeField(blank=True, null=True)),
                    ('mailbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='troubles', to='mailgateway.mailbox')),
                ],
                options={
                    'verbose_name': 'outage',
                    'ordering': ['-began_at', '-pk'],
                    'indexes': [models.Index(fields=['mailbox', '-began_at'], name='troubles_of_a_mailbox')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('mailbox', 'side'), name='one_outage_at_a_time')],
                },
            ),
        ]),
    ]
