"""The transition tables, walked: every state, every act, every kind of person.

What is expected is written here once more, from the product's description, so that a slip in the code's tables is
found and not repeated.
"""

import datetime as dt
from typing import Any, get_args, get_overloads, get_type_hints

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import services, workflow
from onboarding.models import Access, Application, Mou
from tests.applications import application_in
from tests.cast import KINDS, Cast
from tests.factories import UserFactory
from tests.payloads import sample

pytestmark = pytest.mark.django_db

APPLICATION = {
    # act: (from, who, to)
    "submit": ("draft", "director", "submitted"),
    "take": ("submitted", "admin", "in_review"),
    "hand_over": ("in_review on_hold", "admin", "same"),
    "hold": ("in_review", "admin", "on_hold"),
    "release": ("on_hold", "admin", "in_review"),
    "hand_back": ("in_review", "admin", "submitted"),
    "request_changes": ("in_review", "admin", "changes_requested"),
    "resubmit": ("changes_requested", "director", "submitted"),
    "recommend": ("in_review", "admin", "in_review"),
    "approve": ("in_review", "admin", "approved"),
    "decline": ("submitted in_review on_hold changes_requested", "admin", "declined"),
    "appeal": ("declined", "director", "same"),
    "uphold": ("declined", "admin", "same"),
    "overturn": ("declined", "admin", "changes_requested"),
    "withdraw": ("draft submitted in_review on_hold changes_requested approved", "director", "withdrawn"),
    "revoke_approval": ("approved", "admin", "in_review"),
    "reopen": ("declined withdrawn", "admin director", "draft"),
    "mou_lost": ("submitted in_review on_hold approved", "portal", "changes_requested"),
    "ask_for_time": ("changes_requested", "director", "changes_requested"),
    "give_time": ("changes_requested", "admin", "changes_requested"),
    "refuse_time": ("changes_requested", "admin", "changes_requested"),
}
MOU = {
    "sign": ("issued", "signatory", "signed"),
    "sign_on_paper": ("issued", "signatory director admin", "signed"),
    "decline": ("issued", "signatory", "declined"),
    "pass_on": ("issued", "signatory", "issued"),
    "replace": ("issued", "director", "issued"),
    "remind": ("issued", "director", "issued"),
    "issue_anew": ("issued signed", "director", "voided"),
    "one_party": ("signed", "admin", "signed"),
    "supersede": ("issued", "portal", "superseded"),
    "withdraw_signature": ("signed", "signatory", "voided"),
    "refuse": ("signed", "lead", "voided"),
    "void": ("signed", "admin", "voided"),
    "void_with_application": ("issued signed", "portal", "voided"),
    "void_with_agency": ("issued signed", "portal", "voided"),
    "void_with_mou": ("issued signed", "portal", "voided"),
    "counter_sign": ("signed", "lead", "executed"),
    "counter_sign_on_paper": ("signed", "lead", "executed"),
    "end": ("executed", "admin portal", "ended"),
}
ACCESS = {
    "become_ready": ("not_ready", "portal", "ready"),
    "lose_ready": ("ready", "portal", "not_ready"),
    "grant": ("ready", "admin", "granted"),
    "suspend": ("granted", "portal", "suspended"),
    "restore": ("suspended", "portal", "granted"),
    "change": ("granted", "portal", "same"),
    "confirm_done": ("granted suspended ended", "admin", "same"),
    "end": ("not_ready ready granted suspended", "portal", "ended"),
    "come_back": ("ended", "portal", "not_ready"),
}
AGENCY = {
    "go_live": ("joining", "portal", "live"),
    "leave": ("joining live", "admin", "left"),
}
MAKES = {Application: {"start"}, Mou: {"issue", "renew"}, Access: set(), Agency: set()}
EXPECTED: dict[Any, dict[str, tuple[str, str, str]]] = {
    Application: APPLICATION,
    Mou: MOU,
    Access: ACCESS,
    Agency: AGENCY,
}
PEOPLE = (*[kind for kind in KINDS if kind != "visitor"], "portal")


def test_the_tables_list_these_acts_and_no_others() -> None:
    for model, table in EXPECTED.items():
        assert {row.verb for row in workflow.TABLES[model]} == set(table) | MAKES[model]
        for row in workflow.TABLES[model]:
            if row.verb in table:
                sources, _who, target = table[row.verb]
                assert set(row.sources) == set(sources.split()), row.verb
                assert row.target == ("" if target == "same" else target), row.verb
            else:
                assert row.sources == (), f"{row.verb} makes the object"


def mou_in(state: str, cast: Cast) -> Mou:
    from tests.mou import issue_mou

    mou = issue_mou(cast)
    now = timezone.now()
    signed = state in ("signed", "executed", "ended")
    executed = state in ("executed", "ended")
    Mou.objects.filter(pk=mou.pk).update(
        state=state,
        signed_at=now if signed else None,
        executed_at=now if executed else None,
        term_ends_on=timezone.localdate() + dt.timedelta(days=400) if executed else None,
        ended_on=timezone.localdate() if state == "ended" else None,
        void_kind="error" if state == "voided" else "",
    )
    mou.refresh_from_db()
    return mou


def access_in(state: str, cast: Cast) -> Access:
    had_account = state in ("granted", "suspended", "ended")
    access, _ = Access.objects.update_or_create(
        staff=cast.staff_row,
        defaults={
            "state": state,
            "granted_at": timezone.now() if had_account else None,
            "granted_by": cast.admin if had_account else None,
            "to_do": "suspend" if state == "suspended" else "",
            "to_do_since": timezone.now() if state == "suspended" else None,
        },
    )
    return access


def agency_in(state: str, cast: Cast) -> Agency:
    now = timezone.now()
    cast.agency.state, cast.agency.live_at = state, now if state == "live" else None
    cast.agency.left_at = now if state == "left" else None
    cast.agency.save()
    return cast.agency


MAKE = {Application: application_in, Mou: mou_in, Access: access_in, Agency: agency_in}
CASES = [(model, state) for model in EXPECTED for state in model.State.values]


def outcome(obj: Any, verb: str, who: Any) -> str:
    """ "refused" (not this person's), "stale" (not from this state) or "open"; nothing stays changed."""
    try:
        with transaction.atomic():
            payload = sample(type(obj), verb)
            services.perform(obj, verb, by=who, payload=payload, reason="Because it must be tried.")
            transaction.set_rollback(True)
    except PermissionDenied:
        return "refused"
    except WrongState as error:
        return "stale" if error.messages[0].strip() else "stale, and does not say what happened"
    except GuardFailed:
        return "open"
    return "open"


@pytest.mark.parametrize(
    ("model", "state"), CASES, ids=[f"{model.__name__}-{state}" for model, state in CASES]
)
def test_every_act_of_every_person(model: Any, state: str, cast: Cast) -> None:
    obj = MAKE[model](state, cast)
    events = AuditEvent.objects.count()
    wrong = []
    for verb, (sources, who, _to) in EXPECTED[model].items():
        for kind in PEOPLE:
            by = None if kind == "portal" else cast.person(kind)
            may = kind in who.split()
            expected = "refused" if not may else "open" if state in sources.split() else "stale"
            found = outcome(obj, verb, by)
            if found != expected:
                wrong.append(f"{verb} by {kind}: {found}, expected {expected}")
    assert not wrong
    assert AuditEvent.objects.count() == events, "an act that was refused or undone leaves no event"


def test_a_signatory_signs_only_what_names_them(cast: Cast) -> None:
    mou = mou_in("issued", cast)
    other = UserFactory()
    mou.signatory = other
    mou.save(update_fields=["signatory"])
    assert outcome(mou, "decline", cast.signatory) == "refused"


def test_an_act_is_recorded_with_who_from_to_and_why(cast: Cast) -> None:
    application = application_in("in_review", cast)
    changed = services.perform(
        application, "decline", by=cast.admin, reason="Serves another state.", ip="192.0.2.7"
    )
    event = AuditEvent.objects.filter(verb="decline").get()
    assert (changed.state, event.before, event.after) == ("declined", "in_review", "declined")
    assert (event.actor, event.reason, event.ip, event.agency_id) == (
        cast.admin,
        "Serves another state.",
        "192.0.2.7",
        cast.agency.pk,
    )


def test_a_second_click_says_what_happened_and_does_nothing(cast: Cast) -> None:
    application = application_in("submitted", cast)
    services.perform(application, "take", by=cast.admin)
    with pytest.raises(WrongState, match="already done"):
        services.perform(application, "take", by=cast.admin)
    assert AuditEvent.objects.filter(verb="take").count() == 1


def test_a_reason_is_asked_for(cast: Cast) -> None:
    application = application_in("in_review", cast)
    with pytest.raises(GuardFailed, match="Enter a reason"):
        services.perform(application, "decline", by=cast.admin, reason="  ")


def test_losing_the_signature_sends_the_application_back(cast: Cast) -> None:
    mou, application = mou_in("signed", cast), application_in("in_review", cast)
    services.perform(mou, "withdraw_signature", by=cast.signatory, reason="The board has not met.")
    application.refresh_from_db()
    assert application.state == "changes_requested"
    assert "The board has not met." in application.reason
    assert application.answer_by is not None


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_closing_the_application_voids_an_unexecuted_mou(verb: str, cast: Cast) -> None:
    mou, application = mou_in("signed", cast), application_in("in_review", cast)
    by = cast.admin if verb == "decline" else cast.director
    services.perform(application, verb, by=by, reason="Closed.")
    mou.refresh_from_db()
    assert (mou.state, mou.void_kind) == ("voided", "application")


def test_the_diagrams_in_the_docs_are_those_of_the_tables() -> None:
    from onboarding.management.commands import state_diagrams

    assert state_diagrams.path().read_text(encoding="utf-8") == state_diagrams.document(), (
        "run manage.py state_diagrams"
    )


def test_what_mypy_proves_of_perform_is_what_the_tables_say() -> None:
    """Its overloads: each verb that changes a row, once, with the payload that the row names."""
    proved = {}
    for signature in get_overloads(services.perform):
        hints = get_type_hints(signature)
        for verb in get_args(hints["verb"]):
            assert (hints["obj"], verb) not in proved
            assert hints["return"] is hints["obj"]
            proved[hints["obj"], verb] = hints.get("payload")
    rows = {
        (model, row.verb): row.payload
        for model, table in workflow.TABLES.items()
        for row in table
        if row.sources
    }
    assert proved == rows
