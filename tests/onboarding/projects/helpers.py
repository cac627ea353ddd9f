"""What the page of a project posts, and what it says back."""

from django.urls import reverse

from onboarding.demo.answers import shelter
from onboarding.models import SectionWork


def answers(**changes):
    """An emergency shelter, filled in rightly, as the page posts it."""
    given = {
        **shelter("Harbor House Shelter", town="Hartford"),
        "version": "0",
        "project_common_name": "The Harbor",
        "coc-0-zip": "06103-1234",
    }
    given.update(changes)
    return given


def page(cast, name="project"):
    return reverse(f"onboarding:{name}", args=[cast.agency.pk, cast.project.pk])


def save(cast, client_of, data, person=None):
    return client_of(person or cast.director).post(page(cast), data)


def now(**changes):
    """The same, from a page opened just now."""
    return answers(
        **{"version": str(SectionWork.objects.values_list("version", flat=True).first() or 0), **changes}
    )


def problems(response):
    return [
        str(message)
        for form in response.context["forms"]
        for errors in form.errors.values()
        for message in errors
    ]
