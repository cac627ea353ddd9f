"""Reference content of this app: HUD's code lists, the CoCs and CANs of Connecticut, the groups of the HMIS's own people."""

from django.contrib.auth.models import Group, Permission

from agencies.hud import lists
from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork
from agencies.permissions import AUDITOR, HMIS_ADMIN, LEAD_SIGNATORY, TRAINER, make_groups

CANS = (
    "Central",
    "Eastern",
    "Fairfield County",
    "Greater Hartford",
    "Greater New Haven",
    "Meriden–Middlesex–Wallingford",
    "Northwest",
)


READS = (
    "view_agency",
    "view_contact",
    "view_staff",
    "view_user",
    "view_invitation",
    "view_continuumofcare",
    "view_coordinatedaccessnetwork",
    "view_project",
    "view_hudlist",
    "view_hudcode",
)
READS_PORTAL = (
    "view_message",
    "view_auditevent",
    "view_portalsettings",
    "view_powerrequest",
    "view_whatif",
    "view_registerload",
)
PERMISSIONS: dict[str, tuple[str, ...]] = {
    HMIS_ADMIN: (
        *READS, *READS_PORTAL, "add_user", "change_user", "add_continuumofcare", "change_continuumofcare",
        "add_coordinatedaccessnetwork", "change_coordinatedaccessnetwork", "change_portalsettings",
        "change_hudlist", "change_hudcode",
    ),
    LEAD_SIGNATORY: (*READS, "view_powerrequest"),
    TRAINER: ("view_user", "view_staff", "view_powerrequest"),
    AUDITOR: (*READS, *READS_PORTAL),
}  # fmt: skip


def give_permissions() -> None:
    """Add each group's permissions on people, agencies and the portal's own records; what was added by hand stays."""
    known = {
        permission.codename: permission
        for permission in Permission.objects.filter(content_type__app_label__in=("agencies", "hmis_portal"))
    }
    for name, codenames in PERMISSIONS.items():
        Group.objects.get(name=name).permissions.add(*(known[codename] for codename in codenames))


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    make_groups()
    give_permissions()
    names = lists.shipped().lists["2.03.1"]
    ContinuumOfCare.objects.bulk_create(
        [ContinuumOfCare(code=code, name=names[code]) for code in lists.DEFAULT_COCS], ignore_conflicts=True
    )
    CoordinatedAccessNetwork.objects.bulk_create(
        [CoordinatedAccessNetwork(name=name) for name in CANS], ignore_conflicts=True
    )
    lists.load()
