"""The pages of the admin desk: who reads which list, who may add, who opens which own page and what fills its address."""

from collections.abc import Callable
from typing import Any

from tests.applications import sent_application
from tests.cast import Cast
from tests.rights import HMIS

ADMIN = ("admin",)
REVIEW = ("admin", "lead", "auditor")
REFERENCE = ("admin", "auditor")
NOBODY: tuple[str, ...] = ()

# model: (who reads the list, who may add)
LISTS = {
    "agencies_agency": (HMIS, NOBODY),
    "agencies_continuumofcare": (REVIEW, ADMIN),
    "agencies_coordinatedaccessnetwork": (REVIEW, ADMIN),
    "agencies_hudcode": (REVIEW, NOBODY),
    "agencies_hudlist": (REVIEW, NOBODY),
    "agencies_invitation": (REVIEW, NOBODY),
    "agencies_project": (HMIS, NOBODY),
    "agencies_registerload": (REFERENCE, NOBODY),
    "agencies_staff": (HMIS, NOBODY),
    "agencies_user": (HMIS, ADMIN),
    "hmis_portal_auditevent": (REFERENCE, NOBODY),
    "hmis_portal_message": (REFERENCE, NOBODY),
    "hmis_portal_powerrequest": (HMIS, NOBODY),
    "hmis_portal_whatif": (REFERENCE, NOBODY),
    "hmis_portal_portalsettings": (HMIS, NOBODY),  # the list leads to the one row
    "onboarding_access": (REVIEW, NOBODY),
    "onboarding_application": (REVIEW, NOBODY),
    "onboarding_condition": (REVIEW, NOBODY),
    "onboarding_declinereason": (REFERENCE, ADMIN),
    "onboarding_feedback": (REFERENCE, NOBODY),
    "onboarding_mou": (REVIEW, NOBODY),
    "onboarding_readinessquestion": (REFERENCE, NOBODY),  # added to a draft alone, and there is none
    "onboarding_readinessversion": (REFERENCE, NOBODY),
    "onboarding_helprequest": (REFERENCE, NOBODY),
    "onboarding_readinessyear": (REFERENCE, NOBODY),
    "onboarding_hmisuserlist": (REFERENCE, NOBODY),
    "onboarding_roleinhmis": (REFERENCE, ADMIN),
    "onboarding_recordchange": (REFERENCE, NOBODY),
    "onboarding_recordproposal": (REFERENCE, NOBODY),
    "onboarding_requirementtext": (REFERENCE, NOBODY),
    "onboarding_thread": (REVIEW, NOBODY),
    "signing_sealjob": (REVIEW, NOBODY),
    "onboarding_revisionjob": (REFERENCE, NOBODY),
    "signing_sealkey": (REVIEW, NOBODY),
    "signing_textversion": (REVIEW, ADMIN),
    "training_certificate": (HMIS, NOBODY),
    "training_completion": (HMIS, NOBODY),
    "training_credential": (HMIS, NOBODY),
    "training_course": (HMIS, ADMIN),
    "training_door": (HMIS, ADMIN),
    "training_doorrun": (HMIS, NOBODY),
    "training_evidence": (HMIS, NOBODY),
    "training_heldresult": (HMIS, NOBODY),
    "training_learningaccount": (HMIS, NOBODY),
    "training_practicecase": (HMIS, NOBODY),
    "training_requirement": (HMIS, NOBODY),
    "training_session": (HMIS, NOBODY),
    "training_statement": (HMIS, NOBODY),
    "training_upload": (HMIS, NOBODY),
    "training_useragreement": (HMIS, NOBODY),
    "training_waiver": (HMIS, NOBODY),
}


def agency(cast: Cast) -> list[Any]:
    return [cast.agency.pk]


def person(cast: Cast) -> list[Any]:
    return [cast.director.pk]


def application(cast: Cast) -> list[Any]:
    return [sent_application(cast).pk]


def mou(cast: Cast) -> list[Any]:
    sent_application(cast)
    return [cast.agency.mous.get().pk]


def text(cast: Cast) -> list[Any]:
    from hmis_portal.signing.models import TextVersion

    return [TextVersion.objects.filter(kind="mou").first().pk]  # type: ignore[union-attr]


def readiness(cast: Cast) -> list[Any]:
    from onboarding.models import ReadinessVersion

    return [ReadinessVersion.objects.get().pk]


def message(cast: Cast) -> list[Any]:
    from agencies import emails
    from hmis_portal.models import Message

    emails.agency_opened(cast.agency, to=cast.director)
    return [Message.objects.get().pk]


def seal_key(cast: Cast) -> list[Any]:
    from hmis_portal.signing.sealing import key_files, keys

    return [keys.seal_key(key_files.authority()).pk]


def none(cast: Cast) -> list[Any]:
    return []


# own page: (who opens it, what fills its address)
OWN: dict[str, tuple[tuple[str, ...], Callable[[Cast], list[Any]]]] = {
    "agencies_agency_duplicates": (REVIEW, none),
    "agencies_agency_name_manager": (ADMIN, agency),
    "agencies_agency_view_as": (ADMIN, agency),
    "agencies_registerload_upload": (ADMIN, none),
    "agencies_user_allow_first_factor": (ADMIN, person),
    "agencies_user_close": (ADMIN, person),
    "agencies_user_groups": (ADMIN, person),
    "agencies_user_end_sessions": (ADMIN, person),
    "agencies_user_reset_authenticator": (ADMIN, person),
    "onboarding_access_create": (REVIEW, none),
    "onboarding_access_to_do": (REVIEW, none),
    "onboarding_hmisuserlist_compare": (("admin", "auditor"), none),
    "onboarding_hmisuserlist_upload": (ADMIN, none),
    "onboarding_access_list": (REVIEW, lambda cast: ["csv"]),
    "onboarding_access_answers": (ADMIN, none),
    "onboarding_agency_leave": (ADMIN, agency),
    "onboarding_agency_merge": (ADMIN, agency),
    "onboarding_application_compare": (REVIEW, application),
    "onboarding_application_events": (REVIEW, application),
    "onboarding_application_review": (REVIEW, application),
    "onboarding_readiness_begin": (ADMIN, none),
    "onboarding_readiness_drop": (ADMIN, readiness),
    "onboarding_readiness_preview": (REFERENCE, readiness),
    "onboarding_readiness_publish": (ADMIN, readiness),
    "onboarding_reports": (REVIEW, none),
    "onboarding_reports_csv": (REVIEW, lambda cast: ["days"]),
    "onboarding_thread_write": (ADMIN, agency),
    "onboarding_requirement_word": (ADMIN, lambda cast: ["security"]),
    "onboarding_search": (REVIEW, none),
    "hmis_portal_message_html": (REFERENCE, message),
    "signing_sealkey_revoke": (ADMIN, seal_key),
    "signing_sealkey_rotate": (ADMIN, none),
    "signing_text_compare": (REVIEW, text),
    "signing_text_preview": (REVIEW, text),
    "signing_text_progress": (REVIEW, text),
    "training_completion_record": (("admin", "trainer"), none),
    "training_doorrun_pull": (("admin", "trainer"), none),
    "training_session_plan": (("admin", "trainer"), none),
    "training_credential_make": (ADMIN, none),
    "training_upload_new": (("admin", "trainer"), none),
    "training_waiver_grant": (ADMIN, none),
}
# Pages of one act whose object the tests of that act make, with their refusals.
ELSEWHERE = {
    "agencies_user_reopen",
    "hmis_portal_message_document",
    "hmis_portal_power_document",
    "hmis_portal_power_grant",
    "hmis_portal_power_refuse",
    "hmis_portal_power_take_back",
    "hmis_portal_whatif_look",
    "onboarding_access_answers_errors",
    "onboarding_access_answers_preview",
    "onboarding_agency_not_a_duplicate",
    "onboarding_hmisuserlist_columns",
    "onboarding_hmisuserlist_whose",
    "onboarding_application_close_remark",
    "onboarding_application_csv",
    "onboarding_record_csv",
    "onboarding_application_explain",
    "onboarding_application_file",
    "onboarding_application_next",
    "onboarding_application_note",
    "onboarding_application_remark",
    "onboarding_application_revision_pdf",
    "onboarding_application_section",
    "onboarding_application_verb",
    "onboarding_condition_give_time",
    "onboarding_condition_met",
    "onboarding_condition_proof",
    "onboarding_condition_refuse_time",
    "onboarding_condition_send_back",
    "onboarding_condition_waive",
    "onboarding_helprequest_revoke",
    "onboarding_invitation_resend",
    "onboarding_person",
    "onboarding_person_merge",
    "onboarding_mou_consent",
    "onboarding_mou_consent_several",
    "onboarding_project_accept",
    "onboarding_proposal_accept",
    "onboarding_proposal_refuse",
    "onboarding_mou_counter_sign",
    "onboarding_mou_counter_sign_paper",
    "onboarding_mou_counter_sign_several",
    "onboarding_mou_executed",
    "onboarding_mou_test_file",
    "onboarding_mou_verb",
    "onboarding_thread_answer",
    "onboarding_thread_file",
    "signing_text_publish",
    "training_completion_void",
    "training_course_newer_version",
    "training_credential_revoke",
    "training_evidence_decide",
    "training_heldresult_decide",
    "training_learningaccount_made",
    "training_practicecase_look_through",
    "training_session_attendance",
    "training_session_call_off",
    "training_session_change_plan",
    "training_session_screen",
    "training_upload_columns",
    "training_upload_errors",
    "training_upload_look",
    "training_waiver_end",
}
