"""What an account in the HMIS was last confirmed with, beside what the roster says now."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import AccessLevel, HmisRole, Staff
from onboarding.models import Access


def of(staff: Staff) -> dict[str, Any]:
    """For `Access.agreed`: {"role", "level", "projects": {key: name}}."""
    names = {str(project.pk): project.project_name for project in staff.projects.all()}
    return {"role": staff.hmis_role, "level": staff.access_level, "projects": names}


def differs(access: Access) -> bool:
    """Whether the account was made with something else; where nothing is known of it, no."""
    return bool(access.agreed) and _keys(access.agreed) != _keys(of(access.staff))


def _keys(agreed: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    """A project that was given another name is the same project."""
    return agreed["role"], agreed["level"], sorted(agreed["projects"])


def differences(access: Access) -> list[str]:
    """What is to be changed in the account, a sentence each."""
    if not access.agreed:
        return []
    before, now = access.agreed, of(access.staff)
    sentences = []
    if before["role"] != now["role"]:
        words = _("Role: %(before)s before, now %(now)s.")
        sentences.append(
            words % {key: HmisRole(side["role"]).label for key, side in (("before", before), ("now", now))}
        )
    if before["level"] != now["level"]:
        words = _("Access level: %(before)s before, now %(now)s.")
        labels = {key: AccessLevel(side["level"]).label for key, side in (("before", before), ("now", now))}
        sentences.append(words % labels)
    added = [name for key, name in now["projects"].items() if key not in before["projects"]]
    gone = [name for key, name in before["projects"].items() if key not in now["projects"]]
    if added:
        sentences.append(_("Projects added: %s.") % "; ".join(added))
    if gone:
        sentences.append(_("Projects no longer: %s.") % "; ".join(gone))
    return sentences
