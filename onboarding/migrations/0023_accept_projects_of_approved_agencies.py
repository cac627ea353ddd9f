"""The projects of agencies that are approved are known to the HMIS Admin: with the application, or since they were saved."""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Q, Subquery


def accept(apps: Any, _editor: Any) -> None:
    approved = apps.get_model("onboarding", "Application").objects.filter(
        agency=OuterRef("agency"), state="approved"
    )
    last = approved.order_by("-decided_at")
    saved = (
        Q(confirmed_at__isnull=False)
        | Q(copied_from=None)
        | Q(copied_from__operating_end_date__lt=F("operating_start_date"))
    )
    projects = apps.get_model("agencies", "Project").objects
    rows = projects.filter(saved, accepted_at=None).annotate(
        decided_at=Subquery(last.values("decided_at")[:1]), decided_by=Subquery(last.values("decided_by")[:1])
    )
    for project in rows.filter(decided_at__isnull=False).iterator():
        projects.filter(pk=project.pk).update(accepted_at=project.decided_at, accepted_by=project.decided_by)


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0022_end_conditions_with_a_record"),
        ("agencies", "0010_begin_participation_and_accept_projects"),
    ]
    operations = [migrations.RunPython(accept, migrations.RunPython.noop)]
