"""What saving an uploaded list sets off after approval, said before it is saved."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from onboarding.models import Access
from onboarding.roster.columns import COLUMNS
from onboarding.roster.staff_file import UploadedLine
from training.models import OpenTraining

OF_ACCOUNT = {COLUMNS[name][0] for name in ("hmis_role", "access_level", "projects")}


def of(agency: Agency, lines: Sequence[UploadedLine]) -> list[str]:
    """A sentence each; two queries."""
    today = timezone.localdate()
    added = [line.data for line in lines if line.staff is None]
    later = sum(bool(data["starts_later"]) and data["start_date"] > today for data in added)
    if not OpenTraining.objects.filter(agency=agency).exists():
        waits = _("New people are invited, and get their courses, once your agency’s training begins.")
        return [waits] if added else []
    counted = [
        (
            len(added) - later,
            ngettext(
                "%(count)d new person is invited by e-mail now, and gets the courses of their role.",
                "%(count)d new people are invited by e-mail now, and get the courses of their roles.",
                len(added) - later,
            ),
        ),
        (
            later,
            ngettext(
                "%(count)d new person starts later, and is invited on the start date.",
                "%(count)d new people start later, and are invited on their start dates.",
                later,
            ),
        ),
    ]
    accounts = _accounts(lines)
    words = ngettext(
        "%(count)d person’s account changes: the HMIS Admin is asked to change it in the HMIS.",
        "%(count)d people’s accounts change: the HMIS Admin is asked to change them in the HMIS.",
        accounts,
    )
    return [words % {"count": count} for count, words in [*counted, (accounts, words)] if count]


def _accounts(lines: Sequence[UploadedLine]) -> int:
    changed = [
        line.staff.pk
        for line in lines
        if line.staff and OF_ACCOUNT & {str(value.label) for value in line.values}
    ]
    return Access.objects.filter(staff__in=changed, state=Access.State.GRANTED).count()
