"""The moves of a person's access, and of the agency itself."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from onboarding.models import Access
from onboarding.workflow.moves import ADMIN, SYSTEM, Move

X, G = Access.State, Agency.State


class AccessVerb(StrEnum):
    """What the history stores."""

    BECOME_READY = "become_ready"
    LOSE_READY = "lose_ready"
    GRANT = "grant"
    SUSPEND = "suspend"
    RESTORE = "restore"
    CHANGE = "change"
    CONFIRM_DONE = "confirm_done"
    END = "end"
    COME_BACK = "come_back"


class AgencyVerb(StrEnum):
    """What the history stores."""

    GO_LIVE = "go_live"
    LEAVE = "leave"


@dataclass(frozen=True)
class Reasons:
    """Why a computed move is due, one sentence each."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """The account as it is called in the HMIS ("" leaves the name), and the day on which it was done there."""

    name: str = ""
    done_on: date | None = None


ACCESS = (
    Move(
        AccessVerb.BECOME_READY,
        (X.NOT_READY,),
        X.READY,
        (SYSTEM,),
        _("Everything required is in force"),
        given=Reasons,
    ),
    Move(
        AccessVerb.LOSE_READY,
        (X.READY,),
        X.NOT_READY,
        (SYSTEM,),
        _("Something required is missing"),
        given=Reasons,
    ),
    Move(
        AccessVerb.GRANT,
        (X.READY,),
        X.GRANTED,
        (ADMIN,),
        _("Confirm the account"),
        _("the account exists in the HMIS"),
        given=Account,
    ),
    Move(
        AccessVerb.SUSPEND,
        (X.GRANTED,),
        X.SUSPENDED,
        (SYSTEM,),
        _("Something required fell out of force"),
        given=Reasons,
    ),
    Move(
        AccessVerb.RESTORE,
        (X.SUSPENDED,),
        X.GRANTED,
        (SYSTEM,),
        _("Everything required is in force again"),
        given=Reasons,
    ),
    Move(
        AccessVerb.CHANGE,
        (X.GRANTED,),
        "",
        (SYSTEM,),
        _("Role, access level or projects are no longer those of the account, or are again"),
        given=Reasons,
    ),
    Move(
        AccessVerb.CONFIRM_DONE,
        (X.GRANTED, X.SUSPENDED, X.ENDED),
        "",
        (ADMIN,),
        _("Confirm as done in the HMIS"),
        _("something is to be done"),
        given=Account,
    ),
    Move(
        AccessVerb.END,
        (X.NOT_READY, X.READY, X.GRANTED, X.SUSPENDED),
        X.ENDED,
        (SYSTEM,),
        _("The person left"),
        given=Reasons,
    ),
    Move(AccessVerb.COME_BACK, (X.ENDED,), X.NOT_READY, (SYSTEM,), _("The person came back"), given=Reasons),
)

AGENCY = (
    Move(AgencyVerb.GO_LIVE, (G.JOINING,), G.LIVE, (SYSTEM,), _("The agency goes live")),
    Move(
        AgencyVerb.LEAVE,
        (G.JOINING, G.LIVE),
        G.LEFT,
        (ADMIN,),
        _("The agency leaves the HMIS"),
        needs_reason=True,
    ),
)
