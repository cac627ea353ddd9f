"""What each move tells people, and what follows from it in training and access."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from hmis_portal import mail
from hmis_portal.models import PortalSettings
from onboarding import emails
from onboarding.access import coordinator, recompute, to_do
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather
from onboarding.models import Access, Application, CoordinatorNews, Mou
from onboarding.mou import agreement, bound
from onboarding.services import perform
from onboarding.workflow import AccessVerb, Act, ActWith, AgencyVerb, ApplicationVerb, Ending, MouVerb, done

Kind = CoordinatorNews.Kind


def cause(obj: Any) -> str:
    """One act on one object: a second mail of the same kind needs a second act."""
    return mail.moment(obj.state_since)


@done(Application, ApplicationVerb.REQUEST_CHANGES)
def tell_changes(application: Application, act: Act) -> None:
    remarks = application.remarks.filter(resolved_at__isnull=True)
    rows = [remark.as_row() for remark in remarks]
    emails.changes_requested(application, rows, cause=cause(application), letter=act.letter)


@done(Application, ApplicationVerb.HOLD)
def tell_on_hold(application: Application, act: Act) -> None:
    emails.application_on_hold(application, by=act.by, cause=cause(application))


@done(Application, ApplicationVerb.RELEASE)
def tell_released(application: Application, act: Act) -> None:
    emails.hold_ended(application, by=act.by, cause=cause(application))


@done(Application, ApplicationVerb.ASK_FOR_TIME)
def tell_time_asked(application: Application, _act: Act) -> None:
    emails.more_time_asked(application)


@done(Application, ApplicationVerb.GIVE_TIME)
def tell_time_given(application: Application, act: Act) -> None:
    emails.more_time_given(application, by=act.by)


@done(Application, ApplicationVerb.REFUSE_TIME)
def tell_time_refused(application: Application, act: Act) -> None:
    emails.more_time_refused(application, act.reason, by=act.by)


@done(Application, ApplicationVerb.MOU_LOST)
def tell_mou_lost(application: Application, act: Act) -> None:
    emails.mou_again(application, act.reason, cause=cause(application))


@done(Application, ApplicationVerb.APPROVE)
def tell_approved(application: Application, act: Act) -> None:
    mou = Mou.objects.filter(
        agency=application.agency_id, state__in=[Mou.State.SIGNED, Mou.State.EXECUTED]
    ).first()
    executed = mou is not None and mou.state == Mou.State.EXECUTED
    emails.application_approved(application, executed=executed, cause=cause(application), letter=act.letter)
    if mou and executed:
        begin_training(mou, act)
    elif mou:
        emails.counter_sign_waiting(mou, cause=cause(application))


@done(Application, ApplicationVerb.DECLINE)
def tell_declined(application: Application, act: Act) -> None:
    until = timezone.localdate() + timedelta(days=PortalSettings.load().reopen_days)
    emails.application_declined(application, until=until, cause=cause(application), letter=act.letter)


@done(Application, ApplicationVerb.HAND_OVER)
def tell_handed_over(application: Application, act: Act) -> None:
    emails.review_handed_over(application, by=act.by)


@done(Application, ApplicationVerb.RECOMMEND)
def tell_recommended(application: Application, _act: Act) -> None:
    emails.second_person_wanted(application)


@done(Application, ApplicationVerb.APPEAL)
def tell_appeal(application: Application, _act: Act) -> None:
    emails.appeal_received(application)


@done(Application, ApplicationVerb.UPHOLD)
def tell_upheld(application: Application, act: Act) -> None:
    emails.decline_upheld(application, act.reason, by=act.by, letter=act.letter)


@done(Application, ApplicationVerb.OVERTURN)
def tell_overturned(application: Application, act: Act) -> None:
    emails.decline_overturned(application, by=act.by, cause=cause(application), letter=act.letter)


@done(Application, ApplicationVerb.REVOKE_APPROVAL)
def tell_revoked(application: Application, act: Act) -> None:
    emails.approval_revoked(application, by=act.by, cause=cause(application), letter=act.letter)


@done(Application, ApplicationVerb.REOPEN)
def tell_reopened(application: Application, act: Act) -> None:
    emails.application_reopened(application, by=act.by, cause=cause(application))


@done(Mou, MouVerb.SIGN, MouVerb.SIGN_ON_PAPER)
def tell_signed(mou: Mou, _act: Act) -> None:
    facts = gather(mou.agency)
    to_lead = bool(mou.successor_of_id) or (
        facts.state == Application.State.APPROVED and not facts.out_of_date
    )
    emails.mou_signed(mou, sent=facts.sent, to_lead=to_lead, next_step=whose_turn.of_agency(facts).text)
    if to_lead:
        emails.counter_sign_waiting(mou, cause=cause(mou))


@done(Mou, MouVerb.SIGN, MouVerb.SIGN_ON_PAPER, MouVerb.WITHDRAW_SIGNATURE, MouVerb.REFUSE, MouVerb.VOID)
def look_at_access(mou: Mou, _act: Act) -> None:
    """Access hangs on the agency's own signature under a newer text that was asked for."""
    if mou.replaces:
        recompute.later(mou.agency_id)


@done(Mou, MouVerb.DECLINE)
def tell_mou_declined(mou: Mou, _act: Act) -> None:
    emails.mou_declined(mou)


@done(Mou, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER)
def begin_training(mou: Mou, act: Act) -> None:
    """Executed, and approved: the staff begin. A renewal changes nothing for them, unless the term was over."""
    if mou.successor_of_id:
        recompute.later(mou.agency_id)
        return
    if bound.approved().filter(agency=mou.agency_id).exists():
        officer = recompute.start_training(mou.agency, by=act.by)
        emails.training_begins(mou.agency, officer=officer)


@done(Mou, MouVerb.END, payload=Ending)
def end_access(mou: Mou, act: ActWith[Ending]) -> None:
    followed = Mou.objects.filter(successor_of=mou, state=Mou.State.EXECUTED).exists()
    if not followed and not act.payload.told:
        emails.mou_ended(mou)
    recompute.later(mou.agency_id)


@done(Access, AccessVerb.BECOME_READY)
def tell_ready(access: Access, _act: Act) -> None:
    emails.access_ready(access)
    coordinator.add(access.staff, Kind.READY)


@done(Access, AccessVerb.LOSE_READY)
def tell_not_ready(access: Access, _act: Act) -> None:
    emails.access_not_ready(access)
    coordinator.add(access.staff, Kind.NOT_READY, access.reasons)


@done(Access, AccessVerb.GRANT)
def tell_granted(access: Access, _act: Act) -> None:
    emails.access_granted(access)
    coordinator.add(access.staff, Kind.GRANTED)


@done(Access, AccessVerb.SUSPEND)
def tell_suspended(access: Access, _act: Act) -> None:
    emails.access_suspended(access)
    coordinator.add(access.staff, Kind.SUSPENDED, access.reasons)


@done(Access, AccessVerb.RESTORE)
def tell_restored(access: Access, _act: Act) -> None:
    emails.access_restored(access)
    coordinator.add(access.staff, Kind.RESTORED)


@done(Access, AccessVerb.END)
def tell_ended(access: Access, _act: Act) -> None:
    if access.granted_at is not None:
        emails.access_ended(access)
        coordinator.add(access.staff, Kind.ENDED)


@done(Access, AccessVerb.SUSPEND, AccessVerb.RESTORE, AccessVerb.END, AccessVerb.CHANGE)
def ask_in_hmis(access: Access, _act: Act) -> None:
    if access.to_do:
        emails.hmis_to_do(access, deadline=to_do.closing_deadline(access), reasons=to_do.reasons(access))


@done(Agency, AgencyVerb.GO_LIVE)
def tell_live(agency: Agency, _act: Act) -> None:
    emails.agency_live(agency)


@done(Agency, AgencyVerb.LEAVE)
def end_everything(agency: Agency, act: Act) -> None:
    """The MOU ends, what waits for a signature is voided, access ends with a list of accounts to close."""
    for waiting in agency.mous.filter(state__in=Mou.OPEN):
        perform(waiting, MouVerb.VOID_WITH_AGENCY, by=act.by, reason=act.reason, as_system=True)
    mou = agreement.in_force(agency)
    if mou:
        perform(
            mou,
            MouVerb.END,
            by=act.by,
            payload=Ending(agreement.within_term(mou, timezone.localdate()), Mou.EndKind.LEFT),
            reason=act.reason or _("The agency left the HMIS."),
        )
    recompute.stop_training(agency, by=act.by, reason=act.reason)
    recompute.later(agency.pk)
