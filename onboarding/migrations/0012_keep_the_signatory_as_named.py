from django.db import migrations, models


def name_as_the_document_does(apps, schema_editor):
    """As the party of each request names who signs for the agency, and as whoever signed did."""
    Party = apps.get_model("signing", "Party")
    for mou in apps.get_model("onboarding", "Mou").objects.select_related("signatory").iterator():
        party = Party.objects.filter(request=mou.request_id, role="agency").first()
        person = f"{mou.signatory.first_name} {mou.signatory.last_name}".strip()
        mou.signatory_name = ((party and party.legal_name) or person)[:150]
        mou.save(update_fields=["signatory_name"])


class Migration(migrations.Migration):

    dependencies = [
        ("onboarding", "0011_rename_reviewnote_remark"),
        ("signing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="mou",
            name="signatory_name",
            field=models.CharField(blank=True, max_length=150, verbose_name="name of the signatory"),
        ),
        migrations.RunPython(name_as_the_document_does, migrations.RunPython.noop),
    ]
