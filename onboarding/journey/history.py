"""The append-only record in words, as an agency reads it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.events import AgenciesEvent
from agencies.models import Agency
from hmis_portal.models import AuditEvent
from onboarding.events import OnboardingEvent
from training.events import TrainingEvent

# (kind of object, verb): what a reader is told happened. What is not here is the HMIS's own business.
# Words that begin with a capital are a whole sentence: it happened by itself, or who did it is not the point.
WORDS: dict[tuple[str, str], Any] = {
    ("agencies.agency", AgenciesEvent.OPENED_AGENCY): gettext_lazy("opened the agency's account"),
    ("agencies.agency", "go_live"): gettext_lazy("The agency is live in the HMIS"),
    ("agencies.agency", "leave"): gettext_lazy("recorded that the agency left the HMIS"),
    ("onboarding.requirementconfirmation", OnboardingEvent.CONFIRMED_REQUIREMENT): gettext_lazy(
        "confirmed a requirement: %(detail)s"
    ),
    ("onboarding.application", "start"): gettext_lazy("started the application %(target)s"),
    ("onboarding.application", "submit"): gettext_lazy("sent the application %(target)s with the signed MOU"),
    ("onboarding.application", "take"): gettext_lazy("began to review the application"),
    ("onboarding.application", "hand_back"): gettext_lazy("put the application back in the queue"),
    ("onboarding.application", "request_changes"): gettext_lazy("asked for changes to the application"),
    ("onboarding.application", "resubmit"): gettext_lazy("sent the application %(target)s again"),
    ("onboarding.application", "approve"): gettext_lazy("approved the application %(target)s"),
    ("onboarding.application", "decline"): gettext_lazy("declined the application %(target)s"),
    ("onboarding.application", "withdraw"): gettext_lazy("withdrew the application %(target)s"),
    ("onboarding.application", "revoke_approval"): gettext_lazy("revoked the approval"),
    ("onboarding.application", "reopen"): gettext_lazy("re-opened the application"),
    ("onboarding.application", "mou_lost"): gettext_lazy("The application is waiting for a new signature"),
    ("onboarding.mou", "issue"): gettext_lazy("issued the MOU %(target)s for signature"),
    ("onboarding.mou", "sign"): gettext_lazy("signed the MOU %(target)s for the agency"),
    ("onboarding.mou", "sign_on_paper"): gettext_lazy(
        "recorded that the agency signed the MOU %(target)s on paper"
    ),
    ("onboarding.mou", "counter_sign_on_paper"): gettext_lazy(
        "recorded that the MOU %(target)s was counter-signed on paper: it is executed"
    ),
    ("onboarding.mou", "decline"): gettext_lazy("declined to sign the MOU"),
    ("onboarding.mou", "pass_on"): gettext_lazy("passed the MOU on to another signatory"),
    ("onboarding.mou", "replace"): gettext_lazy("named another signatory"),
    ("onboarding.mou", "issue_anew"): gettext_lazy("had the MOU %(target)s issued anew"),
    ("onboarding.mou", "one_party"): gettext_lazy("recorded that both names in the MOU are one party"),
    ("onboarding.mou", "supersede"): gettext_lazy("A newer version of the MOU was published"),
    ("onboarding.mou", "withdraw_signature"): gettext_lazy("withdrew the signature"),
    ("onboarding.mou", "refuse"): gettext_lazy("refused to counter-sign the MOU"),
    ("onboarding.mou", "void"): gettext_lazy("voided the MOU %(target)s"),
    ("onboarding.mou", "void_with_agency"): gettext_lazy("The MOU was voided: the agency left the HMIS"),
    ("onboarding.mou", "void_with_mou"): gettext_lazy("The renewal was voided: the MOU ended"),
    ("onboarding.mou", "void_with_application"): gettext_lazy("closed the MOU together with the application"),
    ("onboarding.mou", "counter_sign"): gettext_lazy("counter-signed the MOU %(target)s: it is executed"),
    ("onboarding.mou", "end"): gettext_lazy("ended the MOU %(target)s"),
    ("onboarding.mou", "renew"): gettext_lazy("began the renewal of the MOU"),
    ("onboarding.access", "become_ready"): gettext_lazy("The %(object)s can be granted now"),
    ("onboarding.access", "grant"): gettext_lazy("confirmed the %(object)s"),
    ("onboarding.access", "suspend"): gettext_lazy("The %(object)s is suspended"),
    ("onboarding.access", "restore"): gettext_lazy("The %(object)s is restored"),
    ("onboarding.access", "end"): gettext_lazy("The %(object)s has ended"),
    ("agencies.invitation", AgenciesEvent.INVITED): gettext_lazy("invited %(target)s"),
    ("agencies.invitation", AgenciesEvent.ACCEPTED_INVITATION): gettext_lazy("accepted the invitation"),
    ("agencies.invitation", AgenciesEvent.REVOKED_INVITATION): gettext_lazy(
        "revoked the invitation of %(target)s"
    ),
    ("agencies.user", AgenciesEvent.ENDED_ROLE): gettext_lazy(
        "ended the access of %(target)s to this account"
    ),
    ("agencies.agency", AgenciesEvent.HANDED_OVER_MANAGEMENT): gettext_lazy(
        "handed over the management of the agency"
    ),
    ("agencies.agency", AgenciesEvent.NAMED_MANAGER): gettext_lazy("named a new manager"),
    ("agencies.project", AgenciesEvent.PROJECT_ADDED): gettext_lazy("added the project %(target)s"),
    ("agencies.project", AgenciesEvent.PROJECT_CHANGED): gettext_lazy("changed the project %(target)s"),
    ("agencies.project", AgenciesEvent.PROJECT_ENDED): gettext_lazy("ended the project %(target)s"),
    ("agencies.agency", AgenciesEvent.PROJECT_DATA_CONFIRMED): gettext_lazy(
        "confirmed the data of every running project"
    ),
    ("agencies.project", AgenciesEvent.PROJECT_REMOVED): gettext_lazy("removed the project %(target)s"),
    ("agencies.staff", AgenciesEvent.LISTED_STAFF): gettext_lazy("added %(target)s to the roster"),
    ("agencies.staff", AgenciesEvent.CHANGED_STAFF): gettext_lazy("changed %(target)s on the roster"),
    ("agencies.staff", AgenciesEvent.REMOVED_STAFF): gettext_lazy("removed %(target)s from the roster"),
    ("agencies.staff", AgenciesEvent.REPORTED_LEAVER): gettext_lazy("reported that %(target)s leaves"),
    ("agencies.staff", AgenciesEvent.STAFF_RETURNED): gettext_lazy("reported that %(target)s is back"),
    ("agencies.agency", TrainingEvent.TRAINING_OPENED): gettext_lazy("Training has begun"),
    ("training.useragreement", TrainingEvent.USER_AGREEMENT_SIGNED): gettext_lazy(
        "signed the user agreement"
    ),
    ("onboarding.upload", OnboardingEvent.UPLOADED): gettext_lazy("uploaded %(target)s"),
    ("onboarding.condition", OnboardingEvent.CONDITION_REPORTED): gettext_lazy(
        "reported a condition as done: %(target)s"
    ),
    ("onboarding.condition", OnboardingEvent.CONDITION_SENT_BACK): gettext_lazy(
        "sent back the report on a condition: %(target)s"
    ),
    ("onboarding.condition", OnboardingEvent.CONDITION_MET): gettext_lazy(
        "marked a condition as met: %(target)s"
    ),
}


# What the HMIS Admin noted for the HMIS alone: the agency learns what was done, and not these words.
PRIVATE = {("onboarding.application", "approve"), ("onboarding.application", "reopen")}


def of_agency(agency: Agency) -> QuerySet[AuditEvent]:
    """The events that the agency's people may read, newest first."""
    verbs = {verb for _kind, verb in WORDS}
    kinds = {kind for kind, _verb in WORDS}
    return AuditEvent.objects.filter(agency_id=agency.pk, verb__in=verbs, target_type__in=kinds).order_by(
        "-at", "-pk"
    )


def in_words(events: Iterable[AuditEvent], *, for_hmis: bool = False) -> list[dict[str, Any]]:
    """Rows for the timeline component: at, who, text, reason. `for_hmis`: with the notes kept for the HMIS."""
    rows = []
    for event in events:
        text = _sentence(event)
        who = "" if text[:1].isupper() else event.actor_name or ""
        private = (event.target_type, event.verb) in PRIVATE and not for_hmis
        rows.append({"at": event.at, "who": who, "text": text, "reason": "" if private else event.reason})
    return rows


def _sentence(event: AuditEvent) -> str:
    words = WORDS.get((event.target_type, event.verb))
    if words is None:
        return _("%(verb)s: %(target)s") % {"verb": event.verb.replace("_", " "), "target": event.target_name}
    name = event.target_name
    within = name[:1].lower() + name[1:]
    return str(words) % {"target": name, "object": within, "detail": event.data.get("text", "")}
