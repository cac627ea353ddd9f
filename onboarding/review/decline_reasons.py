"""The reasons for which an application may be declined; from here on they are the HMIS Admin's own."""

from onboarding.models import DeclineReason

TEXTS = (
    "The agency does not serve people who are homeless or at risk of it",
    "The agency does not serve people in Connecticut",
    "The agency is a victim service provider and may not use the HMIS",
    "Documents that show the agency’s status are missing or do not hold",
    "The agency does not meet the technical requirements",
    "Another reason",
)


def load() -> None:
    """Write the list where there is none."""
    if not DeclineReason.objects.exists():
        DeclineReason.objects.bulk_create(
            DeclineReason(text=text, position=10 * number) for number, text in enumerate(TEXTS, start=1)
        )
