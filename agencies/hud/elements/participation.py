"""HMIS participation and coordinated entry participation: elements 2.08, 2.09."""

from django.utils.translation import gettext_lazy as _

from agencies.hud.elements.base import table

HMIS = table(
    (
        "hmis_participation_type",
        "HMISParticipationType",
        _("Participation"),
        _("Choose how the project participates in HMIS"),
        _("the HMIS participation"),
    ),
    (
        "hmis_participation_status_start_date",
        "HMISParticipationStatusStartDate",
        _("From"),
        _("Enter the day the HMIS participation starts"),
        _("the day the HMIS participation starts"),
    ),
    (
        "hmis_participation_status_end_date",
        "HMISParticipationStatusEndDate",
        _("Until"),
        _("Enter the day the HMIS participation ends"),
        _("the day the HMIS participation ends"),
    ),
)
CE = table(
    (
        "access_point",
        "AccessPoint",
        _("Is the project an access point?"),
        _("Choose yes if the project is a coordinated entry access point"),
        _("access point"),
    ),
    (
        "prevention_assessment",
        "PreventionAssessment",
        _("Homelessness prevention assessment"),
        _("Choose yes if it does prevention assessments"),
        _("homelessness prevention assessment"),
    ),
    (
        "crisis_assessment",
        "CrisisAssessment",
        _("Crisis assessment, triage or referral"),
        _("Choose yes if it does crisis assessments"),
        _("crisis assessment"),
    ),
    (
        "housing_assessment",
        "HousingAssessment",
        _("Housing assessment"),
        _("Choose yes if it does housing assessments"),
        _("housing assessment"),
    ),
    (
        "direct_services",
        "DirectServices",
        _("Direct services, such as help to find housing"),
        _("Choose yes if it gives direct services"),
        _("direct services"),
    ),
    (
        "receives_referrals",
        "ReceivesReferrals",
        _("Does it receive referrals from coordinated entry?"),
        _("Choose yes if the project receives referrals from coordinated entry"),
        _("whether the project receives referrals"),
    ),
    (
        "ce_participation_status_start_date",
        "CEParticipationStatusStartDate",
        _("From"),
        _("Enter the day the coordinated entry participation starts"),
        _("the day the coordinated entry participation starts"),
    ),
    (
        "ce_participation_status_end_date",
        "CEParticipationStatusEndDate",
        _("Until"),
        _("Enter the day the coordinated entry participation ends"),
        _("the day the coordinated entry participation ends"),
    ),
)
