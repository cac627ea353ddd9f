"""Guards and effects of the MOU's moves; the evidence of a signature is written by hmis_portal.signing."""

from django.utils import timezone
from django.utils.translation import gettext as _

from onboarding.models import Application, Mou
from onboarding.services import perform
from onboarding.workflow import Act, Text, done, effect, guard

VOID_KINDS = {
    "withdraw_signature": Mou.VoidKind.WITHDRAWN,
    "refuse": Mou.VoidKind.REFUSED,
    "void": Mou.VoidKind.ERROR,
    "void_with_application": Mou.VoidKind.APPLICATION,
}


def _void(verb: str) -> None:
    @effect(Mou, verb)
    def void(mou: Mou, act: Act) -> list[str]:
        mou.void_kind, mou.reason = VOID_KINDS[verb], act.note
        return ["void_kind", "reason"]


for _verb in VOID_KINDS:
    _void(_verb)


@done(Mou, "withdraw_signature", "refuse", "void")
def ask_for_a_new_signature(mou: Mou, act: Act) -> None:
    """An application that was sent with this MOU goes back to the agency."""
    waiting = [Application.State.SUBMITTED, Application.State.IN_REVIEW, Application.State.APPROVED]
    application = Application.objects.filter(agency_id=mou.agency_id, state__in=waiting).first()
    if application:
        note = _("The MOU must be signed again: %(reason)s") % {"reason": act.note}
        perform(application, "mou_lost", by=act.by, note=note, ip=act.ip, as_system=True)


@effect(Mou, "decline")
def decline(mou: Mou, act: Act) -> list[str]:
    mou.reason = act.note
    return ["reason"]


@guard(Mou, "counter_sign")
def may_counter_sign(mou: Mou, _act: Act) -> list[Text]:
    if (
        mou.successor_of_id
        or Application.objects.filter(agency_id=mou.agency_id, state=Application.State.APPROVED).exists()
    ):
        return []
    return [_("The application must be approved before the MOU is counter-signed.")]


@guard(Mou, "end")
def may_end(_mou: Mou, act: Act) -> list[Text]:
    return [] if act.details.get("on") else [_("Enter the date on which the MOU ends.")]


@effect(Mou, "end")
def end(mou: Mou, act: Act) -> list[str]:
    mou.ended_on, mou.reason = act.details["on"], act.note
    return ["ended_on", "reason"]


@effect(Mou, "supersede")
def supersede(mou: Mou, act: Act) -> list[str]:
    mou.reason = act.note or _("A newer version of the MOU was published on %(date)s.") % {
        "date": timezone.localdate()
    }
    return ["reason"]
