"""Where the messages lead: the HMIS's own people to the desk, others whom it concerns to a page that can stop it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.models import PowerRequest
from hmis_portal.powers import asking, kinds
from hmis_portal.powers.admin import RefuseForm, facts, when_words
from hmis_portal.web.visits import client_ip, signed_in


def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(PowerRequest.objects.select_related("asked_by", "person"), pk=pk)
    by = signed_in(request)
    if not kinds.is_told(by, row):
        raise Http404
    if by.is_staff:
        return redirect("admin:hmis_portal_powerrequest_change", pk)
    may_stop = row.is_waiting and asking.may_refuse(row, by)
    form = RefuseForm(request.POST or None)
    form.submit_label = gettext_lazy("Stop it")
    if request.method == "POST" and form.is_valid():
        asking.refuse(row, by=by, reason=form.cleaned_data["reason"], ip=client_ip(request))
        messages.success(request, _("It is stopped. Everybody concerned is told."))
        return redirect("powers:request", pk)
    context = {
        "row": row,
        "facts": facts(row),
        "next": when_words(row) if row.is_waiting else "",
        "form": form if may_stop else None,
    }
    return render(request, "powers/request.html", context, status=422 if form.is_bound else 200)
