"""What a change would do, found out by doing it and taking it back: the same as when it is made and the days go by."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from agencies.services import channels
from hmis_portal.models import Message, PortalSettings, WhatIf
from hmis_portal.signing.agreeing import text_versions
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.what_if import trying
from onboarding import tasks
from onboarding.access import recompute
from onboarding.access.decision import READY
from onboarding.models import Access
from onboarding.mou import publishing
from onboarding.services import perform
from onboarding.workflow import AccessVerb, Account
from tests.applications import make_application
from tests.factories import AgencyFactory
from training import services
from training import tasks as training_tasks
from training.models import Completion, Course, Requirement

BEGIN = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)
# How long ago each person learned about privacy, which is good for a year: one lapsed last week, one lapses this week.
AGO = {"staff": 372, "coordinator": 360}
DAYS = 8


@pytest.fixture
def with_accounts(in_training, commits, once, time_machine, monkeypatch):
    """A live agency; its people hold everything, and have accounts."""
    monkeypatch.setattr(trying, "HORIZON", DAYS)
    cast = in_training

    def make():
        long_ago = timezone.localdate() - dt.timedelta(days=300)
        Requirement.objects.update(assigned_on=long_ago, due_on=long_ago)
        with commits():
            for name, ago in AGO.items():
                person, staff = getattr(cast, name), getattr(cast, f"{name}_row")
                channels.enter(person=person, value=person.email, by=person)
                for row in Requirement.objects.filter(person=person, closed_on=None).select_related("course"):
                    own = (
                        {"source": Completion.Source.SIGNATURE, "staff": staff}
                        if row.course.is_agreement
                        else {"score": 95}
                    )
                    days = ago - 30 if row.course.slug == "privacy-security" else 10
                    day = timezone.localdate() - dt.timedelta(days=days)
                    services.record_completion(
                        services.Result(person=person, course=row.course, completed_on=day, **own),
                        by=cast.trainer,
                    )
        Agency.objects.filter(pk=cast.agency.pk).update(state=Agency.State.LIVE, live_at=timezone.now())
        recompute.recompute(cast.agency.pk)
        for access in Access.objects.filter(staff__agency=cast.agency, state="ready"):
            perform(access, AccessVerb.GRANT, by=cast.admin, payload=Account("name"))

    time_machine.move_to(BEGIN - dt.timedelta(days=30))
    once(make)
    time_machine.move_to(BEGIN)
    cast.agency.refresh_from_db()
    return cast


def filled(client, course, **changes):
    """The admin's form of a course as the page shows it, with these changes."""
    page = client.get(reverse("admin:training_course_change", args=[course.pk]))
    context = page.context
    forms = [context["adminform"].form, *(f.formset for f in context["inline_admin_formsets"])]
    sent = {}
    for form in forms:
        bound = [form, *getattr(form, "forms", ())]
        if hasattr(form, "management_form"):
            bound = [form.management_form, *form.forms]
        for one in bound:
            for field in one:
                value = field.value()
                if value is True:
                    sent[field.html_name] = "on"
                elif value is not None and value is not False:
                    sent[field.html_name] = (
                        ",".join(map(str, value)) if isinstance(value, list) else str(value)
                    )
    return {**sent, **changes}


def go_by(cast, time_machine, commits):
    """The clock is moved night by night, and the tasks of each day run; who has access after each, and what was sent."""
    before = set(Message.objects.values_list("pk", flat=True))
    having = [has(cast)]
    for ahead in range(1, DAYS + 1):
        day = BEGIN + dt.timedelta(days=ahead)
        with commits():
            time_machine.move_to(day)
            tasks.recompute_access()
            tasks.send_reminders()
            training_tasks.send_reminders()
        having.append(has(cast))
    return having, Message.objects.exclude(pk__in=before).count()


def has(cast):
    rows = Access.objects.filter(staff__agency=cast.agency)
    return {row.staff.name: row.state in READY for row in rows.select_related("staff")}


def first_without(having, name):
    return next(
        timezone.localdate(BEGIN) + dt.timedelta(days=n) for n, day in enumerate(having) if not day[name]
    )


@pytest.mark.django_db
def test_a_shorter_grace_takes_access_on_the_days_that_the_page_said(with_accounts, time_machine, commits):
    cast = with_accounts
    course = Course.objects.get(slug="privacy-security")
    client, page = cast.client("admin"), reverse("admin:training_course_change", args=[course.pk])
    accounts, messages = has(cast), Message.objects.count()

    assert client.post(page, filled(client, course, minutes="50")).status_code == 302
    assert not WhatIf.objects.exists()  # saved at once: it steers nothing
    with commits():
        answer = client.post(page, filled(client, course, grace_days="0"))
    look = client.get(answer["Location"])
    course.refresh_from_db()
    assert course.grace_days == 14
    assert (has(cast), Message.objects.count()) == (accounts, messages)
    row = WhatIf.objects.get()
    found = row.result
    assert row.state == "done"
    lost = {name: dt.date.fromisoformat(day) for day, name, _agency, _key in found["lost"]}
    assert lost.keys() == {"Sasha Staff", "Chris Coordinator"}
    assert found["gained"] == []
    assert "Make the change" in look.text
    assert "Make the change" not in cast.client("auditor").get(answer["Location"]).text
    another = {**dict(row.posted), "grace_days": "1", "_what_if": row.pk}
    assert client.post(page, another)["Location"] != answer["Location"]  # that was not what the page said
    WhatIf.objects.exclude(pk=row.pk).delete()

    with commits():
        saved = client.post(page, {**dict(row.posted), "_what_if": row.pk})
    assert saved.status_code == 302
    course.refresh_from_db()
    assert course.grace_days == 0
    at_once = Message.objects.count() - messages
    having, later = go_by(cast, time_machine, commits)
    assert (at_once, later) == (found["at_once"], found["later"])
    assert lost == {name: first_without(having, name) for name in lost}


@pytest.mark.django_db
def test_a_newer_version_of_a_course_takes_access_on_the_days_that_the_page_said(
    with_accounts, time_machine, commits
):
    cast, course = with_accounts, Course.objects.get(slug="privacy-security")
    client, page = cast.client("admin"), reverse("admin:training_course_newer_version", args=[course.pk])
    messages, due = Message.objects.count(), timezone.localdate() + dt.timedelta(days=3)
    with commits():
        client.post(page, {"due_on": due.isoformat(), "reason": "New state law"})
    course.refresh_from_db()
    assert (course.version, Message.objects.count()) == (1, messages)
    row = WhatIf.objects.get()
    assert row.state == "done", row.error
    lost = {name: dt.date.fromisoformat(day) for day, name, _agency, _key in row.result["lost"]}
    assert lost
    with commits():
        client.post(page, {**dict(row.posted), "_what_if": row.pk})
    course.refresh_from_db()
    assert course.version == 2
    at_once = Message.objects.count() - messages
    having, later = go_by(cast, time_machine, commits)
    assert (at_once, later) == (row.result["at_once"], row.result["later"])
    assert lost == {name: first_without(having, name) for name in lost}


@pytest.mark.django_db
def test_a_setting_says_which_agencies_get_a_task_and_nobody_else_notices(
    cast, reference, client_of, commits, monkeypatch
):
    monkeypatch.setattr(trying, "HORIZON", 1)
    answered = timezone.now() - dt.timedelta(days=200)
    live = {"state": Agency.State.LIVE, "live_at": answered}
    agency = AgencyFactory(**live, legal_name="Elm Street Shelter")
    make_application(agency, by=cast.director, state="approved", decided_by=cast.admin, decided_at=answered)
    page = reverse("admin:hmis_portal_portalsettings_change", args=[1])
    client = client_of(cast.admin)
    form = client.get(page).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    with commits():
        look = client.post(page, {**data, "readiness_months": "6"})["Location"]
    assert PortalSettings.load().readiness_months == 12
    tasks = WhatIf.objects.get().result["tasks"]
    assert [(name, "readiness" in words[0]) for _key, name, words in tasks] == [("Elm Street Shelter", True)]
    assert "Elm Street Shelter" in client.get(look).text
    with commits():
        client.post(page, {**data, "readiness_months": "6", "_what_if": WhatIf.objects.get().pk})
    assert PortalSettings.load().readiness_months == 6


@pytest.mark.django_db
def test_who_would_lose_access_because_a_newer_mou_is_not_signed(with_accounts, time_machine, commits):
    cast = with_accounts
    draft = text_versions.save_draft("mou", 2, text_versions.current("mou").body + "\nAnd more.\n")
    by = timezone.localdate() + dt.timedelta(days=3)
    day = {"by_month": str(by.month), "by_day": str(by.day), "by_year": str(by.year)}
    with commits():
        cast.client("admin").post(
            reverse("admin:signing_text_publish", args=[draft.pk]),
            {"signers": "all", "reason": "Counsel agreed", "read": "on", **day},
        )
    found = WhatIf.objects.get().result
    lost = {name: dt.date.fromisoformat(day) for day, name, _agency, _key in found["lost"]}
    assert lost == dict.fromkeys(("Sasha Staff", "Chris Coordinator"), by + dt.timedelta(days=1))
    ((_key, name, words),) = found["tasks"]
    assert (name, words[-1]) == (cast.agency.name, "Sign the newer version of the MOU")
    messages = Message.objects.count()
    with commits():
        publishing.publish(draft, by=cast.admin, who=WhoSigns(by))
    at_once = Message.objects.count() - messages
    having, later = go_by(cast, time_machine, commits)
    assert (at_once, later) == (found["at_once"], found["later"])
    assert lost == {name: first_without(having, name) for name in lost}
