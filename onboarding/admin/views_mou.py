"""The Lead signatory's page: the agency's act verified, the file, and the counter-signature or the refusal."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from hmis_portal import documents
from hmis_portal.errors import GuardFailed
from hmis_portal.forms import PortalFormMixin
from hmis_portal.signing import acts, completion, identify, services, text, verify
from hmis_portal.signing.models import Revision, SignatureAct, TextVersion
from hmis_portal.visits import client_ip
from onboarding import mou as mous
from onboarding import workflow
from onboarding.admin.base import acting, stale
from onboarding.forms.mou import AUTHORITY_HINT
from onboarding.models import Mou
from onboarding.services import check_guard, perform


class CounterSignForm(PortalFormMixin, forms.Form):
    """The Lead signatory's own words and typed name."""

    submit_label = gettext_lazy("Counter-sign: the MOU is executed")
    required_messages = {
        "title": gettext_lazy("Enter your title"),
        "authority": gettext_lazy("Enter what gives you the authority to sign"),
        "electronic": gettext_lazy("Check the box to sign electronically"),
        "read": gettext_lazy("Check the box once you have read the document and the agency’s signature"),
        "typed_name": gettext_lazy("Type your full name to sign"),
    }
    title = forms.CharField(label=gettext_lazy("Your title"), max_length=150)
    authority = forms.CharField(
        label=gettext_lazy("Basis of your authority"), max_length=300, help_text=AUTHORITY_HINT
    )
    electronic = forms.BooleanField(label=gettext_lazy("I agree to electronic records as disclosed above"))
    read = forms.BooleanField(label=gettext_lazy("I have read the document and seen the agency’s signature"))
    typed_name = forms.CharField(
        label=gettext_lazy("Type your full name to sign"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["typed_name"].help_text = _("Exactly so: %(name)s") % {"name": name}

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        if not acts.same_name(typed, self.name):
            raise forms.ValidationError(_("Type your full name exactly so: %(name)s") % {"name": self.name})
        return typed


def counter_sign(request: HttpRequest, pk: UUID, site: admin.ModelAdmin) -> HttpResponse:
    """Show the agency's act as checked now, and counter-sign by POST."""
    mou = get_object_or_404(Mou.objects.select_related("agency", "signatory", "request__version"), pk=pk)
    by = acting(request)
    back = reverse("admin:onboarding_mou_change", args=[pk])
    if mou.state != Mou.State.SIGNED:
        messages.warning(request, stale(mou))
        return redirect(back)
    lead = services.party(mou.request, mous.LEAD)
    revision = services.to_read(lead)
    initial = {"title": by.title, "read_sha256": revision.sha256 if revision else ""}
    form = CounterSignForm(request.POST if request.method == "POST" else None, name=str(by), initial=initial)
    form.cancel_url = back
    if request.method == "POST" and revision is not None and form.is_valid() and _signed(request, mou, form):
        messages.success(
            request,
            _("Counter-signed. The MOU is executed; the file is being sealed and goes to both sides."),
        )
        return redirect(back)
    disclosure = services.current(TextVersion.Kind.DISCLOSURE)
    act = SignatureAct.objects.select_related("user", "consent").get(
        party__request=mou.request, party__role=mous.AGENCY
    )
    context = {
        **site.admin_site.each_context(request),
        "title": _("Counter-sign the MOU"),
        "opts": site.opts,
        "back": back,
        "agency_of": mou.agency,
        "mou": mou,
        "form": form,
        "may_sign": permissions.is_lead_signatory(by),
        "revision": revision,
        "act": act,
        "identified": completion.identified_by(act),
        "how_confirmed": identify.hint(request),
        "checks": _checks(revision),
        "against": _against(mou),
        "disclosure": text.clauses(text.fill(disclosure.body, mous.values(mou.agency))) if disclosure else (),
        "file_url": reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, revision.step])
        if revision
        else "",
        "refuse_url": reverse("admin:onboarding_mou_verb", args=[mou.pk, "refuse"]),
    }
    return render(
        request, "admin/onboarding/counter_sign.html", context, status=422 if form.is_bound else 200
    )


def _signed(request: HttpRequest, mou: Mou, form: CounterSignForm) -> bool:
    """Counter-sign; what the guard has against it becomes the form's error."""
    data = form.cleaned_data
    given = {name: data[name] for name in ("title", "authority", "typed_name", "read_sha256")}
    by = acting(request)
    lead = services.party(mou.request, mous.LEAD)
    identity = identify.confirm(request, lead, legal_name=str(by), **given)
    try:
        perform(
            mou,
            "counter_sign",
            by=by,
            ip=client_ip(request),
            browser=request.headers.get("user-agent", ""),
            **given,
            **vars(identity),
        )
    except GuardFailed as error:
        for message in error.messages:
            form.add_error(None, message)
        return False
    return True


def _against(mou: Mou) -> list[str]:
    """What still stands in the way of the counter-signature."""
    try:
        check_guard(mou, workflow.move(Mou, "counter_sign"), workflow.Act(by=None))
    except GuardFailed as error:
        return error.messages
    return []


def _checks(revision: Revision | None) -> list[dict[str, Any]]:
    """The seals of the file, read from its stored bytes now."""
    if revision is None:
        return []
    return [
        {"good": seal.good, "name": seal.name, "field": seal.field}
        for seal in verify.seals(documents.read(revision.document))
    ]
