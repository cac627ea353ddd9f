"""A person's work for one agency in the HMIS: role, projects, access level, from when to when."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models.matching import Words

if TYPE_CHECKING:
    from agencies.models.user import User


class HmisRole(models.TextChoices):
    HDC = "hdc", _("HMIS Data Coordinator (HDC)")
    DATA_ENTRY = "data_entry", _("Data entry")
    CASE_MANAGER = "case_manager", _("Case manager")
    SUPERVISOR = "supervisor", _("Program manager / supervisor")
    CE_ASSESSOR = "ce_assessor", _("Coordinated entry (CAN) assessor")
    READ_ONLY = "read_only", _("Read only")
    REPORTING = "reporting", _("Reporting only")
    DIRECTOR = "director", _("Executive director")
    SECURITY = "security", _("Security Officer")
    PRIVACY = "privacy", _("Privacy Officer")


class AccessLevel(models.TextChoices):
    AGENCY = "agency", _("Agency-wide entry and reports")
    ENTRY = "entry", _("Add and edit in named projects")
    CASE = "case", _("Add, edit, assess, case notes in named projects")
    CASE_REPORTS = "case_reports", _("Case management with reports and corrections")
    COORDINATED = "coordinated", _("Coordinated-entry assessments and referrals")
    VIEW = "view", _("View in named projects")
    REPORTS = "reports", _("Aggregated reports")
    NONE = "none", _("No access")


# The access levels that a role may have; the first is what the form offers.
ACCESS_OF_ROLE: dict[str, tuple[str, ...]] = {
    HmisRole.HDC: (AccessLevel.AGENCY,),
    HmisRole.DATA_ENTRY: (AccessLevel.ENTRY,),
    HmisRole.CASE_MANAGER: (AccessLevel.CASE,),
    HmisRole.SUPERVISOR: (AccessLevel.CASE_REPORTS,),
    HmisRole.CE_ASSESSOR: (AccessLevel.COORDINATED,),
    HmisRole.READ_ONLY: (AccessLevel.VIEW,),
    HmisRole.REPORTING: (AccessLevel.REPORTS,),
    HmisRole.DIRECTOR: (AccessLevel.NONE, AccessLevel.VIEW, AccessLevel.REPORTS),
    HmisRole.SECURITY: (AccessLevel.NONE, AccessLevel.VIEW, AccessLevel.REPORTS),
    HmisRole.PRIVACY: (AccessLevel.NONE, AccessLevel.VIEW, AccessLevel.REPORTS),
}


# Who must be ready before the agency goes live: current, with access, not starting later.
HOLDING_UP_GO_LIVE = models.Q(left_on__isnull=True, starts_later=False) & ~models.Q(
    access_level=AccessLevel.NONE
)


class StaffQuerySet(models.QuerySet["Staff"]):
    def current(self) -> Self:
        """People who have not left."""
        return self.filter(left_on__isnull=True)

    def left(self) -> Self:
        return self.filter(left_on__isnull=False)

    def begun(self, day: dt.date) -> Self:
        """People who have not left, without those who "start later" and whose first day is after `day`."""
        return self.current().exclude(starts_later=True, start_date__gt=day)

    def leaving_as_told(self, reader: "User") -> Self:
        """Whose last working day is announced; without the reader, as long as they are not told."""
        rows = self.filter(leaves_on__isnull=False)
        return rows.exclude(~models.Q(leaving_notice=Staff.LeavingNotice.NOW), user=reader)

    def holding_up_go_live(self) -> Self:
        return self.filter(HOLDING_UP_GO_LIVE)


def full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()


class Staff(models.Model):
    """One person of one agency's roster."""

    class Employment(models.TextChoices):
        STAFF = "staff", _("Staff")
        CONTRACTOR = "contractor", _("Contractor")
        VOLUNTEER = "volunteer", _("Volunteer")
        INTERN = "intern", _("Intern")

    class LeavingNotice(models.TextChoices):
        """How a person learns that they are reported as leaving; with NOW they were told."""

        AT_END = "at_end", _("When the access ends, by e-mail")
        NOW = "now", _("Now, by e-mail")
        AGENCY = "agency", _("We tell them ourselves (no e-mail)")

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="staff")
    user = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="staff_rows"
    )
    # Whose line it is in the directory; what it says of them is kept like theirs while they are on the roster, and
    # stays as it was once they have left. Null: listed by no service.
    person = models.ForeignKey(
        "agencies.Person", on_delete=models.PROTECT, null=True, editable=False, related_name="staff_rows"
    )
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    title = models.CharField(_("title"), max_length=150, blank=True)
    email = models.EmailField(_("work e-mail"), max_length=254)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    hmis_role = models.CharField(_("HMIS role"), max_length=12, choices=HmisRole.choices)
    access_level = models.CharField(_("required access level"), max_length=12, choices=AccessLevel.choices)
    projects = models.ManyToManyField(
        "agencies.Project", verbose_name=_("projects"), blank=True, related_name="staff"
    )
    had_account = models.BooleanField(_("had an HMIS account before"), null=True, blank=True)
    earlier_account = models.CharField(_("where, and when last used"), max_length=200, blank=True)
    supervisor_name = models.CharField(_("supervisor"), max_length=200)
    supervisor_email = models.EmailField(_("supervisor's e-mail"), max_length=254, blank=True)
    supervised_by = models.ForeignKey(
        "agencies.Person", on_delete=models.PROTECT, null=True, editable=False, related_name="supervises"
    )  # where the supervisor has an address; the name beside it is kept like theirs
    start_date = models.DateField(_("start date"))
    employment = models.CharField(_("employment type"), max_length=10, choices=Employment.choices)
    starts_later = models.BooleanField(_("starts later"), default=False)
    joined_on = models.DateField(_("listed since"), default=timezone.localdate)
    left_on = models.DateField(_("last working day"), null=True, blank=True)
    leaves_on = models.DateField(_("last working day, announced"), null=True, blank=True)
    leaving_notice = models.CharField(
        _("the person is told"), max_length=6, choices=LeavingNotice.choices, blank=True, default=""
    )  # "" without a report, and of those who had left when this was not asked yet

    objects = StaffQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        verbose_name = _("staff member")
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="staff_in_order"),
            GinIndex(Words("first_name", "last_name", "email"), name="staff_by_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True) | models.Q(leaves_on__isnull=True),
                name="staff_leaves_or_left",
            ),
            models.CheckConstraint(
                condition=models.Q(leaves_on__isnull=True) | ~models.Q(leaving_notice=""),
                name="staff_leaving_notice_chosen",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "agency",
                condition=models.Q(left_on__isnull=True),
                name="staff_email_once_per_agency",
            ),
            models.UniqueConstraint(
                fields=["agency", "user"],
                condition=models.Q(left_on__isnull=True, user__isnull=False),
                name="staff_person_once_per_agency",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    def last_day_as_told(self, reader: "User | None") -> dt.date | None:
        """The announced last working day; to the person themselves not before they are told."""
        hidden = reader is not None and reader.pk == self.user_id
        return None if hidden and self.leaving_notice != self.LeavingNotice.NOW else self.leaves_on

    def starts_after(self, day: dt.date) -> bool:
        """Whether this person "starts later" than a day: until then not invited, and no course is asked."""
        return self.starts_later and self.start_date > day

    @property
    def logs_in(self) -> bool:
        """Whether this person will have an account in the HMIS."""
        return self.access_level != AccessLevel.NONE
