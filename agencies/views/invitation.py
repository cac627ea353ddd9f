"""The page behind the link of an invitation; open to visitors, because most invited people have no account yet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agencies import permissions
from agencies.forms.people import AcceptForm
from agencies.models import AgencyRole, Invitation, User
from agencies.services import invitations
from agencies.services.invited import has_account
from hmis_portal.accounts import devices, sessions
from hmis_portal.web import links
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.links import Page
from hmis_portal.web.visits import client_ip, too_often


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept: with a new password, or signed in as the invited person. Otherwise say what stands in the way."""
    row, replaced = _invitation(token)
    if permissions.is_person(request.user) and request.user.pk == row.user_id:
        if row.accepted_at:
            return redirect(landing(row, by=request.user))
        if replaced and row.is_open and not row.has_lapsed:
            return redirect("agencies:start")  # its owner is signed in: the newest link proves nothing more
    if replaced or not row.is_open or row.has_lapsed or not row.user.is_active:
        return render(
            request,
            "agencies/invitation_over.html",
            {"invitation": row, "token": token, "agency": row.agency, "replaced": replaced},
            status=410,
        )
    if permissions.is_person(request.user) and request.user.pk != row.user_id:
        return render(request, "agencies/invitation_other_person.html", {"invitation": row})
    if has_account(row.user):
        return _accept_signed_in(request, row)
    if request.method == "POST" and (wait := too_often(request, "accept_invitation", key=str(row.pk))):
        return too_many_requests(request, wait=wait)
    form = AcceptForm(
        request.POST or None,
        user=row.user,
        initial={"first_name": row.user.first_name, "last_name": row.user.last_name},
    )
    if request.method == "POST" and form.is_valid():
        row = invitations.accept(invitation=row, by=row.user, ip=client_ip(request), **form.cleaned_data)
        sessions.sign_in(request, row.user)
        answer = _welcome(request, row)
        devices.remember(request, answer, row.user.email)
        return answer
    return render(request, "agencies/invitation.html", {"invitation": row, "form": form})


@login_not_required
@require_POST
def renew_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A new link for a lapsed invitation, to the invited address and nowhere else."""
    row, _replaced = _invitation(token)
    if wait := too_often(request, "renew_invitation", key=str(row.pk)):
        return too_many_requests(request, wait=wait)
    invitations.send_again(invitation=row, by=None)
    return render(request, "agencies/invitation_renewed.html", {"invitation": row})


def _accept_signed_in(request: HttpRequest, row: Invitation) -> HttpResponse:
    if not permissions.is_person(request.user):
        return render(request, "agencies/invitation_sign_in.html", {"invitation": row, "next": request.path})
    if request.method == "POST":
        return _welcome(request, invitations.accept(invitation=row, by=request.user, ip=client_ip(request)))
    return render(request, "agencies/invitation_accept.html", {"invitation": row})


def _invitation(token: str) -> tuple[Invitation, bool]:
    """The invitation, and whether a newer link replaced this one."""
    invitation = invitations.from_token(token)
    if invitation is None:
        raise Http404
    return invitation


def _welcome(request: HttpRequest, row: Invitation) -> HttpResponse:
    messages.success(request, _("Welcome. You now work with %s in this portal.") % row.agency.name)
    return redirect(landing(row, by=row.user))


def landing(row: Invitation, *, by: User) -> str:
    """Where the accepted role has its work; the start page when the role has ended."""
    if row.role == AgencyRole.STAFF:
        return reverse(links.to(Page.OWN_TRAINING))
    if not permissions.roles(by, row.agency):
        return reverse("agencies:start")
    page = links.to(Page.AGENCY_MOU) if row.role == AgencyRole.SIGNATORY else links.to(Page.AGENCY_STEPS)
    return reverse(page, args=[row.agency_id])
