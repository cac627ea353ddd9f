from django.db import migrations, models


def were_told(apps, schema_editor):
    """Until now whoever's last working day was announced was told at once."""
    apps.get_model("agencies", "Staff").objects.filter(leaves_on__isnull=False).update(leaving_notice="now")


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0018_find_people_by_their_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='staff',
            name='leaving_notice',
            field=models.CharField(blank=True, choices=[('at_end', 'When the access ends, by e-mail'), ('now', 'Now, by e-mail'), ('agency', 'We tell them ourselves (no e-mail)')], default='', max_length=6, verbose_name='the person is told'),
        ),
        migrations.RunPython(were_told, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='staff',
            constraint=models.CheckConstraint(condition=models.Q(('leaves_on__isnull', True), models.Q(('leaving_notice', ''), _negated=True), _connector='OR'), name='staff_leaving_notice_chosen'),
        ),
    ]
