"""The transition tables of the journey, as data.

Everything that asks "may this happen now, and who may do it" reads these rows: the services, the admin's buttons,
the pages, the diagram in the docs and the tests. A move that is not listed does not exist.
"""

from agencies.models import Agency
from onboarding.models import Access, Application, Mou
from onboarding.workflow.access import ACCESS, AGENCY, AccessVerb, Account, AgencyVerb, Reasons
from onboarding.workflow.application import (
    APPLICATION,
    ApplicationVerb,
    Approval,
    HandOver,
    Hold,
    MoreTime,
    NewCondition,
)
from onboarding.workflow.mou import MOU, Ending, MouVerb, Signer, Voiding
from onboarding.workflow.moves import (
    LEAD,
    MANAGER,
    SIGNATORY,
    SYSTEM,
    TABLES,
    Act,
    ActWith,
    Move,
    Text,
    done,
    effect,
    guard,
    move,
    moves_from,
)

TABLES |= {Application: APPLICATION, Mou: MOU, Access: ACCESS, Agency: AGENCY}

__all__ = [
    "LEAD", "MANAGER", "SIGNATORY", "SYSTEM", "TABLES", "AccessVerb", "Account", "Act", "ActWith", "AgencyVerb",
    "ApplicationVerb", "Approval", "Ending", "HandOver", "Hold", "MoreTime", "MouVerb", "Move", "NewCondition", "Reasons", "Signer",
    "Text", "Voiding", "done", "effect", "guard", "move", "moves_from",
]  # fmt: skip
