"""Who acts for the agency: managers, editors, invitations, the hand-over."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies import permissions, selectors
from agencies.forms.people import DeputyForm, HandOverForm, InviteForm
from agencies.models import Agency, AgencyRole, Invitation, User
from agencies.services import deputies, invitations
from agencies.services import people as services
from hmis_portal.accounts.again import changes_account
from hmis_portal.text.words import full_stop
from hmis_portal.web.doors import counted
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import client_ip


@require_GET
def people(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Everybody who holds a role, and the invitations still open."""
    user = permissions.person(request)
    agency = permissions.agency_to_view(user, agency_id)
    standing_in = permissions.deputies(agency)
    rows = [
        {
            "person": person,
            "deputy": standing_in.get(person.pk),
            "roles": [
                {"value": role, "label": AgencyRole(role).label, "may_end": role != AgencyRole.SIGNATORY}
                for role in roles
            ],
            "is_you": person == user,
        }
        for person, roles in permissions.people_with_roles(agency)
    ]
    return render(
        request,
        "agencies/people.html",
        {
            "agency": agency,
            "rows": rows,
            "invitations": selectors.open_invitations(agency),
            "manages": permissions.is_manager(user, agency),
        },
    )


@require_http_methods(["GET", "POST"])
@counted("invitations")
def invite(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    user = permissions.person(request)
    agency = permissions.agency_to_manage(user, agency_id)
    form = InviteForm(request.POST or None, known=selectors.people_to_invite(agency))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = invitations.invite(
                agency=agency, email=data["email"], role=AgencyRole(data["role"]), by=user,
                first_name=data["first_name"], last_name=data["last_name"], ip=client_ip(request),
            )  # fmt: skip
        except GuardFailed as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The invitation was sent to %s.") % row.user.email)
            return redirect("agencies:people", agency_id=agency.pk)
    left = invitations.left_before_review(agency, by=user)
    return render(request, "agencies/invite.html", {"agency": agency, "form": form, "left": left})


@require_POST
@counted("invitations")
def resend_invitation(request: HttpRequest, agency_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Managers; the invitations of the roster also whoever keeps the roster."""
    user = permissions.person(request)
    agency = permissions.agency_to_read_mou(user, agency_id)
    row = get_object_or_404(Invitation, pk=invitation_id, agency=agency)
    of_staff = row.role == AgencyRole.STAFF
    (permissions.agency_to_edit if of_staff else permissions.agency_to_manage)(user, agency_id)
    row = invitations.send_again(invitation=row, by=user)
    messages.success(request, _("The invitation was sent to %s again.") % row.user.email)
    return redirect("agencies:staff" if of_staff else "agencies:people", agency_id=agency.pk)


@require_http_methods(["GET", "POST"])
def revoke_invitation(request: HttpRequest, agency_id: UUID, invitation_id: UUID) -> HttpResponse:
    user = permissions.person(request)
    agency = permissions.agency_to_manage(user, agency_id)
    row = get_object_or_404(Invitation.objects.select_related("user"), pk=invitation_id, agency=agency)
    if request.method == "POST":
        invitations.revoke_invitation(invitation=row, by=user, ip=client_ip(request))
        messages.success(request, _("The invitation to %s was revoked.") % row.user.email)
        of_staff = row.role == AgencyRole.STAFF
        return redirect("agencies:staff" if of_staff else "agencies:people", agency_id=agency.pk)
    return render(request, "agencies/revoke_invitation.html", {"agency": agency, "invitation": row})


@require_http_methods(["GET", "POST"])
def end_role(request: HttpRequest, agency_id: UUID, user_id: int, role: str) -> HttpResponse:
    """Remove a colleague (a manager does), or lay down one's own role (everybody may)."""
    user = permissions.person(request)
    is_own = user.pk == user_id
    agency = (
        permissions.agency_to_edit(user, agency_id)
        if is_own
        else permissions.agency_to_manage(user, agency_id)
    )
    if role not in (AgencyRole.MANAGER, AgencyRole.EDITOR):
        raise Http404
    person = user if is_own else _colleague(agency, user_id)
    if request.method == "POST":
        services.end_role(agency=agency, person=person, role=AgencyRole(role), by=user, ip=client_ip(request))
        messages.success(
            request,
            _("%(person)s no longer acts for %(agency)s in this role.")
            % {"person": person, "agency": agency.name},
        )
        return redirect("agencies:start") if is_own else redirect("agencies:people", agency_id=agency.pk)
    context = {"agency": agency, "person": person, "role": AgencyRole(role), "is_own": is_own}
    return render(request, "agencies/end_role.html", context)


@changes_account
@require_http_methods(["GET", "POST"])
@counted("invitations")
def hand_over(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    user = permissions.person(request)
    agency = permissions.agency_to_manage(user, agency_id)
    form = HandOverForm(request.POST or None, agency=agency, by=user)
    if request.method == "POST" and form.is_valid():
        to, stay = form.cleaned_data["to"], form.cleaned_data["stay"]
        services.hand_over(agency=agency, by=user, to=to, stay_as_editor=stay, ip=client_ip(request))
        messages.success(
            request, _("%(person)s now manages %(agency)s") % {"person": to, "agency": full_stop(agency.name)}
        )
        return redirect("agencies:start")
    has_colleagues = form.fields["to"].queryset.exists()  # type: ignore[attr-defined]
    return render(
        request, "agencies/hand_over.html", {"agency": agency, "form": form, "has_colleagues": has_colleagues}
    )


@changes_account
@require_http_methods(["GET", "POST"])
def name_deputy(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """A colleague with a manager's rights until a day."""
    user = permissions.person(request)
    agency = permissions.agency_to_manage(user, agency_id)
    people = deputies.candidates(agency, by=user)
    form = DeputyForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        to, until = form.people[form.cleaned_data["to"]], form.cleaned_data["until"]
        try:
            deputies.name_deputy(agency=agency, by=user, to=to, until=until, ip=client_ip(request))
        except GuardFailed as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("Your deputy is named. You are both told by e-mail."))
            return redirect("agencies:people", agency_id=agency.pk)
    others = "; ".join(str(manager) for manager in deputies.other_managers(agency, by=user))
    context = {"agency": agency, "form": form, "has_colleagues": bool(people), "managers": others}
    return render(request, "agencies/deputy.html", context)


def _colleague(agency: Agency, user_id: int) -> User:
    for person, _roles in permissions.people_with_roles(agency):
        if person.pk == user_id:
            return person
    raise Http404
