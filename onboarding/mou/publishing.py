"""A text is put in force: what waits for a signature under the version before gives way, and who has signed is asked anew."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from agencies.locks import lock_agencies
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.signing.agreeing import text_versions
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.signing.models import TextVersion
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Mou
from onboarding.mou import newer_text
from onboarding.services import perform
from onboarding.workflow import MouVerb
from training import services as training_services


@transaction.atomic
def publish(version: TextVersion, *, by: User, who: WhoSigns | None = None) -> int:
    """Put a text in force: unsigned MOUs of the version before are superseded, and `who` is asked to sign it anew.

    Returns how many were superseded.
    """
    if version.kind == TextVersion.Kind.MOU:
        _lock(who)
    published = put_in_force(version, by=by)
    superseded = supersede(published, by=by)
    if who:
        ask_to_sign(published, who, by=by)
    return superseded


def ask_to_sign(published: TextVersion, who: WhoSigns, *, by: User) -> None:
    """A version that was just published is to be signed by who has signed an earlier one."""
    if published.kind == TextVersion.Kind.MOU:
        _ask(published, who, by=by)
    elif published.kind == TextVersion.Kind.USER_AGREEMENT:
        training_services.ask_to_sign(published, who, by=by)


def put_in_force(version: TextVersion, *, by: User) -> TextVersion:
    published = text_versions.publish(version, by=by)
    audit.record(by=by, verb=OnboardingEvent.PUBLISH, obj=published, after=published.state)
    return published


def supersede(published: TextVersion, *, by: User, agencies: Collection[UUID] | None = None) -> int:
    """The unsigned MOUs, of these agencies or of all, give way to a version that was just published."""
    if published.kind != TextVersion.Kind.MOU:
        return 0
    superseded = 0
    unsigned = Mou.objects.filter(state=Mou.State.ISSUED)
    unsigned = unsigned if agencies is None else unsigned.filter(agency__in=agencies)
    for mou in unsigned.order_by("agency_id"):
        try:
            perform(mou, MouVerb.SUPERSEDE, by=by, reason=published.what_changed, as_system=True)
        except WrongState:  # signed or declined meanwhile: a signed one stays good to counter-sign
            continue
        emails.mou_superseded(mou, published)
        superseded += 1
    return superseded


def _lock(who: WhoSigns | None) -> None:
    """The agencies that a new version touches, before the text itself: as every move of an MOU locks them."""
    touched = Q(mous__state=Mou.State.ISSUED)
    if who:
        touched |= Q(mous__state__in=newer_text.BOUND) & (
            Q() if who.agencies is None else Q(pk__in=who.agencies)
        )
    lock_agencies(*Agency.objects.filter(touched).distinct().values_list("pk", flat=True))


def _ask(version: TextVersion, who: WhoSigns, *, by: User) -> None:
    """In the transaction of the publishing: the MOUs of these agencies are to be signed anew."""
    agencies = (
        newer_text.askable() if who.agencies is None else newer_text.askable().filter(pk__in=who.agencies)
    )
    rows = Mou.objects.filter(agency__in=agencies, state__in=newer_text.BOUND)
    newest = {mou.agency_id: mou for mou in rows.order_by("agency_id", "issued_at")}
    rows.update(renew_to=version, renew_by=who.by)
    for mou in newest.values():
        audit.record(
            by=by, verb=OnboardingEvent.ASKED_ANEW, obj=mou, agency_id=mou.agency_id,
            data={"version": version.number, "by": who.by.isoformat()},
        )  # fmt: skip
