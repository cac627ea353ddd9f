"""The portal's settings on the desk: what binds is asked for, all else is changed at once."""

from collections.abc import Callable
from copy import copy
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal import audit
from hmis_portal.desk.tools import DeskAdmin
from hmis_portal.events import PortalEvent
from hmis_portal.forms import EmailField, SeenField, TellsOfChanges
from hmis_portal.models import BINDING, PortalSettings, PowerRequest
from hmis_portal.powers import binding
from hmis_portal.powers.admin import asked_words
from hmis_portal.web.visits import client_ip, signed_in
from hmis_portal.what_if.saving import AsksWhatIf, rows_of


def sample_contacts(request: HttpRequest) -> SafeString | str:
    """Outside development: who calls the number that the portal came with reaches nobody."""
    samples = PortalSettings.load().still_samples
    if settings.DEBUG or not samples or not request.user.has_perm("hmis_portal.change_portalsettings"):
        return ""
    return format_html(
        '<div class="notice notice--warning"><p>{} <a href="{}">{}</a></p></div>',
        gettext("These contacts are still those that the portal came with: %(names)s.")
        % {"names": ", ".join(samples)},
        reverse("admin:hmis_portal_portalsettings_change", args=[1]),
        gettext("Enter your own"),
    )


admin.site.desk_tops.append(sample_contacts)  # type: ignore[attr-defined]


# They decide who has access and what agencies have to do.
STEERING = {
    "training_due_days", "idle_days", "managers_at_go_live", "second_factor_from", "go_live_rule",
    "access_confirmation_months", "project_confirmation_months", "readiness_months",
}  # fmt: skip


Effect = Callable[[PortalSettings, date], str]
# What a setting does, by its name, told with a Monday: registered where its days are counted.
EFFECTS: dict[str, Effect] = {}


class WhyField(forms.CharField):
    """Why settings that bind are to be changed; no setting itself, so never a change."""

    widget = forms.Textarea({"rows": 3, "cols": 70})

    def has_changed(self, initial: object, data: object) -> bool:
        return False


class SettingsForm(TellsOfChanges, forms.ModelForm[PortalSettings]):
    seen = SeenField()
    reason = WhyField(
        label=_("Reason"), max_length=1000, required=False,
        help_text=_("Needed for settings that take two people: another HMIS Admin reads it and grants them."),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if (
            "time_zone" in self.fields
        ):  # compared with what is stored, not with what the default was on the page
            self.fields["time_zone"].show_hidden_initial = False
        for name in {*BINDING} & {*self.fields}:
            field = self.fields[name]
            field.help_text = format_html("{} {}", field.help_text, gettext("Takes two people."))
        self.hints = {name: field.help_text for name, field in self.fields.items()}
        self._show_effects()

    def full_clean(self) -> None:
        super().full_clean()
        self._show_effects()

    def _show_effects(self) -> None:
        """What each value would do, as it was typed; of one that is refused, what the usual value does."""
        today = timezone.localdate()
        monday, usual = today + timedelta(days=7 - today.weekday()), PortalSettings()
        for name in {*EFFECTS} & {*self.fields}:
            refused = self.is_bound and name in self.errors
            value = getattr(usual if refused else self.instance, name)
            row = copy(self.instance)
            setattr(row, name, value)
            words = EFFECTS[name](row, monday)
            if refused:
                words = gettext("With %(value)s: %(effect)s") % {"value": value, "effect": words}
            self[name].help_text = format_html('{} <span class="effect">{}</span>', self.hints[name], words)

    @property
    def binding(self) -> list[str]:
        return [name for name in self.changed_data if name in BINDING]

    def clean(self) -> Any:
        data = super().clean()
        if self.binding and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", gettext("Enter why: a setting that you change takes two people"))
        waits = PowerRequest.objects.filter(
            kind=binding.SETTINGS, outcome=PowerRequest.Outcome.WAITING
        ).first()
        if self.binding and waits is not None:
            words = gettext(
                "“%(what)s” waits to be decided. Decide it, or take it back, before you ask for more."
            )
            self.add_error(None, words % {"what": waits.what})
        return data

    def who_changed(self) -> tuple[str, datetime] | None:
        event = audit.last(self.instance, PortalEvent.CHANGED_SETTINGS)
        return (event.actor_name, event.at) if event else None


@admin.register(PortalSettings)
class PortalSettingsAdmin(AsksWhatIf, DeskAdmin):
    recorded_as = PortalEvent.CHANGED_SETTINGS
    form = SettingsForm
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.EmailField: {"form_class": EmailField},
    }
    fieldsets = (
        (_("Names"), {"fields": ("portal_name", "hmis_name", "hmis_long_name", "state_name", "lead_agency", "notices_address", "notices_email", "admin_name", "sign_in_address", "code_sender", "access_label", "agreement_label", "learning_site", "time_zone")}),
        (_("Support"), {"fields": ("support_email", "support_phone", "support_hours", "support_answer_days")}),
        (
            _("Periods"),
            {
                "fields": (
                    "invitation_days", "answer_days", "reopen_days", "review_days", "training_due_days", "learning_account_days", "mou_term_months",
                    "project_confirmation_months", "readiness_months", "helper_days",
                    "leaver_hours", "access_confirmation_months", "idle_days", "retention_years",
                )
            },
        ),
        (
            _("Reminders"),
            {
                "fields": (
                    "draft_reminder_days", "signature_reminder_days", "answer_reminder_days", "condition_reminder_days", "training_reminder_days",
                    "training_overdue_days", "yearly_reminder_days", "term_reminder_days",
                )
            },
        ),
        (_("Rules"), {"fields": ("four_eyes", "go_live_rule", "managers_at_go_live", "invitations_before_review", "second_factor_from", "learning_accounts")}),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> Any:
        """With what the page showed, for those who may save."""
        fieldsets = super().get_fieldsets(request, obj)
        return (
            [*fieldsets, (None, {"fields": ("reason", "seen")})]
            if self.has_change_permission(request, obj)
            else fieldsets
        )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[PortalSettings]:
        """Locked while it is saved: of two at the same moment the second is told."""
        rows = super().get_queryset(request)
        return rows.select_for_update() if request.method == "POST" else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """There is one row: its page is the list."""
        PortalSettings.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:hmis_portal_portalsettings_change", args=[1]))

    def steers(self, form: Any, formsets: object, change: bool) -> bool:
        return not STEERING.isdisjoint(form.changed_data)

    def what_if_data(self, form: Any, formsets: Any) -> dict[str, object]:
        """With what binds, which would be carried out once another grants it."""
        wanted = copy(form.instance)
        for name in form.binding:
            setattr(wanted, name, form.cleaned_data[name])
        return rows_of(wanted)

    def construct_change_message(self, request: HttpRequest, form: Any, *args: Any, **kwargs: Any) -> Any:
        changed = super().construct_change_message(request, form, *args, **kwargs)
        return {name: values for name, values in changed.items() if name not in form.binding}

    def record_of(self, obj: PortalSettings) -> dict[str, str]:
        """Without what is told of the portal as a whole."""
        return {**super().record_of(obj), "verb__exact": PortalEvent.CHANGED_SETTINGS}

    def save_model(self, request: HttpRequest, obj: PortalSettings, form: Any, change: bool) -> None:
        """What binds is asked for; all else is changed at once."""
        before, wanted = PortalSettings.objects.get(pk=1), copy(obj)
        for name in form.binding:
            setattr(obj, name, getattr(before, name))
        super().save_model(request, obj, form, change)
        if form.binding:
            row = binding.ask(
                by=signed_in(request), before=before, after=wanted, names=form.binding,
                reason=form.cleaned_data["reason"], ip=client_ip(request),
            )  # fmt: skip
            messages.warning(request, asked_words(row))
