from django.db import migrations

NAMES = {
    "onboarding/support_received": "onboarding/question_received",
    "onboarding/support_new": "onboarding/question_waiting",
}


def rename(apps, names):
    messages = apps.get_model("hmis_portal", "Message").objects
    for before, after in names.items():
        messages.filter(name=before).update(name=after)


def forwards(apps, schema_editor):
    rename(apps, NAMES)


def backwards(apps, schema_editor):
    rename(apps, {after: before for before, after in NAMES.items()})


class Migration(migrations.Migration):
    dependencies = [("hmis_portal", "0007_limit_invitations_before_review")]

    operations = [migrations.RunPython(forwards, backwards)]
