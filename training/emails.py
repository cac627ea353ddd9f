"""What training tells people: one function, one file under templates/emails/training/."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from agencies.models import User
from hmis_portal import mail
from hmis_portal.models import Message, StoredDocument
from hmis_portal.signing.models import SignatureAct
from training.models import Completion, Evidence, LearningAccount, Notice, PracticeCase, Signup, UserAgreement
from training.requirements.items import Item


def assigned(person: User, items: Sequence[Item]) -> Message | None:
    key = "training:assigned:" + "-".join(str(item.requirement.pk) for item in items[:12])
    context = {"items": items, "link_url": mail.absolute("training:mine")}
    return mail.send("training/assigned", to=person, context=context, key=key)


def _reminder(name: str, person: User, items: Sequence[Item], key: str) -> Message | None:
    """To be sent with many others."""
    context = {"items": items, "link_url": mail.absolute("training:mine")}
    return mail.written(f"training/{name}", to=person, context=context, key=key)


def due(person: User, items: Sequence[Item], *, key: str) -> Message | None:
    return _reminder("due", person, items, key)


def overdue(person: User, items: Sequence[Item], *, key: str) -> Message | None:
    return _reminder("overdue", person, items, key)


def renew_by(person: User, items: Sequence[Item], *, key: str) -> Message | None:
    return _reminder("renew_by", person, items, key)


def lapsed(person: User, items: Sequence[Item], *, key: str) -> Message | None:
    return _reminder("lapsed", person, items, key)


def suspended(person: User, items: Sequence[Item], *, key: str) -> Message | None:
    return _reminder("suspended", person, items, key)


ABOUT = {
    Notice.Kind.DUE: due,
    Notice.Kind.OVERDUE: overdue,
    Notice.Kind.RENEW_BY: renew_by,
    Notice.Kind.LAPSED: lapsed,
    Notice.Kind.SUSPENDED: suspended,
}


def evidence_accepted(evidence: Evidence, through: date | None) -> Message | None:
    return _about_proof("evidence_accepted", evidence, through=through)


def asked(person: User, items: Sequence[Item], *, by: User, day: date) -> Message | None:
    """What somebody of the agency asks a person to do; once a day, whoever asks."""
    context = {"items": items, "by": by, "link_url": mail.absolute("training:mine")}
    return mail.send("training/asked", to=person, context=context, key=f"training:asked:{day.isoformat()}")


def evidence_refused(evidence: Evidence) -> Message | None:
    return _about_proof("evidence_refused", evidence)


def _about_proof(name: str, evidence: Evidence, **more: object) -> Message | None:
    """One proof is decided once."""
    context = {"evidence": evidence, "course": evidence.course, "link_url": mail.absolute("training:mine")}
    key = f"training:evidence:{evidence.pk}"
    return mail.send(f"training/{name}", to=evidence.person, context={**context, **more}, key=key)


def not_passed(attempt: Completion, due_on: date) -> Message | None:
    context = {
        "attempt": attempt,
        "course": attempt.course,
        "due_on": due_on,
        "link_url": mail.absolute("training:mine"),
    }
    return mail.send(
        "training/not_passed", to=attempt.person, context=context, key=f"training:attempt:{attempt.pk}"
    )


def agreement_signed(row: UserAgreement, act: SignatureAct, file: StoredDocument) -> Message | None:
    """To the signer, with the sealed file."""
    reference = row.request.reference
    return mail.send(
        "training/agreement_signed",
        to=act.user,
        context={
            "reference": reference,
            "agency_name": row.request.snapshot["values"]["agency"],
            "signed_at": act.signed_at,
            "link_url": mail.absolute("training:mine"),
        },
        key=f"training:agreement:{act.pk}",
        agency_id=row.staff.agency_id,
        documents=[(file, f"{reference}.pdf")],
    )


def digest(to: str, lines: Sequence[tuple[str, str, str]], *, key: str, link_url: str) -> Message | None:
    """To a supervisor, a coordinator or the HMIS Admin: (name, course, sentence) for each learner; sent with others."""
    return mail.written("training/digest", to=to, context={"lines": lines, "link_url": link_url}, key=key)


def _of_session(name: str, signup: Signup, file: StoredDocument | None, **more: bool) -> Message | None:
    """One for each thing that became of a place, told by its sequence. Who has none any more is led to other dates."""
    session = signup.session
    if signup.state == Signup.State.CANCELLED or session.cancelled_at:
        link_url = f"{mail.absolute('training:sessions')}?{urlencode({'course': session.course.slug})}"
    else:
        link_url = mail.absolute("training:session", session.pk)
    return mail.send(
        f"training/session_{name}",
        to=signup.person,
        context={"session": session, "signup": signup, "link_url": link_url, **more},
        key=f"training:session:{name}:{signup.pk}:{signup.calendar_sequence}",
        documents=[(file, "session.ics")] if file else [],
    )


def session_booked(signup: Signup, file: StoredDocument) -> Message | None:
    return _of_session("booked", signup, file)


def session_waiting(signup: Signup) -> Message | None:
    return _of_session("waiting", signup, None)


def session_given_back(
    signup: Signup, file: StoredDocument, *, left: bool = False, unasked: bool = False
) -> Message | None:
    """Not the person gave it back, but they work nowhere any more (`left`) or the course is not asked any more (`unasked`)."""
    return _of_session("given_back", signup, file, left=left, unasked=unasked)


def session_changed(signup: Signup, file: StoredDocument | None, *, elsewhere: bool) -> Message | None:
    """`elsewhere`: the person has a seat in another session at the time that it has now."""
    return _of_session("changed", signup, file, elsewhere=elsewhere)


def session_called_off(signup: Signup, file: StoredDocument | None) -> Message | None:
    return _of_session("called_off", signup, file)


def learning_account_made(account: LearningAccount) -> Message | None:
    context = {"account": account, "link_url": mail.absolute("training:mine")}
    return mail.send(
        "training/learning_account_made", to=account.person, context=context,
        key=f"training:learning:{account.pk}:{account.made_on}",
    )  # fmt: skip


def _of_case(name: str, case: PracticeCase, link_url: str) -> Message | None:
    return mail.send(
        f"training/practice_{name}", to=case.person,
        context={"case": case, "course": case.course, "link_url": link_url},
        key=f"training:practice:{case.pk}",
    )  # fmt: skip


def practice_returned(case: PracticeCase) -> Message | None:
    return _of_case("returned", case, mail.absolute("training:practice", case.course.slug))


def practice_passed(case: PracticeCase) -> Message | None:
    return _of_case("passed", case, mail.absolute("training:mine"))
