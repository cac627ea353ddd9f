"""What several admin pages share: what a list may be narrowed by, read-only pages, status words, links, the page before
an act, the checks of own addresses."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django_stubs_ext import StrOrPromise

from hmis_portal import audit
from hmis_portal.auditing import typed
from hmis_portal.desk.pages import BoundedPaginator
from hmis_portal.events import PortalEvent, Verb
from hmis_portal.forms import PortalFormMixin
from hmis_portal.forms.renderer import escaped
from hmis_portal.templatetags.components import status as status
from hmis_portal.text.references import readings
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.visits import client_ip

LONGEST_PAGE = 6  # digits of the number of a page
# What Django's own filters put behind the name of their field.
FILTER_ENDS = ("exact", "isnull", "isempty", "gte", "lt", "in")


class DeskAdmin(admin.ModelAdmin[Any]):
    """The base of every page of the desk. A list is narrowed only by what it offers: its filters and `link_lookups`.

    Django lets whoever sees a list narrow it by any column (`?password__startswith=`) and so read what no page shows.
    Searches find a reference, number or address however it is typed. What a form changes goes into the record, from
    what to what, and “History” leads there.
    """

    link_lookups: tuple[str, ...] = ()  # lookups of links that pages make, each in full
    recorded_as: Verb = PortalEvent.CHANGED  # what the record calls a change

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], per_page: int, *args: object, **kwargs: object
    ) -> BoundedPaginator:
        asked = request.GET.get(PAGE_VAR, "")
        page = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_PAGE else 1
        return BoundedPaginator(queryset, per_page, page=page)

    def lookup_allowed(self, lookup: str, value: object, request: HttpRequest) -> bool:
        day = self.date_hierarchy
        allowed = {*self.link_lookups, *(f"{day}__{part}" for part in ("year", "month", "day") if day)}
        for entry in self.get_list_filter(request):
            name: Any = entry[0] if isinstance(entry, list | tuple) else entry
            if not isinstance(name, str):
                allowed.add(getattr(name, "parameter_name", ""))
                continue
            allowed |= {f"{name}__{end}" for end in FILTER_ENDS}
            field: Any = get_fields_from_path(self.model, name)[-1]
            if field.is_relation:
                allowed |= {f"{name}__{field.target_field.name}__{end}" for end in FILTER_ENDS}
        return lookup in allowed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        rows, twice = super().get_search_results(request, queryset, search_term)
        for term in readings(search_term) if self.get_search_fields(request) else ():
            more, again = super().get_search_results(request, queryset, term)
            rows, twice = rows | more, twice or again
        return rows, twice

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        return typed.changed(form, formsets or ())

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        self._record(request, PortalEvent.ADDED, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]
        if message:
            self._record(request, self.recorded_as, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> None:  # type: ignore[override]
        for obj in queryset:
            self._record(request, PortalEvent.DELETED, obj, typed.of_deleted(obj))

    def _record(self, request: HttpRequest, verb: Verb, obj: Model, changed: typed.Changed) -> None:
        agency_id = getattr(obj, "agency_id", None)
        audit.record(
            by=request.user,
            verb=verb,
            obj=obj,
            agency_id=agency_id,
            ip=client_ip(request),
            data={"changed": changed},
        )

    def record_of(self, obj: Any) -> dict[str, str]:
        """By what the record is narrowed to this row."""
        return {"target_type__exact": obj._meta.label_lower, "target_id__exact": str(obj.pk)}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """The record, narrowed to this row."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return redirect(
            f"{reverse('admin:hmis_portal_auditevent_changelist')}?{urlencode(self.record_of(obj))}"
        )


class ReadOnlyAdmin(DeskAdmin):
    """Rows that are read here and changed elsewhere, or never."""

    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def link(url: str, text: object) -> SafeString:
    return mark_safe(f'<a href="{escaped(url)}">{escaped(text)}</a>')


def row_numbers(sent: Iterable[str]) -> set[int]:
    """The numbers of rows among what was sent; what no row can have is left out."""
    return {int(text) for text in sent if text.isdecimal() and len(text) < 19}


def guarded(
    model_admin: DeskAdmin,
    view: Callable[..., HttpResponse],
    *,
    read: Callable[[Any], bool] | None = None,
    write: Callable[[Any], bool] | None = None,
) -> Callable[..., HttpResponse]:
    """An own admin address: signed-in HMIS staff who may view the model and pass the predicates, else 403.

    `read` is asked of everybody, `write` of those who send something.
    """

    def check(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not model_admin.has_view_permission(request) or (read and not read(request.user)):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD") and (write is None or not write(request.user)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return model_admin.admin_site.admin_view(check)


def _acted(
    request: HttpRequest, form: PortalFormMixin, act: Callable[[], str | HttpResponse], back: str
) -> HttpResponse | None:
    """Where one is afterwards; None when a guard refused, and the form says why."""
    try:
        what_happened = act()
    except GuardFailed as error:
        form.add_error(None, error.messages)
        return None
    except WrongState as error:
        for sentence in error.messages:
            messages.warning(request, sentence)
        return HttpResponseRedirect(back)
    if isinstance(what_happened, HttpResponse):
        return what_happened
    if what_happened:
        messages.success(request, what_happened)
    return HttpResponseRedirect(back)


def act_page(
    model_admin: DeskAdmin,
    request: HttpRequest,
    *,
    title: StrOrPromise,
    form: PortalFormMixin,
    act: Callable[[], str | HttpResponse],
    back: str,
    trail: object = "",
    caption: object = "",
    explanation: StrOrPromise = "",
    reasons: Sequence[object] = (),
    facts: Sequence[tuple[object, object]] = (),
    template: str = "admin/act.html",
    **more: object,
) -> HttpResponse:
    """The one page before an act: what will happen, what is asked; by POST it is done.

    act      called when the form is valid; gives what is said on `back` afterwards, "" when it said it itself, or
             another page to go to. What its guard refuses comes back as the form's errors.
    trail    the words of the link to `back` above the title; the name of the list when there are none
    reasons  what stands against the act now
    facts    names and values of what it is about
    template one that extends admin/act.html, which then reads `more`
    """
    form.cancel_url = back
    if request.method == "POST" and form.is_valid() and (answer := _acted(request, form, act, back)):
        return answer
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media + form.media,  # a calendar needs what the admin loads before it
        "title": title,
        "form": form,
        "back": back,
        "trail": trail or capfirst(model_admin.opts.verbose_name_plural),
        "caption": caption,
        "explanation": explanation,
        "reasons": () if form.is_bound else reasons,
        "facts": facts,
        **more,
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
