from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

topics = import_module("onboarding.migrations.0019_move_readiness_drafts_to_topics")
YEARLY = "readiness-yearly"


def move(apps, schema_editor):
    """What was typed on the one page of a year, and not saved yet, stands on the pages of its topics."""
    works = apps.get_model("onboarding", "SectionWork").objects
    questions = apps.get_model("onboarding", "ReadinessQuestion").objects.order_by("order", "number")
    versions = apps.get_model("onboarding", "ReadinessVersion").objects.filter(published_at__isnull=False)
    asked = questions.filter(version=versions.order_by("-number").first()).prefetch_related("outcomes")
    pages = topics.pages_of(asked)
    for work in works.filter(section=YEARLY):
        drafts = {}
        for name, typed in work.draft.items():
            question, _underscore, part = name.partition("_")
            if question in pages:
                topic, plans = pages[question]
                drafts.setdefault(plans if plans and part.startswith("plan") else topic, {})[name] = typed
        said = {"version": work.version, "saved_by_id": work.saved_by_id, "saved_at": work.saved_at}
        for page, draft in drafts.items():
            works.create(
                application_id=work.application_id, section=f"{YEARLY}.{page}", draft=draft, **said
            )
        work.delete()


def move_back(apps, schema_editor):
    works = apps.get_model("onboarding", "SectionWork").objects
    for row in works.filter(section__startswith=f"{YEARLY}.").order_by("pk"):
        work, _made = works.get_or_create(application_id=row.application_id, section=YEARLY)
        work.draft |= row.draft
        work.version = max(work.version, row.version)
        work.saved_by_id, work.saved_at = row.saved_by_id, row.saved_at
        work.save()
        row.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0024_list_what_the_hmis_is_to_do"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="readinessyear",
            name="answered_at",
            field=models.DateTimeField(null=True, verbose_name="answered"),
        ),
        migrations.AlterField(
            model_name="readinessyear",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddConstraint(
            model_name="readinessyear",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)),
                fields=("application",),
                name="readiness_year_begun_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="readinessyear",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="readiness_year_answered_by_somebody",
            ),
        ),
        migrations.RunPython(move, move_back),
    ]
