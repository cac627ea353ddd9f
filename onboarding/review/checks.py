"""What is checked of an application across its parts, and where each answer comes from.

One list: the director reads it before sending, the reviewer on the review page, the Lead Agency before it signs.
What concerns other agencies stands apart, and no agency ever reads it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import namesakes
from agencies.hud import lists, places
from agencies.models import ACCESS_OF_ROLE, AccessLevel, Agency, Contact, Staff
from hmis_portal.signing.agreeing import acts
from hmis_portal.text import typed
from hmis_portal.text.words import date_words
from hmis_portal.web.addresses import address_of
from onboarding.models import Mou
from onboarding.mou import party
from onboarding.review import register
from onboarding.review.check import BAD, GOOD, LOOK, TONES, Check
from onboarding.review.outcomes import Kind, Outcome
from onboarding.sections.answers import Answers

SHOWN = 3  # of the agencies that share something


@dataclass(frozen=True)
class Area:
    """The CoCs and CANs that an agency names."""

    cocs: frozenset[str]  # codes
    cans: frozenset[str]  # names


def area_of(answers: Answers) -> Area:
    """As it stands now."""
    mine = {name: [row for row in rows if row.mine] for name, rows in answers.links.items()}
    return Area(frozenset(row.code for row in mine["cocs"]), frozenset(row.name for row in mine["cans"]))


def area_sent(cocs: str, cans: str) -> Area:
    """As it was sent, from the lines of the two answers."""
    return Area(
        frozenset(line.split()[0] for line in cocs.splitlines() if line.strip()),
        frozenset(line.strip() for line in cans.splitlines() if line.strip()),
    )


def of_application(
    answers: Answers,
    mou: Mou | None,
    *,
    area: Area,
    staff: Sequence[Staff],
    outcomes: Sequence[Outcome],
    for_hmis: bool = False,
) -> list[Check]:
    """Every comparison, the grave ones first; the HMIS side also learns what could not be compared."""
    contacts = list(answers.contacts.values())
    checks = [
        signed_party(mou),
        signatory(mou),
        coordination(answers, area),
        access(staff),
        supervisors(staff, contacts),
        hud(answers),
        readiness(outcomes),
        *register.checks(answers.agency, for_hmis=for_hmis),
    ]
    return by_gravity(checks)


def by_gravity(checks: Iterable[Check]) -> list[Check]:
    """The grave ones first; what is folded stands last."""
    return sorted(checks, key=lambda check: (check.is_folded, TONES.index(check.tone)))


def signed_party(mou: Mou | None) -> Check:
    if mou is None or mou.signed_at is None:
        return Check(BAD, _("No MOU is signed for the agency."), _("MOU"))
    source = _("%(reference)s, signed on %(day)s; legal name in section A") % {
        "reference": mou.reference,
        "day": date_words(mou.signed_at),
    }
    renamed = [str(change) for change in party.changes(mou, lead=True) if change.what != "signatory"]
    if renamed:
        return Check(BAD, " ".join(renamed), source)
    words = _("The MOU is signed for “%(name)s”: that is the legal name now.")
    if not acts.same_name(party.name_of(mou), mou.agency.legal_name):
        words = _(
            "The MOU is signed for “%(name)s”, of which is recorded why it is one party with the legal name now."
        )
    return Check(GOOD, words % {"name": party.name_of(mou)}, source)


def signatory(mou: Mou | None) -> Check:
    """Whether the person who signed is still the one whom the agency names, and can get in."""
    source = _("MOU; authorized signatory in section A; accounts")
    if mou is None:
        return Check(BAD, _("Nobody is asked to sign the MOU."), source)
    renamed = [str(change) for change in party.changes(mou) if change.what == "signatory"]
    if renamed:
        return Check(BAD, " ".join(renamed), source)
    named = party.signatory_named(mou)
    facts = {"name": mou.signatory_name, "named": named}
    if not named:
        return Check(
            LOOK, _("The application names no authorized signatory; %(name)s signs.") % facts, source
        )
    if not acts.same_name(named, mou.signatory_name):
        words = _("The application names %(named)s as authorized signatory; %(name)s signs the MOU.")
        return Check(LOOK, words % facts, source)
    if not mou.signatory.is_active:
        return Check(BAD, _("The account of %(name)s, who signs the MOU, is closed.") % facts, source)
    return Check(
        GOOD, _("%(name)s, who signs the MOU, is named as signatory and has an open account.") % facts, source
    )


def coordination(answers: Answers, area: Area) -> Check:
    """CoC, towns and CAN: each project's CoC is named, and each town lies in a CoC and CAN that is, as far as it is known."""
    source = _("Section A, section B, HUD’s list of towns, the towns of each CAN")
    if not area.cocs or not area.cans:
        return Check(LOOK, _("No CoC or no CAN is named."), source)
    elsewhere = sorted({
        f"{row.project.project_name} ({place.coc_code})"
        for row in answers.projects
        for place in row.draft.coc
        if place.coc_code and place.coc_code not in area.cocs
    })  # fmt: skip
    names = dict(lists.codes().choices(f"geocode.{places.STATE}"))
    towns = places.cocs_of_towns(answers.agency.towns, names)
    elsewhere += [f"{town} ({coc})" for town, coc in towns.items() if coc not in area.cocs]
    for can in answers.links["cans"]:
        if can.name not in area.cans:
            elsewhere += [f"{town} ({can})" for town in can.among(answers.agency.towns)]
    facts = {"cocs": ", ".join(sorted(area.cocs | area.cans)), "others": ", ".join(elsewhere)}
    if elsewhere:
        return Check(LOOK, _("The agency names %(cocs)s, and yet: %(others)s.") % facts, source)
    return Check(GOOD, _("Projects and towns lie where the agency says (%(cocs)s).") % facts, source)


def access(staff: Iterable[Staff]) -> Check:
    """Of whom more is asked for than the role needs."""
    source = _("Section C; access levels of each HMIS role")
    broad = [
        f"{person.name} ({person.get_hmis_role_display()}: {person.get_access_level_display()})"
        for person in staff
        if person.access_level != AccessLevel.NONE
        and person.access_level not in ACCESS_OF_ROLE.get(person.hmis_role, ())
    ]
    if broad:
        return Check(LOOK, _("More access than the role needs: %s.") % "; ".join(broad), source)
    return Check(GOOD, _("Nobody asks for more access than the HMIS role needs."), source)


def supervisors(staff: Sequence[Staff], contacts: Iterable[Contact]) -> Check:
    source = _("Section C; people in charge in section A")
    people: list[Staff | Contact] = [*staff, *contacts]
    emails = {typed.email(person.email) for person in people} - {""}
    names = {person.name.casefold() for person in people}
    unknown = sorted({
        person.supervisor_name
        for person in staff
        if person.supervisor_name
        and person.supervisor_name.casefold() not in names
        and typed.email(person.supervisor_email) not in emails
    })  # fmt: skip
    if unknown:
        return Check(
            LOOK, _("Supervisors who are on no list of the agency: %s.") % ", ".join(unknown), source
        )
    return Check(GOOD, _("Every supervisor is on the roster or among the people in charge."), source)


def hud(answers: Answers) -> Check:
    source = _("Section B; HUD’s rules for project data")
    wrong = [row for row in answers.projects if row.errors]
    if wrong:
        words = ngettext(
            "%(count)d project breaks a rule: %(names)s.",
            "%(count)d projects break a rule: %(names)s.",
            len(wrong),
        )
        names = ", ".join(row.project.project_name for row in wrong)
        return Check(BAD, words % {"count": len(wrong), "names": names}, source)
    advice = sum(len(row.warnings) for row in answers.projects)
    if advice:
        words = ngettext(
            "%(count)d piece of advice on project data.",
            "%(count)d pieces of advice on project data.",
            advice,
        )
        return Check(LOOK, words % {"count": advice}, source)
    return Check(GOOD, _("The projects keep every rule that can be checked."), source)


def readiness(outcomes: Sequence[Outcome]) -> Check:
    source = _("Section D")
    blocking = [outcome.question.number for outcome in outcomes if outcome.kind == Kind.BLOCKS_APPROVAL]
    if blocking:
        return Check(BAD, _("What blocks an approval: question %s.") % ", ".join(blocking), source)
    if outcomes:
        words = ngettext(
            "%(count)d question is not met yet; it has a plan or can wait.",
            "%(count)d questions are not met yet; they have a plan or can wait.",
            len(outcomes),
        )
        return Check(LOOK, words % {"count": len(outcomes)}, source)
    return Check(GOOD, _("Every question of technical readiness is met."), source)


def elsewhere(agency: Agency, contacts: Iterable[Contact]) -> list[Check]:
    """For the HMIS side alone: other agencies that share the EIN, nearly the name, a domain or a phone."""
    people = list(contacts)
    others = namesakes.namesakes(
        agency,
        domains=[typed.email(contact.email).rpartition("@")[2] for contact in people],
        phones=[typed.phone_digits(phone) for phone in (agency.phone, *(row.phone for row in people))],
    )
    source = _("Agencies of the portal")
    if not others:
        return [Check(GOOD, _("No other agency has this EIN, name, e-mail domain or phone."), source)]
    shared = by_gravity(_shared(agency, other, source) for other in others)
    return [replace(check, is_folded=place >= SHOWN) for place, check in enumerate(shared)]


def _shared(agency: Agency, other: namesakes.Namesake, source: str) -> Check:
    kinds = {
        "ein": _("the EIN"),
        "name": _("nearly the name"),
        "domain": _("an e-mail domain"),
        "phone": _("a phone number"),
    }
    facts = {"name": other.name, "what": get_text_list([kinds[kind] for kind in other.shares], _("and"))}
    if other.judged:
        sentence = _("%(name)s shares %(what)s and is not a duplicate: %(reason)s (%(by)s, %(day)s)")
        at = dt.datetime.fromisoformat(other.judged["at"])
        facts |= {"reason": other.judged["reason"], "by": other.judged["by"], "day": date_words(at)}
        return Check(GOOD, sentence % facts, source)
    return Check(
        BAD if "ein" in other.shares else LOOK,
        _("%(name)s shares %(what)s.") % facts,
        source,
        address_of("admin:onboarding_agency_not_a_duplicate", agency.pk, other.agency_id),
        _("Not a duplicate"),
    )
