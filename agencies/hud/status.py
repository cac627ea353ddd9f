"""What a project is to the HMIS today: one answer, for every list, sheet and page."""

from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.hud.drafts import ProjectFindings


class ProjectStatus(TextChoices):
    DRAFT = "draft", _("Draft")  # nobody has saved it right yet, or it was only copied
    PROPOSED = (
        "proposed",
        _("Proposed"),
    )  # saved, and the HMIS Admin has not taken it into the HMIS, or it opens later
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


def status_of(findings: ProjectFindings, today: date) -> ProjectStatus:
    project, accepted = findings.project, findings.project.accepted_at is not None
    if not (accepted or project.confirmed_at or findings.complete):
        return ProjectStatus.DRAFT
    if project.operating_end_date and project.operating_end_date < today:
        return ProjectStatus.ENDED
    if not accepted or (project.operating_start_date and project.operating_start_date > today):
        return ProjectStatus.PROPOSED
    return ProjectStatus.RUNNING
