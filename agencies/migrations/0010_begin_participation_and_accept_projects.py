"""A project remembers since when the HMIS Admin knows it and when its participation is to begin.

Agencies that said “not participating” while they joined, which was true then, kept it at go-live: from that day on
they take part. What the agency said since stays as it is.
"""

from datetime import timedelta
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.utils import timezone

NOT_PARTICIPATING, IN_HMIS = 0, 1
AT_ONCE = timedelta(minutes=5)  # the rows were written in the transaction of the go-live, or before it


def mend(apps: Any, _editor: Any) -> None:
    rows = apps.get_model("agencies", "HMISParticipation").objects
    said_no = rows.filter(
        Q(project__operating_end_date=None) | Q(project__operating_end_date__gte=F("project__agency__live_at__date")),
        Q(hmis_participation_status_end_date=None)
        | Q(hmis_participation_status_end_date=F("project__operating_end_date")),
        hmis_participation_type=NOT_PARTICIPATING,
        date_updated__lte=F("project__agency__live_at") + AT_ONCE,
        project__agency__state="live",
    ).exclude(project__agency__victim_service_provider=True)
    alone = said_no.annotate(count=models.Count("project__hmis_rows")).filter(count=1)
    for row in alone.select_related("project__agency").iterator():
        day = timezone.localdate(row.project.agency.live_at)
        last, now = row.hmis_participation_status_end_date, timezone.now()
        if row.hmis_participation_status_start_date >= day:
            rows.filter(pk=row.pk).update(hmis_participation_type=IN_HMIS, date_updated=now)
            continue
        rows.filter(pk=row.pk).update(
            hmis_participation_status_end_date=day - timedelta(days=1), date_updated=now
        )
        rows.create(
            project=row.project,
            position=row.position + 1,
            hmis_participation_type=IN_HMIS,
            hmis_participation_status_start_date=day,
            hmis_participation_status_end_date=last,
        )


class Migration(migrations.Migration):
    dependencies = [("agencies", "0009_add_channels_for_sign_in_codes")]
    operations = [
        migrations.AddField(
            model_name="project",
            name="accepted_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the HMIS Admin took it into the HMIS: with the application, or as a new project.",
                null=True,
                verbose_name="accepted",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="hmis_from",
            field=models.DateField(
                blank=True,
                help_text="A day chosen before go-live, when it is to be a later one than that of go-live.",
                null=True,
                verbose_name="takes part in the HMIS from",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | Q(accepted_at__isnull=False),
                name="project_accepted_by_has_time",
            ),
        ),
        migrations.RunPython(mend, migrations.RunPython.noop),
    ]
