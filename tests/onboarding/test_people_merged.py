"""Two accounts of one person are made one: looked at first, nothing lost, refused where it would lie, done once."""

import datetime as dt
import threading

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agencies import permissions
from agencies.models import AgencyRole, Contact, Invitation, Person, Position, Staff, User
from agencies.services import invitations
from hmis_portal.models import AuditEvent, Message
from hmis_portal.signing.models import SignatureAct
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.effects import people
from onboarding.models import Access, Mou
from tests.factories import StaffFactory, UserFactory
from tests.racing import PATIENCE, at_once, until_somebody_waits
from training import selectors, services
from training.doors.attempts import Attempt
from training.doors.receiving import Kind, receive
from training.models import Completion, Course, Requirement, Session, UserAgreement
from training.papers import transcript
from training.services import merging
from training.services.sessions import give_back, sign_up
from training.services.sessions.locking import lock_people

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("in_november", "reference", "catalogue", "files_wait"),
]
DAY = dt.date(2026, 11, 2)


@pytest.fixture
def privacy():
    return Course.objects.get(slug="privacy-security")


@pytest.fixture
def old(cast, once):
    """Sasha's other account, from the other agency: listed, backup coordinator, editor, trained."""

    def make():
        services.open_training(cast.agency, cast.lead)
        services.open_training(cast.other_agency, cast.lead)
        old = UserFactory(first_name="Sasha", last_name="Staff", email="sasha@other.example")
        known = Person.objects.join(cast.other_agency, old)
        StaffFactory(
            agency=cast.other_agency,
            user=old,
            person=known,
            first_name="Sasha",
            last_name="Staff",
            email=old.email,
        )
        Contact.objects.create(agency=cast.other_agency, position=Position.BACKUP, person=known)
        permissions.grant(old, cast.other_agency, AgencyRole.EDITOR)
        services.open_training(cast.other_agency, cast.lead)
        return old

    return once(make)


def merge(cast, old, into=None):
    return people.merge(
        duplicate=old, into=into or cast.staff, by=cast.admin, reason="The same person, by phone"
    )


def record(cast, person, course, day=DAY, **more):
    return services.record_completion(
        services.Result(person=person, course=course, completed_on=day, score=90, **more), by=cast.trainer
    )


def test_it_is_looked_at_first_and_done_by_the_admin_alone(cast, old, privacy):
    record(cast, old, privacy)
    page = reverse("admin:onboarding_person_merge", args=[old.pk])
    admin = cast.client("admin")
    assert f'href="{page}"' in admin.get(reverse("admin:agencies_user_change", args=[old.pk])).text
    assert "Nobody here has this address" in admin.post(page, {"email": "nobody@x.example"}).text
    preview = admin.post(page, {"email": cast.staff.email.upper()}, follow=True)
    for words in (
        "This cannot be undone",
        "Completions",
        "Both are asked for “Privacy and security awareness”",
    ):
        assert words in preview.text
    address = f"{page}?into={cast.staff.pk}"
    assert "Enter the reason" in admin.post(address, {"reason": ""}).text
    assert not User.objects.exclude(merged_into=None).exists()
    for kind in ("lead", "trainer", "auditor"):
        assert cast.client(kind).post(address, {"reason": "x"}).status_code == 403
    done = admin.post(address, {"reason": "Called, one person"}, follow=True)
    assert "Sasha Staff goes on as" in done.text
    assert "was merged already" in admin.post(address, {"reason": "Again"}, follow=True).text
    assert (
        f"the person goes on as {cast.staff.email}"
        in admin.get(reverse("admin:agencies_user_change", args=[old.pk])).text
    )
    events = AuditEvent.objects.filter(verb="merged person")
    assert {(event.target_id, event.agency_id) for event in events} == {
        (str(cast.staff.pk), None), (str(old.pk), None), (str(cast.staff.pk), cast.other_agency.pk),
    }  # fmt: skip
    assert events.filter(agency_id=None)[0].data["moved"]["Lines of rosters"] == 1
    told = Message.objects.filter(name="agencies/people_merged")
    assert {message.user for message in told} == {cast.staff, cast.stranger}, (
        "the person, and who answers for people"
    )


def test_everything_goes_on_under_one_account_and_nothing_is_lost(cast, old, privacy):
    completion = record(cast, old, privacy).completion
    row = Requirement.objects.open().get(person=old, course=privacy)
    row.due_on, row.registered_on = dt.date(2026, 11, 25), DAY
    row.save()
    paper = services.upload_evidence(
        person=old, course=Course.objects.get(slug="hmis-basics"), data=b"%PDF-1.4", kind="pdf", filename="p.pdf",
        claimed_on=DAY, by=old,
    )  # fmt: skip
    letters = Message.objects.filter(user=old).count()
    assert letters
    line = Staff.objects.get(user=old)
    merge(cast, old)
    line.refresh_from_db()
    assert (line.user, line.left_on) == (cast.staff, None)
    assert permissions.roles(User.objects.get(pk=cast.staff.pk), cast.other_agency) == {AgencyRole.EDITOR}
    assert not permissions.memberships(User.objects.get(pk=old.pk))
    assert Contact.objects.get(agency=cast.other_agency, position=Position.BACKUP).person.user == cast.staff
    paper.refresh_from_db()
    assert paper.person == cast.staff
    assert Message.objects.filter(user=old).count() == 0
    assert Message.objects.filter(user=cast.staff).count() >= letters
    completion.refresh_from_db()
    assert completion.person == old, "a fact stays as it was recorded"
    item = next(
        item
        for item in selectors.items_of([cast.staff.pk])[cast.staff.pk]
        if item.requirement.course == privacy
    )
    assert item.status.in_force
    assert (item.requirement.due_on, item.requirement.registered_on) == (dt.date(2026, 11, 25), DAY)
    assert {reason.staff_id for reason in item.reasons} == {cast.staff_row.pk, line.pk}
    assert [shown.completion for shown in transcript.transcript(cast.staff)] == [completion]
    assert not Requirement.objects.open().filter(person=old).exists()
    waiting = UserAgreement.objects.get(staff=line, completion=None, replaced_at=None)
    assert [party.user for party in waiting.request.parties.all()] == [cast.staff]
    old.refresh_from_db()
    assert (old.merged_into, old.is_active) == (cast.staff, False)


def test_results_of_the_old_address_are_the_person_s_and_known_once(cast, old, privacy):
    came = Attempt(course=privacy.slug, email=old.email, completed_on=DAY, score=90)
    assert [one.kind for one in receive([came], door=None, by=cast.trainer)] == [Kind.RECORDED]
    merge(cast, old)
    assert [one.kind for one in receive([came], door=None, by=cast.trainer)] == [Kind.KNOWN]
    later = Attempt(course=privacy.slug, email=old.email, completed_on=dt.date(2026, 11, 3), score=95)
    assert [one.kind for one in receive([later], door=None, by=cast.trainer)] == [Kind.RECORDED]
    assert Completion.objects.latest("pk").person == cast.staff
    invitation = invitations.invite(
        agency=cast.agency, email=old.email, role=AgencyRole.EDITOR, by=cast.director, first_name="Sasha", last_name="Staff"
    )  # fmt: skip
    assert invitation.user == cast.staff


def test_a_certificate_of_the_old_account_is_the_person_s(cast, old, privacy, client_of):
    certificate = record(cast, old, privacy).completion.certificate
    page = reverse("training:certificate_pdf", args=[certificate.pk])
    assert client_of(cast.staff).get(page).status_code == 404
    merge(cast, old)
    assert client_of(cast.staff).get(page).status_code == 200


def test_two_lines_of_one_roster_become_one_and_the_other_account_is_to_be_closed(cast, old):
    twice = StaffFactory(agency=cast.agency, user=old, first_name="Sasha", last_name="Staff", email=old.email)
    Access.objects.update_or_create(
        staff=twice,
        defaults={
            "state": "granted",
            "account_name": "sstaff2",
            "granted_at": timezone.now(),
            "granted_by": cast.admin,
        },
    )
    conflicts = " ".join(people.look(old, cast.staff).conflicts)
    assert f"Both stand on the roster of {cast.agency.name}" in conflicts
    assert "“sstaff2” is put on the list of accounts to close" in conflicts
    merge(cast, old)
    twice.refresh_from_db()
    assert (twice.user, twice.left_on) == (cast.staff, timezone.localdate())
    assert Staff.objects.current().filter(user=cast.staff, agency=cast.agency).get() == cast.staff_row


def test_one_place_in_the_directory_and_one_seat_are_left(cast, old):
    course = Course.objects.get(slug="hdc-briefing")
    for person in (old, cast.staff):
        Requirement.objects.get_or_create(
            person=person,
            course=course,
            closed_on=None,
            defaults={"assigned_on": DAY, "due_on": dt.date(2026, 12, 31)},
        )
    known = Person.objects.join(cast.agency, old)
    kept = Person.objects.join(cast.agency, cast.staff)
    Contact.objects.filter(agency=cast.agency, position=Position.IT).delete()
    Contact.objects.create(agency=cast.agency, position=Position.IT, person=known)
    start = timezone.now() + dt.timedelta(days=5)
    session = Session.objects.create(
        course=course, starts_at=start, ends_at=start + dt.timedelta(hours=1), place="Hartford", capacity=3
    )
    sign_up(session, person=old)
    sign_up(session, person=cast.staff)
    day = dt.timedelta(days=1)
    later = Session.objects.create(
        course=course, starts_at=start + day, ends_at=start + day * 1.1, place="Hartford", capacity=1
    )
    give_back(sign_up(later, person=cast.staff), by=cast.staff)
    sign_up(later, person=old)
    invitations.invite(
        agency=cast.agency,
        email=old.email,
        role=AgencyRole.EDITOR,
        by=cast.director,
        first_name="Sasha",
        last_name="Staff",
    )
    merge(cast, old)
    assert Contact.objects.get(agency=cast.agency, position=Position.IT).person == kept
    assert session.signups.filter(state="booked").get().person == cast.staff
    assert later.signups.filter(state="booked").get().person == cast.staff, "the seat is not lost"
    assert Invitation.objects.get(agency=cast.agency, accepted_at=None, revoked_at=None).user == cast.staff


def signed(person, staff, name):
    party = UserAgreement.objects.get(staff=staff, completion=None, replaced_at=None).request.parties.get()
    SignatureAct.objects.create(
        party=party, user=person, legal_name=name, typed_name=name, statement="s", statement_sha256="0" * 64,
        text_sha256="0" * 64, file_sha256="0" * 64, signed_at=timezone.now(),
    )  # fmt: skip


def test_it_is_refused_where_two_people_signed_or_one_decided_for_the_other(cast, old, privacy):
    signed(old, Staff.objects.get(user=old), "Sasha Other")
    signed(cast.staff, cast.staff_row, "Sasha Staff")
    with pytest.raises(GuardFailed, match="two people signed"):
        merge(cast, old)
    third = UserFactory()
    services.record_completion(
        services.Result(person=third, course=privacy, completed_on=DAY, score=90), by=cast.coordinator
    )
    with pytest.raises(GuardFailed, match="two people did that"):
        merge(cast, third, cast.coordinator)
    for duplicate, into, words in (
        (third, third, "the same one"),
        (third, cast.admin, "work for the HMIS"),
        (cast.trainer, third, "work for the HMIS"),
        (third, UserFactory(is_active=False), "is closed"),
    ):
        with pytest.raises(GuardFailed, match=words):
            merge(cast, duplicate, into)
    assert not User.objects.exclude(merged_into=None).exists()


def test_an_mou_that_waits_for_the_old_account_is_signed_or_renamed_first(cast, old, fill):
    mou = Mou.objects.get(pk=fill("mou_of")["mou_id"])
    Mou.objects.filter(pk=mou.pk).update(signatory=old)
    assert people.against(cast.staff, old) == []
    with pytest.raises(GuardFailed, match=f"{mou.reference} waits for the signature of {old.email}"):
        merge(cast, old)


def test_who_was_merged_is_not_opened_again_and_takes_those_merged_before_along(cast, old):
    older = UserFactory(first_name="Sasha", last_name="Staff")
    merge(cast, older, old)
    merge(cast, old)
    older.refresh_from_db()
    assert older.merged_into == cast.staff
    reopened = cast.client("admin").post(
        reverse("admin:agencies_user_reopen", args=[old.pk]), {"reason": "x"}, follow=True
    )
    assert f"This person goes on as {cast.staff.email}." in reopened.text
    old.refresh_from_db()
    assert not old.is_active


@pytest.mark.django_db(transaction=True)
def test_two_admins_at_once_merge_once(cast, old, privacy):
    record(cast, old, privacy)
    results = at_once(lambda: merge(cast, old), lambda: merge(cast, old))
    assert sorted(type(one).__name__ for one in results) == ["User", WrongState.__name__]
    assert AuditEvent.objects.filter(verb="merged person", agency_id=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_who_signs_up_between_the_locks_of_a_merge_is_locked_with_it(cast, old, privacy, monkeypatch):
    """Otherwise the seat would be given back after the people were locked, against whoever locks the session first."""
    sessions = [session_of(privacy, days) for days in (5, 6)]
    sign_up(sessions[0], person=old)
    sign_up(sessions[1], person=cast.staff)
    asked, lock = [], merging.lock

    def lock_late(duplicate, into, places):
        if not asked:
            assert at_once(lambda: sign_up(sessions[1], person=old))[0].state == "booked"
        asked.append(list(places))
        return lock(duplicate, into, places)

    monkeypatch.setattr(merging, "lock", lock_late)
    merge(cast, old)
    assert asked == [[sessions[0].pk], [session.pk for session in sessions]]
    assert sessions[1].signups.get(state="booked").person == cast.staff


def session_of(course, days, **facts):
    start = timezone.now() + dt.timedelta(days=days)
    ends = start + dt.timedelta(hours=1)
    return Session.objects.create(course=course, starts_at=start, ends_at=ends, place="Hartford", **facts)


@pytest.mark.django_db(transaction=True)
def test_a_seat_is_given_away_while_its_two_holders_are_merged(cast, old, privacy):
    """Both lock sessions first, then people: neither waits for what the other holds."""
    session = session_of(privacy, 5, capacity=1)
    for person in (cast.staff, old):
        sign_up(session, person=person)
    session_locked = threading.Event()

    def give_away():
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=session.pk)
            session_locked.set()
            until_somebody_waits()
            return set(lock_people([old.pk, cast.staff.pk]))

    def merge_meanwhile():
        assert session_locked.wait(PATIENCE)
        return merge(cast, old)

    given, merged = at_once(give_away, merge_meanwhile)
    assert (given, merged) == ({old.pk, cast.staff.pk}, cast.staff)
    assert session.signups.get(state="booked").person == cast.staff
