"""The record of an agency after it was sent: its changes, and what is proposed to the HMIS Admin."""

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0010_begin_participation_and_accept_projects'),
        ('onboarding', '0026_give_what_is_owed_to_colleagues'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=250, verbose_name='page')),
                ('changed', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='what changed')),
                ('effective_on', models.DateField(verbose_name='from')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='HMIS Admin told')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='record_changes', to='agencies.agency')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': "change of an agency's record",
                'verbose_name_plural': "changes of agencies' records",
                'ordering': ['-changed_at', '-pk'],
                'indexes': [models.Index(fields=['agency', '-changed_at'], name='record_change_by_agency'), models.Index(condition=models.Q(('told_at', None)), fields=['changed_at'], name='record_change_untold')],
            },
        ),
        migrations.CreateModel(
            name='RecordProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('legal_name', 'Legal name'), ('ein', 'Employer Identification Number (EIN)'), ('legal_form', 'Legal form')], max_length=10, verbose_name='what')),
                ('before', models.JSONField(verbose_name='stands there')),
                ('after', models.JSONField(verbose_name='proposed')),
                ('effective_on', models.DateField(verbose_name='from')),
                ('why', models.TextField(max_length=2000, verbose_name='why')),
                ('state', models.CharField(choices=[('open', 'Waits for the HMIS Admin'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('taken_back', 'Taken back by the agency')], default='open', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='proposed')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('reason', models.TextField(blank=True, max_length=2000, verbose_name='reason')),
                ('amends_mou', models.BooleanField(blank=True, null=True, verbose_name='the MOU is amended')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='record_proposals', to='agencies.agency')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'proposed change of an agency',
                'verbose_name_plural': 'proposed changes of agencies',
                'ordering': ['-proposed_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('agency', 'what'), name='record_proposal_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='record_proposal_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='record_proposal_refused_with_reason')],
            },
        ),
    ]
