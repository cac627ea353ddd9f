"""Who signs for the agency: named by its manager, passed on by the person named."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies import permissions
from agencies.models import Agency, User
from agencies.selectors import known_people
from hmis_portal.text.words import date_words
from hmis_portal.web.doors import counted
from hmis_portal.web.errors import WrongState
from hmis_portal.web.visits import client_ip
from onboarding import workflow
from onboarding.forms.mou.naming import NamingForm, PassOnForm, SignatoryForm
from onboarding.models import Mou
from onboarding.models.mou import RENEW_DAYS
from onboarding.mou import agreement, bound, party, wording
from onboarding.services import perform
from onboarding.views.mou.own import mou_to_sign
from onboarding.workflow import MouVerb


@counted("invitations")
def name_signatory(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The manager names who signs: the MOU is issued, goes to another person, or is issued in the names of today."""
    agency = permissions.agency_to_manage(request.user, agency_id)
    me = permissions.person(request)
    mou = agreement.latest(agency)
    changed = party.changes(mou, lead=True)
    if mou is not None and mou.state in (Mou.State.SIGNED, Mou.State.EXECUTED) and not changed:
        raise WrongState(_("The MOU is signed already."), back=reverse("onboarding:mou", args=[agency.pk]))
    replacing = mou is not None and mou.state == Mou.State.ISSUED
    reasons = [] if replacing or changed else bound.against_issuing(agency)
    if reasons:
        raise WrongState(*reasons, back=reverse("onboarding:mou", args=[agency.pk]))
    same = mou is not None and changed and all(change.what != "signatory" for change in changed)
    initial = _signed_before(mou, me) if mou is not None and same else _proposed(agency)
    kind = NamingForm if not replacing or changed else SignatoryForm
    form = kind(
        request.POST if request.method == "POST" else None,
        me=me,
        agency=agency,
        known=known_people(agency),
        initial=initial,
    )
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if changed:
        form.submit_label = workflow.move(Mou, MouVerb.ISSUE_ANEW).label
    if request.method == "POST" and form.is_valid():
        signer = form.signer()
        if isinstance(form, NamingForm):
            agreement.keep_address(agency, form.place(), by=me, ip=client_ip(request))
        if changed and mou is not None:
            agreement.issue_anew(mou, by=me, signer=signer, ip=client_ip(request))
        elif replacing and mou is not None:
            perform(mou, MouVerb.REPLACE, by=me, payload=signer, ip=client_ip(request))
        else:
            agreement.issue(agency=agency, by=me, signer=signer, ip=client_ip(request))
        messages.success(request, _("%(name)s can now sign the MOU.") % {"name": signer.legal_name})
        return redirect("onboarding:mou", agency_id=agency.pk)
    return render(
        request,
        "onboarding/mou/name_signatory.html",
        {
            "agency": agency,
            "form": form,
            "mou": mou,
            "replacing": replacing,
            "changed": changed,
            "notices": wording.notices_to_agency(agency) if agency.street and not replacing else "",
        },
    )


@require_POST
def remind_signatory(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The manager has the signatory asked once more."""
    agency = permissions.agency_to_manage(request.user, agency_id)
    mou, back = agreement.latest(agency), reverse("onboarding:mou", args=[agency.pk])
    if mou is None:
        raise WrongState(_("Nobody is named to sign the MOU yet."), back=back)
    perform(mou, MouVerb.REMIND, by=permissions.person(request), ip=client_ip(request))
    messages.success(request, _("A reminder is on its way to %(name)s.") % {"name": mou.signatory_name})
    return redirect(back)


def renew_mou(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """From 90 days before the end of the term: a successor is issued, without a new application and without a gap."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    me = permissions.person(request)
    is_manager = permissions.is_manager(me, agency)
    if not (is_manager or permissions.is_hmis_admin(me) or permissions.is_lead_signatory(me)):
        raise PermissionDenied(
            _("An MOU is renewed by the agency’s manager, the HMIS Admin or the Lead signatory.")
        )
    back = reverse("onboarding:mou", args=[agency.pk])
    before = agreement.in_force(agency)
    if before is None or not agreement.may_be_renewed(before):
        raise WrongState(_renew_when(before), back=back)
    open_one = agreement.latest(agency)
    if open_one and open_one.state in Mou.OPEN:
        raise WrongState(_("The renewal is under way already."), back=back)
    form = SignatoryForm(
        request.POST if request.method == "POST" else None,
        me=me if is_manager else None,
        agency=agency,
        known=known_people(agency) if is_manager else (),
        initial=_signed_before(before, me),
    )
    form.submit_label = _("Renew: send the new MOU for signature")
    form.cancel_url = back
    if request.method == "POST" and form.is_valid():
        signer = form.signer()
        agreement.renew(before, by=me, signer=signer, ip=client_ip(request))
        messages.success(
            request, _("The renewal is issued. %(name)s can now sign it.") % {"name": signer.legal_name}
        )
        return redirect("onboarding:mou", agency_id=agency.pk)
    return render(request, "onboarding/mou/renew.html", {"agency": agency, "form": form, "mou": before})


def _renew_when(before: Mou | None) -> str:
    if before is None or before.term_ends_on is None:
        return _("There is no executed MOU to renew. Name the signatory of a new one.")
    day = date_words(before.term_ends_on - timedelta(days=RENEW_DAYS))
    return _("The MOU can be renewed from %(day)s.") % {"day": day}


def _signed_before(before: Mou, me: User) -> dict[str, str]:
    """Who signs, or signed, the MOU that is issued once more."""
    signing, person = agreement.agency_party(before), before.signatory
    first_name, _space, last_name = before.signatory_name.rpartition(" ")
    if str(person) == before.signatory_name:
        first_name, last_name = person.first_name, person.last_name
    return {
        "who": "me" if person == me else "other",
        "first_name": first_name,
        "last_name": last_name,
        "email": person.email,
        "title": signing.title,
        "authority": signing.authority,
    }


@counted("invitations")
def pass_on(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The signatory names the person who has to sign instead."""
    agency, mou, _party = mou_to_sign(request, agency_id)
    me = permissions.person(request)
    form = PassOnForm(request.POST if request.method == "POST" else None, me=me, agency=agency)
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        signer = form.signer()
        reason = form.cleaned_data["reason"]
        perform(mou, MouVerb.PASS_ON, by=me, payload=signer, reason=reason, ip=client_ip(request))
        messages.success(request, _("The MOU was passed on to %(name)s.") % {"name": signer.legal_name})
        return redirect("agencies:start")
    return render(request, "onboarding/mou/pass_on.html", {"agency": agency, "mou": mou, "form": form})


def _proposed(agency: Agency) -> dict[str, str]:
    """What the application says already about the person who signs."""
    contact = agency.contacts.filter(position="signatory").first()
    if contact is None:
        return {}
    return {
        "who": "listed",
        "person": contact.email,
        "first_name": contact.person.first_name,
        "last_name": contact.person.last_name,
        "email": contact.email,
        "title": contact.title,
    }
