"""The audit record in words: the list, one line of it, and the list as CSV."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from hmis_portal.auditing import words
from hmis_portal.desk.tools import ReadOnlyAdmin, guarded, link
from hmis_portal.files.streaming import csv_response
from hmis_portal.models import AuditEvent
from hmis_portal.text.words import datetime_words
from onboarding.admin.audit.narrowing import OWN, RecordNarrowing


class Record(ChangeList):
    """The rows of a page learn together what their agencies are called."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        names = names_of(self.result_list)
        for event in self.result_list:
            event.agency_name = names.get(event.agency_id, "")


def names_of(events: Iterable[AuditEvent]) -> dict[object, str]:
    keys = {event.agency_id for event in events if event.agency_id}
    return dict(Agency.objects.filter(pk__in=keys).values_list("pk", "legal_name")) if keys else {}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("when", "who", "what", "change", "reason", "of_agency")
    list_filter = (RecordNarrowing,)
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/onboarding/audit/listing.html"
    link_lookups = (
        "target_type__exact", "target_id__exact", "agency_id__exact", "actor__exact", "verb__exact", *OWN,
    )  # fmt: skip
    search_fields = ("target_name", "actor_name", "=target_id")
    search_help_text = _("Search by who, or of what")
    list_display_links = ("when",)
    fieldsets = (
        (None, {"fields": ("when", "who", "what", "page", "change", "reason", "of_agency", "ip")}),
        (
            _("As it is stored"),
            {"fields": ("verb", "target_type", "target_id", "data"), "classes": ("collapse",)},
        ),
    )
    readonly_fields = ("when", "who", "what", "page", "change", "of_agency")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        of_one = not set(self.link_lookups).difference(OWN).isdisjoint(request.GET)
        return super().changelist_view(request, {**(extra_context or {}), "of_one": of_one})

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return Record

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> AuditEvent | None:
        event: Any = super().get_object(request, object_id, from_field)
        if event is not None:
            event.agency_name = names_of([event]).get(event.agency_id, "")
        return event  # type: ignore[no-any-return]

    def record_of(self, obj: AuditEvent) -> dict[str, str]:
        """With what else was done to the same."""
        return {"target_type__exact": obj.target_type, "target_id__exact": obj.target_id}

    def get_urls(self) -> list[URLPattern]:
        return [path("csv/", guarded(self, self.csv_view), name="onboarding_record_csv"), *super().get_urls()]

    @admin.display(description=_("when"), ordering="at")
    def when(self, event: AuditEvent) -> str:
        return datetime_words(event.at)

    @admin.display(description=_("who"), ordering="actor_name")
    def who(self, event: AuditEvent) -> str:
        return event.actor_name or gettext("The portal")

    @admin.display(description=_("what"))
    def what(self, event: AuditEvent) -> SafeString:
        return link(_narrowed(self.record_of(event)), capfirst(words.sentence(event)))

    @admin.display(description=_("its page"))
    def page(self, event: AuditEvent) -> SafeString | str:
        name = f"admin:{event.target_type.replace('.', '_')}_change"
        try:
            return link(reverse(name, args=[event.target_id]), event.target_name or event.target_id)
        except NoReverseMatch:
            return event.target_name

    @admin.display(description=_("from, to"))
    def change(self, event: AuditEvent) -> SafeString:
        return format_html_join(SafeString("<br>"), "{}", ((str(change),) for change in words.changes(event)))

    @admin.display(description=_("agency"))
    def of_agency(self, event: Any) -> SafeString | str:
        if not event.agency_id:
            return ""
        name = event.agency_name or gettext("All of this agency")
        return link(_narrowed({"agency_id__exact": str(event.agency_id)}), name)

    def csv_view(self, request: HttpRequest) -> Any:
        """What the list is narrowed to, in its order."""
        rows: QuerySet[AuditEvent] = self.get_changelist_instance(request).queryset
        names: dict[object, str] = {}

        def cells(event: AuditEvent) -> list[Any]:
            if event.agency_id and event.agency_id not in names:
                names.update({event.agency_id: ""} | names_of([event]))
            return [
                timezone.localtime(event.at).isoformat(timespec="seconds"), event.actor_name,
                capfirst(words.sentence(event)), "; ".join(str(change) for change in words.changes(event)),
                event.reason, names.get(event.agency_id, ""), event.ip or "",
            ]  # fmt: skip

        heads = (
            gettext("When"), gettext("Who"), gettext("What"), gettext("From, to"), gettext("Why"),
            gettext("Agency"), gettext("IP address"),
        )  # fmt: skip
        return csv_response(heads, map(cells, rows.iterator(chunk_size=500)), "record.csv")


def _narrowed(lookups: dict[str, str]) -> str:
    return f"{reverse('admin:hmis_portal_auditevent_changelist')}?{urlencode(lookups)}"
