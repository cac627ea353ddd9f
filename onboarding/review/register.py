"""What the IRS's lists say of an agency's EIN: advice to both sides, which blocks nothing."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, LegalForm
from agencies.register.asking import Entry, Kind, RegisterAnswer, look_up
from hmis_portal.text.words import date_words, ein_words
from onboarding.review.check import GOOD, LOOK, UNKNOWN, Check

LISTS = {
    Kind.EXEMPT: gettext_lazy("IRS list of exempt organizations"),
    Kind.REVOKED: gettext_lazy("IRS list of automatic revocations"),
}
# As the IRS describes the codes of its column STATUS.
STATUS = {
    "01": gettext_lazy("unconditional exemption"),
    "02": gettext_lazy("conditional exemption"),
    "12": gettext_lazy("trust described in section 4947(a)(2) of the tax code"),
    "25": gettext_lazy("private foundation that is ending that status"),
}
OTHER_STATUS = gettext_lazy("status %(code)s at the IRS")
CHARITY = "3"  # of section 501(c)


def checks(agency: Agency, *, for_hmis: bool) -> list[Check]:
    """One for each list that is loaded; the HMIS side also reads which is not."""
    answers = look_up(agency)
    rows = [_exempt(agency, answers[Kind.EXEMPT])] if Kind.EXEMPT in answers and agency.ein else []
    if Kind.REVOKED in answers and agency.ein:
        rows.append(_revoked(agency, answers[Kind.REVOKED]))
    missing = [str(LISTS[kind]) for kind in Kind if kind not in answers]
    if missing and for_hmis:
        rows.append(
            Check(
                UNKNOWN,
                _("No register file is loaded: %s.") % "; ".join(missing),
                _("Files of the IRS register"),
                reverse("admin:agencies_registerload_upload"),
                _("Load a file"),
            )
        )
    return rows


def _source(answer: RegisterAnswer) -> str:
    return _("%(list)s, file of %(day)s") % {"list": LISTS[answer.kind], "day": date_words(answer.of_day)}


def _names(entry: Entry) -> str:
    if not entry.other_name:
        return _("“%(name)s”") % {"name": entry.name}
    return _("“%(name)s” (also “%(other)s”)") % {"name": entry.name, "other": entry.other_name}


def _exempt(agency: Agency, answer: RegisterAnswer) -> Check:
    entry, source = answer.entry, _source(answer)
    facts = {"ein": ein_words(agency.ein), "form": agency.get_legal_form_display()}
    if entry is None:
        if agency.legal_form and agency.legal_form != LegalForm.NONPROFIT:
            words = _(
                "The EIN %(ein)s is not on the list, which need not name every agency of this legal form (%(form)s)."
            )
            return Check(GOOD, words % facts, source)
        return Check(LOOK, _("The EIN %(ein)s is not on the list.") % facts, source)
    status = STATUS.get(entry.status, OTHER_STATUS % {"code": entry.status or "–"})
    place = ", ".join(part for part in (entry.city, entry.region) if part)
    facts |= {"names": _names(entry), "place": place, "section": entry.subsection, "status": str(status)}
    words = (
        _("The EIN %(ein)s is known under the name %(names)s, %(place)s: 501(c)(%(section)s), %(status)s.")
        % facts
    )
    if not entry.is_alike:
        return Check(LOOK, " ".join((words, _("The agency’s names are others."))), source)
    if agency.legal_form == LegalForm.NONPROFIT and entry.subsection != CHARITY:
        return Check(LOOK, " ".join((words, _("The agency says that it is a 501(c)(3)."))), source)
    return Check(GOOD, words, source)


def _revoked(agency: Agency, answer: RegisterAnswer) -> Check:
    entry, source = answer.entry, _source(answer)
    if entry is None:
        words = _("No exemption under the EIN %(ein)s was revoked automatically.")
        return Check(GOOD, words % {"ein": ein_words(agency.ein)}, source)
    facts = {
        "names": _names(entry), "revoked": date_words(entry.revoked_on), "posted": date_words(entry.posted_on),
        "again": date_words(entry.reinstated_on),
    }  # fmt: skip
    if entry.reinstated_on:
        words = _(
            "The exemption of %(names)s was revoked as of %(revoked)s and is reinstated as of %(again)s."
        )
        return Check(GOOD, words % facts, source)
    if entry.posted_on:
        words = _(
            "The exemption of %(names)s was revoked as of %(revoked)s, posted on %(posted)s, and is not reinstated."
        )
        return Check(LOOK, words % facts, source)
    words = _("The exemption of %(names)s was revoked as of %(revoked)s and is not reinstated.")
    return Check(LOOK, words % facts, source)
