"""By what the record is narrowed: who did it, of what kind it was, which agency, and when."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from hmis_portal.models import AuditEvent
from hmis_portal.models.keys import among
from hmis_portal.text.references import readings

OWN = ("who", "kind", "agency", "since", "until")
OURS = ("agencies", "hmis_portal", "onboarding", "signing", "training")
MOST = 200  # people or agencies that fit what was typed


class DayInput(forms.DateInput):
    input_type = "date"


class NarrowForm(forms.Form):
    who = forms.CharField(
        label=_("Person"), required=False, max_length=100, help_text=_("Name or e-mail address")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    agency = forms.CharField(label=_("Agency"), required=False, max_length=100, help_text=_("Name or EIN"))
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Every kind")), *kinds()]  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].error_messages["invalid"] = _("Enter a date such as 2026-11-29")

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("Enter a day on or after the first"))


def kinds() -> list[tuple[str, str]]:
    """Everything that the record can tell of, by its name."""
    models = (model for model in apps.get_models() if model._meta.app_label in OURS)
    return sorted(
        ((model._meta.label_lower, capfirst(str(model._meta.verbose_name))) for model in models),
        key=lambda pair: pair[1],
    )


class RecordNarrowing(admin.ListFilter):
    """One form beside the list; what it says is kept in the address."""

    title = _("the record")
    template = "admin/onboarding/audit/narrow_record.html"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        own = {name: params.pop(name)[-1] for name in OWN if name in params}
        self.beside = [
            (name, value)
            for name, values in request.GET.lists()
            if name not in (*OWN, "p")
            for value in values
        ]
        self.form = NarrowForm(own or None)
        self.form.is_valid()

    def expected_parameters(self) -> list[str | None]:
        return [*OWN]

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: object) -> Iterator[Any]:
        return iter(())

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        if not self.form.is_bound:
            return queryset
        if self.form.errors:
            return queryset.none()
        data = self.form.cleaned_data
        if data["who"]:
            queryset = queryset.filter(actor__in=_keys(_people(data["who"])))
        if data["kind"]:
            queryset = queryset.filter(target_type=data["kind"])
        if data["agency"]:
            queryset = queryset.filter(among("agency_id", _keys(_agencies(data["agency"]))))
        if data["since"]:
            queryset = queryset.filter(at__gte=_midnight(data["since"]))
        if data["until"]:
            queryset = queryset.filter(at__lt=_midnight(data["until"] + timedelta(days=1)))
        return queryset


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _keys(rows: QuerySet[Any]) -> list[Any]:
    """Looked up first: the record is then read by its index of them."""
    return list(rows.values_list("pk", flat=True)[:MOST])


def _people(text: str) -> QuerySet[User]:
    words = Q()
    for word in text.split():
        words &= Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
    return User.objects.filter(words)


def _agencies(text: str) -> QuerySet[Agency]:
    names = Q(legal_name__icontains=text) | Q(common_name__icontains=text)
    for reading in (text, *readings(text)):
        names |= Q(ein=reading)
    return Agency.objects.filter(names)
