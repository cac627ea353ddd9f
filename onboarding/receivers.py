"""News from below: staff joined, changed or left; training came into force or fell out of it."""

from django.dispatch import receiver
from django.utils import timezone

from agencies import emails
from agencies.models import Staff, User
from agencies.signals import StaffNews, staff_changed
from onboarding.access import coordinator, recompute
from onboarding.models import Access, Application, CoordinatorNews
from training.models import OpenTraining
from training.signals import learning_account_news, requirements_met


@receiver(staff_changed, dispatch_uid="onboarding_staff_changed")
@receiver(requirements_met, dispatch_uid="onboarding_requirements_met")
def recompute_access(staff: Staff, **_kwargs: object) -> None:
    recompute.later(staff.agency_id)


@receiver(staff_changed, dispatch_uid="onboarding_coordinator_told")
def tell_coordinator(staff: Staff, kind: StaffNews, **_kwargs: object) -> None:
    """Who is put on the roster once its training has begun; before, the list is what the coordinator fills in."""
    if (
        kind in (StaffNews.JOINED, StaffNews.RETURNED)
        and OpenTraining.objects.filter(agency=staff.agency_id).exists()
    ):
        coordinator.add(staff, CoordinatorNews.Kind.LISTED)


@receiver(learning_account_news, dispatch_uid="onboarding_learning_account_told")
def tell_of_learning_account(person: User, made: bool, **_kwargs: object) -> None:
    kind = CoordinatorNews.Kind.LEARNING_MADE if made else CoordinatorNews.Kind.LEARNING_ASKED
    for staff in Staff.objects.filter(user=person, left_on=None):
        coordinator.add(staff, kind)


@receiver(staff_changed, dispatch_uid="onboarding_leaver_told")
def tell_leaver(staff: Staff, kind: StaffNews, **_kwargs: object) -> None:
    """Whose account ends is told of that; the others hear what their agency reported, unless it tells them itself."""
    if kind != StaffNews.LEFT or staff.leaving_notice == Staff.LeavingNotice.AGENCY:
        return
    accounts = Access.objects.filter(staff=staff, granted_at__isnull=False).exclude(state=Access.State.ENDED)
    if not accounts.exists():
        emails.leaving(staff, last_day=staff.left_on, cause=f"left:{staff.pk}:{staff.left_on}")


@receiver(staff_changed, dispatch_uid="onboarding_roster_changed")
def count_sections_anew(staff: Staff, **_kwargs: object) -> None:
    """The roster is section C of an application under way, also when it is changed on the agency's own page."""
    open_now = Application.objects.filter(agency_id=staff.agency_id, state__in=Application.EDITABLE)
    open_now.update(touched_at=timezone.now())
