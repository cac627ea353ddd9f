"""The transition tables of the journey, as data.

Everything that asks "may this happen now, and who may do it" reads these rows: the services, the admin's buttons,
the pages, the diagram in the docs and the tests. A move that is not listed does not exist.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from onboarding.models import Access, Application, Mou

MANAGER, SIGNATORY = "manager", "signatory"
ADMIN, LEAD, SYSTEM = "hmis_admin", "lead", "system"

Text = str | Promise


@dataclass(frozen=True)
class Move:
    """One row: `verb` leads from any of `sources` to `target`, for people of the kinds in `who`.

    An empty tuple of sources means that the move makes the object. "system" is the portal itself: a computed
    move, a worker, or the consequence of another act.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    label: Text
    guard: Text = ""
    needs_note: bool = False


@dataclass(frozen=True)
class Act:
    """One attempt at a move: who acts, with which words, from where, and what else the move needs to know."""

    by: User | None
    note: str = ""
    ip: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


A, M, X, G = Application.State, Mou.State, Access.State, Agency.State

APPLICATION = (
    Move("start", (), A.DRAFT, (MANAGER,), _("Start the application"), _("one open application per agency")),
    Move(
        "submit",
        (A.DRAFT,),
        A.SUBMITTED,
        (MANAGER,),
        _("Send application"),
        _("MOU signed by the agency in the name it has now, every section complete"),
    ),
    Move("take", (A.SUBMITTED,), A.IN_REVIEW, (ADMIN,), _("Take for review")),
    Move(
        "hand_over",
        (A.IN_REVIEW,),
        A.IN_REVIEW,
        (ADMIN,),
        _("Hand over to a colleague"),
        _("the colleague is an HMIS Admin"),
    ),
    Move("hand_back", (A.IN_REVIEW,), A.SUBMITTED, (ADMIN,), _("Hand back to the queue")),
    Move(
        "request_changes", (A.IN_REVIEW,), A.CHANGES, (ADMIN,), _("Ask for changes"), _("at least one remark")
    ),
    Move(
        "resubmit",
        (A.CHANGES,),
        A.SUBMITTED,
        (MANAGER,),
        _("Send application again"),
        _("MOU signed by the agency in the name it has now, every section complete"),
    ),
    Move(
        "recommend",
        (A.IN_REVIEW,),
        A.IN_REVIEW,
        (ADMIN,),
        _("Recommend approval"),
        _("four-eyes is on; nothing blocks approval"),
    ),
    Move(
        "approve",
        (A.IN_REVIEW,),
        A.APPROVED,
        (ADMIN,),
        _("Approve"),
        _(
            "nothing blocks approval; MOU still signed, in the name of today; with four-eyes, recommended by another"
        ),
    ),
    Move(
        "decline", (A.SUBMITTED, A.IN_REVIEW, A.CHANGES), A.DECLINED, (ADMIN,), _("Decline"), needs_note=True
    ),
    Move(
        "withdraw",
        (A.DRAFT, A.SUBMITTED, A.IN_REVIEW, A.CHANGES, A.APPROVED),
        A.WITHDRAWN,
        (MANAGER,),
        _("Withdraw application"),
        _("the MOU is not executed"),
    ),
    Move(
        "revoke_approval",
        (A.APPROVED,),
        A.IN_REVIEW,
        (ADMIN,),
        _("Revoke approval"),
        _("the MOU is not executed"),
        needs_note=True,
    ),
    Move(
        "reopen",
        (A.DECLINED, A.WITHDRAWN),
        A.DRAFT,
        (ADMIN, MANAGER),
        _("Re-open application"),
        _("within 30 days; no other open application"),
    ),
    Move(
        "mou_lost",
        (A.SUBMITTED, A.IN_REVIEW, A.APPROVED),
        A.CHANGES,
        (SYSTEM,),
        _("The MOU must be signed again"),
        needs_note=True,
    ),
)

MOU = (
    Move(
        "issue",
        (),
        M.ISSUED,
        (MANAGER,),
        _("Name the signatory"),
        _("no other MOU is open; an application since an end for cause"),
    ),
    Move(
        "sign",
        (M.ISSUED,),
        M.SIGNED,
        (SIGNATORY,),
        _("Sign the MOU"),
        _("every clause read; it names the agency as it is called now"),
    ),
    Move(
        "sign_on_paper",
        (M.ISSUED,),
        M.SIGNED,
        (SIGNATORY, MANAGER, ADMIN),
        _("Record the signature on paper"),
        _("the scan of the signed copy; it names the agency as it is called now"),
    ),
    Move("decline", (M.ISSUED,), M.DECLINED, (SIGNATORY,), _("Decline to sign"), needs_note=True),
    Move("pass_on", (M.ISSUED,), M.ISSUED, (SIGNATORY,), _("Pass on to the right person")),
    Move("replace", (M.ISSUED,), M.ISSUED, (MANAGER,), _("Name another signatory")),
    Move(
        "issue_anew",
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (MANAGER,),
        _("Issue the MOU anew"),
        _("a name in it has changed"),
        needs_note=True,
    ),
    Move(
        "one_party",
        (M.SIGNED,),
        M.SIGNED,
        (ADMIN,),
        _("Record that both names are one party"),
        _("a name in it has changed"),
        needs_note=True,
    ),
    Move("supersede", (M.ISSUED,), M.SUPERSEDED, (SYSTEM,), _("A newer version was published")),
    Move(
        "withdraw_signature",
        (M.SIGNED,),
        M.VOIDED,
        (SIGNATORY,),
        _("Withdraw the signature"),
        needs_note=True,
    ),
    Move("refuse", (M.SIGNED,), M.VOIDED, (LEAD,), _("Refuse to counter-sign"), needs_note=True),
    Move("void", (M.SIGNED,), M.VOIDED, (ADMIN,), _("Void the MOU"), needs_note=True),
    Move(
        "void_with_application",
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (SYSTEM,),
        _("The application was closed"),
        needs_note=True,
    ),
    Move(
        "void_with_agency",
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (SYSTEM,),
        _("The agency left the HMIS"),
        needs_note=True,
    ),
    Move(
        "void_with_mou",
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (SYSTEM,),
        _("The MOU that it renews ended"),
        needs_note=True,
    ),
    Move(
        "counter_sign",
        (M.SIGNED,),
        M.EXECUTED,
        (LEAD,),
        _("Counter-sign"),
        _(
            "the application is approved; the agency signed electronically, in the name of today; somebody else signed for it"
        ),
    ),
    Move(
        "counter_sign_on_paper",
        (M.SIGNED,),
        M.EXECUTED,
        (LEAD,),
        _("Record the counter-signature on paper"),
        _(
            "the application is approved; the agency signed on paper, in the name of today, and somebody else for it; the scan of the copy that both signed"
        ),
    ),
    Move(
        "end",
        (M.EXECUTED,),
        M.ENDED,
        (ADMIN, SYSTEM),
        _("End the MOU"),
        _("date within the term, and reason; by itself the day after its term"),
        needs_note=True,
    ),
    Move(
        "renew",
        (),
        M.ISSUED,
        (MANAGER, ADMIN, LEAD),
        _("Renew the MOU"),
        _("executed, from 90 days before the end of its term"),
    ),
)

ACCESS = (
    Move("become_ready", (X.NOT_READY,), X.READY, (SYSTEM,), _("Everything required is in force")),
    Move("lose_ready", (X.READY,), X.NOT_READY, (SYSTEM,), _("Something required is missing")),
    Move(
        "grant",
        (X.READY,),
        X.GRANTED,
        (ADMIN,),
        _("Confirm the account"),
        _("the account exists in the HMIS"),
    ),
    Move("suspend", (X.GRANTED,), X.SUSPENDED, (SYSTEM,), _("Something required fell out of force")),
    Move("restore", (X.SUSPENDED,), X.GRANTED, (SYSTEM,), _("Everything required is in force again")),
    Move(
        "confirm_done",
        (X.GRANTED, X.SUSPENDED, X.ENDED),
        "",
        (ADMIN,),
        _("Confirm as done in the HMIS"),
        _("something is to be done"),
    ),
    Move("end", (X.NOT_READY, X.READY, X.GRANTED, X.SUSPENDED), X.ENDED, (SYSTEM,), _("The person left")),
    Move("come_back", (X.ENDED,), X.NOT_READY, (SYSTEM,), _("The person came back")),
)

AGENCY = (
    Move("go_live", (G.JOINING,), G.LIVE, (SYSTEM,), _("The agency goes live")),
    Move("leave", (G.JOINING, G.LIVE), G.LEFT, (ADMIN,), _("The agency leaves the HMIS"), needs_note=True),
)

TABLES: dict[type[models.Model], tuple[Move, ...]] = {
    Application: APPLICATION,
    Mou: MOU,
    Access: ACCESS,
    Agency: AGENCY,
}

Guard = Callable[[Any, Act], list[Text]]
Effect = Callable[[Any, Act], list[str]]
Done = Callable[[Any, Act], None]
# Several modules may add to one move; each list runs in the order of registration.
GUARDS: defaultdict[tuple[type[models.Model], str], list[Guard]] = defaultdict(list)
EFFECTS: defaultdict[tuple[type[models.Model], str], list[Effect]] = defaultdict(list)
DONE: defaultdict[tuple[type[models.Model], str], list[Done]] = defaultdict(list)


def guard(model: type[models.Model], *verbs: str) -> Callable[[Guard], Guard]:
    """Register what must hold besides the state: the function returns the reasons against the move."""

    def register(function: Guard) -> Guard:
        for verb in verbs:
            GUARDS[model, verb].append(function)
        return function

    return register


def effect(model: type[models.Model], *verbs: str) -> Callable[[Effect], Effect]:
    """Register what a move does within its transaction: the function returns the names of the fields it set."""

    def register(function: Effect) -> Effect:
        for verb in verbs:
            EFFECTS[model, verb].append(function)
        return function

    return register


def done(model: type[models.Model], *verbs: str) -> Callable[[Done], Done]:
    """Register what follows once the new state is written, in the same transaction: mail, tasks, further moves."""

    def register(function: Done) -> Done:
        for verb in verbs:
            DONE[model, verb].append(function)
        return function

    return register


def move(model: type[models.Model], verb: str) -> Move:
    """The row of a verb. Raises KeyError for a move that does not exist."""
    for row in TABLES[model]:
        if row.verb == verb:
            return row
    raise KeyError(f"{model.__name__} has no move “{verb}”.")


def moves_from(obj: Any, kinds: set[str]) -> list[Move]:
    """The moves open from this state to people of these kinds, in the table's order (guards are not asked)."""
    return [row for row in TABLES[type(obj)] if obj.state in row.sources and kinds & set(row.who)]
