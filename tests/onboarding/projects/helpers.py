"""What the pages of a project post, and what they say back."""

from django.urls import reverse

from agencies.hud.pages import BY_KEY, PAGES
from onboarding.demo.answers import shelter
from onboarding.models import SectionWork


def answers(**changes):
    """An emergency shelter, filled in rightly, as its pages post it: each takes what it asks."""
    given = {
        **shelter("Harbor House Shelter", town="Hartford"),
        "project_common_name": "The Harbor",
        "coc-0-zip": "06103-1234",
    }
    given.update(changes)
    return given


def page(cast, asked="about", act="page", *, place="", project=None):
    """The address of one page of the project, or of what is done with it."""
    return reverse(
        f"onboarding:{place}project_{act}", args=[cast.agency.pk, (project or cast.project).pk, asked]
    )


def overview(cast, act="", *, place="", project=None):
    name = f"onboarding:{place}project{act}"
    return reverse(name, args=[cast.agency.pk, (project or cast.project).pk])


def version(cast, asked, project=None):
    """Of the page as it stands."""
    key = f"project-{(project or cast.project).hud_id}.{asked}"
    return str(SectionWork.objects.filter(section=key).values_list("version", flat=True).first() or 0)


def save(cast, client_of, asked, data, person=None, **where):
    """One page, opened just now unless the data names a version."""
    given = {"version": version(cast, asked, where.get("project")), **data}
    return client_of(person or cast.director).post(page(cast, asked, **where), given)


def save_all(cast, client_of, data, person=None, **where):
    """Every page in order; the answers of the portal by page."""
    return {one.key: save(cast, client_of, one.key, data, person, **where) for one in PAGES}


def pages_with_faults(responses):
    return {asked: problems(answer) for asked, answer in responses.items() if answer.status_code != 302}


def asks(asked, name):
    """Whether a page asks for an input."""
    kept = BY_KEY[asked]
    return name.partition("-")[0] in kept.kinds or any(name.startswith(own) for own in kept.own)


def problems(response):
    form = response.context["form"]
    return [str(message) for one in form.all_forms for errors in one.errors.values() for message in errors]
