"""Reference content of training: the catalogue of courses, who needs them, and group permissions.

Safe to repeat. What exists is left alone: the HMIS Admin edits every value in the admin.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission

from agencies.models import HmisRole, Position
from agencies.permissions import AUDITOR, HMIS_ADMIN, LEAD_SIGNATORY, TRAINER
from training.models import Course, CourseRule

Passes = Course.PassesWith
Applies = CourseRule.AppliesTo

REGISTER_ONLINE = (
    "Sign in to the HMIS learning site with your work e-mail, choose this course and take it at your own pace. "
    "Write to the HMIS help desk if you have no account there. A trainer then records your result."
)
REGISTER_SESSION = (
    "Write to the HMIS help desk with your name, agency and role. You receive the next dates and a link to join. "
    "A trainer records your attendance on the day."
)

# (slug, title, description, how to register, fields, rules)
CATALOGUE: list[tuple[str, str, str, str, dict[str, Any], list[dict[str, Any]]]] = [
    (
        "privacy-security",
        "Privacy and security awareness",
        "How personal data is protected: passwords, devices, paper, consent, what to do when something goes wrong.",
        REGISTER_ONLINE,
        {"passes_with": Passes.QUIZ, "min_score": 80, "valid_months": 12, "grace_days": 14, "minutes": 60},
        [{"applies_to": Applies.EVERYONE}],
    ),
    (
        "user-agreement",
        "HMIS user agreement and code of ethics",
        "What you promise before you see anyone's data. You read it and sign it here in the portal.",
        "Open the agreement from your training page, read it, and sign it with your full name.",
        {
            "passes_with": Passes.SIGNATURE,
            "valid_months": 12,
            "grace_days": 14,
            "minutes": 15,
            "evidence_allowed": False,
        },
        [{"applies_to": Applies.EVERYONE}],
    ),
    (
        "hmis-basics",
        "HMIS basics",
        "Find your way in the training database: search, add a person, enroll, exit. Ends with a practice case.",
        REGISTER_ONLINE,
        {"passes_with": Passes.PRACTICE, "minutes": 120, "idle_months": 6},
        [{"applies_to": Applies.LOGS_IN}],
    ),
    (
        "data-standards",
        "Data standards and data quality",
        "What each data element means, how to ask for it, and how to find and mend what is missing or wrong.",
        REGISTER_ONLINE,
        {"passes_with": Passes.QUIZ, "min_score": 80, "valid_months": 24, "grace_days": 14, "minutes": 90},
        [
            {"applies_to": Applies.ROLE, "role": role}
            for role in (HmisRole.HDC, HmisRole.DATA_ENTRY, HmisRole.CASE_MANAGER, HmisRole.SUPERVISOR)
        ],
    ),
    *[
        (
            f"workflow-{slug}",
            f"Program workflow: {name}",
            f"From intake to exit in {name}: what is entered when, and what the reports expect.",
            REGISTER_SESSION,
            {"passes_with": Passes.SESSION, "minutes": 120},
            [{"applies_to": Applies.PROJECT_TYPE, "project_types": types}],
        )
        for slug, name, types in (
            ("shelter", "emergency shelter", [0, 1, 8, 11]),
            ("transitional", "transitional housing", [2]),
            ("supportive", "supportive housing", [3, 9, 10]),
            ("rapid", "rapid re-housing and prevention", [12, 13]),
            ("outreach", "street outreach", [4]),
            ("coordinated-entry", "coordinated entry", [14]),
        )
    ],
    (
        "reports",
        "Reports",
        "Run and read the standard reports, and use them to correct data.",
        REGISTER_SESSION,
        {"passes_with": Passes.ATTENDANCE, "valid_months": 24, "grace_days": 14, "minutes": 90},
        [
            {"applies_to": Applies.ROLE, "role": role}
            for role in (HmisRole.HDC, HmisRole.SUPERVISOR, HmisRole.REPORTING)
        ],
    ),
    (
        "hdc-briefing",
        "HMIS Data Coordinator briefing",
        "The coordinator's duties: the roster, leavers, data quality, and being the first to ask.",
        REGISTER_SESSION,
        {"passes_with": Passes.ATTENDANCE, "valid_months": 12, "grace_days": 14, "minutes": 60},
        [
            {"applies_to": Applies.ROLE, "role": HmisRole.HDC},
            {"applies_to": Applies.POSITION, "position": Position.COORDINATOR},
            {"applies_to": Applies.POSITION, "position": Position.BACKUP},
        ],
    ),
    (
        "security-officer",
        "Security Officer briefing",
        "The Security Officer's duties: the yearly self-audit, incidents, devices and leavers.",
        "Write to the HMIS help desk. You go through the security checklist with us and sign it.",
        {"passes_with": Passes.CHECKLIST, "valid_months": 12, "grace_days": 14, "minutes": 60},
        [
            {"applies_to": Applies.ROLE, "role": HmisRole.SECURITY},
            {"applies_to": Applies.POSITION, "position": Position.SECURITY},
        ],
    ),
]

READ_ALL = [
    "course", "courserule", "courseequivalence", "requirement", "completion", "completionvoid", "waiver", "evidence",
    "certificate", "session", "signup", "useragreement", "notice", "learningaccount", "practicecase", "door", "doorrun", "heldresult",
    "mappedaccount", "mappedcourse", "upload", "credential", "statement",
]  # fmt: skip
VIEW = [f"view_{name}" for name in READ_ALL]
PERMISSIONS: dict[str, list[str]] = {
    TRAINER: [*VIEW, "add_completion", "add_session", "change_evidence"],
    HMIS_ADMIN: [
        *VIEW, "add_completion", "add_completionvoid", "add_session", "add_waiver", "change_waiver", "change_evidence",
        "add_course", "change_course", "add_courserule", "change_courserule", "delete_courserule",
        "add_courseequivalence", "change_courseequivalence", "delete_courseequivalence", "add_door", "change_door",
        "add_mappedaccount", "change_mappedaccount", "delete_mappedaccount", "add_mappedcourse", "change_mappedcourse",
        "delete_mappedcourse",
    ],
    LEAD_SIGNATORY: VIEW,
    AUDITOR: VIEW,
}  # fmt: skip


def load() -> None:
    """Write what is missing; what an administrator changed stays."""
    for position, (slug, title, description, register, fields, rules) in enumerate(CATALOGUE):
        course, created = Course.objects.get_or_create(
            slug=slug,
            defaults={
                "title": title,
                "description": description,
                "how_to_register": register,
                "position": position,
                **fields,
            },
        )
        if created:
            CourseRule.objects.bulk_create(CourseRule(course=course, **rule) for rule in rules)
    _give_permissions()


def _give_permissions() -> None:
    """Add each group's training permissions; what was added by hand stays."""
    known = {
        permission.codename: permission
        for permission in Permission.objects.filter(content_type__app_label="training")
    }
    for name, codenames in PERMISSIONS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[codename] for codename in codenames))
