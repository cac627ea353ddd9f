"""Step 1: the three requirements that a manager confirms, each in one frozen wording."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from agencies.models import Agency, User
from hmis_portal import audit
from onboarding.events import OnboardingEvent
from onboarding.models import RequirementConfirmation, RequirementText

Requirement = RequirementText.Requirement

# Version 1 of each wording. A new wording is a new version, published on the desk; these rows are never changed.
TEXTS = {
    Requirement.ELIGIBILITY: (
        "My agency serves people who are homeless or at risk of it, and will follow the policies of the HMIS: enter data "
        "on time and correctly, take part in data quality checks, and use client information only as the policies allow. "
        "My agency is not a victim service provider."
    ),
    Requirement.TRAINING: (
        "Everybody at my agency who will use the HMIS completes the courses of their role and signs the user agreement "
        "before they sign in, and renews both when they fall due. We report people who leave within 24 hours."
    ),
    Requirement.SECURITY: (
        "My agency keeps the data security protocol: personal accounts that are never shared, locked screens, devices with "
        "current updates and malware protection, paper kept locked and shredded, a named Security Officer, and incidents "
        "reported without delay. If my agency is a covered entity under HIPAA, it follows HIPAA for the same records as well."
    ),
}


def load() -> None:
    """Write version 1 where it is missing."""
    for requirement, text in TEXTS.items():
        RequirementText.objects.get_or_create(requirement=requirement, version=1, defaults={"text": text})


def current_texts() -> list[RequirementText]:
    """The newest wording of each requirement, in the order of the steps page."""
    newest = {text.requirement: text for text in RequirementText.objects.order_by("version")}
    return [newest[value] for value in Requirement.values if value in newest]


def current_text(requirement: str) -> RequirementText | None:
    return RequirementText.objects.filter(requirement=requirement).order_by("-version").first()


@transaction.atomic
def publish(requirement: str, text: str, *, by: User) -> RequirementText:
    """Put a new wording in force; the ones before stay as they were confirmed."""
    versions = RequirementText.objects.select_for_update().filter(requirement=requirement)
    last = max((version.version for version in versions), default=0)
    published = RequirementText.objects.create(
        requirement=requirement, version=last + 1, text=text, published_at=timezone.now(), published_by=by
    )
    audit.record(by=by, verb=OnboardingEvent.PUBLISH, obj=published)
    return published


def confirmations(agency: Agency) -> dict[int, RequirementConfirmation]:
    """What was confirmed, by the key of the text."""
    return {row.text_id: row for row in agency.confirmations.select_related("confirmed_by", "text")}


@transaction.atomic
def confirm(*, agency: Agency, by: User, texts: Iterable[RequirementText], ip: str | None = None) -> int:
    """Record that this manager confirms these wordings; a wording confirmed before stays as it was. Returns how many are new."""
    new = 0
    for text in texts:
        row, is_new = RequirementConfirmation.objects.get_or_create(
            agency=agency, text=text, defaults={"confirmed_by": by}
        )
        if is_new:
            new += 1
            audit.record(
                by=by,
                verb=OnboardingEvent.CONFIRMED_REQUIREMENT,
                obj=row,
                agency_id=agency.pk,
                ip=ip,
                data={"text": str(text)},
            )
    return new
