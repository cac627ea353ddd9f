"""The words of the MOU: what fills its variables, what the agency takes on at a glance, the table under its title."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Agency, Position
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import text, text_versions
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Mou


@dataclass(frozen=True)
class Theme:
    """What the agency takes on, in one sentence, and the clauses that say it in full."""

    key: str
    title: Promise
    summary: Promise


@dataclass(frozen=True)
class ThemeClause:
    number: int
    title: str
    url: str


@dataclass(frozen=True)
class ShownTheme:
    title: Promise
    summary: Promise
    clauses: list[ThemeClause]


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


def themes(clauses: tuple[text.Clause, ...], urls: Mapping[str, str]) -> list[ShownTheme]:
    """The themes with their clauses and the pages of these; a theme that no clause of this text has is left out."""
    rows = [
        ShownTheme(
            title=theme.title,
            summary=theme.summary,
            clauses=[
                ThemeClause(clause.number, clause.title, urls[clause.anchor])
                for clause in clauses
                if clause.theme == theme.key
            ],
        )
        for theme in THEMES
    ]
    return [row for row in rows if row.clauses]


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


def facts(
    agency: Agency, signer_email: str, successor_of: Mou | None, *, replaces: bool = False
) -> list[tuple[str, str]]:
    """The table under the title: the parties and their addresses, and from when to when; frozen as it is issued.

    `replaces`: a newer text takes the place of the MOU before as soon as both have signed.
    """
    settings = PortalSettings.load()
    return [
        (_("Agency"), agency.legal_name),
        (_("Notices to the Agency"), notices_to_agency(agency, signer_email)),
        (_("Lead Agency"), settings.lead_agency),
        (_("Notices to the Lead Agency"), _joined(settings.notices_address, settings.for_notices)),
        *_renewal(successor_of, replaces=replaces),
        (_("Term"), f"{_length(None if replaces else successor_of)} {_stated_later()}"),
        (_("Issued"), date_words(timezone.now())),
    ]


def notices_to_agency(agency: Agency, signer_email: str = "") -> str:
    """Where the agency gets notices, from its record: its street, and its director's e-mail or the signatory's."""
    director = agency.contacts.filter(position=Position.DIRECTOR).first()
    place = f"{agency.region} {agency.zip_code}".strip()
    street = ", ".join(part for part in (agency.street, agency.city, place) if part) if agency.street else ""
    return _joined(street, director.email if director else signer_email)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _renewal(before: Mou | None, *, replaces: bool) -> list[tuple[str, str]]:
    if before is None or before.term_ends_on is None:
        return []
    if replaces:
        words = _("%(reference)s, which ends when both parties have signed this one")
        return [(_("Takes the place of"), words % {"reference": before.reference})]
    words = _("%(reference)s, in force through %(day)s")
    return [
        (_("Renewal of"), words % {"reference": before.reference, "day": date_words(before.term_ends_on)})
    ]


def _length(successor_of: Mou | None) -> str:
    months = PortalSettings.load().mou_term_months
    words = ngettext(
        "%(count)d month from the day both parties have signed.",
        "%(count)d months from the day both parties have signed.",
        months,
    )
    if successor_of:
        words = ngettext(
            "%(count)d month from the day after the MOU before it ends, or from the last signature if that is later.",
            "%(count)d months from the day after the MOU before it ends, or from the last signature if that is later.",
            months,
        )
    return words % {"count": months}


def _stated_later() -> str:
    """The days are known only as the last party signs; the files that state them are made then."""
    return _(
        "The first and the last day stand in the certificate of completion and, where it is electronic, beside the "
        "last signature."
    )
