"""An application and an MOU as the database holds them in a state, without the walk that leads there."""

import datetime as dt
from typing import Any

from django.utils import timezone

from onboarding.models import Application, Mou
from tests.cast import Cast

ANSWERS = {
    "format": 2,
    "sections": [
        {
            "key": "agency",
            "letter": "A",
            "title": "Agency information",
            "groups": [
                {
                    "key": "agency",
                    "title": "Agency information",
                    "rows": [
                        {"field": "legal_name", "question": "Legal name", "answer": "Harbor House, Inc."},
                        {"field": "towns", "question": "Towns served", "answer": "Hartford\nWindsor"},
                        {"field": "website", "question": "Web site", "answer": ""},
                    ],
                }
            ],
        },
        {
            "key": "staff",
            "letter": "C",
            "title": "Staff information",
            "groups": [
                {
                    "key": "staff-1",
                    "title": "Sasha Staff",
                    "rows": [{"field": "hmis_role", "question": "HMIS role", "answer": "Case manager"}],
                }
            ],
        },
        {"key": "readiness", "letter": "D", "title": "Technical readiness", "groups": []},
        {"key": "documents", "letter": "E", "title": "Documents", "groups": []},
    ],
}


def make_mou(agency: Any, *, signatory: Any, by: Any, state: str = "signed", **more: Any) -> Any:
    """An MOU as the database holds it in a state; its files are not made."""
    from hmis_portal.signing.models import SigningRequest, TextVersion

    version = TextVersion.objects.filter(kind="mou", state="published").get()
    now = timezone.now()
    reference = f"MOU-{SigningRequest.objects.count() + 1:04d}"
    request = SigningRequest.objects.create(
        kind="mou",
        reference=reference,
        version=version,
        text="Text",
        text_sha256="0" * 64,
        agency_id=agency.pk,
    )
    fields: dict[str, Any] = {}
    if state in ("signed", "executed", "ended"):
        fields["signed_at"] = now
    if state in ("executed", "ended"):
        fields |= {"executed_at": now, "term_ends_on": timezone.localdate() + dt.timedelta(days=1000)}
    return Mou.objects.create(
        agency=agency,
        reference=reference,
        state=state,
        request=request,
        signatory=signatory,
        signatory_name=str(signatory),
        issued_by=by,
        **(fields | more),
    )


def make_application(
    agency: Any, *, by: Any, state: str = "submitted", answers: Any = None, **more: Any
) -> Any:
    """An application as the database holds it in a state, with its first revision when it was sent."""
    from onboarding.models import Application, Revision
    from onboarding.readiness import rules

    now = timezone.now()
    reference = f"APP-{Application.objects.count() + 1:04d}"
    fields: dict[str, Any] = {"readiness_version": rules.published(), "reference": reference}
    if state not in ("draft", "withdrawn"):
        fields["submitted_at"] = now
    if state == "changes_requested":
        fields["answer_by"] = timezone.localdate() + dt.timedelta(days=30)
    application = Application.objects.create(
        agency=agency,
        started_by=by,
        state=state,
        **(fields | more),
    )
    if state != "draft":
        Revision.objects.create(
            application=application, number=1, snapshot=answers or ANSWERS, submitted_by=by
        )
    return application


def name_people(agency: Any) -> None:
    """The officers and coordinators that section A2 asks for: nothing then blocks an approval."""
    from agencies.models import Position
    from tests.people import hold

    held = {contact.position for contact in agency.contacts.all()}
    for position in Position:
        if position not in held:
            hold(agency, position, f"Pat {position.label}", f"pat.{position.value}@harbor.example")


def answer_all(application: Any) -> None:
    """The answer that meets each readiness question, as far as one choice can."""
    from onboarding.models import ReadinessAnswer, ReadinessQuestion

    for question in ReadinessQuestion.objects.filter(version=application.readiness_version).prefetch_related(
        "outcomes"
    ):
        bad = {one for row in question.outcomes.all() for one in row.when.get("answer", [])}
        good = [value for value, _label in question.choices if value not in bad]
        value: dict[str, Any] = {"answer": good[0]} if good else {}
        value |= {"number": 10} if "number" in question.parts else {}
        value |= {"date": timezone.localdate().isoformat()} if "date" in question.parts else {}
        ReadinessAnswer.objects.create(
            application=application, question=question, value=value, answered_by=application.started_by
        )


def sent_application(cast: Any) -> Any:
    """The cast's agency has sent its application with a signed MOU; nothing blocks an approval but what a test adds."""
    from hmis_portal import documents
    from onboarding.models import Upload

    name_people(cast.agency)
    application = make_application(cast.agency, by=cast.director)
    answer_all(application)
    make_mou(cast.agency, signatory=cast.signatory, by=cast.director)
    for kind in Upload.Kind:
        Upload.objects.create(
            agency=cast.agency,
            kind=kind,
            document=documents.store(b"%PDF-1.4 " + kind.encode(), content_type="application/pdf"),
            filename=f"{kind}.pdf",
            uploaded_by=cast.director,
        )
    return application


def application_in(state: str, cast: Cast) -> Application:
    now = timezone.now()
    decided = {"decided_at": now, "decided_by": cast.admin} if state in ("approved", "declined") else {}
    return Application.objects.create(
        agency=cast.agency,
        reference=f"APP-{state[:12]}",
        state=state,
        started_by=cast.director,
        submitted_at=None if state == "draft" else now,
        reviewer=cast.admin if state in ("in_review", "on_hold", "changes_requested", "approved") else None,
        held_for="HUD" if state == "on_hold" else "",
        answer_by=timezone.localdate() if state == "changes_requested" else None,
        **decided,
    )
