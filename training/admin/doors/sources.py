"""Sources of results, whom and what they mean, and each time that something came."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.permissions import person
from hmis_portal.desk.tools import DeskAdmin, ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.desk.waiting import waits_filter
from hmis_portal.forms import PortalFormMixin
from hmis_portal.models.written import Given
from training import permissions
from training.doors import moodle, pulling
from training.events import TrainingEvent
from training.models import Door, DoorRun, MappedAccount, MappedCourse, Pull

FAILED_FOR = timedelta(days=7)


class MappedCourseInline(admin.TabularInline[MappedCourse, Door]):
    model = MappedCourse
    extra = 0


class MappedAccountInline(admin.TabularInline[MappedAccount, Door]):
    model = MappedAccount
    extra = 0
    autocomplete_fields = ("person",)


@admin.register(Door)
class DoorAdmin(DeskAdmin):
    recorded_as = TrainingEvent.RESULTS_SOURCE_CHANGED
    list_display = ("name", "kind", "active")
    fields = ("name", "kind", "active")
    inlines = (MappedCourseInline, MappedAccountInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Door | None = None) -> tuple[str, ...]:
        """What was recorded says which kind of source it came from."""
        return ("kind",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def failed_runs(now: datetime | Given | None = None) -> QuerySet[DoorRun]:
    """Runs of the last days that ended with a fault, until a later one of that Moodle read all of it."""
    later = DoorRun.objects.filter(
        door=OuterRef("door"),
        door__kind=Door.Kind.MOODLE,
        error="",
        ended_at__isnull=False,
        begun_at__gt=OuterRef("begun_at"),
    )
    failed = DoorRun.objects.exclude(error="").filter(begun_at__gte=(now or timezone.now()) - FAILED_FOR)
    return failed.exclude(Exists(later))


class PullForm(PortalFormMixin, forms.Form):
    submit_label = _("Fetch results")
    required_messages = {"door": _("Choose where results are fetched from")}
    door = forms.ModelChoiceField(
        label=_("Source"), queryset=Door.objects.filter(kind=Door.Kind.MOODLE, active=True)
    )


@admin.register(DoorRun)
class DoorRunAdmin(ReadOnlyAdmin):
    list_display = (
        "door", "about", "begun_at", "begun_by", "state", "came", "recorded", "known", "held", "refused", "left_out",
    )  # fmt: skip
    list_filter = ("door", waits_filter({"failed": (_("Failed in the last 7 days"), failed_runs)}))
    list_select_related = ("door", "begun_by")
    fields = (*list_display, "ended_at", "error")
    readonly_fields = ("state",)
    change_list_template = "admin/training/runs.html"

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_record_completions
        view = guarded(self, self.pull_view, read=may, write=may)
        return [path("pull/", view, name="training_doorrun_pull"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        may_pull = moodle.is_set_up() and permissions.may_record_completions(request.user)
        answer = super().changelist_view(request, {**(extra_context or {}), "may_pull": may_pull})
        if may_pull and Pull.objects.filter(run__ended_at=None).exists():
            answer["Refresh"] = "5"
        return answer

    def pull_view(self, request: HttpRequest) -> HttpResponse:
        form = PullForm(request.POST or None)

        def act() -> str:
            pulling.begin(form.cleaned_data["door"], by=person(request))
            return gettext("The results are being fetched. This list says how far it is.")

        return act_page(
            self, request, title=gettext("Fetch results from Moodle"), form=form, act=act,
            back=reverse("admin:training_doorrun_changelist"),
            explanation=gettext("It also happens each night. What was recorded stays, whatever is reset or removed there."),
        )  # fmt: skip

    @admin.display(description=_("state"))
    def state(self, row: DoorRun) -> SafeString:
        if row.error:
            return status("problem", gettext("Failed"))
        return status("done", gettext("Ended")) if row.ended_at else status("waiting", gettext("Running"))
