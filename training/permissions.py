"""Who may see and do what in training. Group permissions are listed in `training.reference`."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from agencies import permissions as agency_permissions
from agencies.models import Agency, Staff, User
from agencies.permissions import is_person
from hmis_portal.models.users import AnyUser
from training.models import Certificate, Evidence, PracticeCase


def may_record_completions(user: AnyUser | None) -> bool:
    return is_person(user) and user.has_perm("training.add_completion")


def may_void_completions(user: AnyUser | None) -> bool:
    return is_person(user) and user.has_perm("training.add_completionvoid")


def may_waive(user: AnyUser | None) -> bool:
    return is_person(user) and user.has_perm("training.add_waiver")


def against_oneself(by: User | None, people: Iterable[User]) -> list[str]:
    """Nobody records, voids or waives for themselves; what they sign is not recorded, it is signed."""
    if by is None or by not in people:
        return []
    return [_("Nobody decides about training of their own. Ask a trainer or another HMIS Admin to do it.")]


def may_plan_sessions(user: AnyUser | None) -> bool:
    return is_person(user) and user.is_staff and user.has_perm("training.add_session")


def who_may_train() -> QuerySet[User]:
    """Those of the HMIS side who may give a session."""
    groups = Group.objects.filter(permissions__codename="add_session")
    return (
        User.objects.filter(is_active=True, is_staff=True, groups__in=groups)
        .distinct()
        .order_by("last_name", "first_name", "pk")
    )


def may_change_courses(user: AnyUser | None) -> bool:
    return is_person(user) and user.has_perm("training.change_course")


def may_change_sources(user: AnyUser | None) -> bool:
    """Sources of results, what they mean, and the credentials they send with."""
    return is_person(user) and user.has_perm("training.change_door")


def may_check_evidence(user: AnyUser | None) -> bool:
    """Verifiers; that nobody decides about their own paper is the service's guard and the database's."""
    return is_person(user) and user.has_perm("training.change_evidence")


def may_read_everyones_training(user: AnyUser | None) -> bool:
    return is_person(user) and user.is_staff and user.has_perm("training.view_completion")


def agency_to_follow(user: AnyUser | None, agency_id: UUID | str) -> Agency:
    """The agency, for those who follow its people's training: its managers and editors, and the HMIS staff."""
    if may_read_everyones_training(user):
        return get_object_or_404(Agency, pk=agency_id)
    return agency_permissions.agency_to_view(user, agency_id)


def own_staff_row(user: AnyUser | None, staff_id: int) -> Staff:
    """A staff row of the person who is signed in; nobody signs an agreement for somebody else."""
    if not is_person(user):
        raise Http404
    return get_object_or_404(Staff.objects.current().select_related("agency", "user"), pk=staff_id, user=user)


def certificate_to_read(user: AnyUser | None, certificate_id: int) -> Certificate:
    """Own certificates, those of the staff of an agency one manages, and all for the HMIS staff."""
    certificates = Certificate.objects.select_related("completion__person")
    certificate = get_object_or_404(certificates, pk=certificate_id)
    holder = certificate.completion.person
    if not may_read_papers_of(user, holder.merged_into_id or holder.pk):
        raise Http404
    return certificate


def evidence_to_read(user: AnyUser | None, evidence_id: int) -> Evidence:
    """An uploaded paper, for its person, the one who uploaded it and the HMIS staff."""
    evidence = get_object_or_404(Evidence.objects.select_related("document"), pk=evidence_id)
    own = is_person(user) and user.pk in {evidence.person_id, evidence.uploaded_by_id}
    if not (own or may_read_everyones_training(user)):
        raise Http404
    return evidence


def practice_case_to_read(user: AnyUser | None, case_id: int) -> PracticeCase:
    """What a person handed in, for them and the HMIS staff."""
    case = get_object_or_404(PracticeCase.objects.select_related("document"), pk=case_id)
    own = is_person(user) and user.pk == case.person_id
    if not (own or may_read_everyones_training(user)):
        raise Http404
    return case


def may_read_papers_of(user: AnyUser | None, person_id: int) -> bool:
    if not is_person(user):
        return False
    if user.pk == person_id or may_read_everyones_training(user):
        return True
    rows = Staff.objects.current().filter(user_id=person_id).select_related("agency")
    return any(agency_permissions.can_view_agency(user, row.agency) for row in rows)
