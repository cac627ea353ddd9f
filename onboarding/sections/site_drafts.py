"""Section D, one site's page: the typing that is kept between visits, and when it becomes a row.

A listed site is kept under "site-<key>", one that is being added under "site-new-<name of its page>".
"""

from collections.abc import Mapping, Sequence

from agencies.models import User
from hmis_portal import audit
from onboarding.events import OnboardingEvent
from onboarding.forms.sections.sites import SiteForm
from onboarding.models import Application, SectionKey, SectionWork, Site
from onboarding.sections import drafts

SECTION = SectionKey.READINESS
NEW = "site-new-"


def key_of(site: Site | None, page: str = "") -> str:
    """The name under which a site's typing is kept; at most 40 characters."""
    return f"site-{site.pk}" if site else f"{NEW}{page}"


def begun(works: Mapping[str, SectionWork]) -> list[drafts.Begun]:
    return drafts.begun(works, NEW, "address")


def write(
    form: SiteForm,
    application: Application,
    *,
    key: str,
    version: int,
    by: User,
    states: Sequence[str] = Application.EDITABLE,
) -> Site:
    """The typing becomes a row. Raises Stale, WrongState."""
    with drafts.writing(application, states):
        drafts.settled(application=application, section=key, version=version, by=by)
        written: Site = form.save()
        drafts.record_edit(application, SECTION, by, drafts.of_row(key_of(written), form))
    return written


def remove(
    application: Application, site: Site, *, by: User, states: Sequence[str] = Application.EDITABLE
) -> None:
    """Take a site off the list, and what was typed about it."""
    with drafts.writing(application, states):
        SectionWork.objects.filter(application=application, section=key_of(site)).delete()
        drafts.record_edit(application, SECTION, by, {key_of(site): [str(site), None]})
        audit.record(by=by, verb=OnboardingEvent.REMOVED_SITE, obj=site, agency_id=site.agency_id)
        site.delete()
