"""What changes in an agency's record after it was sent: the HMIS Admin's digest, a proposal, and its answer."""

from collections.abc import Sequence

from agencies import permissions
from hmis_portal import mail
from onboarding.emails.to import agency_page, name_of, to_managers
from onboarding.models import Mou, RecordChange, RecordProposal


def record_digest(changes: Sequence[RecordChange]) -> None:
    """To each HMIS Admin, once for these very changes."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/record_digest",
            to=person,
            context={
                "changes": changes,
                "count": len(changes),
                "link_url": mail.absolute("admin:onboarding_recordchange_changelist"),
            },
            key=f"record:{changes[0].pk}-{changes[-1].pk}",
        )


def change_proposed(proposal: RecordProposal, before: str, after: str) -> None:
    """To each HMIS Admin."""
    for person in permissions.people_in(permissions.HMIS_ADMIN):
        mail.send(
            "onboarding/change_proposed",
            to=person,
            context={
                "proposal": proposal,
                "agency": proposal.agency,
                "what": proposal.get_what_display(),
                "before": before,
                "after": after,
                "by_name": str(proposal.proposed_by),
                "link_url": mail.absolute("admin:onboarding_recordproposal_change", object_id=proposal.pk),
            },
            key=f"proposal:{proposal.pk}",
        )


def change_decided(proposal: RecordProposal, after: str, *, mou: Mou | None = None) -> None:
    """To the managers; with `mou`, which is amended because of the change."""
    page = "onboarding:record" if mou is None else "onboarding:mou"
    to_managers(
        "change_decided",
        proposal.agency,
        key=f"proposal-decided:{proposal.pk}",
        context={
            "proposal": proposal,
            "what": proposal.get_what_display(),
            "after": after,
            "by_name": name_of(proposal.decided_by),
            "accepted": proposal.state == RecordProposal.State.ACCEPTED,
            "mou": mou,
            "link_url": agency_page(proposal.agency, page),
        },
    )
