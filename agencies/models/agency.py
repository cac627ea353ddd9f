"""An agency that joins the HMIS, the people it names, and who may act for it."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Left, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from agencies.models.matching import Digits, Words
from hmis_portal.text.words import listed, matching


class ContinuumOfCare(models.Model):
    """A Continuum of Care (CoC) of this community, such as CT-503."""

    code = models.CharField(_("code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=150)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("Continuum of Care")
        verbose_name_plural = _("Continuums of Care")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CoordinatedAccessNetwork(models.Model):
    """A Coordinated Access Network (CAN): the region through which people reach help."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    towns = models.TextField(
        _("towns"),
        max_length=4000,
        blank=True,
        help_text=_(
            "Separated by commas. Who serves one of them is proposed this network. Empty: nothing is."
        ),
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("Coordinated Access Network")

    def __str__(self) -> str:
        return self.name

    def among(self, towns: str) -> list[str]:
        """Those of the towns typed that are this network's."""
        own = {matching(town) for town in listed(self.towns)}
        return [town for town in listed(towns) if matching(town) in own]


class LegalForm(models.TextChoices):
    NONPROFIT = "501c3", _("501(c)(3) non-profit")
    GOVERNMENT = "government", _("Government")
    FAITH = "faith", _("Faith-based organization")
    TRIBAL = "tribal", _("Tribal organization")
    OTHER = "other", _("Other")


class ServiceKind(models.TextChoices):
    """What an agency does, in plain words; asked before an account is made."""

    SHELTER = "emergency_shelter", _("Emergency shelter, for tonight or a few weeks")
    SAFE_HAVEN = "safe_haven", _("Safe haven for people with serious mental illness")
    TRANSITIONAL = "transitional", _("Transitional housing, with a place for up to two years")
    SUPPORTIVE = "supportive", _("Permanent supportive housing")
    HOUSING = "permanent", _("Other permanent housing for people who were homeless")
    RAPID = "rapid_rehousing", _("Rapid re-housing: help with rent and finding a home")
    PREVENTION = "prevention", _("Homelessness prevention: help to keep a home")
    OUTREACH = "outreach", _("Street outreach")
    DAY = "day_shelter", _("Day shelter or drop-in center")
    COORDINATED = "coordinated_entry", _("Coordinated entry: assessment and referral")
    SERVICES = "services_only", _("Services only, such as case management or health care")
    OTHER = "other", _("Another service related to homelessness or housing instability")


class JoiningReason(models.TextChoices):
    REQUIRED = "required", _("A funder requires it")
    VOLUNTARY = "voluntary", _("We join voluntarily")


class NameKey(models.Func):
    """What `name_key` was made with until migration 0005, which its first migration still names: letters a to z alone."""

    template = (
        r"regexp_replace(regexp_replace(lower(%(expressions)s), "
        r"'\m(the|of|and|inc|incorporated|llc|corp|corporation|ltd|company|co)\M', '', 'g'), '[^a-z0-9]', '', 'g')"
    )
    output_field = models.CharField(max_length=200)


class WholeNameKey(models.Func):
    """A name in any script without case, punctuation and the words that tell no two organizations apart.

    A name of nothing but such words, or such marks, is kept whole: no two names have the same empty key.
    """

    marks = r"[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ufeff]"
    words = r"\m(the|of|and|inc|incorporated|llc|corp|corporation|ltd|company|co)\M"
    small = "lower(normalize(%(expressions)s, NFKC))"
    template = (
        f"left(coalesce(nullif(regexp_replace(regexp_replace({small}, '{words}', '', 'g'), '{marks}', '', 'g'), ''), "
        f"nullif(regexp_replace({small}, '{marks}', '', 'g'), ''), {small}), 200)"
    )
    output_field = models.CharField(max_length=200)


class Agency(models.Model):
    """The organization. Sections A to C of the application edit this row and those below it."""

    class State(models.TextChoices):
        JOINING = "joining", _("Joining")
        LIVE = "live", _("Live")
        LEFT = "left", _("Left")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.JOINING)
    legal_name = models.CharField(_("legal name"), max_length=200)
    common_name = models.CharField(_("common name"), max_length=200, blank=True)
    ein = models.CharField(_("Employer Identification Number (EIN)"), max_length=9, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=12, choices=LegalForm.choices, blank=True)
    legal_form_other = models.CharField(_("other legal form"), max_length=100, blank=True)
    federal_money = models.BooleanField(_("receives federal money"), null=True, blank=True)
    uei = models.CharField(_("Unique Entity ID (UEI)"), max_length=12, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=50, blank=True)
    region = models.CharField(_("state"), max_length=2, blank=True, default="CT")
    zip_code = models.CharField(_("ZIP code"), max_length=10, blank=True)
    phone = models.CharField(_("phone"), max_length=25, blank=True)
    website = models.URLField(_("web site"), max_length=300, blank=True)
    mission = models.TextField(_("mission and services"), max_length=4000, blank=True)
    cocs = models.ManyToManyField(
        ContinuumOfCare, verbose_name=_("Continuums of Care"), blank=True, related_name="agencies"
    )
    cans = models.ManyToManyField(
        CoordinatedAccessNetwork,
        verbose_name=_("Coordinated Access Networks"),
        blank=True,
        related_name="agencies",
    )
    towns = models.TextField(_("towns served"), max_length=2000, blank=True)
    coc_member = models.BooleanField(_("member of the Continuum of Care"), null=True, blank=True)
    languages = models.CharField(_("languages served"), max_length=300, blank=True)
    services = ArrayField(
        models.CharField(max_length=40), verbose_name=_("kinds of services"), default=list, blank=True
    )
    victim_service_provider = models.BooleanField(_("victim service provider"), null=True, blank=True)
    services_other = models.CharField(_("other service"), max_length=200, blank=True)
    joining_reason = models.CharField(
        _("why it joins"), max_length=10, choices=JoiningReason.choices, blank=True
    )
    required_by = models.CharField(_("funder that requires it"), max_length=200, blank=True)
    other_hmis = models.CharField(_("HMIS it works in already"), max_length=200, blank=True)
    name_key = models.GeneratedField(
        expression=WholeNameKey("legal_name"), output_field=models.CharField(max_length=200), db_persist=True
    )
    created_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, related_name="agencies_opened"
    )
    created_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    live_at = models.DateTimeField(_("live since"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        ordering = ["legal_name"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        permissions = [
            ("manage_agency", "May manage the agency"),
            ("edit_agency", "May edit the agency's application"),
            ("sign_agency", "May read and sign the agency's MOU"),
        ]
        indexes = [
            models.Index(Lower("legal_name"), name="agency_by_name"),
            models.Index(fields=["legal_name"], name="agency_in_order"),
            # Also by how it begins, in whatever order the database sorts.
            models.Index(fields=["ein"], name="agency_by_ein", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["name_key"], name="agency_by_name_key", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["state", "-created_at"], name="agency_by_state"),
            models.Index(fields=["live_at"], name="agency_live_since"),
            models.Index(Digits("phone"), name="agency_by_phone"),
            GinIndex(Words("legal_name", "common_name"), name="agency_by_words"),
            models.Index(  # in the order in which agencies are compared with each other
                Left("name_key", 4),
                "name_key",
                name="agency_by_beginning",
                condition=~models.Q(state="left") & ~models.Q(name_key=""),
            ),
            models.Index(
                fields=["ein", "created_at"],
                name="agency_by_shared_ein",
                condition=~models.Q(state="left") & ~models.Q(ein=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="agency_live_is_dated",
                condition=~models.Q(state="live") | models.Q(live_at__isnull=False),
            ),
            models.CheckConstraint(
                name="agency_left_is_dated",
                condition=models.Q(state="left", left_at__isnull=False)
                | (~models.Q(state="left") & models.Q(left_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def name(self) -> str:
        """The name people use."""
        return self.common_name or self.legal_name


class AgencyUserObjectPermission(UserObjectPermissionBase):
    """What one person may do for one agency (guardian's direct foreign key table); a deputy's lapses by itself."""

    content_object: Any = models.ForeignKey(Agency, on_delete=models.CASCADE)
    # A deputy: the last day, and the manager whose place they take.
    until = models.DateField(null=True, blank=True)
    deputy_for = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [
            models.CheckConstraint(
                name="role_of_deputy_pair",
                condition=models.Q(until__isnull=True, deputy_for__isnull=True)
                | models.Q(until__isnull=False, deputy_for__isnull=False),
            )
        ]


class AgencyGroupObjectPermission(GroupObjectPermissionBase):
    """Guardian asks for its twin; the portal grants nothing to groups per agency."""

    content_object: Any = models.ForeignKey(Agency, on_delete=models.CASCADE)


class AgencyRole(models.TextChoices):
    MANAGER = "manager", _("Agency manager")
    EDITOR = "editor", _("Editor")
    SIGNATORY = "signatory", _("Authorized signatory")
    STAFF = "staff", _("Staff member")


class Invitation(models.Model):
    """A request to a person to act for an agency; accepted only with the invited address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey("agencies.User", on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(
        "agencies.Person", on_delete=models.RESTRICT, null=True, editable=False, related_name="invitations"
    )  # null: from before there was a directory, or of somebody who had an account then
    role = models.CharField(_("as"), max_length=10, choices=AgencyRole.choices)
    created_by = models.ForeignKey("agencies.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("invited"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    sent_count = models.PositiveSmallIntegerField(default=1)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "user", "role"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open",
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Of the address alone: whoever typed it learns no name behind it."""
        return _("%(address)s as %(role)s") % {"address": self.user.email, "role": self.get_role_display()}

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def has_lapsed(self) -> bool:
        return self.is_open and self.expires_at <= timezone.now()
