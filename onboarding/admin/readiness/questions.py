"""The readiness questions of the draft, edited in words; what is published is frozen."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from hmis_portal.desk.tools import DeskAdmin
from onboarding.admin.readiness.versions import address
from onboarding.forms.readiness.questions import OutcomeForm, OutcomeFormSet, QuestionForm
from onboarding.models import ReadinessOutcome, ReadinessQuestion
from onboarding.readiness import rules, versions


def further(part: str, words: StrOrPromise, *more: object) -> tuple[object, dict[str, object]]:
    """The fields of one further answer, put away until opened."""
    return words, {
        "classes": ("collapse",),
        "fields": (f"{part}_label", f"{part}_hint", f"{part}_when", *more),
    }


class OutcomeInline(admin.StackedInline[ReadinessOutcome, ReadinessQuestion]):
    model = ReadinessOutcome
    form = OutcomeForm
    formset = OutcomeFormSet
    extra = 1
    verbose_name_plural = gettext_lazy(
        "What an unmet answer means: the first whose conditions all hold counts"
    )
    fields = (
        ("order", "kind"),
        "text",
        ("answers", "upload_missing"),
        ("number_over", "fewer_than_desks", "older_than_days"),
    )


@admin.register(ReadinessQuestion)
class ReadinessQuestionAdmin(DeskAdmin):
    """Questions of the draft; a published version's are frozen, by the database too."""

    form = QuestionForm
    list_display = ("number", "text", "group", "version")
    list_display_links = ("number", "text")
    list_filter = ("version", "group")
    search_fields = ("text",)
    list_select_related = ("version",)
    inlines = [OutcomeInline]
    actions = None
    fieldsets: ClassVar[list[Any]] = [
        (None, {"fields": (("number", "part_of", "order"), "group", "text", "hint", "basis", "shown_from")}),
        (gettext_lazy("Answers"), {"fields": ("kind", "choices_text")}),
        (gettext_lazy("When it is asked"), {"fields": ("asked_question", "asked_answers")}),
        further("text", gettext_lazy("A further answer: text"), "text_required"),
        further(
            "number",
            gettext_lazy("A further answer: number"),
            "number_required",
            ("number_min", "number_max"),
        ),
        further("date", gettext_lazy("A further answer: date"), "date_required", "date_past"),
        further("file", gettext_lazy("A further answer: file")),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only to a draft; asked more than once while a page is made, read once."""
        if not super().has_add_permission(request):
            return False
        known = request.__dict__
        if "readiness_draft" not in known:
            known["readiness_draft"] = versions.draft()
        return known["readiness_draft"] is not None

    def has_change_permission(self, request: HttpRequest, obj: ReadinessQuestion | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.version.published_at)

    def has_delete_permission(self, request: HttpRequest, obj: ReadinessQuestion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.version.published_at)

    def get_form(
        self, request: HttpRequest, obj: object = None, change: bool = False, **kwargs: object
    ) -> Any:
        """A new question belongs to the draft, and has the next number."""
        form = super().get_form(request, obj, change, **kwargs)
        if change:
            return form
        draft = versions.draft()

        class NewQuestionForm(form):  # type: ignore[valid-type, misc]
            def __init__(self, *args: object, **kwargs: object) -> None:
                taken = draft.questions.values_list("number", flat=True) if draft else ()
                number = str(max(map(rules.whole, taken), default=0) + 1)
                kwargs["instance"] = ReadinessQuestion(
                    version=draft, number=number, order=rules.order_of(number)
                )
                super().__init__(*args, **kwargs)

        return NewQuestionForm

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._response(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._response(request, obj) or super().response_change(request, obj)

    def _response(self, request: HttpRequest, obj: ReadinessQuestion) -> HttpResponse | None:
        """Saving leads back to the list of the version's questions."""
        if {"_continue", "_addanother", "_popup"} & set(request.POST):
            return None
        messages.success(request, _("Question %(number)s is saved in the draft.") % {"number": obj.number})
        return HttpResponseRedirect(f"{address(obj.version)}#question-{obj.number}")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.outcomes.all().delete()
        super().delete_model(request, obj)
