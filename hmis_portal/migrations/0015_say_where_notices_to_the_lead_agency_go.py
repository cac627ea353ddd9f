from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hmis_portal', '0014_mark_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='portalsettings',
            name='notices_address',
            field=models.CharField(blank=True, help_text='Street, city, state and ZIP code. Stands in every MOU issued from now on.', max_length=300, verbose_name='postal address of the Lead Agency for notices'),
        ),
        migrations.AddField(
            model_name='portalsettings',
            name='notices_email',
            field=models.EmailField(blank=True, help_text='Empty: the support address.', max_length=254, verbose_name='e-mail of the Lead Agency for notices'),
        ),
    ]
