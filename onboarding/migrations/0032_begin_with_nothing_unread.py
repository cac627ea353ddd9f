from django.db import migrations
from django.db.models import Max


def forwards(apps, schema_editor):
    """What was written before reading was counted is unread by nobody."""
    Thread = apps.get_model("onboarding", "Thread")
    ThreadRead = apps.get_model("onboarding", "ThreadRead")
    Held = apps.get_model("agencies", "AgencyUserObjectPermission")
    people = {}
    for agency, user in Held.objects.filter(content_object__in=Thread.objects.values("agency")).values_list(
        "content_object", "user"
    ):
        people.setdefault(agency, set()).add(user)
    rows = Thread.objects.annotate(last=Max("messages__pk")).filter(last__isnull=False)
    ThreadRead.objects.bulk_create(
        (
            ThreadRead(thread_id=pk, user_id=user, message_id=last)
            for pk, agency, opened_by, last in rows.values_list("pk", "agency", "opened_by", "last")
            for user in {*people.get(agency, ()), *([opened_by] if opened_by else [])}
        ),
        batch_size=2000,
    )


class Migration(migrations.Migration):

    dependencies = [("onboarding", "0031_talk_with_agencies")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
