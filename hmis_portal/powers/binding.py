"""Settings that bind: who may do what alone, and where people are sent. One asks for another value, another grants it."""

from collections.abc import Collection

from django.contrib.admin.utils import label_for_field
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal import audit
from hmis_portal.events import PortalEvent
from hmis_portal.models import PortalSettings, PowerRequest
from hmis_portal.models.users import User
from hmis_portal.powers import asking, kinds

SETTINGS = "settings"


def ask(
    *,
    by: User,
    before: PortalSettings,
    after: PortalSettings,
    names: Collection[str],
    reason: str,
    ip: str | None,
) -> PowerRequest:
    """Ask for the values that `after` has under these names."""
    changed = {name: [getattr(before, name), getattr(after, name)] for name in names}
    labels = {name: capfirst(str(label_for_field(name, PortalSettings))) for name in names}
    return asking.ask(
        SETTINGS, by=by, target=before, reason=reason, ip=ip, data={"changed": changed},
        what=_("Change the settings: %(names)s") % {"names": ", ".join(labels.values())},
        changes=[[labels[name], _shown(before, name), _shown(after, name)] for name in names],
    )  # fmt: skip


def _shown(row: PortalSettings, name: str) -> str:
    words = getattr(row, f"get_{name}_display", None)
    value = words() if words else getattr(row, name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)


def against(row: PowerRequest) -> list[str]:
    """A value that was changed since is not changed back unseen."""
    now = PortalSettings.objects.get(pk=1)
    if any(getattr(now, name) != before for name, (before, _after) in row.data["changed"].items()):
        return [_("The settings were changed since this was asked. Refuse it, and ask anew.")]
    return []


def carry_out(row: PowerRequest) -> None:
    settings = PortalSettings.objects.select_for_update().get(pk=1)
    changed = row.data["changed"]
    for name, (_before, after) in changed.items():
        setattr(settings, name, after)
    settings.save(update_fields=[*changed])
    values = {name: [str(before), str(after)] for name, (before, after) in changed.items()}
    audit.record(
        by=row.asked_by, verb=PortalEvent.CHANGED_SETTINGS, obj=settings, reason=row.reason,
        data={"changed": values, "granted_by": row.decided_by_id},
    )  # fmt: skip


kinds.add(kinds.PowerKind(SETTINGS, gettext_lazy("Change settings that bind"), carry_out, against=against))
