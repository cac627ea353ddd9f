"""The text of the MOU: what fills its variables, and what the agency takes on at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import text, text_versions
from hmis_portal.signing.models import TextVersion
from hmis_portal.web.errors import GuardFailed


@dataclass(frozen=True)
class Theme:
    """What the agency takes on, in one sentence, and the clauses that say it in full."""

    key: str
    title: Any
    summary: Any


THEMES = (
    Theme(
        "data",
        gettext_lazy("Data entry and quality"),
        gettext_lazy(
            "Enter complete and accurate data within three business days, run the quality report every month, "
            "and correct errors within ten business days."
        ),
    ),
    Theme(
        "compliance",
        gettext_lazy("Compliance"),
        gettext_lazy(
            "Follow the community’s policies, protect people’s privacy, keep devices and paper secure, check security "
            "once a year, and report an incident within 24 hours."
        ),
    ),
    Theme(
        "support",
        gettext_lazy("Training and support"),
        gettext_lazy(
            "The Lead Agency trains your staff at no charge, gives you model documents, and runs a help desk. "
            "Only trained people with an agreement of their own use the system."
        ),
    ),
)


def themes(clauses: tuple[text.Clause, ...], urls: Mapping[str, str]) -> list[dict[str, Any]]:
    """The themes with their clauses and the pages of these; a theme that no clause of this text has is left out."""
    rows = [
        {
            "title": theme.title,
            "summary": theme.summary,
            "clauses": [
                {"number": clause.number, "title": clause.title, "url": urls[clause.anchor]}
                for clause in clauses
                if clause.theme == theme.key
            ],
        }
        for theme in THEMES
    ]
    return [row for row in rows if row["clauses"]]


def values(agency: Agency | None) -> Mapping[str, str]:
    """What fills the variables of the text; without an agency a blank stands in its place."""
    settings = PortalSettings.load()
    return {
        "hmis_name": settings.hmis_name,
        "hmis_long_name": settings.hmis_long_name,
        "lead_agency": settings.lead_agency,
        "state_name": settings.state_name,
        "term_months": str(settings.mou_term_months),
        "support_email": settings.support_email,
        "support_phone": settings.support_phone,
        "answer_within": settings.answer_within,
        "agency": agency.legal_name if agency else _("[your agency]"),
    }


def current_text(agency: Agency | None = None) -> tuple[TextVersion, str]:
    """The published version and its text with the names of this community. Raises GuardFailed when there is none."""
    version = text_versions.current(TextVersion.Kind.MOU)
    if version is None:
        raise GuardFailed(_("There is no published MOU yet."))
    return version, text.fill(version.body, values(agency))
