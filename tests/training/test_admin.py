"""The trainers' desk: each act by those who may, refused to the rest, through the services."""

import datetime as dt

import pytest
from django.urls import reverse

from hmis_portal.models import AuditEvent, WhatIf
from hmis_portal.what_if import trying
from tests.factories import StaffFactory, UserFactory
from tests.what_if import sent_after_reading
from training import services
from training.models import Completion, CourseRule, Evidence, Requirement, Waiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
DAY = dt.date(2026, 11, 2)
HMIS = ["admin", "lead", "trainer", "auditor"]
AGENCY = ["director", "coordinator", "signatory", "staff", "stranger"]


@pytest.fixture
def done(opened, course):
    return services.record_completion(
        services.Result(person=opened.staff, course=course, completed_on=DAY, score=90), by=opened.trainer
    ).completion


@pytest.fixture
def proof(opened, course):
    return services.upload_evidence(
        person=opened.staff,
        course=course,
        data=b"%PDF-1.4",
        kind="pdf",
        filename="proof.pdf",
        claimed_on=DAY,
        by=opened.staff,
    )


def row_of(cast, course, person="staff"):
    return Requirement.objects.get(person=cast.person(person), course=course)


def test_a_trainer_records_several_people_at_once(opened, course):
    client = opened.client("trainer")
    ids = [row_of(opened, course, who).pk for who in ("staff", "coordinator")]
    listed = reverse("admin:training_requirement_changelist")
    answer = client.post(listed, {"action": "record_selected", "_selected_action": ids})
    assert "record/?ids=" in answer.url
    page = client.get(answer.url).content.decode()
    assert "Score (percent): Sasha Staff" in page
    keys = [f"{opened.person(who).pk}:{course.pk}" for who in ("staff", "coordinator")]
    answer = client.post(
        answer.url,
        {"completed_on": "2026-11-02", "row": keys, f"{keys[0]}-score": "85", f"{keys[1]}-score": "70"},
        follow=True,
    )
    assert b"1 completion recorded." in answer.content
    assert b"1 attempt was not passed." in answer.content
    assert {(one.person, one.passed, one.recorded_by) for one in Completion.objects.all()} == {
        (opened.staff, True, opened.trainer), (opened.coordinator, False, opened.trainer),
    }  # fmt: skip
    assert AuditEvent.objects.filter(verb="completion recorded", actor=opened.trainer).count() == 2


def test_all_of_153_selected_are_recorded_and_who_is_left_out_is_said(opened, course):
    people = [UserFactory() for _ in range(152)]
    Requirement.objects.bulk_create(
        Requirement(person=person, course=course, assigned_on=DAY, due_on=DAY) for person in people
    )
    client = opened.client("trainer")
    listed = reverse("admin:training_requirement_changelist") + f"?course__id__exact={course.pk}"
    ids = [*Requirement.objects.filter(course=course).values_list("pk", flat=True)]
    agreement = Requirement.objects.get(person=opened.staff, course__slug="user-agreement")
    sent = {"action": "record_selected", "_selected_action": ids[:1], "select_across": "1"}
    page = client.post(listed, sent, follow=True)
    assert page.text.count('name="row"') == len(ids)
    assert len(ids) > 153
    assert "that you selected are listed" not in page.text
    both = reverse("admin:training_completion_record") + f"?ids={ids[0]},{agreement.pk}"
    assert "1 of the 2 that you selected are listed" in client.get(both).text
    Requirement.objects.bulk_create(
        Requirement(person=UserFactory(), course=course, assigned_on=DAY, due_on=DAY) for _ in range(300)
    )
    assert "Select 400 or fewer" in client.post(listed, sent, follow=True).text


def test_the_agreement_is_not_recorded_by_hand(opened):
    row = Requirement.objects.get(person=opened.staff, course__slug="user-agreement")
    answer = opened.client("trainer").get(
        reverse("admin:training_completion_record") + f"?ids={row.pk}", follow=True
    )
    assert b"signed by themselves" in answer.content


MAY = {
    "completion_record": {"admin", "trainer"},
    "completion_void": {"admin"},
    "waiver_grant": {"admin"},
    "evidence_decide": {"admin", "trainer"},
    "course_newer_version": {"admin"},
}
LISTS = ["course", "requirement", "completion", "waiver", "evidence", "certificate", "useragreement"]


def test_each_act_is_for_those_who_may_and_every_list_for_the_hmis_staff(opened, course, done, proof):
    args = {"completion_void": [done.pk], "evidence_decide": [proof.pk], "course_newer_version": [course.pk]}
    for kind in HMIS + AGENCY:
        client = opened.client(kind)
        for name, allowed in MAY.items():
            url = reverse(f"admin:training_{name}", args=args.get(name, []))
            statuses = client.get(url).status_code, client.post(url, {}).status_code
            if kind in allowed:
                assert statuses == (200, 200), (kind, name)
            else:
                assert set(statuses) <= ({403} if kind in HMIS else {302, 403}), (kind, name)
        for name in LISTS:
            status = client.get(reverse(f"admin:training_{name}_changelist")).status_code
            assert (status == 200) == (kind in HMIS), (kind, name)
    assert Completion.objects.count() == 1


def test_only_the_admin_changes_courses(opened, course):
    url = reverse("admin:training_course_change", args=[course.pk])
    for kind in ("lead", "trainer", "auditor"):
        client = opened.client(kind)
        assert client.get(url).status_code == 200
        assert client.post(url, {"title": "x"}).status_code == 403


def test_facts_cannot_be_changed_or_deleted_by_anyone(opened, done):
    client = opened.client("admin")
    for page in ("change", "delete"):
        url = reverse(f"admin:training_completion_{page}", args=[done.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:training_completion_add")).status_code == 403


def test_voiding_asks_why(opened, done):
    client = opened.client("admin")
    url = reverse("admin:training_completion_void", args=[done.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Wrong person"}).status_code == 302
    assert done.void.reason == "Wrong person"
    assert b"already voided" in client.post(url, {"reason": "Again"}, follow=True).content


def test_waiving_and_taking_back(opened, course):
    client = opened.client("admin")
    data = {
        "person": opened.staff.email,
        "course": course.pk,
        "first_on": "2026-11-22",
        "last_on": "2026-11-30",
        "reason": "On leave",
    }
    bad = client.post(reverse("admin:training_waiver_grant"), {**data, "last_on": "2026-11-01"})
    assert b"must not be before" in bad.content
    assert client.post(reverse("admin:training_waiver_grant"), data).status_code == 302
    waiver = Waiver.objects.get()
    listed = reverse("admin:training_waiver_changelist")
    assert "Stands" in client.get(listed).text
    Waiver.objects.create(
        person=opened.staff, course=course, first_on=dt.date(2026, 10, 1), last_on=dt.date(2026, 10, 31), reason="Ill",
        granted_by=opened.admin,
    )  # fmt: skip
    assert "Lapsed" in client.get(listed).text
    Waiver.objects.filter(reason="Ill").delete()
    assert (waiver.person, waiver.granted_by, waiver.reason) == (opened.staff, opened.admin, "On leave")
    assert (
        client.post(reverse("admin:training_waiver_end", args=[waiver.pk]), {"reason": "Back"}).status_code
        == 302
    )
    waiver.refresh_from_db()
    assert waiver.ended_by == opened.admin


def test_checking_a_proof(opened, proof):
    client = opened.client("trainer")
    url = reverse("admin:training_evidence_decide", args=[proof.pk])
    assert (
        b"Enter the day"
        in client.post(url, {"decision": "accept", "completed_on": "", "score": "90"}).content
    )
    assert b"Say why" in client.post(url, {"decision": "refuse", "reason": ""}).content
    without = client.post(url, {"decision": "accept", "completed_on": "2026-10-30", "score": ""})
    assert b"Enter the score: this course needs at least 80 percent" in without.content
    answer = client.post(
        url, {"decision": "accept", "completed_on": "2026-10-30", "score": "90", "reason": ""}, follow=True
    )
    assert b"The proof is accepted" in answer.content
    proof.refresh_from_db()
    assert proof.completion.completed_on == dt.date(2026, 10, 30)
    again = client.post(url, {"decision": "refuse", "reason": "No", "completed_on": ""}, follow=True)
    assert b"already decided" in again.content
    assert Evidence.objects.get().state == "accepted"


def test_the_desk_lists_the_proof_that_waits(opened, proof):
    desk = opened.client("trainer").get("/admin/").content.decode()
    assert reverse("admin:training_evidence_decide", args=[proof.pk]) in desk
    assert "Proof of training to check" not in opened.client("auditor").get("/admin/").content.decode()


def test_the_desk_lists_who_registered_until_the_result_is_recorded(opened, course):
    row = Requirement.objects.get(person=opened.staff, course=course)
    client, page = opened.client("trainer"), reverse("admin:training_completion_record") + f"?ids={row.pk}"
    assert page not in client.get("/admin/").content.decode()
    services.say_registered(row, by=opened.staff)
    key = f"{opened.staff.pk}:{course.pk}"
    desk = client.get("/admin/").content.decode()
    assert page in desk
    assert str(opened.staff) in desk
    client.post(page, {"completed_on": "2026-11-22", "row": key, f"{key}-score": "90", "note": ""})
    assert page not in client.get("/admin/").content.decode()


def test_asking_for_a_newer_version(opened, course, done):
    client = opened.client("admin")
    url = reverse("admin:training_course_newer_version", args=[course.pk])
    assert b"Choose a date in the future" in client.post(url, {"due_on": "2026-11-22", "reason": "x"}).content
    answer = sent_after_reading(client, url, {"due_on": "2027-01-31", "reason": "New state law"}, follow=True)
    assert b"2 people are asked." in answer.content
    course.refresh_from_db()
    assert course.version == 2


def test_a_changed_rule_reaches_people_by_the_worker(opened, course, commits, monkeypatch):
    monkeypatch.setattr(trying, "HORIZON", 1)
    client = opened.client("admin")
    page = client.get(reverse("admin:training_course_change", args=[course.pk]))
    form = page.context["adminform"].form
    data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        data.update(
            {f"{inline.formset.prefix}-{k}": v for k, v in inline.formset.management_form.initial.items()}
        )
        for one in inline.formset.initial_forms:
            data.update({one.add_prefix(name): one[name].value() or "" for name in one.fields})
    data["rules-0-DELETE"] = "on"
    data.pop("link", None)
    assert CourseRule.objects.filter(course=course).count() == 1
    change = reverse("admin:training_course_change", args=[course.pk])
    with commits():
        assert client.post(change, {**data, "link": ""}).status_code == 302
    assert (
        Requirement.objects.open().filter(course=course).exists()
    )  # not before the page that says what it would do
    with commits():
        answer = client.post(change, {**data, "link": "", "_what_if": WhatIf.objects.get().pk})
    assert answer.status_code == 302, answer.context["adminform"].form.errors if answer.context else ""
    assert not Requirement.objects.open().filter(course=course).exists()
    assert AuditEvent.objects.filter(verb="course changed", actor=opened.admin).exists()


def test_the_list_of_requirements_costs_the_same_for_a_hundred(opened, django_assert_max_num_queries):
    for _ in range(15):
        services.assign(staff=StaffFactory(agency=opened.agency, user=UserFactory()), by=None)
    client = opened.client("trainer")
    url = reverse("admin:training_requirement_changelist")
    client.get(url)
    with django_assert_max_num_queries(20):
        assert client.get(url).status_code == 200
