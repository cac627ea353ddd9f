"""What fills each address in tests/rights.py: the object behind it, made by the acts that make it in the portal."""

from typing import Any

from tests.cast import Cast


def _leaver(cast: Cast) -> Any:
    import datetime as dt

    from tests.factories import StaffFactory

    return StaffFactory(agency=cast.agency, left_on=dt.date(2026, 5, 1))


def _invitation(cast: Cast) -> Any:
    from agencies.models import AgencyRole
    from agencies.services import invitations

    return invitations.invite(
        agency=cast.agency, email="new@harbor.example", role=AgencyRole.EDITOR, by=cast.director
    )


def _token(cast: Cast) -> str:
    from agencies import emails

    return emails.invitation_link(str(_invitation(cast).pk)).rstrip("/").rpartition("/")[2]


def _message(cast: Cast) -> Any:
    from agencies import emails
    from hmis_portal.models import Message

    emails.agency_opened(cast.agency, to=cast.director)
    return Message.objects.get(user=cast.director)


def _approved(cast: Cast) -> dict[str, Any]:
    from django.utils import timezone

    from onboarding.models import Application

    where = _sent(cast)
    Application.objects.update(state="approved", decided_at=timezone.now(), decided_by=cast.admin)
    return where


def _clause(cast: Cast) -> dict[str, Any]:
    from hmis_portal.signing.agreeing import text

    return {"agency_id": cast.agency.pk, "clause": text.clauses(_issued(cast).request.text)[0].anchor}


def _thread(cast: Cast) -> Any:
    from onboarding import questions
    from onboarding.models import Thread

    return questions.ask(kind=Thread.Kind.SUPPORT, subject="How?", text="How do we begin?", by=cast.director)


def _thread_file(cast: Cast) -> dict[str, Any]:
    from hmis_portal import documents

    thread = _thread(cast)
    document = documents.store(b"x", content_type="application/pdf")
    message = thread.messages.create(
        text="See.", written_by=cast.director, document=document, filename="a.pdf"
    )
    return {"thread_id": thread.pk, "message_id": message.pk}


def _application(cast: Cast) -> Any:
    from onboarding.application import opening
    from onboarding.readiness import rules

    rules.load()
    return opening.start(agency=cast.agency, by=cast.director)


def _power(cast: Cast) -> Any:
    from django.contrib.auth.models import Group

    from agencies.services import powers

    trainer = Group.objects.filter(name="Trainer")
    return powers.ask_for_groups(user=cast.staff, by=cast.admin, groups=trainer, reason="Hired")


def _section(cast: Cast) -> dict[str, Any]:
    _application(cast)
    return {"agency_id": cast.agency.pk, "section": "declaration"}


def _helper(cast: Cast) -> Any:
    from onboarding.readiness import helpers

    return helpers.ask(
        application=_application(cast), questions=["8"], name="Kim", email="kim@itfirm.example", note="",
        by=cast.director,
    )  # fmt: skip


def _helper_token(cast: Cast) -> dict[str, Any]:
    from onboarding.readiness import helpers

    return {"token": helpers.link(str(_helper(cast).pk)).split("/")[-2]}


def _proposal(cast: Cast) -> dict[str, Any]:
    from onboarding.readiness import helpers

    request = _helper(cast)
    helpers.answer(request, {"8": {"answer": "yes"}}, done=True)
    return {"agency_id": cast.agency.pk, "answer_id": request.answers.get().pk}


def _sent(cast: Cast) -> dict[str, Any]:
    from onboarding.readiness import rules as readiness
    from tests.applications import make_application

    readiness.load()
    make_application(cast.agency, by=cast.director)
    return {"agency_id": cast.agency.pk}


def _revision_pdf(cast: Cast) -> dict[str, Any]:
    from hmis_portal import documents
    from onboarding.models import Revision, RevisionPdf

    where = _sent(cast)
    document = documents.store(b"%PDF-1.7 what was sent", content_type="application/pdf")
    RevisionPdf.objects.create(revision=Revision.objects.get(), document=document)
    return {**where, "number": 1}


def _upload(cast: Cast) -> dict[str, Any]:
    from hmis_portal import documents
    from onboarding.models import Upload

    _application(cast)
    document = documents.store(b"%PDF-1.7 the policies", content_type="application/pdf")
    row = Upload.objects.create(
        agency=cast.agency,
        kind=Upload.Kind.POLICIES,
        document=document,
        filename="a.pdf",
        uploaded_by=cast.director,
    )
    return {"agency_id": cast.agency.pk, "upload_id": row.pk}


def _site(cast: Cast) -> dict[str, Any]:
    from onboarding.models import Site

    _application(cast)
    row = Site.objects.create(
        agency=cast.agency, address="12 Main Street", workstations=1, connection="broadband", intake_desks=1
    )
    return {"agency_id": cast.agency.pk, "site_id": row.pk}


def _issued(cast: Cast) -> Any:
    from tests.mou import issue_mou

    return issue_mou(cast)


def _trained(cast: Cast) -> Any:
    """The cast's agency is in training; returns the staff member's row of a course with proof that all its people have."""
    from hmis_portal.signing import reference as signing
    from training import reference, services
    from training.models import Requirement

    signing.load()
    reference.load()
    services.open_training(cast.agency, cast.lead)
    theirs = Requirement.objects.filter(
        course__evidence_allowed=True, course__requirements__person=cast.coordinator
    )
    return theirs.filter(person=cast.staff).order_by("course__position").first()


def _evidence(cast: Cast) -> Any:
    from django.utils import timezone

    from training import services

    return services.upload_evidence(
        person=cast.staff, course=_trained(cast).course, data=b"%PDF-1.7 proof", kind="pdf", filename="proof.pdf",
        claimed_on=timezone.localdate(), by=cast.staff,
    )  # fmt: skip


def _certificate(cast: Cast) -> Any:
    from django.utils import timezone

    from training import services
    from training.models import Certificate

    course = _trained(cast).course
    services.record_completion(
        services.Result(person=cast.staff, course=course, completed_on=timezone.localdate(), score=100),
        by=cast.trainer,
    )
    return Certificate.objects.get()


def _agreement(cast: Cast) -> dict[str, Any]:
    from training.models import UserAgreement

    _trained(cast)
    row = UserAgreement.objects.get(staff=cast.staff_row)
    return {"staff_id": cast.staff_row.pk, "reference": row.request.reference}


def _scan(cast: Cast) -> dict[str, Any]:
    from tests.mou import sign_on_paper

    mou = sign_on_paper(cast)
    return {"agency_id": cast.agency.pk, "mou_id": mou.pk, "role": "agency"}


def _note(cast: Cast) -> Any:
    from onboarding.models import Note
    from tests.applications import make_application

    application = make_application(cast.agency, by=cast.director)
    return Note.objects.create(
        application=application, page="agency.about", url="/", field="towns", label="Towns", asked_by=cast.director, asked_of=cast.coordinator,
    )  # fmt: skip


def _remark(cast: Cast) -> Any:
    """One that the agency has read and not answered."""
    from django.utils import timezone

    from tests.applications import make_application
    from tests.onboarding.review.verbs import remark

    application = make_application(cast.agency, by=cast.director, state="changes_requested")
    return remark(application, cast.admin, sent_at=timezone.now())


def _condition(cast: Cast) -> Any:
    from django.utils import timezone

    from onboarding.models import Application, Condition

    _approved(cast)
    application = Application.objects.get(agency=cast.agency)
    return Condition.objects.create(
        application=application, text="Lock it", owner="IT", due_on=timezone.localdate()
    )


def _owed(cast: Cast) -> dict[str, Any]:
    return {"agency_id": cast.agency.pk, "key": f"condition-{_condition(cast).pk}"}


def _calendar(cast: Cast) -> dict[str, Any]:
    from onboarding.owed import calendar

    return {"token": calendar.token_of(calendar.make(cast.director))}


def _proof(cast: Cast) -> Any:
    from hmis_portal import documents
    from onboarding.models import ConditionReport

    document = documents.store(b"%PDF-1.7 proof", content_type="application/pdf")
    return ConditionReport.objects.create(
        condition=_condition(cast),
        text="Done",
        document=document,
        filename="lock.pdf",
        reported_by=cast.director,
    )


def _session(cast: Cast) -> dict[str, Any]:
    """The staff member has a seat in it."""
    import datetime as dt

    from django.utils import timezone

    from training.models import Session, Signup

    course = _trained(cast).course
    starts_at = timezone.now() + dt.timedelta(days=7)
    session = Session.objects.create(
        course=course, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1), place="Room 2"
    )
    Signup.objects.create(session=session, person=cast.staff, state=Signup.State.BOOKED)
    return {"session_id": session.pk}


def _code(cast: Cast) -> dict[str, Any]:
    from training.models import Session
    from training.services import sessions

    args = _session(cast)
    return {**args, "code": sessions.code_of(Session(pk=args["session_id"]))}


def _recorded(cast: Cast, where: dict[str, Any]) -> dict[str, Any]:
    """What was made beside a draft, once the application is approved."""
    from django.utils import timezone

    from onboarding.models import Application

    now = timezone.now()
    Application.objects.update(state="approved", submitted_at=now, decided_at=now, decided_by=cast.admin)
    return where


def _record_proposal(cast: Cast) -> Any:
    from django.utils import timezone

    from onboarding.models import RecordProposal

    return RecordProposal.objects.create(
        agency=cast.agency,
        what="ein",
        before={"ein": cast.agency.ein},
        after={"ein": "061234567"},
        effective_on=timezone.localdate(),
        why="A new number",
        proposed_by=cast.director,
    )


def _case(cast: Cast) -> dict[str, Any]:
    from hmis_portal import documents
    from training.models import Course, PracticeCase

    _trained(cast)
    case = PracticeCase.objects.create(
        person=cast.staff, course=Course.objects.get(slug="hmis-basics"), filename="screen.pdf",
        document=documents.store(b"%PDF-1.7 screen", content_type="application/pdf"),
    )  # fmt: skip
    return {"case_id": case.pk}


def _practice(cast: Cast) -> dict[str, Any]:
    """Whom else the course is asked of hands in their own."""
    from training.models import Requirement

    _trained(cast)
    Requirement.objects.filter(course__slug="hmis-basics").exclude(person=cast.staff).delete()
    return {"slug": "hmis-basics"}


ARGUMENTS = {
    "case": _case,
    "practice": _practice,
    "session": _session,
    "code": _code,
    "note": lambda cast: {"agency_id": cast.agency.pk, "note_id": _note(cast).pk},
    "remark": lambda cast: {"agency_id": cast.agency.pk, "remark_id": _remark(cast).pk},
    "helper": lambda cast: {"agency_id": cast.agency.pk, "request_id": _helper(cast).pk},
    "helper_token": _helper_token,
    "proposal": _proposal,
    "condition": lambda cast: {"agency_id": cast.agency.pk, "condition_id": _condition(cast).pk},
    "owed": _owed,
    "calendar": _calendar,
    "proof": lambda cast: {"agency_id": cast.agency.pk, "report_id": _proof(cast).pk},
    "mou_scan": _scan,
    "": lambda cast: {},
    "agency": lambda cast: {"agency_id": cast.agency.pk},
    "staff": lambda cast: {"agency_id": cast.agency.pk, "staff_id": cast.staff_row.pk},
    "left": lambda cast: {"agency_id": cast.agency.pk, "staff_id": _leaver(cast).pk},
    "project": lambda cast: {"agency_id": cast.agency.pk, "project_id": cast.project.pk},
    "approved": _approved,
    "approved_topic": lambda cast: {**_approved(cast), "page": "sign-in"},
    "approved_what": lambda cast: {**_approved(cast), "what": "ein"},
    "approved_record": lambda cast: {**_approved(cast), "section": "agency", "page": "where"},
    "approved_new": lambda cast: {**_approved(cast), "page": "0123456789ab"},
    "approved_site": lambda cast: _recorded(cast, _site(cast)),
    "approved_upload": lambda cast: _recorded(cast, _upload(cast)),
    "record_proposal": lambda cast: {**_approved(cast), "proposal_id": _record_proposal(cast).pk},
    "project_page": lambda cast: {
        "agency_id": cast.agency.pk,
        "project_id": cast.project.pk,
        "page": "where",
    },
    "approved_project_page": lambda cast: {
        **_approved(cast),
        "project_id": cast.project.pk,
        "page": "where",
    },
    "approved_project": lambda cast: {**_approved(cast), "project_id": cast.project.pk},
    "invitation": lambda cast: {"agency_id": cast.agency.pk, "invitation_id": _invitation(cast).pk},
    "token": lambda cast: {"token": _token(cast)},
    "own_role": lambda cast: {"agency_id": cast.agency.pk, "user_id": cast.coordinator.pk, "role": "editor"},
    "message": lambda cast: {"message_id": _message(cast).pk},
    "thread": lambda cast: {"thread_id": _thread(cast).pk},
    "thread_file": _thread_file,
    "power": lambda cast: {"pk": _power(cast).pk},
    "draft": lambda cast: {"agency_id": _application(cast).agency_id},
    "draft_staff": lambda cast: {"agency_id": _application(cast).agency_id, "staff_id": cast.staff_row.pk},
    "new_person": lambda cast: {"agency_id": _application(cast).agency_id, "page": "0123456789ab"},
    "draft_file": lambda cast: {"agency_id": _application(cast).agency_id, "kind": "csv"},
    "section": _section,
    "section_page": lambda cast: {**_section(cast), "section": "agency", "page": "services"},
    "sent": _sent,
    "feedback": lambda cast: {**_sent(cast), "moment": "sending"},
    "revision": lambda cast: {**_sent(cast), "number": 1},
    "revision_pdf": _revision_pdf,
    "upload": _upload,
    "site": _site,
    "mou": lambda cast: {"agency_id": _issued(cast).agency_id},
    "mou_of": lambda cast: {"agency_id": cast.agency.pk, "mou_id": _issued(cast).pk},
    "clause": _clause,
    "mou_file": lambda cast: {"agency_id": cast.agency.pk, "mou_id": _issued(cast).pk, "step": "certified"},
    "trained_agency": lambda cast: _trained(cast) and {"agency_id": cast.agency.pk},
    "own_staff": lambda cast: _trained(cast) and {"staff_id": cast.staff_row.pk},
    "requirement": lambda cast: {"requirement_id": _trained(cast).pk},
    "course": lambda cast: {"slug": _trained(cast).course.slug},
    "evidence": lambda cast: {"evidence_id": _evidence(cast).pk},
    "certificate": lambda cast: {"certificate_id": _certificate(cast).pk},
    "number": lambda cast: {"number": _certificate(cast).number},
    "rest": lambda cast: {"rest": "activities/state"},
    "agreement": _agreement,
    "mou_clause": lambda cast: {"clause": _clause(cast)["clause"]},
    "mou_text": lambda cast: _issued(cast) and {},
    "answer": lambda cast: {"token": "gone"},
    "serial": lambda cast: {"serial": "0abc"},
}
