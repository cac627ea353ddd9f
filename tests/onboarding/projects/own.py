"""After approval: the addresses of an agency's own projects, and what the pages of a stored one post."""

import datetime as dt
from datetime import date

from django.urls import reverse

from agencies.models import Project
from onboarding.demo.answers import day
from tests.onboarding.projects import helpers
from tests.onboarding.projects.helpers import answers

NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
BECOMES = {
    "project_type": "3",
    "project_name": "Harbor House Apartments",
    **day("last_day", date(2026, 12, 31)),
}


def url(cast, name, project=None):
    return reverse(
        f"onboarding:{name}",
        args=[cast.agency.pk, *([(project or cast.project).pk] if project is not False else [])],
    )


def save(cast, client_of, asked, data, person=None):
    """One page of the stored project, opened just now."""
    return helpers.save(cast, client_of, asked, data, person or cast.coordinator, place="own_")


def stored(cast, **changes):
    """What the pages of the stored project post, with the identities of its rows."""
    project = Project.objects.get(pk=cast.project.pk)
    ids = {
        "coc-0-id": project.coc_rows.get().pk,
        "funders-0-id": project.funders.get().pk,
        "inventory-0-id": project.inventory.get().pk,
        "hmis-0-id": project.hmis_rows.get().pk,
        "ce-0-id": project.ce_rows.get().pk,
    }
    hmis = {"hmis-rows": "1", "hmis-0-hmis_participation_type": "1"}
    return answers(**{**hmis, **{name: str(pk) for name, pk in ids.items()}, **changes})
