from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hmis_portal", "0006_set_response_time_and_code_sender")]

    operations = [
        migrations.AddField(
            model_name="portalsettings",
            name="invitations_before_review",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="They go to people whom a stranger names. HMIS staff may invite further people at any time.",
                verbose_name="invitations an agency may send before its first review",
            ),
        ),
    ]
