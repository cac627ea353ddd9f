"""The file of one person on the desk, with or without an account, and an invitation sent again from there."""

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.admin.acts import ReasonForm
from agencies.admin.people import UserAdmin
from agencies.models import Invitation, Person, User
from agencies.services import invitations
from hmis_portal.desk.tools import act_page, guarded
from hmis_portal.forms import EmailField, PortalFormMixin
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.admin.files import parts, person
from onboarding.effects import people


class GoesOnForm(PortalFormMixin, forms.Form):
    submit_label = _("Look at what moves")
    required_messages = {"email": _("Enter the address of the account with which the person goes on")}
    email = EmailField(label=_("E-mail address of the account that goes on"))

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if user is None:
            raise forms.ValidationError(gettext("Nobody here has this address"))
        return user


class MergePeopleForm(ReasonForm):
    submit_label, submit_danger = _("Merge the two accounts"), True


admin.site.unregister(User)


@admin.register(User)
class JourneyUserAdmin(parts.WithFile, UserAdmin):
    change_form_template = "admin/onboarding/files/person.html"

    def file_of(self, request: HttpRequest, row: User) -> dict[str, object]:
        return person.of_account(request, row)

    def act_links(self, user: User) -> list[tuple[str, str]]:
        if user.merged_into_id is not None:
            return []
        page = reverse("admin:onboarding_person_merge", args=[user.pk])
        return [*super().act_links(user), (page, gettext("Merge into another account of the same person"))]

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
            path("<int:pk>/merge/", guarded(self, self.merge_view, **admins), name="onboarding_person_merge"),
            *super().get_urls(),
        ]

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """First which account goes on, then what that would do, then the act."""
        duplicate = get_object_or_404(User.objects.select_related("merged_into"), pk=pk)
        back, title = parts.page_of(duplicate), gettext("Merge two accounts of one person")
        chosen = request.GET.get("into", "")
        if not chosen.isdecimal():
            account_form = GoesOnForm(request.POST or None)
            return act_page(
                self, request, title=title, caption=duplicate.email, form=account_form, back=back,
                act=lambda: HttpResponseRedirect(f"?into={account_form.cleaned_data['email'].pk}"),
                explanation=gettext("The next page shows what moves. Nothing happens before that."),
            )  # fmt: skip
        into, form = get_object_or_404(User, pk=int(chosen)), MergePeopleForm(request.POST or None)
        preview = people.look(duplicate, into)

        def act() -> HttpResponse:
            reason = form.cleaned_data["reason"]
            people.merge(duplicate=duplicate, into=into, by=permissions.person(request), reason=reason)
            messages.success(
                request, gettext("%(name)s goes on as %(email)s.") % {"name": into, "email": into.email}
            )
            return HttpResponseRedirect(parts.page_of(into))

        return act_page(
            self, request, title=title, caption=gettext("%(old)s goes on as %(new)s") % {"old": duplicate.email, "new": into.email},
            form=form, act=act, back=back, reasons=preview.against,
            facts=[(gettext("Closed"), f"{duplicate}, {duplicate.email}"), (gettext("Goes on"), f"{into}, {into.email}"), *preview.moves],
            explanation="\n".join([gettext("This cannot be undone. Both records are kept: what was recorded and signed stays as it was made."), *preview.conflicts]),
        )  # fmt: skip

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
        return render(request, "admin/onboarding/files/known_person.html", context)

    def resend_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """By one click, from the file on which the invitation stands."""
        if request.method != "POST":
            raise PermissionDenied
        row = get_object_or_404(Invitation.objects.select_related("user"), pk=pk)
        try:
            invitations.send_again(invitation=row, by=permissions.person(request))
            messages.success(request, gettext("The invitation was sent to %s again.") % row.user.email)
        except (GuardFailed, WrongState) as error:
            messages.warning(request, " ".join(error.messages))
        back = request.POST.get("back", "")
        if not url_has_allowed_host_and_scheme(
            back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            back = reverse("admin:agencies_invitation_changelist")
        return HttpResponseRedirect(back)
