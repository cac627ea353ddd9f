"""A text is put in force by two people; the first says who has to sign it by when, the second reads that too."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.models import PowerRequest
from hmis_portal.models.users import User
from hmis_portal.powers import asking, kinds
from hmis_portal.signing.agreeing import text_versions
from hmis_portal.signing.agreeing.who_signs import WhoSigns
from hmis_portal.signing.models import TextVersion
from hmis_portal.text.words import date_words

PUBLISH = "publish_text"


@dataclass(frozen=True)
class Signing:
    """What the app says of who signs a kind of text.

    `askable`: the agencies that have signed an earlier version, which have `name` and `cocs`; `progress`: of a version,
    rows as `progress.Asked` reads them; `after`: what happens once the day is over, in words.
    """

    askable: Callable[[], QuerySet[Any]]
    progress: Callable[[TextVersion], QuerySet[Any, dict[str, Any]]]
    after: object


@dataclass(frozen=True)
class Use:
    """What the app that puts a kind of text before people says of it.

    `variables` are the names it fills, `samples` what is known of them before anybody is named. `publish` puts a
    version in force and returns how many requests it superseded; `waiting` says beforehand how many it would.
    `signing` where somebody may be asked to sign a newer version.
    """

    variables: Callable[[], Collection[str]]
    samples: Callable[[], Mapping[str, str]]
    publish: Callable[..., int]
    waiting: Callable[[], int]
    signing: Signing | None = None


uses: dict[str, Use] = {}  # by kind of text


class PublishForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Ask to publish this version")
    required_messages = {"reason": gettext_lazy("Enter the reason")}
    field_order = ["signers", "cocs", "agencies", "by", "reason", "read"]
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    read = forms.BooleanField(
        label=gettext_lazy("I have compared it with the version in force"),
        error_messages={"required": gettext_lazy("Check the box once you have compared the two versions")},
    )

    def who(self) -> WhoSigns | None:
        """Nothing of this kind is signed anew."""
        return None


class SignersForm(PublishForm):
    """Publishing, with the question who of those that have signed before signs this version by when."""

    NOBODY, ALL, OF_COCS, CHOSEN = "nobody", "all", "cocs", "chosen"
    LONGEST = timedelta(days=2 * 365)
    shown_when = {
        "cocs": ("signers", OF_COCS),
        "agencies": ("signers", CHOSEN),
        "by": ("signers", ALL, OF_COCS, CHOSEN),
    }
    required_messages = {
        **PublishForm.required_messages,
        "signers": gettext_lazy("Select who has to sign this version"),
        "cocs": gettext_lazy("Select the Continuums of Care"),
        "agencies": gettext_lazy("Select the agencies"),
        "by": gettext_lazy("Enter the day by which it is to be signed"),
    }
    signers = forms.ChoiceField(
        label=gettext_lazy("Who has to sign this version?"),
        widget=forms.RadioSelect,
        choices=[
            (NOBODY, gettext_lazy("Nobody: who signs from now on signs this version")),
            (ALL, gettext_lazy("All agencies that have signed an earlier version")),
            (OF_COCS, gettext_lazy("Those of some Continuums of Care")),
            (CHOSEN, gettext_lazy("Some agencies, chosen by hand")),
        ],
    )
    cocs = forms.MultipleChoiceField(
        label=gettext_lazy("Which Continuums of Care?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Where you selected “Those of some Continuums of Care”."),
    )
    agencies = forms.MultipleChoiceField(
        label=gettext_lazy("Which agencies?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Where you selected “Some agencies, chosen by hand”."),
    )
    by = DateField(
        label=gettext_lazy("To be signed by"),
        help_text=gettext_lazy(
            "The last day on which what they signed before holds; not asked where nobody has to."
        ),
    )

    def __init__(self, *args: object, signing: Signing, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.signing = signing
        agencies = signing.askable().order_by("legal_name")
        cocs = (
            agencies.order_by("cocs__pk").exclude(cocs=None).values_list("cocs__pk", "cocs__name").distinct()
        )
        today = timezone.localdate()
        by: Any = self.fields["by"]
        by.earliest, by.latest = today + timedelta(days=1), today + self.LONGEST
        self._choices("cocs", [(str(pk), name) for pk, name in cocs])
        self._choices("agencies", [(str(row.pk), row.name) for row in agencies])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def who(self) -> WhoSigns | None:
        asked, by = self.cleaned_data["signers"], self.cleaned_data["by"]
        if asked == self.NOBODY:
            return None
        if asked == self.ALL:
            return WhoSigns(by)
        if asked == self.CHOSEN:
            return WhoSigns(by, frozenset(map(UUID, self.cleaned_data["agencies"])))
        of_cocs = self.signing.askable().filter(cocs__in=self.cleaned_data["cocs"])
        return WhoSigns(by, frozenset(of_cocs.values_list("pk", flat=True)))


def form_for(version: TextVersion, data: object) -> PublishForm:
    signing = uses[version.kind].signing
    return SignersForm(data, signing=signing) if signing else PublishForm(data)


def ask_to_publish(version: TextVersion, *, by: User, reason: str, who: WhoSigns | None) -> PowerRequest:
    """Ask that this very draft is put in force: who grants it reads the same words, and who is to sign it by when."""
    now = text_versions.current(version.kind)
    changes = [[version.get_kind_display(), str(now or ""), str(version)]]
    if uses[version.kind].signing:
        changes.append([_("Who has to sign it"), "", who_words(version, who)])
    return asking.ask(
        PUBLISH, by=by, target=version, reason=reason, changes=changes,
        data={**_words_of(version), "who": kept(who)}, what=_("Publish %(text)s") % {"text": version},
    )  # fmt: skip


def kept(who: WhoSigns | None) -> dict[str, object]:
    return who.kept() if who else {}


def who_words(version: TextVersion, who: WhoSigns | None) -> str:
    """Whom it is asked of, as who decides reads it."""
    signing = uses[version.kind].signing
    if who is None or signing is None:
        return _("Nobody: who signs from now on signs this version")
    day = date_words(who.by)
    if who.agencies is None:
        return _("All agencies that have signed an earlier version, by %(day)s") % {"day": day}
    names = [row.name for row in signing.askable().filter(pk__in=who.agencies).order_by("legal_name")]
    words = ngettext(
        "%(count)d agency, by %(day)s: %(names)s", "%(count)d agencies, by %(day)s: %(names)s", len(names)
    )
    return words % {"count": len(names), "day": day, "names": ", ".join(names)}


def _words_of(version: TextVersion) -> dict[str, object]:
    """What whoever grants it has read."""
    return {"sha256": version.sha256, "what_changed": version.what_changed, "sample": version.sample}


def _against_publishing(row: PowerRequest) -> list[str]:
    version = TextVersion.objects.filter(pk=row.target_id).first()
    if version is None or version.state != TextVersion.State.DRAFT:
        return [_("This version is published already, or its draft is gone.")]
    if any(row.data[name] != words for name, words in _words_of(version).items()):
        return [_("The draft was changed since this was asked. Refuse it, and ask anew.")]
    who = _who(row)
    return [who.against] if who and who.against else []


def _who(row: PowerRequest) -> WhoSigns | None:
    """What was asked before the question was put names nobody."""
    return WhoSigns.of(row.data.get("who", {}))


def _publish(row: PowerRequest) -> None:
    version = TextVersion.objects.get(pk=row.target_id)
    uses[version.kind].publish(version, by=row.asked_by, who=_who(row))


def _papers(row: PowerRequest) -> list[tuple[StrOrPromise, str]]:
    names = [("compare", _("Compared with the version in force")), ("preview", _("As a PDF"))]
    return [(words, reverse(f"admin:signing_text_{name}", args=[row.target_id])) for name, words in names]


kinds.add(
    kinds.PowerKind(
        PUBLISH, gettext_lazy("Publish a text"), _publish, against=_against_publishing, papers=_papers
    )
)
