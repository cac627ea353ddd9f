"""The model permissions of the HMIS's own groups: they decide which lists the admin shows; predicates decide acts."""

from collections.abc import Mapping

from django.apps import apps
from django.contrib.auth.models import Group, Permission

from agencies.permissions import AUDITOR, HMIS_ADMIN, LEAD_SIGNATORY, TRAINER

APPS = ("hmis_portal", "signing", "agencies", "onboarding")
# What the HMIS Admin edits as rows; all else changes through services.
EDITED = {
    "hmis_portal": ("change_portalsettings",),
    "signing": ("add_textversion", "change_textversion", "delete_textversion"),
    "onboarding": (
        "add_readinessquestion", "change_readinessquestion", "delete_readinessquestion",
        "add_readinessoutcome", "change_readinessoutcome", "delete_readinessoutcome",
        "add_declinereason", "change_declinereason",
        "add_roleinhmis", "change_roleinhmis", "delete_roleinhmis",
    ),
}  # fmt: skip
# The Lead signatory reads agreements and their agencies, not the letters that people get.
LEAD_READS = {
    "hmis_portal": ("powerrequest",),
    "signing": None,
    "onboarding": (
        "application",
        "revision",
        "revisionpdf",
        "mou",
        "access",
        "condition",
        "thread",
        "upload",
    ),
    "agencies": ("agency", "contact", "staff", "project"),
}
TRAINER_READS = {"hmis_portal": ("powerrequest",), "agencies": ("agency", "staff", "project")}


def load() -> None:
    """Add what each group needs; what was added by hand stays."""
    for group, codenames in rights().items():
        row, _created = Group.objects.get_or_create(name=group)
        row.permissions.add(*_permissions(codenames))


def rights() -> dict[str, set[tuple[str, str]]]:
    """By group: pairs of app and permission."""
    everything = {(app, f"view_{name}") for app in APPS for name in _models(app)}
    edited = {(app, codename) for app, names in EDITED.items() for codename in names}
    return {
        HMIS_ADMIN: everything | edited,
        AUDITOR: everything,
        LEAD_SIGNATORY: _views(LEAD_READS),
        TRAINER: _views(TRAINER_READS),
    }


def _views(reads: Mapping[str, tuple[str, ...] | None]) -> set[tuple[str, str]]:
    return {(app, f"view_{name}") for app, names in reads.items() for name in (names or _models(app))}


def _models(app: str) -> list[str]:
    return [model._meta.model_name or "" for model in apps.get_app_config(app).get_models()]


def _permissions(codenames: set[tuple[str, str]]) -> list[Permission]:
    known = Permission.objects.filter(content_type__app_label__in=APPS).select_related("content_type")
    return [
        permission
        for permission in known
        if (permission.content_type.app_label, permission.codename) in codenames
    ]
