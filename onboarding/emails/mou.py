"""The MOU: from naming the signatory to its end."""

from datetime import date

from django.utils.translation import gettext as _

from agencies import permissions, trust
from agencies.models import AgencyRole, Invitation, User
from hmis_portal import mail
from hmis_portal.models import StoredDocument
from hmis_portal.signing.agreeing import paper
from hmis_portal.signing.models import PaperScan, SignatureAct, TextVersion
from onboarding.emails.to import Documents, agency_page, name_of, to_managers
from onboarding.models import Mou
from onboarding.mou import party, reminding


def signatory_named(mou: Mou, *, by: User | None, invitation: Invitation | None = None) -> None:
    """To the person named, once for each naming; the link of an invitation makes them the agency's signatory."""
    mail.send(
        "onboarding/signatory_named",
        to=mou.signatory,
        context={
            "agency": mou.agency,
            "mou": mou,
            "is_known": trust.is_known(mou.agency),
            "by_name": name_of(by),
            "link_url": agency_page(mou.agency, "onboarding:mou"),
        },
        key=f"{reminding.NAMED}:{mou.pk}:{mail.moment(mou.state_since)}",
        agency_id=mou.agency_id,
        link=mail.Link("invitation", str(invitation.pk)) if invitation else None,
    )


def signatory_replaced(mou: Mou, person: User, *, by: User | None) -> None:
    """To the person named before, who can no longer open the page of the MOU."""
    mail.send(
        "onboarding/signatory_replaced",
        to=person,
        context={
            "agency": mou.agency,
            "mou": mou,
            "is_known": trust.is_known(mou.agency),
            "by_name": name_of(by),
            "link_url": mail.absolute("agencies:start"),
        },
        key=f"replaced:{mou.pk}:{mail.moment(mou.state_since)}",
        agency_id=mou.agency_id,
    )


def signatory_away(mou: Mou) -> None:
    """To the managers: the person named can no longer get in, so nobody is asked to sign."""
    to_managers(
        "signatory_away",
        mou.agency,
        view="onboarding:name_signatory",
        key=f"signatory-away:{mou.pk}:{mou.signatory_id}:{mail.moment(mou.state_since)}",
        context={"mou": mou, "signatory_name": mou.signatory_name},
    )


def signature_void(mou: Mou, *, managers: bool) -> None:
    """To the signatory, and to the managers unless the application’s message tells them."""
    readers = {mou.signatory}
    if managers:
        readers |= set(permissions.holders(mou.agency, AgencyRole.MANAGER))
    before, scan = mou.successor_of, paper.scan_of(mou.request, "agency")
    for person in sorted(readers, key=lambda reader: reader.pk):
        mail.send(
            "onboarding/signature_void",
            to=person,
            context={
                "agency": mou.agency,
                "mou": mou,
                "signer_name": scan.act.legal_name if scan else mou.signatory_name,
                "before": before if before and before.is_in_force else None,
                "link_url": agency_page(mou.agency, "onboarding:mou"),
            },
            key=f"signature-void:{mou.pk}",
            agency_id=mou.agency_id,
        )


def _way_in(mou: Mou) -> mail.Link | None:
    """Who has not accepted the invitation yet has no account: their link is the invitation's."""
    waiting = Invitation.objects.filter(
        agency=mou.agency_id, user=mou.signatory_id, role=AgencyRole.SIGNATORY,
        accepted_at=None, revoked_at=None,
    ).first()  # fmt: skip
    return mail.Link("invitation", str(waiting.pk)) if waiting else None


def signatory_reminder(mou: Mou, cause: str) -> None:
    """`cause` is what brings it about once: so many days, or the day on which a manager asked for it."""
    mail.send(
        "onboarding/signatory_reminder",
        to=mou.signatory,
        context={
            "agency": mou.agency,
            "mou": mou,
            "is_known": trust.is_known(mou.agency),
            "link_url": agency_page(mou.agency, "onboarding:mou"),
        },
        key=f"{reminding.REMINDER}:{mou.pk}:{mou.signatory_id}:{cause}",
        agency_id=mou.agency_id,
        link=_way_in(mou),
    )


def signature_waiting(mou: Mou, days: int, *, reminders: int) -> None:
    """To the managers: the signatory was reminded so many times."""
    to_managers(
        "signature_waiting",
        mou.agency,
        view="onboarding:mou",
        key=f"sign-waiting:{mou.pk}:{mou.signatory_id}:{days}",
        context={"mou": mou, "signatory_name": mou.signatory_name, "reminders": reminders},
    )


def _file_name(mou: Mou) -> str:
    return _("%(reference)s signed by the agency.pdf") % {"reference": mou.reference}


def mou_receipt(mou: Mou, file: StoredDocument) -> None:
    """To whoever signed for the agency, with the file as signed: the sealed one, or the scan of the paper."""
    scan = paper.scan_of(mou.request, "agency")
    mail.send(
        "onboarding/mou_receipt",
        to=mou.signatory,
        context={
            "agency": mou.agency,
            "party_name": party.name_of(mou),
            "mou": mou,
            "signer_name": scan.act.legal_name if scan else "",
            "paper_day": scan.signed_on if scan else None,
            "link_url": agency_page(mou.agency, "onboarding:mou"),
        },
        key=f"receipt:{mou.pk}",
        agency_id=mou.agency_id,
        documents=[(file, _file_name(mou))],
    )


def paper_recorded(mou: Mou, scan: PaperScan) -> None:
    """To the person named to sign, of whom somebody else says that they signed on paper."""
    mail.send(
        "onboarding/paper_recorded",
        to=mou.signatory,
        context={
            "agency": mou.agency,
            "mou": mou,
            "signer_name": scan.act.legal_name,
            "paper_day": scan.signed_on,
            "by_name": name_of(scan.act.user),
            "link_url": agency_page(mou.agency, "onboarding:mou"),
        },
        key=f"paper-recorded:{mou.pk}",
        agency_id=mou.agency_id,
        link=_way_in(mou),
        documents=[(scan.document, _file_name(mou))],
    )


def mou_signed(mou: Mou, *, sent: bool, to_lead: bool = False, next_step: str = "") -> None:
    """`sent`: whether the application was sent before. What was uploaded from paper the signatory gets here as well.

    `to_lead`: the Lead Agency signs next; `next_step`: the agency's own next thing, as its pages say it.
    """
    scan = paper.scan_of(mou.request, "agency")
    if scan and scan.act.user_id == mou.signatory_id:
        mou_receipt(mou, scan.document)
    elif scan:
        paper_recorded(mou, scan)
    to_managers(
        "mou_signed",
        mou.agency,
        key=f"signed:{mou.pk}",
        context={
            "mou": mou,
            "sent": sent,
            "to_lead": to_lead,
            "next_step": next_step,
            "signatory_name": scan.act.legal_name if scan else mou.signatory_name,
            "paper_day": scan.signed_on if scan else None,
        },
    )


def mou_declined(mou: Mou) -> None:
    to_managers(
        "mou_declined",
        mou.agency,
        view="onboarding:mou",
        key=f"mou-declined:{mou.pk}",
        context={"mou": mou, "signatory_name": mou.signatory_name},
    )


def mou_superseded(mou: Mou, version: TextVersion) -> None:
    to_managers(
        "mou_superseded",
        mou.agency,
        view="onboarding:mou",
        key=f"mou-superseded:{mou.pk}",
        context={"mou": mou, "version": version},
    )


def counter_sign_waiting(mou: Mou, *, cause: str) -> None:
    for person in permissions.people_in(permissions.LEAD_SIGNATORY):
        mail.send(
            "onboarding/counter_sign_waiting",
            to=person,
            context={
                "agency": mou.agency,
                "mou": mou,
                "link_url": mail.absolute("admin:onboarding_mou_counter_sign", mou.pk),
            },
            key=f"counter-sign:{mou.pk}:{cause}",
            agency_id=mou.agency_id,
        )


def mou_executed(mou: Mou, documents: Documents) -> None:
    """To both sides, with the executed PDF (and the certificate of completion where it exists)."""
    agency = mou.agency
    scan = paper.scan_of(mou.request, party.LEAD)
    context = {
        "agency": agency,
        "party_name": party.name_of(mou),
        "mou": mou,
        "on_paper": scan is not None,
        "executed_on": scan.signed_on if scan else mou.executed_at,
        "link_url": agency_page(agency, "onboarding:mou"),
    }
    readers = {
        mou.signatory,
        *permissions.holders(agency, AgencyRole.MANAGER),
        *permissions.people_in(permissions.LEAD_SIGNATORY),
        *(act.user for act in SignatureAct.objects.filter(party__request=mou.request).select_related("user")),
    }
    for person in sorted(readers, key=lambda reader: reader.pk):
        mail.send(
            "onboarding/mou_executed",
            to=person,
            context=context,
            key=f"executed:{mou.pk}",
            agency_id=agency.pk,
            documents=documents,
        )


def mou_ended(mou: Mou) -> None:
    to_managers("mou_ended", mou.agency, key=f"mou-ended:{mou.pk}", context={"mou": mou})


def newer_mou(mou: Mou, due_on: date, *, threshold: int) -> None:
    """To the managers: a newer version of the MOU is to be signed by this day, or was."""
    to_managers(
        "newer_mou",
        mou.agency,
        view="onboarding:mou",
        key=f"newer-mou:{mou.pk}:{due_on.isoformat()}:{threshold}",
        context={"mou": mou, "version": mou.renew_to, "due_on": due_on, "late": threshold < 0},
    )


def term_end(mou: Mou, days: int, *, threshold: int) -> None:
    to_managers(
        "term_end",
        mou.agency,
        view="onboarding:mou",
        key=f"term:{mou.pk}:{threshold}",
        context={"mou": mou, "days": days},
    )
