"""What the reviewer writes on the review page: remarks, their explanations, private notes, sections found in order.

Each is a page of its own; `static/js/review.js` does the same without leaving the review.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from agencies import permissions
from hmis_portal.desk.tools import act_page
from hmis_portal.forms import PortalFormMixin
from onboarding.admin.review.forms import ExplainForm, PrivateNoteForm, RemarkForm
from onboarding.admin.review.page import place_of
from onboarding.models import Application, RemarkReply
from onboarding.review import notes, remarks, replies
from onboarding.sections import catalogue


def remark(site: Any, request: HttpRequest, pk: UUID) -> HttpResponse:
    """A remark on one answer or one section; sent only when changes are asked for."""
    application = site.application(request, pk)
    place = place_of(application, request.GET.get("section", ""), request.GET.get("field", ""))
    if place is None:
        raise Http404
    form = RemarkForm(request.POST or None)
    at_once = application.state == Application.State.CHANGES
    if at_once:
        form.fields["text"].help_text = RemarkForm.sent_at_once

    def act() -> str:
        remarks.add(
            application,
            section=place.section,
            field=place.field,
            place=place.label,
            text=form.cleaned_data["text"],
            by=permissions.person(request),
        )
        if at_once:
            return _("The remark is sent to the agency.")
        return _("The remark is saved. The agency sees it once you ask for changes.")

    return _page(
        site,
        request,
        application,
        form,
        act,
        title=_("Remark: %(place)s") % {"place": place.label},
        anchor=f"section-{place.section}",
        explanation=place.answer and _("The agency’s answer: %(answer)s") % {"answer": place.answer},
    )


def note(site: Any, request: HttpRequest, pk: UUID) -> HttpResponse:
    """A note for the HMIS side alone."""
    application = site.application(request, pk)
    form = PrivateNoteForm(request.POST or None)

    def act() -> str:
        notes.add(application.agency, text=form.cleaned_data["text"], by=permissions.person(request))
        return _("The private note is saved.")

    return _page(site, request, application, form, act, title=_("Add a private note"), anchor="private-notes")


def explain(site: Any, request: HttpRequest, pk: UUID, reply: int) -> HttpResponse:
    """What a remark means, for the agency that asked."""
    application = site.application(request, pk)
    rows = RemarkReply.objects.filter(remark__application=application, kind=RemarkReply.Kind.EXPLAIN)
    asking = get_object_or_404(rows.select_related("remark"), pk=reply)
    form = ExplainForm(request.POST or None)

    def act() -> str:
        replies.explain(asking, text=form.cleaned_data["text"], by=permissions.person(request))
        return _("Your explanation is sent to the agency.")

    return _page(
        site,
        request,
        application,
        form,
        act,
        title=_("Explain: %(place)s") % {"place": asking.remark},
        anchor=f"section-{asking.remark.section}",
        facts=[(_("Remark"), asking.remark.text), (_("The agency asks"), asking.text)],
    )


def _page(
    site: Any,
    request: HttpRequest,
    application: Application,
    form: PortalFormMixin,
    act: Callable[[], str],
    *,
    title: str,
    anchor: str,
    explanation: str = "",
    facts: Sequence[tuple[object, object]] = (),
) -> HttpResponse:
    return act_page(
        site,
        request,
        title=title,
        form=form,
        act=act,
        back=site.page_in_list(request, application.pk, anchor),
        trail=application.agency.name,
        caption=f"{application.agency.name}, {application.reference}",
        explanation=explanation,
        facts=facts,
    )


def close_remark(site: Any, request: HttpRequest, pk: UUID, remark: int) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    application = site.application(request, pk)
    row = application.remarks.filter(pk=remark).first()
    messages.success(request, remarks.close(application, remark, by=permissions.person(request)))
    return HttpResponseRedirect(site.page_in_list(request, pk, f"section-{row.section}" if row else ""))


def mark_section(site: Any, request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
    """Mark a section as in order, or take the mark back."""
    if request.method != "POST" or section not in catalogue.BY_KEY:
        raise Http404
    in_order = request.POST.get("in_order") == "yes"
    remarks.mark(site.application(request, pk), section, in_order=in_order, by=permissions.person(request))
    return HttpResponseRedirect(site.page_in_list(request, pk, f"section-{section}"))
