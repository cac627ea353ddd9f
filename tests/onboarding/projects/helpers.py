"""What the page of a project posts, and what it says back."""

from datetime import date

from django.urls import reverse

from onboarding.models import SectionWork


def day(name, value):
    return {f"{name}_month": str(value.month), f"{name}_day": str(value.day), f"{name}_year": str(value.year)}


OPENED = date(2020, 1, 1)


def answers(**changes):
    """An emergency shelter, filled in rightly, as the page posts it."""
    given = {
        "version": "0",
        "action": "save",
        "project_name": "Harbor House Shelter",
        "project_common_name": "The Harbor",
        **day("operating_start_date", OPENED),
        "continuum_project": "1",
        "project_type": "0",
        "housing_type": "1",
        "coc-rows": "1",
        "coc-0-coc_code": "CT-505",
        "coc-0-geocode": "090492",
        "coc-0-address1": "12 Main Street",
        "coc-0-city": "Hartford",
        "coc-0-zip": "06103-1234",
        "coc-0-geography_type": "1",
        "funders-rows": "1",
        "funders-0-funder": "8",
        "funders-0-grant_id": "ESG-2026-1",
        **day("funders-0-start_date", OPENED),
        "inventory-rows": "1",
        "inventory-0-coc_code": "CT-505",
        "inventory-0-household_type": "3",
        "inventory-0-es_bed_type": "1",
        "inventory-0-availability": "1",
        "inventory-0-vet_bed_inventory": "2",
        "inventory-0-other_bed_inventory": "28",
        "inventory-0-unit_inventory": "10",
        **day("inventory-0-inventory_start_date", OPENED),
        "hmis-rows": "1",
        "hmis-0-hmis_participation_type": "1",
        **day("hmis-0-hmis_participation_status_start_date", OPENED),
        "ce-rows": "1",
        "ce-0-access_point": "0",
        "ce-0-receives_referrals": "1",
        **day("ce-0-ce_participation_status_start_date", OPENED),
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
