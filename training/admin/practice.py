"""Practice cases that wait for a trainer, and what became of each."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByPerson
from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.desk.waiting import Asked, Line, Rows, days_words, queue_of
from hmis_portal.forms import PortalFormMixin
from training import permissions
from training.models import PracticeCase
from training.services import practice

KINDS = {"waiting": "turn", "returned": "problem", "passed": "done"}


class LookThroughForm(PortalFormMixin, forms.Form):
    submit_label = _("Save the decision")
    required_messages = {"decision": _("Choose whether the case is passed")}
    PASS, RETURN = "pass", "return"
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[(PASS, _("Passed")), (RETURN, _("Return it with remarks"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Remarks"), required=False, max_length=4000, help_text=_("The person reads them."),
        widget=forms.Textarea({"rows": 6, "cols": 70}),
    )  # fmt: skip

    def clean(self) -> None:
        if self.cleaned_data.get("decision") == self.RETURN and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say what is to be done otherwise"))


@admin.register(PracticeCase)
class PracticeCaseAdmin(FoundByPerson, ReadOnlyAdmin):
    list_display = ("person", "course", "handed_in_at", "status_word", "decided_by")
    list_filter = ("state", "course")
    search_fields = ("person__first_name", "person__last_name", "person__email", "course__title")
    search_help_text = _("Search by person or course")
    list_select_related = ("person", "course", "decided_by")
    fields = (
        "person", "course", "handed_in_at", "text", "file", "status_word", "remarks", "decided_by", "decided_at", "acts",
    )  # fmt: skip
    readonly_fields = ("file", "status_word", "acts")

    @admin.display(description=_("state"), ordering="state")
    def status_word(self, row: PracticeCase) -> SafeString:
        return status(KINDS[row.state], row.get_state_display())

    @admin.display(description=_("file"))
    def file(self, row: PracticeCase) -> SafeString | str:
        return link(reverse("training:practice_file", args=[row.pk]), row.filename) if row.document_id else ""

    @admin.display(description=_("acts"))
    def acts(self, row: PracticeCase) -> SafeString | str:
        if row.state != PracticeCase.State.WAITING:
            return ""
        return link(
            reverse("admin:training_practicecase_look_through", args=[row.pk]), gettext("Look it through")
        )

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_check_evidence
        view = guarded(self, self.look_through_view, read=may, write=may)
        return [
            path("<int:pk>/look-through/", view, name="training_practicecase_look_through"),
            *super().get_urls(),
        ]

    def look_through_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(PracticeCase.objects.select_related("person", "course"), pk=pk)
        form = LookThroughForm(request.POST or None)

        def act() -> str:
            data: dict[str, Any] = form.cleaned_data
            if data["decision"] == form.RETURN:
                practice.give_back(row, by=person(request), remarks=data["reason"])
                return gettext("The case is returned; the person is told what to do otherwise.")
            practice.let_pass(row, by=person(request), remarks=data["reason"])
            return gettext("The case is passed and the completion recorded; the person is told.")

        earlier = PracticeCase.objects.filter(person=row.person, course=row.course, pk__lt=row.pk).count()
        return act_page(
            self, request, title=gettext("Look through a practice case"), form=form, act=act,
            back=reverse("admin:training_practicecase_changelist"),
            facts=[
                (gettext("Person"), row.person),
                (gettext("Course"), row.course),
                (gettext("Attempts before"), earlier),
                (gettext("What was done"), row.text or "–"),
                (gettext("File"), self.file(row) or "–"),
            ],
        )  # fmt: skip


@Asked
def _cases() -> QuerySet[PracticeCase]:
    return PracticeCase.objects.waiting().select_related("person", "course").order_by("handed_in_at")


def cases_to_look_through() -> Rows:
    def line(row: PracticeCase) -> Line:
        page = reverse("admin:training_practicecase_look_through", args=[row.pk])
        return Line(str(row.person), page, str(row.course), days_words(row.handed_in_at))

    return queue_of(
        gettext("Practice cases"), reverse("admin:training_practicecase_changelist") + "?state__exact=waiting", _cases, line,
        gettext("No practice case waits."),
    )  # fmt: skip
