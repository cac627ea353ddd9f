"""Who may open which address of the portal, by kind of person (tests/cast.py), as tests/test_urls.py walks them.

TABLE has one row for each named URL: who may open it (GET), what the others get, and what fills its address.
"everyone" is all kinds. What a kind not named in a row gets: a visitor is sent to sign in, everybody else gets `others`
(404 unless the row says otherwise). Rows with `post_only` take POST alone: a GET gets 405 from those who may, and the
same refusals else.
"""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import KINDS, Cast

EVERYONE = KINDS
SIGNED_IN = tuple(kind for kind in KINDS if kind != "visitor")
HMIS = ("admin", "lead", "trainer", "auditor")
READS_AGENCIES = ("admin", "lead", "auditor")
VIEWERS = ("director", "coordinator", *READS_AGENCIES)  # agency_to_view
MOU_READERS = (*VIEWERS, "signatory")  # agency_to_read_mou
EDITORS = ("director", "coordinator")  # agency_to_edit
MANAGERS = ("director",)  # agency_to_manage


@dataclass
class Row:
    """Who gets in (200, or a redirect elsewhere with `status=302`); readers who may not change get 403."""

    name: str
    allowed: tuple[str, ...]
    readers: tuple[str, ...] = ()  # see the agency, may not do this: 403
    args: str = ""  # how the address is filled: a key of ARGUMENTS
    status: tuple[int, ...] = (200,)
    others: int = 404
    post_only: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def manages(name: str, args: str = "agency", **more: Any) -> Row:
    """A page of an agency for its managers; everybody else who reads the agency or its MOU gets 403."""
    return Row(name, MANAGERS, tuple(kind for kind in MOU_READERS if kind not in MANAGERS), args, **more)


def edits(name: str, args: str = "agency", **more: Any) -> Row:
    return Row(name, EDITORS, tuple(kind for kind in MOU_READERS if kind not in EDITORS), args, **more)


def signs(name: str, args: str = "mou", **more: Any) -> Row:
    """An act of the person named in the MOU; others who read it get 403."""
    return Row(name, ("signatory",), VIEWERS, args, **more)


def views(name: str, args: str = "agency", **more: Any) -> Row:
    return Row(name, VIEWERS, (), args, **more)


PUBLIC = [
    "onboarding:home", "onboarding:guide", "onboarding:steps", "onboarding:requirements", "onboarding:eligibility",
    "onboarding:eligibility_comparable", "onboarding:eligibility_not_yet", "onboarding:eligibility_other_ways", "onboarding:support", "onboarding:support_sent",
    "onboarding:verify", "training:guide", "training:sessions", "training:certificate_lookup",
]  # fmt: skip

TABLE = [
    *(Row(name, EVERYONE) for name in PUBLIC),
    Row("onboarding:eligibility_services", EVERYONE, status=(302,)),
    Row("onboarding:eligibility_result", EVERYONE, status=(302,)),
    # one's own account
    Row("agencies:start", SIGNED_IN, status=(200, 302)),
    Row("agencies:my_agency", SIGNED_IN, status=(200, 302)),
    Row("agencies:me", SIGNED_IN),
    Row("agencies:messages", SIGNED_IN),
    Row("agencies:message", MANAGERS, args="message"),
    Row("agencies:code_channel", SIGNED_IN),
    Row("agencies:end_viewing", SIGNED_IN, post_only=True),
    Row("agencies:close_account", SIGNED_IN),
    Row("agencies:create", SIGNED_IN, status=(302,)),
    Row("agencies:invitation", EVERYONE, args="token"),
    Row("agencies:renew_invitation", EVERYONE, args="token", post_only=True),
    Row("onboarding:conversations", SIGNED_IN),
    Row("onboarding:question", MANAGERS, args="thread"),
    Row("onboarding:close_question", MANAGERS, args="thread", post_only=True),
    Row("onboarding:question_file", MANAGERS, args="thread_file"),
    # an act that takes two people: the HMIS's own people go to the desk, whom it concerns may stop it here
    Row("powers:request", ("staff", *HMIS), args="power", status=(200, 302)),
    # who acts for an agency
    views("agencies:people"),
    manages("agencies:invite"),
    manages("agencies:hand_over"),
    manages("agencies:name_deputy"),
    manages("agencies:resend_invitation", "invitation", post_only=True),
    manages("agencies:revoke_invitation", "invitation"),
    edits("agencies:end_role", "own_role"),
    # the roster
    views("agencies:staff"),
    edits("agencies:add_staff"),
    edits("agencies:change_staff", "staff"),
    edits("agencies:report_leaver", "staff"),
    edits("agencies:return_staff", "left"),
    # step 1
    views("onboarding:confirm_requirements"),
    views("onboarding:conditions"),
    views("onboarding:owed"),
    edits("onboarding:assign_owed", "owed"),
    Row(
        "onboarding:remind_owed",
        ("director", "admin"),
        ("coordinator", "lead", "auditor"),
        "owed",
        post_only=True,
    ),
    Row("onboarding:my_tasks", SIGNED_IN, status=(200, 302)),
    Row("onboarding:my_calendar", SIGNED_IN),
    Row("onboarding:calendar", EVERYONE, args="calendar"),
    edits("onboarding:report_condition", "condition"),
    edits("onboarding:condition_more_time", "condition"),
    views("onboarding:condition_proof", "proof"),
    views("onboarding:journey"),
    views("onboarding:history"),
    edits("onboarding:page_open", post_only=True),
    edits("onboarding:share", "draft"),
    edits("onboarding:note", "note"),
    # each year
    views("onboarding:confirm_access"),
    # the agency's record, after the application was sent
    views("onboarding:record", "approved"),
    manages("onboarding:propose", "approved_what"),
    manages("onboarding:take_back_proposal", "record_proposal", post_only=True),
    views("onboarding:record_sites", "approved"),
    edits("onboarding:record_site_add", "approved", status=(302,)),
    edits("onboarding:record_site_add_page", "approved_new"),
    edits("onboarding:record_site_add_autosave", "approved_new", post_only=True),
    edits("onboarding:record_site_add_discard", "approved_new", post_only=True),
    edits("onboarding:record_site_change", "approved_site"),
    edits("onboarding:record_site_autosave", "approved_site", post_only=True),
    edits("onboarding:record_site_discard", "approved_site", post_only=True),
    edits("onboarding:record_site_remove", "approved_site"),
    views("onboarding:record_documents", "approved"),
    edits("onboarding:record_document_remove", "approved_upload"),
    edits("onboarding:record_page", "approved_record"),
    edits("onboarding:record_autosave", "approved_record", post_only=True),
    edits("onboarding:record_discard", "approved_record", post_only=True),
    views("onboarding:readiness_year", "approved"),
    edits("onboarding:readiness_year_page", "approved_topic"),
    edits("onboarding:readiness_year_autosave", "approved_topic", post_only=True),
    edits("onboarding:readiness_year_discard", "approved_topic", post_only=True),
    # questions sent to somebody outside
    Row("onboarding:readiness_help", EVERYONE, args="helper_token"),
    edits("onboarding:ask_helper", "draft"),
    edits("onboarding:ask_helper_again", "helper", post_only=True),
    edits("onboarding:revoke_helper", "helper", post_only=True),
    edits("onboarding:proposal_take", "proposal", post_only=True),
    edits("onboarding:proposal_leave", "proposal", post_only=True),
    # the application
    manages("onboarding:start_application", post_only=True),
    views("onboarding:application", "draft"),
    views("onboarding:check_answers", "draft"),
    manages("onboarding:submit", "draft", status=(200, 302, 303)),
    views("onboarding:changes", "draft", status=(302,)),
    edits("onboarding:answer_remark", "remark"),
    manages("onboarding:ask_for_time", "draft", post_only=True),
    views("onboarding:submitted", "sent"),
    edits("onboarding:feedback", "feedback"),
    views("onboarding:revision", "revision"),
    views("onboarding:revision_pdf", "revision_pdf"),
    manages("onboarding:withdraw", "draft"),
    manages("onboarding:reopen", "draft", status=(200, 303)),
    manages("onboarding:appeal", "draft", status=(200, 303)),
    manages("onboarding:delete_draft", "draft"),
    views("onboarding:section", "section"),
    edits("onboarding:autosave", "section", post_only=True),
    edits("onboarding:discard", "section", post_only=True),
    views("onboarding:section_page", "section_page"),
    edits("onboarding:autosave_page", "section_page", post_only=True),
    edits("onboarding:discard_page", "section_page", post_only=True),
    views("onboarding:staff_section", "draft"),
    edits("onboarding:staff_add", "draft", status=(302,)),
    edits("onboarding:staff_add_known", "draft", post_only=True),
    edits("onboarding:staff_add_page", "new_person"),
    edits("onboarding:staff_add_autosave", "new_person", post_only=True),
    edits("onboarding:staff_add_discard", "new_person", post_only=True),
    edits("onboarding:staff_change", "draft_staff"),
    edits("onboarding:staff_autosave", "draft_staff", post_only=True),
    edits("onboarding:staff_discard", "draft_staff", post_only=True),
    edits("onboarding:staff_remove", "draft_staff"),
    edits("onboarding:staff_upload", "draft"),
    edits("onboarding:staff_preview", "draft", status=(302, 303)),
    edits("onboarding:staff_errors", "draft", status=(200, 302, 303)),
    views("onboarding:staff_template", "draft_file"),
    views("onboarding:staff_export", "draft_file"),
    views("onboarding:sites", "draft"),
    edits("onboarding:site_add", "draft", status=(302,)),
    edits("onboarding:site_add_page", "new_person"),
    edits("onboarding:site_add_autosave", "new_person", post_only=True),
    edits("onboarding:site_add_discard", "new_person", post_only=True),
    edits("onboarding:site_change", "site"),
    edits("onboarding:site_autosave", "site", post_only=True),
    edits("onboarding:site_discard", "site", post_only=True),
    edits("onboarding:site_remove", "site"),
    views("onboarding:documents_section", "draft"),
    edits("onboarding:documents_done", "draft", post_only=True),
    views("onboarding:document", "upload"),
    edits("onboarding:document_remove", "upload"),
    # the MOU
    Row("onboarding:mou_current", EVERYONE, args="mou_text"),
    Row("onboarding:mou_current_pdf", EVERYONE, args="mou_text"),
    Row("onboarding:mou_current_text", EVERYONE, args="mou_text"),
    Row("onboarding:mou_current_clause", EVERYONE, args="mou_clause"),
    Row("onboarding:mou", MOU_READERS, args="mou"),
    Row("onboarding:mou_clauses", MOU_READERS, args="mou"),
    Row("onboarding:mou_clause", MOU_READERS, args="clause"),
    Row("onboarding:mou_text", MOU_READERS, args="mou"),
    Row("onboarding:mou_pdf", MOU_READERS, args="mou", status=(200, 302, 303)),
    Row("onboarding:mou_file", MOU_READERS, args="mou_file", status=(200, 404)),
    Row(
        "onboarding:mou_bundle", MOU_READERS, args="mou_of", status=(200, 303, 404)
    ),  # only an executed one has a bundle
    Row("onboarding:mou_question", (*EDITORS, "signatory"), READS_AGENCIES, args="clause"),
    manages("onboarding:name_signatory", "mou"),
    manages("onboarding:remind_signatory", "mou", post_only=True),
    Row("onboarding:mou_draft", MOU_READERS, args="mou"),
    Row(
        "onboarding:renew_mou",
        ("director", "admin", "lead"),
        ("coordinator", "signatory", "auditor"),
        "mou",
        (303,),
    ),
    signs("onboarding:consent"),
    signs("onboarding:test_file"),
    signs("onboarding:sign", status=(302,)),
    signs("onboarding:read_mou", status=(302,)),  # consent comes first
    Row(
        "onboarding:mou_paper", ("director", "signatory", "admin"), ("coordinator", "lead", "auditor"), "mou"
    ),
    Row("onboarding:mou_scan", MOU_READERS, args="mou_scan"),
    signs("onboarding:decline_mou"),
    signs("onboarding:pass_on"),
    signs("onboarding:withdraw_signature"),
    # checking a document
    Row("onboarding:verify_answer", EVERYONE, args="answer", status=(302,)),
    *(
        Row(f"signing:{name}", EVERYONE)
        for name in ("root_certificate", "authority_certificate", "revocation_list", "root_list")
    ),
    Row("signing:revocation_list_of", EVERYONE, args="serial", status=(404,)),
    # training
    Row("training:mine", SIGNED_IN),
    Row("training:agency", (*VIEWERS, "trainer"), args="trained_agency"),
    Row("training:registered", ("staff",), args="requirement", post_only=True),
    Row("training:upload", ("staff", "coordinator"), args="course"),
    Row("training:evidence_file", ("staff", *HMIS), args="evidence"),
    Row("training:practice", ("staff",), args="practice"),
    Row("training:practice_file", ("staff", *HMIS), args="case"),
    Row("training:team", SIGNED_IN),
    Row("training:remind_team", SIGNED_IN, post_only=True),
    Row("training:agency_csv", (*VIEWERS, "trainer"), args="trained_agency"),
    edits("training:remind", "trained_agency", post_only=True),
    Row("training:session", EVERYONE, args="session"),
    Row("training:here", SIGNED_IN, args="code"),
    Row("training:sign_up", SIGNED_IN, args="session", post_only=True),
    Row("training:give_back", ("staff",), args="session"),
    Row("training:session_calendar", ("staff",), args="session"),
    Row("training:certificate_pdf", ("staff", "director", "coordinator", *HMIS), args="certificate"),
    Row("training:certificate_public", EVERYONE, args="number"),
    # learning systems send here, with credentials of their own; whoever is signed in is nobody here
    Row("training:xapi_about", EVERYONE),
    Row("training:xapi_statements", EVERYONE, status=(401,)),
    Row("training:xapi_other", EVERYONE, args="rest", status=(404,)),
    Row("training:agreement", ("staff",), args="own_staff"),
    Row("training:agreement_prepare", ("staff",), args="own_staff", post_only=True),
    Row("training:agreement_consent", ("staff",), args="own_staff"),
    Row("training:agreement_test_file", ("staff",), args="own_staff"),
    Row("training:agreement_sign", ("staff",), args="own_staff", status=(200, 302)),
    Row(
        "training:agreement_pdf",
        ("staff", "director", "coordinator", *HMIS),
        args="agreement",
        status=(200, 303),
    ),
    # projects (the cast's agency has no application yet: its pages lead to the step that starts one)
    views("onboarding:projects", status=(302,)),
    edits("onboarding:project_add", status=(303,)),
    views("onboarding:project", "project", status=(302,)),
    edits("onboarding:project_confirm", "project", post_only=True),
    views("onboarding:project_page", "project_page", status=(302,)),
    edits("onboarding:project_autosave", "project_page", post_only=True),
    edits("onboarding:project_discard", "project_page", post_only=True),
    edits("onboarding:project_remove", "project", status=(303,)),
    # projects after approval
    views("onboarding:own_projects", "approved"),
    edits("onboarding:own_project_add", "approved"),
    views("onboarding:confirm_projects", "approved"),
    views("onboarding:own_project", "approved_project"),
    edits("onboarding:own_project_confirm", "approved_project", post_only=True),
    views("onboarding:own_project_page", "approved_project_page", status=(200, 302)),
    edits("onboarding:own_project_autosave", "approved_project_page", post_only=True),
    edits("onboarding:own_project_discard", "approved_project_page", post_only=True),
    edits("onboarding:own_project_remove", "approved_project", status=(200, 303)),
    edits("onboarding:end_project", "approved_project", status=(303,)),
    edits("onboarding:replace_project", "approved_project", status=(303,)),
    edits("onboarding:project_begins", "approved_project", status=(200, 303)),
    views("onboarding:setup_sheet"),
    views("onboarding:hud_csv", status=(303,)),
]


def names(patterns: Any = None, prefix: str = "") -> list[str]:
    """The full names of all URL patterns."""
    found: list[str] = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += names(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            if str(pattern.pattern).startswith("social/") and not pattern.name:
                continue  # allauth's redirects from the addresses of long ago
            assert pattern.name or prefix == "admin:", f"{pattern} has no name"
            found.append(f"{prefix}{pattern.name}")
    return found


def confirmed(cast: Cast, kind: str) -> Client:
    """The person has just confirmed who it is: pages that change an account ask for it before anything else."""
    return cast.client(kind, confirmed="mfa" if kind in HMIS else "password")
