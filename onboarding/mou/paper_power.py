"""A signature on paper that the HMIS side records for an agency: asked by one HMIS Admin with the scan, granted by another
who has looked at it."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import AgencyRole, User
from hmis_portal.models import PowerRequest
from hmis_portal.powers import asking, kinds
from hmis_portal.signing.agreeing.signature import PaperSignature
from hmis_portal.text.words import date_words
from onboarding.models import Mou
from onboarding.services import against, perform
from onboarding.workflow import MouVerb

PAPER = "paper_signature"


def takes_two(mou: Mou, by: User) -> bool:
    """The signatory and the managers record it alone; the HMIS side does not."""
    return mou.signatory_id != by.pk and not permissions.is_manager(by, mou.agency)


def was_granted(mou: Mou, asked_by: User) -> bool:
    done = (PowerRequest.Outcome.GRANTED, PowerRequest.Outcome.UNOPPOSED)
    rows = PowerRequest.objects.filter(kind=PAPER, target_id=str(mou.pk), outcome__in=done)
    return rows.filter(asked_by=asked_by).exists()


def ask(mou: Mou, signature: PaperSignature, *, by: User, reason: str) -> PowerRequest:
    signed = _("%(name)s, %(title)s, on %(day)s") % {
        "name": signature.legal_name, "title": signature.title, "day": date_words(signature.signed_on),
    }  # fmt: skip
    return asking.ask(
        PAPER, by=by, target=mou, agency_id=mou.agency_id, reason=reason, document=signature.scan, ip=signature.ip,
        what=_("Record that %(agency)s signed %(mou)s on paper") % {"agency": mou.agency.name, "mou": mou},
        changes=[[_("Signature of the agency"), "", signed], [_("Authority"), "", signature.authority]],
        data={
            "legal_name": signature.legal_name, "title": signature.title, "authority": signature.authority,
            "signed_on": signature.signed_on.isoformat(), "ip": signature.ip, "browser": signature.browser,
        },
    )  # fmt: skip


def _mou(row: PowerRequest) -> Mou:
    return Mou.objects.select_related("agency", "signatory").get(pk=UUID(row.target_id))


def _against(row: PowerRequest) -> list[str]:
    mou, by = _mou(row), User.objects.get(pk=row.asked_by_id)
    if mou.state != Mou.State.ISSUED:
        words = _("This MOU no longer waits for a signature: %(state)s.")
        return [words % {"state": mou.get_state_display()}]
    return against(mou, MouVerb.SIGN_ON_PAPER, by)


def _record(row: PowerRequest) -> None:
    data, scan = row.data, row.document
    if scan is None:
        raise ValueError("A signature on paper needs its scan.")
    signature = PaperSignature(
        data["legal_name"], data["title"], data["authority"], date.fromisoformat(data["signed_on"]), scan,
        ip=data["ip"], browser=data["browser"],
    )  # fmt: skip
    by = User.objects.get(pk=row.asked_by_id)
    perform(_mou(row), MouVerb.SIGN_ON_PAPER, by=by, payload=signature, ip=signature.ip)


def _concerned(row: PowerRequest) -> list[User]:
    mou = _mou(row)
    return [mou.signatory, *permissions.holders(mou.agency, AgencyRole.MANAGER)]


kinds.add(
    kinds.PowerKind(
        PAPER, gettext_lazy("Record a signature on paper"), _record, against=_against, concerned=_concerned
    )
)
