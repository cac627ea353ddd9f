"""The names that an MOU binds: as they stand in its text, as they are today, and why both are one party."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, JSONObject, Trim
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Contact, Position
from hmis_portal.models import PortalSettings
from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.models import Party, SignatureAct
from hmis_portal.text.words import date_words
from onboarding.models import Mou

AGENCY, LEAD = "agency", "lead"
TYPED_AS = ("legal_name", Position.SIGNATORY)  # in the application, by the pages' names for them
WORDS = {
    "name": gettext_lazy("The MOU names the agency “%(signed)s”; its legal name is now “%(now)s”."),
    "signatory": gettext_lazy(
        "When the MOU was signed, the agency’s authorized signatory was “%(signed)s”; it now names “%(now)s”."
    ),
    "lead": gettext_lazy("The MOU names the Lead Agency “%(signed)s”; it is now called “%(now)s”."),
}


@dataclass(frozen=True)
class NameChange:
    """A name of an MOU that is another one today."""

    what: Literal["name", "signatory", "lead"]
    signed: str
    now: str

    def __str__(self) -> str:
        return str(WORDS[self.what]) % {"signed": self.signed, "now": self.now}


def name_of(mou: Mou) -> str:
    """The agency as the MOU names it, whatever it is called today."""
    return _labels(mou).get(AGENCY) or mou.agency.legal_name


def _labels(mou: Any) -> dict[str, str]:
    """The names of both sides, by role; they never change."""
    if _has_names(mou):
        return {side["role"]: side["label"] for side in mou.sides}
    return {side.role: side.label for side in mou.request.parties.all()}


def with_names(rows: QuerySet[Mou]) -> QuerySet[Mou]:
    """MOUs with what `may_differ` looks at, in the same query: for lists."""
    parties = Party.objects.filter(request=OuterRef("request")).order_by()
    sides = parties.values(side=JSONObject(role="role", label="label"))
    named = Contact.objects.filter(agency=OuterRef("agency"), position=Position.SIGNATORY)
    name = Trim(Concat("person__first_name", Value(" "), "person__last_name"))
    return rows.annotate(
        sides=ArraySubquery(sides),
        named_now=Subquery(named.order_by().values(name=name)),
    )


@cache
def every_mou() -> QuerySet[Mou]:
    """All of them with their names, to be filtered: most pages ask, and building the question costs as much as its answer."""
    return with_names(Mou.objects.select_related("signatory")).order_by()


def _has_names(mou: Mou) -> bool:
    """Whether it was read by `with_names`."""
    return hasattr(mou, "named_now")


def may_differ(mou: Any) -> bool:
    """Whether a name of an open MOU read by `with_names` is another today; `changes` says whether that counts."""
    if mou.state not in Mou.OPEN:
        return False
    signed = {side["role"]: side["label"] for side in mou.sides}
    pairs = (
        (signed.get(AGENCY), mou.agency.legal_name),
        (signed.get(LEAD), PortalSettings.load().lead_agency),
        (mou.signatory_named, mou.named_now),
    )
    return any(before and now and not acts.same_name(before, now) for before, now in pairs)


def signatory_named(mou: Any) -> str:
    """Whom section A2 of the application names as authorized signatory now; "" when nobody."""
    if _has_names(mou):
        return mou.named_now or ""
    named = mou.agency.contacts.filter(position=Position.SIGNATORY).first()
    return named.name if named else ""


def changes(mou: Mou | None, *, lead: bool = False) -> list[NameChange]:
    """What keeps an open MOU from standing for the agency: names that changed and that nobody has explained.

    With `lead` also the Lead Agency's own, which matter once it signs. Of an MOU read by `with_names` nothing is read
    again where no name differs.
    """
    if mou is None or mou.state not in Mou.OPEN or (_has_names(mou) and not may_differ(mou)):
        return []
    labels = _labels(mou)
    names = [NameChange("name", labels.get(AGENCY, ""), mou.agency.legal_name)]
    if mou.signatory_named and not _signed_by(mou, now := signatory_named(mou)):
        names.append(NameChange("signatory", mou.signatory_named, now))
    if lead:
        names.append(NameChange("lead", labels.get(LEAD, ""), PortalSettings.load().lead_agency))
    renamed = [
        name for name in names if name.signed and name.now and not acts.same_name(name.signed, name.now)
    ]
    return _unexplained(mou, renamed) if renamed else []


def named_otherwise(mou: Mou, name: str) -> bool:
    """Whether a name is another than the one under which the MOU names the agency, and nobody said that both are one."""
    signed = name_of(mou)
    return not acts.same_name(signed, name) and bool(_unexplained(mou, [NameChange("name", signed, name)]))


def _signed_by(mou: Mou, name: str) -> bool:
    """Whoever signed may become the one whom the application names: that contradicts nothing."""
    act = SignatureAct.objects.filter(party__request=mou.request_id, party__role=AGENCY).first()
    return act is not None and acts.same_name(act.legal_name, name)


def _unexplained(mou: Mou, renamed: Iterable[NameChange]) -> list[NameChange]:
    explained = {(row.signed, row.now) for row in mou.explained.all()}
    return [change for change in renamed if (change.signed, change.now) not in explained]


def against(mou: Mou | None, *, lead: bool = False) -> list[str]:
    """The sentences that refuse an act on a signed MOU while its names are not today's."""
    renamed = changes(mou, lead=lead)
    if not renamed:
        return []
    way_out = _("Issue the MOU anew, or the %(admin)s records why both are one party.") % {
        "admin": PortalSettings.load().admin_name
    }
    return [f"{change} {way_out}" for change in renamed]


def explained(mou: Mou) -> list[str]:
    """What the HMIS Admin recorded of names that are one party: read by the agency, and by whoever counter-signs."""
    sentence = _("%(signed)s and %(now)s are one party. %(admin)s recorded on %(day)s: %(reason)s")
    return [
        sentence
        % {
            "signed": row.signed,
            "now": row.now,
            "admin": row.recorded_by,
            "day": date_words(row.recorded_at),
            "reason": row.reason,
        }
        for row in mou.explained.select_related("recorded_by")
    ]
