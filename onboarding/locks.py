"""Why an agency's rows stand still: what was sent is being reviewed."""

from django.utils.translation import gettext as _

from agencies.locks import asks_before_changes
from agencies.models import Agency
from onboarding.models import Application


@asks_before_changes
def sent(agency: Agency) -> str:
    """While the application is with the HMIS Admin, its sections' rows are as they were sent."""
    away = (Application.State.SUBMITTED, Application.State.IN_REVIEW)
    if Application.objects.filter(agency=agency, state__in=away).exists():
        return _("The application is with the HMIS Admin, so this cannot be changed now. Leavers can be reported at any time.")
    return ""
