"""WHO: people, agencies, their staff and projects."""

from agencies.models.agency import (
    Agency,
    AgencyGroupObjectPermission,
    AgencyRole,
    AgencyUserObjectPermission,
    ContinuumOfCare,
    CoordinatedAccessNetwork,
    Invitation,
    JoiningReason,
    LegalForm,
    ServiceKind,
)
from agencies.models.channel import CodeChannel
from agencies.models.hud_lists import HudCode, HudList
from agencies.models.matching import Digits, Domain, NotADuplicate, Number, Words
from agencies.models.person import REQUIRED_POSITIONS, Contact, Person, Position
from agencies.models.project import (
    Affiliation,
    CEParticipation,
    Funder,
    HMISParticipation,
    Inventory,
    Project,
    ProjectCoC,
)
from agencies.models.register import RegisterEntry, RegisterLoad, RegisterPiece
from agencies.models.staff import ACCESS_OF_ROLE, HOLDING_UP_GO_LIVE, AccessLevel, HmisRole, Staff
from agencies.models.user import EligibilityCheck, User

__all__ = [
    "ACCESS_OF_ROLE",
    "HOLDING_UP_GO_LIVE",
    "REQUIRED_POSITIONS",
    "AccessLevel",
    "Affiliation",
    "Agency",
    "AgencyGroupObjectPermission",
    "AgencyRole",
    "AgencyUserObjectPermission",
    "CEParticipation",
    "CodeChannel",
    "Contact",
    "ContinuumOfCare",
    "CoordinatedAccessNetwork",
    "Digits",
    "Domain",
    "EligibilityCheck",
    "Funder",
    "HMISParticipation",
    "HmisRole",
    "HudCode",
    "HudList",
    "Inventory",
    "Invitation",
    "JoiningReason",
    "LegalForm",
    "NotADuplicate",
    "Number",
    "Person",
    "Position",
    "Project",
    "ProjectCoC",
    "RegisterEntry",
    "RegisterLoad",
    "RegisterPiece",
    "ServiceKind",
    "Staff",
    "User",
    "Words",
]
