"""Sending the application with the signed MOU, what is frozen, changes asked and answered, and the ends."""

import datetime as dt
import html

import pytest
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import datetime_words
from onboarding.admin.review import page as pages
from onboarding.application import declaration, revisions
from onboarding.models import Application, Mou, Remark, Revision, SectionWork, Upload
from onboarding.projects.changes import key_of
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.selectors import latest_application
from onboarding.services import perform
from tests.factories import ProjectFactory
from tests.hmis_portal.signing import verapdf
from tests.onboarding.helpers import PDF, agency_data, signed_mou
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(cast, complete, commits, once):
    """Complete, and the MOU signed by the agency."""

    def make():
        signed_mou(cast, commits)

    once(make)
    return complete


def send(cast, base):
    return cast.client("director").post(f"{base}send/")


def test_send_freezes_and_confirms(cast, ready, base, commits, tmp_path):
    assert "Send application" in cast.client("director").get(f"{base}send/").content.decode()
    with commits():
        assert send(cast, base).status_code == 302
    ready.refresh_from_db()
    assert ready.state == "submitted"
    revision = Revision.objects.get(application=ready)
    assert revision.number == 1
    assert revision.snapshot["sections"][0]["groups"][0]["rows"][0]["answer"] == "Harbor House, Inc."
    file = tmp_path / "application.pdf"
    file.write_bytes(documents.read(revision.pdf.document))
    report = verapdf.report([file])
    assert report.count("PASS") == 2, report[:3000]
    page = cast.client("director").get(f"{base}sent/").content.decode()
    assert ready.reference in page
    assert "answers by" in page
    pdf = cast.client("director").get(f"{base}sent/1/pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    mail = Message.objects.get(name="onboarding/application_submitted", user=cast.director)
    assert mail.documents.count() == 1
    assert cast.client("stranger").get(f"{base}sent/1/pdf/").status_code == 404
    assert cast.client("director").get(f"{base}sent/1/").status_code == 200


def test_pdf_is_made_once_and_found_by_the_sweep(cast, ready, base, commits):
    from onboarding.models import RevisionPdf
    from onboarding.tasks import make_revision_pdf, sweep_revisions

    send(cast, base)  # nothing is queued: the commit never reached the queue
    revision = Revision.objects.get(application=ready)
    assert not RevisionPdf.objects.exists()
    with_time = dt.timedelta(minutes=1)
    import time_machine

    with time_machine.travel(revision.submitted_at + with_time), commits():
        sweep_revisions()
        make_revision_pdf(revision.pk)
    assert RevisionPdf.objects.count() == 1
    assert Message.objects.filter(name="onboarding/application_submitted", user=cast.director).count() == 1


def test_a_pdf_that_cannot_be_made_is_counted_given_up_and_tried_again_by_the_admin(
    cast, ready, base, commits, client_of
):
    import time_machine
    from django.urls import reverse
    from django.utils import timezone

    from hmis_portal.running import tries
    from onboarding import rights
    from onboarding.models import RevisionJob, RevisionPdf
    from onboarding.tasks import sweep_revisions
    from tests.cast import remember_second_factor

    send(cast, base)  # nothing is queued
    revision = Revision.objects.get(application=ready)
    job = RevisionJob.objects.create(revision=revision)
    jobs = RevisionJob.objects.filter(pk=job.pk)
    for hours in range(RevisionJob.MOST_TRIES):
        with time_machine.travel(timezone.now() + dt.timedelta(hours=hours)):
            assert tries.begin(jobs)
            tries.failed(jobs, ValueError("A letter that cannot be set"))
    job.refresh_from_db()
    assert job.parked_at
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        sweep_revisions()
    assert not RevisionPdf.objects.exists()
    rights.load()
    desk = client_of(cast.admin)
    remember_second_factor(desk, cast.admin)
    page = desk.get(reverse("admin:index")).content.decode()
    assert "PDFs of applications that could not be made" in page
    assert "What was sent, revision 1, given up" in page
    listed = reverse("admin:onboarding_revisionjob_changelist")
    desk.post(listed, {"action": "try_again", "_selected_action": [job.pk]})
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)), commits():
        sweep_revisions()
    assert RevisionPdf.objects.count() == 1
    job.refresh_from_db()
    assert (bool(job.done_at), job.parked_at) == (True, None)


def test_incomplete_is_refused_with_what_is_missing(cast, application, base, commits):
    signed_mou(cast, commits)
    page = cast.client("director").get(f"{base}send/").content.decode()
    assert "Before you can send the application" in page
    answer = cast.client("director").post(f"{base}send/", follow=True)
    assert "Technical readiness, is not complete." in answer.content.decode()
    application.refresh_from_db()
    assert application.state == "draft"


def test_unsigned_mou_is_refused(cast, complete, base):
    assert send(cast, base).status_code == 303
    complete.refresh_from_db()
    assert complete.state == "draft"


def test_second_send_does_nothing_twice(cast, ready, base):
    assert send(cast, base).status_code == 302
    answer = cast.client("director").post(f"{base}send/", follow=True)
    assert "This was already done" in answer.content.decode()
    assert Revision.objects.filter(application=ready).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("state", "verb", "number"), [("ready", "submit", 1), ("returned", "resubmit", 2)])
def test_two_at_once_send_it_once(cast, base, request, state, verb, number):
    """A double click, or a manager with two tabs."""
    application = request.getfixturevalue(state)
    clients = [cast.client("director") for _ in range(2)]
    answers = at_once(*(lambda one=one: one.post(f"{base}send/", follow=True) for one in clients))
    assert [answer.status_code for answer in answers] == [200, 200], answers
    told = [answer for answer in answers if "This was already done" in answer.text]
    assert len(told) == 1
    assert Revision.objects.filter(application=application).count() == number
    assert AuditEvent.objects.filter(verb=verb).count() == 1
    assert (
        Message.objects.filter(name="onboarding/application_submitted", user=cast.director).count() == number
    )


def test_only_a_manager_sends(cast, ready, base):
    assert cast.client("coordinator").post(f"{base}send/").status_code == 403
    assert cast.client("auditor").post(f"{base}send/").status_code == 403
    assert cast.client("stranger").post(f"{base}send/").status_code == 404
    assert cast.client("director").get(f"{base}start/").status_code == 405


@pytest.fixture
def returned(cast, ready, base, once):
    """Sent, and changes requested on one field."""

    def make():
        send(cast, base)
        ready.refresh_from_db()
        taken = perform(ready, "take", by=cast.admin)
        Remark.objects.create(
            application=taken, section="agency", field="towns", text="Name every town.", written_by=cast.admin
        )
        return perform(taken, "request_changes", by=cast.admin)

    return once(make)


def test_director_sees_what_was_asked_and_what_changed(cast, returned, base):
    client = cast.client("director")
    page = client.get(base).content.decode()
    assert "Name every town." in page
    assert "Answer by" in page
    beside = client.get(f"{base}agency/services/").content.decode().split('id="id_towns_field"')[1]
    assert "<strong>The reviewer:</strong> Name every town." in beside.split("<textarea")[0]
    assert "No answer has changed." in client.get(f"{base}changes/").content.decode()
    version = Answers(returned, returned.agency).works["agency.services"].version
    data = agency_data(cast, towns="Hartford, East Hartford, Manchester", version=str(version))
    assert client.post(f"{base}agency/services/", data).status_code == 302
    page = client.get(f"{base}changes/").content.decode()
    assert "Manchester" in page
    assert "Hartford, East Hartford" in page


def test_a_remark_leads_to_its_project_and_stands_on_no_other(cast, returned, base):
    other = ProjectFactory(agency=cast.agency, project_name="Annex")
    asked = "Which day did you join?"
    field = pages.field_key(
        "projects", f"{key_of(cast.project)}-ce-0", "ce-0-ce_participation_status_start_date"
    )
    assert field.endswith(":ce-0-ce_participation_status_start_date")
    Remark.objects.create(
        application=returned, section="projects", field=field, place="Start date", text=asked,
        written_by=cast.admin, sent_at=timezone.now(),
    )  # fmt: skip
    client = cast.client("director")
    page = client.get(f"{base}changes/").content.decode()
    assert f"{base}projects/{cast.project.pk}/participation/#id_{field.partition(':')[2]}_field" in page
    text = client.get(f"{base}projects/{cast.project.pk}/participation/").content.decode()
    beside = text.split(f'id="id_{field.partition(":")[2]}_field"')[1].split("</fieldset>")[0]
    assert asked in beside
    assert asked not in client.get(f"{base}projects/{other.pk}/participation/").content.decode()
    assert asked in client.get(f"{base}projects/").content.decode()


def test_resubmit_makes_the_next_revision(cast, returned, base):
    assert send(cast, base).status_code == 302
    returned.refresh_from_db()
    assert returned.state == "submitted"
    assert list(returned.revisions.values_list("number", flat=True)) == [1, 2]
    assert "What changed since revision 1" in cast.client("director").get(f"{base}sent/2/").content.decode()


def test_sending_again_says_which_remarks_have_no_answer(cast, returned, base):
    client = cast.client("director")
    page = client.get(f"{base}send/").content.decode()
    assert "1 remark has no answer yet" in page
    assert "Nothing was changed about it." in page
    assert "Name every town." in page
    cast.agency.towns = "Hartford, Ōtara"
    cast.agency.save(update_fields=["towns"])
    declare(returned, cast.director)
    page = client.get(f"{base}send/").content.decode()
    assert "Send application" in page.split("<h2>What happens then</h2>")[1]
    assert "Changed since you sent it." in page
    assert "Nothing was changed about" not in page


def declare(application, by):
    """The statement of accuracy, made on its page."""
    from onboarding.sections.catalogue import BY_KEY

    answers = Answers(application, type(application.agency).objects.get(pk=application.agency_id))
    answers.application.agency = answers.agency
    typed = {"declared_name": "Dana O’Neil", "declared_title": "Director", "accurate": "on"}
    form = BY_KEY["declaration"].form(answers, by, data=typed)
    assert form.is_valid(), form.errors
    form.store(by)


def test_the_statement_of_accuracy_lapses_with_any_change_after_it(cast, ready, base):
    """By whichever way the change came: the roster, a file, a project, an answer."""
    client = cast.client("director")
    assert declaration.stands(Answers(ready, ready.agency))
    cast.staff_row.title = "Night manager 夜"
    cast.staff_row.save(update_fields=["title"])
    assert "statement of accuracy: read them once more" in client.get(f"{base}send/").content.decode()
    assert client.post(f"{base}send/").status_code == 303
    ready.refresh_from_db()
    assert ready.state == "draft"
    assert 'name="accurate" checked' not in client.get(f"{base}declaration/").content.decode()
    declare(ready, cast.director)
    file = documents.store(PDF + b"% another\n", content_type="application/pdf")
    upload = Upload.objects.get(agency=cast.agency)
    new = Upload.objects.create(
        agency=cast.agency, kind=upload.kind, document=file, filename="more.pdf", uploaded_by=cast.director
    )
    assert not declaration.stands(Answers(ready, ready.agency))
    new.removed_at, new.removed_by = timezone.now(), cast.director
    new.save()
    assert declaration.stands(Answers(ready, ready.agency))  # as it was when it was declared


def test_a_lapsed_statement_says_who_changed_what_and_when(cast, ready, base):
    """A colleague changes an answer and a project: both are named where it is made again, and before sending."""
    typed = {**agency_data(cast), "common_name": "Maison d’Étoiles 希望 <b>"}
    version = SectionWork.objects.get(application=ready, section="agency.about").version
    answer = cast.client("coordinator").post(f"{base}agency/about/", {**typed, "version": version})
    assert answer.status_code == 302, answer.text
    for page in ("declaration/", "send/"):
        told = html.unescape(cast.client("director").get(f"{base}{page}").text)
        assert "The statement of accuracy that Dana Director made on" in told
        assert f"{cast.coordinator} changed “Agency information” (Common name" in told
        assert "Eastern Time" in told.partition(f"{cast.coordinator} changed")[2][:200]
    declare(ready, cast.director)
    assert "no longer stands" not in cast.client("director").get(f"{base}send/").text


def test_what_was_declared_is_printed_in_its_own_words(cast, ready):
    Application.objects.filter(pk=ready.pk).update(declared_text="I said exactly <this> & no more.")
    ready.refresh_from_db()
    snapshot = revisions.snapshot(Answers(ready, ready.agency))
    revision = Revision(application=ready, number=1, snapshot=snapshot, submitted_by=cast.director)
    page = revisions.page_of(revision)
    assert "I said exactly &lt;this&gt; &amp; no more." in page
    assert "Dana Director" in page
    assert f"{datetime_words(ready.declared_at)}" in page


def test_withdraw_asks_once_more_and_voids_the_mou(cast, ready, base):
    client = cast.client("director")
    assert client.get(f"{base}withdraw/").status_code == 200
    assert "Enter why you withdraw" in client.post(f"{base}withdraw/", {"reason": ""}).content.decode()
    assert client.post(f"{base}withdraw/", {"reason": "We merge with another agency"}).status_code == 302
    ready.refresh_from_db()
    assert ready.state == "withdrawn"
    assert Mou.objects.get(agency=cast.agency).state == "voided"
    page = client.get(base).content.decode()
    assert "Re-open this application" in page
    assert client.post(f"{base}reopen/").status_code == 302
    ready.refresh_from_db()
    assert ready.state == "draft"


def test_next_application_starts_from_the_last(cast, complete, base):
    client = cast.client("director")
    client.post(f"{base}withdraw/", {"reason": "Later"})
    assert client.post(f"{base}start/").status_code == 302
    cast.agency.refresh_from_db()
    new = latest_application(cast.agency)
    assert new.previous_id == complete.pk
    assert new.readiness.count() == complete.readiness.count()
    statuses = completeness.refresh(Answers(new, new.agency))
    assert statuses["agency"].is_complete
    assert not statuses["declaration"].is_complete
    assert "Last time you answered" in client.get(f"{base}readiness/sign-in/").content.decode()


def test_draft_is_deleted_but_nothing_that_was_sent(cast, application, base):
    client = cast.client("director")
    assert client.get(f"{base}delete/").status_code == 200
    assert client.post(f"{base}delete/").status_code == 302
    assert not Application.objects.filter(pk=application.pk).exists()
    assert AuditEvent.objects.filter(verb="delete_draft").exists()
    assert "Start the application" in client.get(base).content.decode()


def test_sent_application_is_not_deleted(cast, ready, base):
    send(cast, base)
    answer = cast.client("director").post(f"{base}delete/", follow=True)
    assert "never sent" in answer.content.decode()
    assert Application.objects.filter(pk=ready.pk).exists()


def test_compare_names_each_question():
    def shot(answer):
        row = {"field": "towns", "question": "Towns served", "answer": answer}
        return {
            "sections": [
                {
                    "key": "agency",
                    "title": "Agency",
                    "groups": [{"key": "what", "title": "What", "rows": [row]}],
                }
            ]
        }

    found = revisions.compare(shot("Hartford"), shot("Avon"))
    assert [(one.field, one.before, one.after) for one in found] == [("towns", "Hartford", "Avon")]
    assert revisions.compare(shot("Avon"), shot("Avon")) == []


@pytest.mark.parametrize("act", ["withdraw", "reopen", "delete"])
def test_a_page_that_asks_once_more_opens_only_while_its_act_does(cast, ready, base, commits, act):
    if act == "delete":
        with commits():
            send(cast, base)
    elif act == "withdraw":
        ready.state = "withdrawn"
        ready.save(update_fields=["state"])
    client = cast.client("director")
    response = client.get(f"{base}{act}/")
    assert (response.status_code, response["Location"]) == (303, base)
    ready.refresh_from_db()
    page = client.get(base).content.decode()
    told = "never sent can be deleted" if act == "delete" else "Nothing was"
    assert told in page


def test_the_record_has_the_address_that_the_trusted_proxy_saw(cast, application, base, settings):
    settings.TRUST_PROXY = True
    client, seen = (
        cast.client("director"),
        {"HTTP_X_FORWARDED_FOR": "198.51.100.7, 203.0.113.5", "REMOTE_ADDR": "10.0.0.1"},
    )
    client.post(f"{base}withdraw/", {"reason": "We join later."}, **seen)
    client.post(f"{base}reopen/", **seen)
    Application.objects.update(state="withdrawn")
    client.post(f"/agencies/{cast.agency.pk}/application/start/", **seen)
    found = AuditEvent.objects.filter(verb__in=("withdraw", "reopen", "start"), actor=cast.director).order_by(
        "pk"
    )
    assert [(one.verb, one.ip) for one in found][1:] == [
        ("withdraw", "203.0.113.5"), ("reopen", "203.0.113.5"), ("start", "203.0.113.5"),
    ]  # fmt: skip
