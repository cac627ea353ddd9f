"""One confirm page for each act of the HMIS Admin on a person or an agency: what will happen, why, by POST."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from hmis_portal.forms import PortalFormMixin
from hmis_portal.web.errors import GuardFailed, WrongState


class ReasonForm(PortalFormMixin, forms.Form):
    required_messages = {"reason": _("Enter the reason")}
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("It is kept in the record."),
    )


def with_acts_for_admins(request: HttpRequest, fieldsets: Any) -> Any:
    """The field sets of a page, with the links to acts only for an HMIS Admin."""
    if permissions.is_hmis_admin(request.user):
        return fieldsets
    return [
        (title, {**more, "fields": tuple(name for name in more["fields"] if name != "acts")})
        for title, more in fieldsets
    ]


def act_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    *,
    title: Any,
    explanation: Any,
    form: PortalFormMixin,
    act: Callable[[], str],
    back: str,
    template: str = "admin/agencies/act.html",
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the form; when it is valid call `act`, whose words are shown afterwards. Its refusals come back as errors."""
    form.cancel_url = back
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, act())
        except GuardFailed as error:
            form.add_error(None, error.messages)
        except WrongState as error:
            for sentence in error.messages:
                messages.warning(request, sentence)
            return HttpResponseRedirect(back)
        else:
            return HttpResponseRedirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "explanation": explanation,
        "form": form,
        "back": back,
        **(extra or {}),
    }
    return render(request, template, context)
