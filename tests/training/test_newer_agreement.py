"""A newer user agreement is to be signed by a day: asked of the people of some agencies, once each, and until then the old one holds."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import Message, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.signing.agreeing import requests, revisions, text_versions
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.signing.models import Revision
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.mou import publishing
from tests.cast import remember_second_factor
from tests.factories import StaffFactory, UserFactory
from tests.mou import consent, read_all
from tests.payloads import signature
from tests.racing import at_once
from tests.what_if import sent_after_reading
from training import selectors, services
from training.models import Course, Notice, Requirement, UserAgreement
from training.papers import agreement
from training.requirements import reminders


def ahead(days):
    return timezone.localdate() + dt.timedelta(days=days)


def draft_of(number=2):
    body = text_versions.current("user_agreement").body
    return text_versions.save_draft("user_agreement", number, f"{body}\nVersion {number}.\n")


def publish(cast, by, agencies=None, number=2):
    publishing.publish(draft_of(number), by=cast.admin, who=WhoSigns(by, agencies))


def sign(staff):
    waiting = agreement.open_agreement(staff) or services.prepare_agreement(staff, by=staff.user)
    revisions.make(str(waiting.request_id), Revision.CERTIFIED)
    party = requests.party(waiting.request, agreement.ROLE)
    consent(party, staff.user)
    read_all(party, staff.user)
    services.sign_agreement(waiting, by=staff.user, signature=signature(party, legal_name=staff.name))


def item(cast):
    return selectors.agreement_item(cast.staff_row)


@pytest.fixture
def one_signed(to_sign, reference, once):
    """One person has signed, and one has not yet."""
    cast = to_sign

    def make():
        StaffFactory(agency=cast.agency, user=UserFactory(), first_name="Nora", last_name="New")
        services.assign(staff=cast.agency.staff.get(last_name="New"), by=None)
        sign(cast.staff_row)

    once(make)
    return cast


@pytest.mark.django_db
def test_from_the_publishing_page_to_the_signature(one_signed, client_of):
    cast, by, draft = one_signed, ahead(45), draft_of()
    admin = client_of(cast.admin)
    remember_second_factor(admin, cast.admin)
    page = reverse("admin:signing_text_publish", args=[draft.pk])
    assert "Whoever has not signed this version by then loses access" in admin.get(page).text
    day = {"by_month": str(by.month), "by_day": str(by.day), "by_year": str(by.year)}
    sent_after_reading(
        admin,
        page,
        {"signers": "chosen", "agencies": [str(cast.agency.pk)], "read": "on", "reason": "New law", **day},
    )
    own_due = Requirement.objects.get(staff__last_name="New", closed_on=None).due_on
    asking.grant(PowerRequest.objects.get(), by=UserFactory(groups=("HMIS Admin",)))
    assert item(cast).sentence == f"A newer version is asked of you by {date_words(by)}."
    assert item(cast).status.in_force
    asked = Requirement.objects.open().filter(text=draft)
    assert dict(asked.values_list("staff__last_name", "due_on")) == {"Staff": by, "New": own_due}

    progress = reverse("admin:signing_text_progress", args=[draft.pk])
    assert "0 of 2 have signed." in admin.get(progress).text
    assert (
        b"Prepare the agreement"
        in client_of(cast.staff).get(reverse("training:agreement", args=[cast.staff_row.pk])).content
    )
    sign(cast.staff_row)
    assert UserAgreement.objects.filter(staff=cast.staff_row, completion__isnull=False).count() == 2
    assert item(cast).status.state == "valid"
    rows = list(csv.reader(io.StringIO(admin.get(progress, {"csv": "1"}).getvalue().decode("utf-8-sig"))))
    agency, today = cast.agency.name, timezone.localdate().isoformat()
    assert rows[1:] == [
        [agency, "Nora New", own_due.isoformat(), "", "Not signed yet"],
        [agency, "Sasha Staff", by.isoformat(), today, "Signed"],
    ]
    (row,) = admin.get(progress, {"by": "agency"}).context["asked"].agencies
    assert (row["agency_name"], row["signed"], row["open"]) == (agency, 1, 1)
    shown = admin.get(progress, {"agency": str(cast.agency.pk), "state": "signed"}).context["asked"].shown
    assert [row["person_name"] for row in shown] == ["Sasha Staff"]
    assert admin.get(progress, {"agency": "x' or 1", "state": "?", "page": "-1"}).status_code == 200


@pytest.mark.django_db
def test_what_was_signed_holds_until_the_day_is_over_in_new_york(one_signed, time_machine):
    cast, by = one_signed, ahead(20)
    publish(cast, by)
    for clock, holds in (("03:30", True), ("05:30", False)):  # 10:30 pm of that day, and 12:30 am of the next
        time_machine.move_to(f"{by + dt.timedelta(days=1)}T{clock}:00Z")
        assert (timezone.localdate() == by) == holds
        assert (item(cast).status.in_force, item(cast).status.holds) == (holds, holds)
    sign(cast.staff_row)
    assert item(cast).status.in_force


@pytest.mark.django_db
def test_agencies_that_were_not_chosen_are_left_alone(one_signed):
    cast = one_signed
    publish(cast, ahead(20), frozenset({cast.other_agency.pk}))
    assert not Requirement.objects.exclude(text=None).exists()
    assert item(cast).status.state == "valid"
    publish(cast, ahead(20), number=3)  # and now everybody
    assert Requirement.objects.get(pk=item(cast).requirement.pk).text.number == 3


@pytest.mark.django_db
def test_the_ladder_reminds_of_the_newer_text(one_signed, time_machine):
    cast, begin = one_signed, timezone.now()
    publish(cast, ahead(45))
    told = Notice.objects.filter(requirement=item(cast).requirement.pk)
    for days, count in ((1, 0), (15, 1), (31, 2), (38, 3), (44, 4), (46, 5)):
        time_machine.move_to(begin + dt.timedelta(days=days))
        reminders.send_all()
        reminders.send_all()
        assert told.count() == count, days
    assert Message.objects.filter(user=cast.staff, name__startswith="training/").exists()


@pytest.mark.django_db
def test_who_leaves_meanwhile_is_no_longer_asked(one_signed, client_of):
    cast = one_signed
    publish(cast, ahead(20))
    services.close_training(cast.agency, by=cast.admin, reason="The agency leaves")
    page = client_of(cast.auditor).get(
        reverse("admin:signing_text_progress", args=[text_versions.current("user_agreement").pk])
    )
    assert page.context["asked"].counts == {"open": 0, "over": 0, "signed": 0, "gone": 2}


@pytest.mark.django_db
def test_it_costs_the_same_for_many_people(one_signed, client_of):
    cast = one_signed

    def queries(act):
        with CaptureQueriesContext(connection) as found:
            act()
        return len(found)

    two = queries(lambda: publish(cast, ahead(20)))
    for _ in range(8):
        services.assign(staff=StaffFactory(agency=cast.agency, user=UserFactory()), by=None)
    assert queries(lambda: publish(cast, ahead(30), number=3)) <= two
    assert Requirement.objects.open().filter(text__number=3).count() == 10


@pytest.mark.django_db
def test_the_page_of_the_course_leads_to_the_text(one_signed):
    course = Course.objects.get(passes_with="signature")
    with pytest.raises(GuardFailed, match="Publish a newer text"):
        services.ask_newer_version(course, by=one_signed.admin, due_on=ahead(20), reason="x")


@pytest.mark.django_db(transaction=True)
def test_published_twice_while_one_signs(cast, catalogue, commits):
    """Everybody is asked once; a signature of that moment is of the text that was read, never of the newer version."""
    with commits():
        services.open_training(cast.agency, cast.lead)
    sign(cast.staff_row)
    waiting = services.prepare_agreement(cast.staff_row, by=cast.staff)
    party = requests.party(waiting.request, agreement.ROLE)
    consent(party, cast.staff)
    read_all(party, cast.staff)
    given = signature(party, legal_name=cast.staff_row.name)
    draft, who = draft_of(), WhoSigns(ahead(20))

    def once_more():
        return publishing.publish(draft, by=cast.admin, who=who)

    found = at_once(
        once_more, once_more, lambda: services.sign_agreement(waiting, by=cast.staff, signature=given)
    )
    assert sorted(type(one).__name__ for one in found[:2]) == ["WrongState", "int"], found
    assert isinstance(found[2], WrongState) or found[2].version == 1, found
    assert Requirement.objects.open().filter(staff=cast.staff_row, text=draft).count() == 1
    assert Course.objects.get(passes_with="signature").version == 2
    assert selectors.agreement_item(cast.staff_row).status.state == "renew_by"
