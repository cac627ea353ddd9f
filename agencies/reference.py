"""Reference content of this app: HUD's code lists, the CoCs and CANs of Connecticut, the groups of the HMIS's own people."""

from agencies.hud import lists
from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork
from agencies.permissions import make_groups

CANS = (
    "Central",
    "Eastern",
    "Fairfield County",
    "Greater Hartford",
    "Greater New Haven",
    "Meriden–Middlesex–Wallingford",
    "Northwest",
)


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    make_groups()
    names = lists.shipped().lists["2.03.1"]
    ContinuumOfCare.objects.bulk_create(
        [ContinuumOfCare(code=code, name=names[code]) for code in lists.DEFAULT_COCS], ignore_conflicts=True
    )
    CoordinatedAccessNetwork.objects.bulk_create(
        [CoordinatedAccessNetwork(name=name) for name in CANS], ignore_conflicts=True
    )
    lists.load()
