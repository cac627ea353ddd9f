"""Rows that the portal let stand and that HUD's rules R15 and R22 now find: mended where the fact is known.

A project that has ended in a live agency ended its grants; before a project's first period of HMIS participation it
took no part. What an agency that joins has typed stays as it is.
"""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import F, Min, Q
from django.utils import timezone

NOT_PARTICIPATING, COMPARABLE = 0, 2


def mend(apps: Any, _editor: Any) -> None:
    now = timezone.now()
    projects = apps.get_model("agencies", "Project").objects.exclude(agency__state="joining")
    grants = apps.get_model("agencies", "Funder").objects.filter(project__in=projects)
    ended = grants.filter(start_date__lte=F("project__operating_end_date"))
    ended = ended.filter(Q(end_date=None) | Q(end_date__gt=F("project__operating_end_date")))
    for grant in ended.select_related("project").iterator():
        grant.end_date, grant.date_updated = grant.project.operating_end_date, now
        grant.save(update_fields=["end_date", "date_updated"])
    rows = apps.get_model("agencies", "HMISParticipation").objects
    late = projects.annotate(first=Min("hmis_rows__hmis_participation_status_start_date"))
    late = late.filter(first__gt=F("operating_start_date")).exclude(
        hmis_rows__hmis_participation_type=COMPARABLE
    )
    for project in late.iterator():
        rows.filter(project=project).update(position=F("position") + 1)
        rows.create(
            project=project,
            position=0,
            hmis_participation_type=NOT_PARTICIPATING,
            hmis_participation_status_start_date=project.operating_start_date,
            hmis_participation_status_end_date=project.first - timedelta(days=1),
        )


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_clean_addresses")]
    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
