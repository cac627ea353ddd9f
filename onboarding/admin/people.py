"""The file of one person on the desk, with or without an account, and an invitation sent again from there."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.admin.people import UserAdmin
from agencies.models import Invitation, Person, User
from agencies.services import invitations
from hmis_portal.desk.tools import guarded
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.admin.files import parts, person

admin.site.unregister(User)


@admin.register(User)
class JourneyUserAdmin(UserAdmin):
    change_form_template = "admin/onboarding/person_file.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        file = person.of_account(request, user) if user and self.has_view_permission(request, user) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **file})

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        readers = {"read": permissions.reads_every_agency}
        return [
            path("known/<int:pk>/", guarded(self, self.person_view, **readers), name="onboarding_person"),
            path(
                "invitation/<uuid:pk>/resend/",
                guarded(self, self.resend_view, **admins),
                name="onboarding_invitation_resend",
            ),
            *super().get_urls(),
        ]

    def person_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        known = get_object_or_404(Person.objects.select_related("agency", "user"), pk=pk)
        if known.user:
            return redirect(parts.page_of(known.user))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": known.name or known.email,
            **person.of_person(request, known),
        }
        return render(request, "admin/onboarding/known_person.html", context)

    def resend_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """By one click, from the file on which the invitation stands."""
        if request.method != "POST":
            raise PermissionDenied
        row = get_object_or_404(Invitation.objects.select_related("user"), pk=pk)
        try:
            invitations.send_again(invitation=row, by=permissions.person(request))
            messages.success(request, _("The invitation was sent to %s again.") % row.user.email)
        except (GuardFailed, WrongState) as error:
            messages.warning(request, " ".join(error.messages))
        back = request.POST.get("back", "")
        if not url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            back = reverse("admin:agencies_invitation_changelist")
        return HttpResponseRedirect(back)
