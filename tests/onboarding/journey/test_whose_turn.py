"""Whose turn it is: every page, list and mail gives the same answer for an agency, whatever state it is in."""

import datetime as dt
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from hmis_portal.models import Message
from onboarding import reminders
from onboarding.admin.desk import lists, reviews
from onboarding.application import requirements
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather, gather_all
from onboarding.journey.holder import OF_AGENCY, Holder
from onboarding.journey.reports import counting, pipeline
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.steps import Journey
from onboarding.models import (
    Access,
    Application,
    Mou,
    RecordProposal,
    RequirementText,
)
from onboarding.mou import renamed
from tests.applications import make_application
from tests.cast import Cast
from tests.mou import issue_mou
from tests.onboarding.helpers import on_the_desk
from tests.onboarding.journey.maker import ADMIN, LEAD, MANAGER, NOBODY, REVIEWER, SIGNATORY, STAFF, Maker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@dataclass(frozen=True)
class Case:
    name: str
    make: Callable[[Maker], Any]
    who: str  # as everybody reads it; "=" is the agency's own name, "" nobody
    says: str  # on the six-step page
    stage: str  # in the report
    filter: str = ""  # of the queue


# What the agency reads, the desk, the queue and the report must agree on.
CASES = [
    Case("Ash", lambda m: m, MANAGER, "Read and confirm", "No application yet"),
    Case("Birch", lambda m: m.confirmed(), MANAGER, "name the person who may sign", "No application yet"),
    Case(
        "Cedar", lambda m: m.confirmed().mou("declined", reason="Clause 4 is unclear").application("draft"),
        MANAGER, "Sidney Signatory declined to sign the MOU: Clause 4 is unclear.", "Filling in the application", "agency",
    ),
    Case(
        "Dogwood", lambda m: m.confirmed().mou("issued").application("draft", complete=False),
        "=", "The MOU is with Sidney Signatory for signature", "Filling in the application", "agency",
    ),
    Case(
        "Elm", lambda m: m.confirmed().mou("issued").application("draft"),
        SIGNATORY, "It can be sent once the MOU is signed", "Filling in the application", "agency",
    ),
    Case(
        "Fir", lambda m: m.confirmed().mou("signed").application("draft"),
        MANAGER, "Check it and send both", "Filling in the application", "agency",
    ),
    Case(
        "Gum", lambda m: m.confirmed().mou("signed").application("submitted"),
        ADMIN, "waits to be read", "Waiting for review", "hmis",
    ),
    Case(
        "Hazel", lambda m: m.confirmed().mou("signed").application("in_review"),
        REVIEWER, "is being read", "In review", "hmis",
    ),
    Case(
        "Ironwood", lambda m: m.confirmed().mou("signed").application("changes_requested").remark(),
        "=", "asks for changes", "Changes requested", "agency",
    ),
    Case(
        "Juniper", lambda m: m.confirmed().mou("issued").application("changes_requested"),
        SIGNATORY, "can be sent again once the MOU is signed", "Changes requested", "agency",
    ),
    Case(
        "Katsura", lambda m: m.confirmed().mou("signed").application("approved"),
        LEAD, "now counter-signs", "Approved, MOU to be counter-signed", "lead",
    ),
    Case("Larch", lambda m: m.agreed("ready", "not_ready"), STAFF, "completes training", "In training"),
    Case(
        "Maple", lambda m: m.agreed("ready", "ready").condition(),
        "=", "this is still to be done: Lock the server room", "Ready, a condition holds up the go-live",
    ),
    Case(
        "Nutmeg", lambda m: m.agreed("ready", "ready").condition(reported=True),
        ADMIN, "You reported as done", "Ready, a condition holds up the go-live",
    ),
    Case("Oak", lambda m: m.agreed("ready", "ready").is_("live"), ADMIN, "makes the accounts", "Live"),
    Case(
        "Pine", lambda m: m.agreed("granted", "not_ready").is_("live"),
        NOBODY, "1 person on your roster is not ready", "Live",
    ),
    Case(
        "Quince", lambda m: m.confirmed().application("declined", reason="Serves no one yet"),
        NOBODY, "The application was declined", "Declined",
    ),
    Case(
        "Redbud", lambda m: m.confirmed().mou("voided", void_kind="left").application("submitted").is_("left"),
        NOBODY, "This agency has left the HMIS", "Left the HMIS",
    ),
]  # fmt: skip


def panel(client: Any, name: str, agency: Agency) -> str:
    text = client.get(reverse(f"onboarding:{name}", args=[agency.pk])).text
    found = re.search(r'<section class="turn.*?</section>', text, re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.group(0))).split()) if found else ""


def test_every_page_and_list_gives_the_same_answer_for_the_same_agency(
    cast: Cast, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    made = {case.name: Maker(cast, case.name) for case in CASES}
    for case in CASES:
        case.make(made[case.name])
    director, coordinator, admin = (
        client_of(cast.person(kind)) for kind in ("director", "coordinator", "admin")
    )
    facts = gather_all(one.agency for one in made.values())
    for case in CASES:
        agency = made[case.name].agency
        who = agency.name if case.who == "=" else case.who
        turn = whose_turn.of_agency(facts[agency.pk])
        assert turn == whose_turn.of_agency(gather(agency))
        assert turn.who == who, case
        # the six-step page, for each reader
        mine = {"director": who in (MANAGER, agency.name), "coordinator": who == agency.name}
        for kind, client in (("director", director), ("coordinator", coordinator)):
            text = panel(client, "journey", agency)
            assert case.says in text, (case, text)
            assert ("It is your turn" in text) == mine[kind], (case, kind, text)
            assert (f"It is the turn of {who}" in text) == bool(who and not mine[kind]), (case, kind, text)
        # the MOU's page, where the MOU is not itself with the signatory
        if made[case.name].agency.mous.filter(state="issued").exists():
            assert f"It is the turn of {SIGNATORY}" in panel(coordinator, "mou", agency)
            assert (SIGNATORY in turn.text) == (who != SIGNATORY), case
        elif text := panel(coordinator, "mou", agency):
            assert ("It is your turn" in text) == mine["coordinator"], (case, text)
            assert (f"It is the turn of {who}" in text) == bool(who and not mine["coordinator"]), (case, text)
            assert "Finish the application" not in text, case  # where it is signed, all are complete
        assert whose_turn.of_agency(gather(agency)).yours == (turn.holder in (Holder.MANAGER, Holder.EDITOR))
    _the_queue(cast, admin, made, facts)
    _the_desk(made)
    today = timezone.localdate()
    counting.count()
    stages = {stage.title: stage.count for stage in pipeline.stages(counting.of(Narrowing(today, today)))}
    for title in {case.stage for case in CASES}:
        extra = 2 if title == "No application yet" else 0  # the cast's own two
        assert stages[title] == sum(case.stage == title for case in CASES) + extra, title


def _the_queue(cast: Cast, admin: Any, made: dict[str, Maker], facts: Any) -> None:
    """The column, the review page and each filter."""
    queue = reverse("admin:onboarding_application_changelist")
    rows = {
        row.agency_id: row.turn_words for row in admin.get(queue, {"turn": "all"}).context["cl"].result_list
    }
    for case in CASES:
        agency = made[case.name].agency
        if agency.pk not in rows:
            continue
        alone = {
            "=": agency.name,
            NOBODY: "Nobody",
            MANAGER: "The agency’s manager",
            STAFF: "The agency’s staff",
        }
        who = alone.get(case.who, case.who)
        assert rows[agency.pk].split(", by ")[0] == who, case
    review = admin.get(reverse("admin:onboarding_application_review", args=[made["Katsura"].one.pk])).text
    assert f"<dd>{LEAD}</dd>" in review
    for name in ("hmis", "agency", "lead"):
        found = {row.agency.legal_name for row in admin.get(queue, {"turn": name}).context["cl"].result_list}
        assert found == {case.name for case in CASES if case.filter == name}, name
        for one in found:
            holder = whose_turn.of_agency(facts[made[one].agency.pk]).holder
            assert holder in {"hmis": (Holder.ADMIN,), "agency": OF_AGENCY, "lead": (Holder.LEAD,)}[name]


def _the_desk(made: dict[str, Maker]) -> None:
    admin = made["Hazel"].cast.admin  # who reviews it
    lines = {
        name: {words for line in on_the_desk(rows, admin) for words in (line.text, line.detail)}
        for name, rows in (
            ("waiting", reviews.unassigned()), ("in_review", reviews.mine()),
            ("lead", lists.to_counter_sign(renamed.now())), ("conditions", lists.conditions_due()), ("accounts", lists.accounts_to_create()),
        )
    }  # fmt: skip
    assert lines["waiting"] & set(made) == {"Gum"}
    assert lines["in_review"] & set(made) == {"Hazel"}
    assert lines["lead"] & set(made) == {"Katsura"}
    assert lines["accounts"] & set(made) == {"Oak"}
    assert "holds up the go-live of Maple, IT" in lines["conditions"]
    assert "reported as done, holds up the go-live of Nutmeg, IT" in lines["conditions"]


def test_mails_say_what_the_pages_say(cast: Cast) -> None:
    """An idle draft is not told to go on with a complete application, and nobody is told twice whose turn it is."""
    long_ago = timezone.now() - dt.timedelta(days=8)
    made = {
        name: Maker(cast, name).confirmed()
        for name in ("Signed", "With the signatory", "Incomplete", "Changes")
    }
    made["Signed"].mou("signed").application("draft", touched_at=long_ago)
    made["With the signatory"].mou("issued").application("draft", touched_at=long_ago)
    made["Incomplete"].mou("signed").application("draft", complete=False, touched_at=long_ago)
    soon = timezone.localdate() + dt.timedelta(days=3)
    made["Changes"].mou("voided", void_kind="error", reason="The wrong name").application(
        "changes_requested", answer_by=soon
    )
    reminders.idle_drafts()
    reminders.answers_due()
    mails = {message.agency_id: message for message in Message.objects.filter(user=cast.director)}
    told = {name: mails.get(one.agency.pk) for name, one in made.items()}
    assert told["With the signatory"] is None  # it is the signatory's turn: the reminders go there
    for name in ("Signed", "Incomplete", "Changes"):
        message, turn = told[name], whose_turn.of_agency(gather(made[name].agency))
        assert message is not None
        assert turn.text in message.body_text, name
    assert "Check it and send both" in told["Signed"].body_text  # type: ignore[union-attr]
    assert "Go on with the application" not in told["Signed"].body_text  # type: ignore[union-attr]
    assert "The wrong name" in told["Changes"].body_text  # type: ignore[union-attr]


def test_an_agency_that_is_live_stays_so_when_somebody_joins_or_everybody_is_suspended(cast: Cast) -> None:
    maker = Maker(cast, "Live")
    maker.agreed("granted").is_("live")
    for change in (
        lambda: maker.people("not_ready"),
        lambda: maker.people("ready"),
        lambda: Access.objects.update(
            state=Access.State.SUSPENDED, granted_at=timezone.now(), granted_by=cast.admin
        ),
    ):
        change()
        found = Journey(gather(maker.agency))
        assert found.done == (True,) * 6
        assert found.turn.holder == Holder.NOBODY
        assert found.turn.heading == "All six steps are done"


def test_a_declined_mou_stands_on_the_six_steps(cast: Cast, client_of: Any) -> None:
    maker = (
        Maker(cast, "Declined").confirmed().mou("declined", reason="Clause 4 is unclear").application("draft")
    )
    row = Journey(gather(maker.agency)).tasks[1]
    assert (row.status_kind, row.status_text) == ("problem", "There is a problem")
    assert row.hint == "Sidney Signatory declined to sign the MOU: Clause 4 is unclear."
    page = client_of(cast.director).get(reverse("onboarding:application", args=[maker.agency.pk]))
    assert row.hint in page.text


def test_a_new_wording_of_the_requirements_does_not_throw_an_agency_back(cast: Cast) -> None:
    maker = Maker(cast, "Live").agreed("granted").is_("live")
    RequirementText.objects.create(requirement="training", version=2, text="More")
    found = Journey(gather(maker.agency))
    assert found.done == (True,) * 6
    assert [line.title for line in found.owed] == ["Confirm the requirements"]
    assert (found.turn.holder, found.turn.page) == (Holder.MANAGER, "onboarding:confirm_requirements")


def test_a_renewal_under_way_says_with_whom_it_is(cast: Cast) -> None:
    maker = Maker(cast, "Live").agreed("granted").is_("live")
    before = Mou.objects.get(agency=maker.agency)
    Mou.objects.filter(pk=before.pk).update(term_ends_on=timezone.localdate() + dt.timedelta(days=30))
    assert Journey(gather(maker.agency)).owed[0].who == MANAGER
    maker.mou("issued", successor_of=before)
    assert Journey(gather(maker.agency)).owed[0].who == SIGNATORY
    Mou.objects.filter(successor_of=before).update(state="signed", signed_at=timezone.now())
    assert Journey(gather(maker.agency)).owed[0].status_text == f"Turn of {LEAD}"


def test_the_queue_asks_as_much_for_twelve_drafts_as_for_two(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.admin)
    queue = reverse("admin:onboarding_application_changelist") + "?turn=all"
    costs = []
    for names in (("a", "b"), [f"c{number}" for number in range(10)]):
        for name in names:
            Maker(cast, name).confirmed().mou("issued").application("draft")
        client.get(queue)
        with CaptureQueriesContext(connection) as queries:
            client.get(queue)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 20
    assert Application.objects.count() == 12


def test_an_mou_in_another_name_is_the_same_one_s_turn_everywhere(cast: Cast, client_of: Any) -> None:
    requirements.confirm(agency=cast.agency, by=cast.director, texts=requirements.current_texts())
    mou = issue_mou(cast)
    Agency.objects.filter(pk=cast.agency.pk).update(legal_name="Harbor Homes, Inc.", common_name="")
    cast.agency.refresh_from_db()
    director, coordinator = client_of(cast.director), client_of(cast.coordinator)
    for name in ("journey", "mou"):
        assert "It is your turn" in panel(director, name, cast.agency)
        text = panel(coordinator, name, cast.agency)
        assert f"It is the turn of {MANAGER}" in text
        assert "its legal name is now “Harbor Homes, Inc.”" in text
    page = director.get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert page.count("its legal name is now “Harbor Homes, Inc.”") == 1
    Mou.objects.filter(pk=mou.pk).update(state="signed", signed_at=timezone.now())
    make_application(
        cast.agency, by=cast.director, state="approved", decided_at=timezone.now(), decided_by=cast.admin
    )
    for name in ("journey", "mou"):
        assert f"It is the turn of {ADMIN}" in panel(director, name, cast.agency)
    admin, queue = client_of(cast.admin), reverse("admin:onboarding_application_changelist")

    def listed(whose: str) -> list[str]:
        return [row.turn_words for row in admin.get(queue, {"turn": whose}).context["cl"].result_list]

    assert [listed(whose) for whose in ("all", "hmis", "agency", "lead")] == [[ADMIN], [ADMIN], [], []]
    names = renamed.now()
    assert not names.for_lead.exists()
    assert [line.detail for line in on_the_desk(lists.in_other_names(names))] == [
        "signed for “Harbor House, Inc.”"
    ]
    today = timezone.localdate()
    counting.count()
    counted = {stage.key: stage.count for stage in pipeline.stages(counting.of(Narrowing(today, today)))}
    assert (counted["renamed"], counted["approved"]) == (1, 0), "as many as the Lead's list holds"
    assert pipeline.at("renamed", Narrowing(today, today)).get() == cast.agency
    RecordProposal.objects.create(
        agency=cast.agency, what="legal_name", before={"legal_name": "Harbor House, Inc."}, after={"legal_name": "Harbor Homes, Inc."},
        effective_on=timezone.localdate(), proposed_by=cast.director, state="accepted", amends_mou=True,
        decided_by=cast.admin, decided_at=timezone.now(),
    )  # fmt: skip
    for name in ("journey", "mou"):
        assert "It is your turn" in panel(director, name, cast.agency)
    assert [listed(whose) for whose in ("hmis", "agency", "lead")] == [[], ["The agency’s manager"], []]
    assert not renamed.to_decide().exists()
