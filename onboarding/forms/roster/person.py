"""Section C: one person of the roster, as the agency's own pages ask for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.staff import StaffForm
from agencies.models import ACCESS_OF_ROLE, AccessLevel, HmisRole
from hmis_portal.forms import PortalFormMixin, UploadField
from onboarding.forms.base import DraftForm
from training.models import CourseRule


class PersonForm(DraftForm, StaffForm):
    submit_label = _("Save person")


class ListedPersonForm(PersonForm):
    """For checking many rows one after the other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in OWN:
                field.clean = _once(field.clean)  # type: ignore[assignment, method-assign]


# What is different for everybody on a list.
OWN = ("last_name", "email")


def _once(clean: Callable[[object], object]) -> Callable[[object], object]:
    """Judges what many rows say alike once; what is refused is judged again."""
    known: dict[object, object] = {}

    def remembered(value: object) -> object:
        key = tuple(value) if isinstance(value, list) else value
        if key not in known:
            known[key] = clean(value)
        return known[key]

    return remembered


@dataclass(frozen=True)
class RoleRow:
    """What a role may have and what it has to learn, in words."""

    role: str
    levels: str
    courses: str


def role_table() -> list[RoleRow]:
    """Every role with its access levels and courses; those of project types come on top. One query."""
    rules = list(
        CourseRule.objects.filter(course__active=True)
        .select_related("course")
        .order_by("course__position", "pk")
    )
    return [
        RoleRow(
            role=str(role.label),
            levels=", ".join(str(AccessLevel(level).label) for level in ACCESS_OF_ROLE[role]),
            courses=", ".join(dict.fromkeys(str(rule.course) for rule in rules if _gives(rule, role))),
        )
        for role in HmisRole
    ]


def _gives(rule: CourseRule, role: str) -> bool:
    """Whether a rule gives its course to everyone in this role with its usual access."""
    kinds = CourseRule.AppliesTo
    if rule.applies_to == kinds.LOGS_IN:
        return ACCESS_OF_ROLE[role][0] != AccessLevel.NONE
    return rule.applies_to == kinds.EVERYONE or (rule.applies_to == kinds.ROLE and rule.role == role)


class StaffFileForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload and preview")
    file = UploadField(
        kinds=("csv", "xlsx"),
        scan=False,
        label=_("File"),
        help_text=_("CSV or Excel (XLSX), smaller than 10 MB, up to 2,000 people."),
    )
    required_messages = {"file": _("Select the file with your staff list")}
