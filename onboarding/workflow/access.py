"""The moves of a person's access, and of the agency itself."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from hmis_portal.events import Verb
from onboarding.models import Access
from onboarding.workflow.moves import ADMIN, SYSTEM, Move

X, G = Access.State, Agency.State


class AccessVerb(Verb, of="onboarding.access"):
    """What the history stores."""

    BECOME_READY = "become_ready", _("The %(object)s can be granted now")
    LOSE_READY = "lose_ready", _("The %(object)s can no longer be granted")
    GRANT = "grant", _("confirmed the %(object)s")
    SUSPEND = "suspend", _("The %(object)s is suspended")
    RESTORE = "restore", _("The %(object)s is restored")
    CHANGE = "change", _("The %(object)s is to be changed in the HMIS")
    CONFIRM_DONE = "confirm_done", _("confirmed that it is done in the HMIS: %(target)s")
    END = "end", _("The %(object)s has ended")
    COME_BACK = "come_back", _("The %(object)s begins anew")


class AgencyVerb(Verb, of="agencies.agency"):
    """What the history stores."""

    GO_LIVE = "go_live", _("The agency is live in the HMIS")
    LEAVE = "leave", _("recorded that the agency left the HMIS")


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
        payload=Reasons,
    ),
    Move(
        AccessVerb.LOSE_READY,
        (X.READY,),
        X.NOT_READY,
        (SYSTEM,),
        _("Something required is missing"),
        payload=Reasons,
    ),
    Move(
        AccessVerb.GRANT,
        (X.READY,),
        X.GRANTED,
        (ADMIN,),
        _("Confirm the account"),
        _("the account exists in the HMIS"),
        payload=Account,
    ),
    Move(
        AccessVerb.SUSPEND,
        (X.GRANTED,),
        X.SUSPENDED,
        (SYSTEM,),
        _("Something required fell out of force"),
        payload=Reasons,
    ),
    Move(
        AccessVerb.RESTORE,
        (X.SUSPENDED,),
        X.GRANTED,
        (SYSTEM,),
        _("Everything required is in force again"),
        payload=Reasons,
    ),
    Move(
        AccessVerb.CHANGE,
        (X.GRANTED,),
        "",
        (SYSTEM,),
        _("Role, access level or projects are no longer those of the account, or are again"),
        payload=Reasons,
    ),
    Move(
        AccessVerb.CONFIRM_DONE,
        (X.GRANTED, X.SUSPENDED, X.ENDED),
        "",
        (ADMIN,),
        _("Confirm as done in the HMIS"),
        _("something is to be done"),
        payload=Account,
    ),
    Move(
        AccessVerb.END,
        (X.NOT_READY, X.READY, X.GRANTED, X.SUSPENDED),
        X.ENDED,
        (SYSTEM,),
        _("The person left"),
        payload=Reasons,
    ),
    Move(
        AccessVerb.COME_BACK, (X.ENDED,), X.NOT_READY, (SYSTEM,), _("The person came back"), payload=Reasons
    ),
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
