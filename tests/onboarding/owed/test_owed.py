"""One list of what is owed: the same lines on the agency's pages and behind whose turn it is, in a flat number of queries."""

import html
import re

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Funder
from hmis_portal.models import AuditEvent, Message
from hmis_portal.signing.models import Party
from onboarding.admin.desk.owed import go_live_waits
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather, gather_all
from onboarding.journey.holder import Holder
from onboarding.journey.steps import Journey
from onboarding.models import Condition, Mou, RecordProposal
from onboarding.owed import calendar
from onboarding.owed.sources import lines_of
from tests.onboarding.helpers import on_the_desk
from tests.onboarding.journey.maker import ADMIN, LEAD, Maker
from tests.onboarding.owed.helpers import day, in_training, live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def lines(maker: Maker) -> dict[str, object]:
    return {line.title: line for line in lines_of(gather(maker.agency))}


def test_what_holds_up_the_go_live_comes_first_and_is_named_on_the_page(cast, client_of):
    maker = in_training(cast)
    found = lines_of(gather(maker.agency))
    assert [line.blocks for line in found] == [True, True, False]
    unready = next(line for line in found if line.kind == "person")
    assert unready.text == "Privacy is missing."
    assert found[2].title == "Invitation not accepted: new@maple.example"
    text = client_of(cast.coordinator).get(reverse("onboarding:owed", args=[maker.agency.pk])).text
    assert f"Your agency goes live when this is done: {found[0].title}; {found[1].title}." in " ".join(
        text.split()
    )
    six_steps = client_of(cast.director).get(reverse("onboarding:journey", args=[maker.agency.pk])).text
    for line in found:
        assert line.title in text
        assert line.title in six_steps
    condition = Condition.objects.get().pk
    report = reverse("onboarding:report_condition", args=[maker.agency.pk, condition])
    for kind, may in (("coordinator", True), ("auditor", False)):
        for name in ("owed", "journey"):
            read = (
                client_of(cast.person(kind)).get(reverse(f"onboarding:{name}", args=[maker.agency.pk])).text
            )
            assert (report in read) == may, (kind, name)
    assert client_of(cast.stranger).get(reverse("onboarding:owed", args=[maker.agency.pk])).status_code == 404


def test_the_desk_names_what_a_go_live_waits_for(cast, client_of):
    maker = in_training(cast)
    Mou.objects.filter(agency=maker.agency).update(executed_at=timezone.now())
    blocking = [line.title for line in lines_of(gather(maker.agency)) if line.blocks]
    (line,) = on_the_desk(go_live_waits())
    assert line.detail == "; ".join(blocking)
    desk = client_of(cast.admin).get(reverse("admin:index")).text
    assert line.detail in html.unescape(desk)
    assert client_of(cast.admin).get(line.url).status_code == 200


def test_a_live_agency_owes_what_ends_and_reads_its_next_thing(cast):
    maker = live(cast)
    found = lines(maker)
    assert list(found) == [
        "Lock the server room",
        next(title for title in found if title.startswith("A grant ends:")),
        "Renew the MOU",
        next(title for title in found if title.startswith("Make the account:")),
    ]
    assert found["Lock the server room"].late
    turn = whose_turn.of_agency(gather(maker.agency))
    assert turn.text.startswith("Lock the server room.")
    assert (turn.holder, turn.by) == (Holder.EDITOR, day(-2))
    assert Journey(gather(maker.agency)).done == (True,) * 6
    Condition.objects.all().delete()
    Funder.objects.all().delete()
    assert whose_turn.of_agency(gather(maker.agency)).text.startswith("Renew the MOU.")


def test_a_renewal_is_the_same_one_s_turn_on_the_six_steps_the_mou_and_the_queue(cast, client_of):
    maker = Maker(cast, "Live").agreed("granted").is_("live")
    before = Mou.objects.get(agency=maker.agency)
    Mou.objects.filter(pk=before.pk).update(term_ends_on=day(30))
    maker.mou("signed", successor_of=before)
    after = Mou.objects.get(successor_of=before)
    turn = whose_turn.of_agency(gather(maker.agency))
    assert (turn.holder, turn.who) == (Holder.LEAD, LEAD)
    page = client_of(cast.director).get(reverse("onboarding:journey", args=[maker.agency.pk])).text
    assert f"It is the turn of {LEAD}" in page
    queue = client_of(cast.admin).get(reverse("admin:onboarding_application_changelist"), {"turn": "all"})
    assert [row.turn_words.split(", by")[0] for row in queue.context["cl"].result_list] == [LEAD]
    leads = client_of(cast.lead).get(reverse("onboarding:journey", args=[maker.agency.pk])).text
    assert reverse("admin:onboarding_mou_counter_sign", args=[after.pk]) in leads
    Party.objects.create(request=after.request, role="agency", position=1, label=maker.agency.legal_name)
    Agency.objects.filter(pk=maker.agency.pk).update(legal_name="Live Anew, Inc.")
    maker.agency.refresh_from_db()

    def turns():
        facts = gather(maker.agency)
        return whose_turn.of_agency(facts).holder, whose_turn.of_mou(after, facts, cast.director).holder

    after.refresh_from_db()
    assert turns() == (Holder.ADMIN, Holder.ADMIN)
    RecordProposal.objects.create(
        agency=maker.agency, what="legal_name", before={"legal_name": "Live"}, after={"legal_name": "Live Anew, Inc."},
        effective_on=day(0), proposed_by=cast.director, state="accepted", amends_mou=True,
        decided_by=cast.admin, decided_at=timezone.now(),
    )  # fmt: skip
    assert turns() == (Holder.MANAGER, Holder.MANAGER)


def test_a_reported_condition_waits_for_the_hmis_admin_everywhere(cast):
    maker = Maker(cast, "Nutmeg").agreed("ready", "ready").condition(reported=True)
    line = lines(maker)["Lock the server room"]
    assert (line.holder, line.who, line.status_text) == (Holder.ADMIN, ADMIN, f"Turn of {ADMIN}")
    assert whose_turn.of_agency(gather(maker.agency)).who == ADMIN


def test_nobody_owes_anything_for_an_agency_that_left(cast):
    maker = in_training(cast).is_("left")
    assert lines(maker) == {}


def test_the_lists_of_ten_agencies_cost_what_that_of_two_does(cast):
    def asked(makers):
        with CaptureQueriesContext(connection) as queries:
            for facts in gather_all([maker.agency for maker in makers]).values():
                assert lines_of(facts)
        return len(queries)

    makers = [in_training(cast, "a"), live(cast, "b")]
    asked(makers)
    two = asked(makers)
    makers += [
        make(cast, f"{make.__name__[:2]}{number}") for number in range(4) for make in (in_training, live)
    ]
    assert asked(makers) == two <= 22


def test_a_line_is_given_to_a_colleague_who_is_told_and_reminded_once_a_day(cast, client_of):
    maker = in_training(cast)
    line = next(one for one in lines_of(gather(maker.agency)) if one.kind == "condition")
    give = reverse("onboarding:assign_owed", args=[maker.agency.pk, line.key])
    director = client_of(cast.director)
    assert "Chris Coordinator" in director.get(give).text
    director.post(give, {"person": cast.coordinator.pk})
    director.post(give, {"person": cast.coordinator.pk})
    told = Message.objects.get(name="onboarding/owed_assigned", user=cast.coordinator)
    assert "Lock the server room" in told.body_text
    page = reverse("onboarding:owed", args=[maker.agency.pk])
    assert "Chris Coordinator has it." in director.get(page).text
    remind = reverse("onboarding:remind_owed", args=[maker.agency.pk, line.key])
    assert "Reminded: Chris Coordinator." in director.post(remind, follow=True).text
    assert (
        "Reminded earlier today: Chris Coordinator." in client_of(cast.admin).post(remind, follow=True).text
    )
    message = Message.objects.get(name="onboarding/owed_reminder", user=cast.coordinator)
    assert "Lock the server room" in message.body_text
    assert AuditEvent.objects.filter(verb="reminded of what is owed").count() == 1
    gone = reverse("onboarding:remind_owed", args=[maker.agency.pk, "condition-0"])
    assert director.post(gone).status_code == 404
    director.post(give, {"person": ""})
    assert "has it." not in director.get(page).text
    client_of(cast.admin).post(remind)  # given to nobody, it is the manager's
    assert Message.objects.filter(name="onboarding/owed_reminder", user=cast.director).count() == 1


def test_a_calendar_holds_the_days_of_a_person_under_fixed_names_until_it_is_revoked(cast, client_of, client):
    maker = live(cast)
    director = client_of(cast.director)
    page = reverse("onboarding:my_calendar")
    director.post(page, {"make": ""})
    address = re.search(r"http\S+\.ics", director.get(page).text)[0].partition("//")[2].partition("/")[2]

    def events():
        answer = client.get(f"/{address}")
        assert answer["Content-Type"].startswith("text/calendar")
        return {str(row["UID"]): row for row in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}

    found = events()
    key = f"condition-{Condition.objects.get().pk}-{maker.agency.pk}@"
    mine = next(row for uid, row in found.items() if uid.startswith(key))
    assert (str(mine["SUMMARY"]), mine["DTSTART"].dt) == ("Lock the server room (Live)", day(-2))
    assert {str(row["SUMMARY"]).partition(":")[0] for row in found.values()} == {
        "Lock the server room (Live)", "A grant ends", "Renew the MOU (Live)",
    }  # fmt: skip
    assert events().keys() == found.keys()
    assert [line.title for line in calendar.lines_for(cast.signatory)] == []
    director.post(page, {"make": ""})
    assert client.get(f"/{address}").status_code == 404  # the one before
    address = re.search(r"http\S+\.ics", director.get(page).text)[0].partition("//")[2].partition("/")[2]
    assert events()
    director.post(page, {"revoke": ""})
    assert client.get(f"/{address}").status_code == 404
