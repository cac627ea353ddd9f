import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def name_the_signatories(apps, schema_editor):
    """For an MOU that waits for the Lead: whom the application names today, so that a later change is noticed."""
    Contact = apps.get_model("agencies", "Contact")
    for mou in apps.get_model("onboarding", "Mou").objects.filter(state="signed"):
        named = Contact.objects.filter(agency=mou.agency_id, position="signatory").first()
        mou.signatory_named = named.name if named else ""
        mou.save(update_fields=["signatory_named"])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_add_who_confirmed_a_project'),
        ('onboarding', '0007_let_agencies_report_conditions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='mou',
            name='signatory_named',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(name_the_signatories, migrations.RunPython.noop),
        migrations.CreateModel(
            name='OneParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signed', models.CharField(max_length=200, verbose_name='name in the MOU')),
                ('now', models.CharField(max_length=200, verbose_name='name today')),
                ('reason', models.TextField(max_length=2000, verbose_name='why both are one party')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded')),
                ('mou', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explained', to='onboarding.mou')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'two names of one party',
                'verbose_name_plural': 'two names of one party',
                'ordering': ['recorded_at', 'pk'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('mou', 'signed', 'now'), name='one_party_recorded_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='oneparty',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fd97cca6d2ce93d191a32b625022069b4c75b322', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a821c', table='onboarding_oneparty', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='oneparty',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='b2041cb2168dcaa20ca3511fa9e9d158bdd90012', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_9d662', table='onboarding_oneparty', when='BEFORE')),
        ),
    ]
