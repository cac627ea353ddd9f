"""The portal's settings, edited in the admin: one row."""

import datetime as dt
from typing import Self

from django.contrib.admin.utils import label_for_field
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.environment import time_zone
from hmis_portal.models.settings_checks import Between, days_only, from_the_day_beside, numbers_in
from hmis_portal.models.settings_read import CACHE_KEY, Reading, forget_settings, reading
from hmis_portal.running import as_json
from hmis_portal.text.words import zone_choices


class GoLiveRule(models.TextChoices):
    ALL_STAFF = "all", _("Every listed person is ready")
    COORDINATOR_AND_ONE = "coordinator", _("The coordinator and at least one user are ready")


CONTACTS = (
    "notices_address",
    "support_email",
    "support_phone",
    "support_hours",
    "sign_in_address",
    "code_sender",
)

# Who may do what alone, whom people reach, how long papers are kept: another value takes two people.
BINDING = (
    "four_eyes", "go_live_rule", "invitations_before_review", "lead_agency", "notices_address", "notices_email",
    "support_email", "support_phone",
    "sign_in_address", "code_sender", "retention_years",
)  # fmt: skip


class PortalSettings(models.Model):
    """The names and periods of this community. One row, edited in the admin."""

    CACHE_KEY = CACHE_KEY

    hmis_name = models.CharField(_("name of the HMIS"), max_length=100, default="CT HMIS")
    hmis_long_name = models.CharField(
        _("name in full"), max_length=200, default="Connecticut Homeless Management Information System"
    )
    portal_name = models.CharField(
        _("name of the portal"), max_length=100, blank=True,
        help_text=_("On every page, in every message, on seals, and in an authenticator app set up from now on. Empty: the name of the HMIS and “Onboarding Portal”."),
    )  # fmt: skip
    state_name = models.CharField(_("state"), max_length=50, default="Connecticut")
    time_zone = models.CharField(
        _("time zone"), max_length=40, choices=zone_choices, default=time_zone,
        help_text=_("In which days are counted and times told, on pages, in messages, on papers and for nightly work, within a minute of a change."),
    )  # fmt: skip
    lead_agency = models.CharField(_("Lead Agency"), max_length=200, default="CT HMIS Lead Agency")
    notices_address = models.CharField(
        _("postal address of the Lead Agency for notices"), max_length=300, blank=True,
        help_text=_("Street, city, state and ZIP code. Stands in every MOU issued from now on."),
    )  # fmt: skip
    notices_email = models.EmailField(
        _("e-mail of the Lead Agency for notices"), blank=True, help_text=_("Empty: the support address.")
    )
    admin_name = models.CharField(_("HMIS Admin"), max_length=200, default="CT HMIS Admin")
    support_email = models.EmailField(_("support address"), default="help@hmis.example")
    support_phone = models.CharField(_("support phone"), max_length=40, default="(860) 555-0142")
    support_hours = models.CharField(
        _("support hours"), max_length=120, default="Monday to Friday, 9 a.m. to 5 p.m. Eastern Time"
    )
    support_answer_days = models.PositiveSmallIntegerField(
        _("support answers within (business days)"),
        validators=[Between(1, 60)],
        default=2,
        help_text=_("Stands on the support pages, in messages and in the MOU."),
    )
    sign_in_address = models.URLField(
        _("address where people sign in to the HMIS"), default="https://hmis.example/"
    )
    code_sender = models.CharField(
        _("sender of the HMIS’s sign-in codes"),
        max_length=200,
        default="no-reply@hmis.example",
        help_text=_("The address or number that people must let through to get their code."),
    )
    second_factor_from = models.DateField(
        _("a channel for sign-in codes is needed from"), null=True, blank=True, default=dt.date(2026, 1, 1),
        help_text=_(
            "From this day on no account is made for a person without a mobile number or e-mail address of their own. "
            "Who has access keeps it. Where the portal was in use before, the day is a month after the update. Empty: not asked."
        ),
    )  # fmt: skip
    access_label = models.CharField(
        _("what the roster’s entry of a person is called after approval"), max_length=80, blank=True,
        default="Designation of Access (DOA)", help_text=_("In Connecticut: Designation of Access (DOA). Empty: no name of its own."),
    )  # fmt: skip
    agreement_label = models.CharField(
        _("what the user agreement is called"), max_length=80, blank=True,
        default="End User Agreement (EUA)", help_text=_("In Connecticut: End User Agreement (EUA). Empty: no name of its own."),
    )  # fmt: skip
    leaver_hours = models.PositiveSmallIntegerField(
        _("a leaver is reported, and the account closed, within (hours)"), default=24, validators=[Between(1, 720)],
        help_text=_("Counted from the end of the last working day. A good practice, no rule found in public."),
    )  # fmt: skip
    access_confirmation_months = models.PositiveSmallIntegerField(
        _("who still needs access is confirmed again after (months)"),
        validators=[Between(0, 60)],
        default=3,
        help_text=_("0: not asked."),
    )
    idle_days = models.PositiveSmallIntegerField(
        _("an account in the HMIS is reported as idle after (days)"), validators=[Between(1, 3650)], default=90,
        help_text=_("By the last sign-in in the HMIS’s own user list."),
    )  # fmt: skip
    invitation_days = models.PositiveSmallIntegerField(
        _("an invitation is valid for (days)"), validators=[Between(1, 365)], default=14
    )
    invitations_before_review = models.PositiveSmallIntegerField(
        _("invitations an agency may send before its first review"), validators=[Between(0, 500)], default=5,
        help_text=_("They go to people whom a stranger names. HMIS staff may invite further people at any time."),
    )  # fmt: skip
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer a request for changes"), validators=[Between(1, 365)], default=30
    )
    reopen_days = models.PositiveSmallIntegerField(
        _("days in which a closed application may be re-opened"), validators=[Between(0, 3650)], default=30
    )
    review_days = models.PositiveSmallIntegerField(
        _("business days before a waiting review is reported"), validators=[Between(1, 60)], default=5
    )
    signature_reminder_days = models.CharField(
        _("reminders of an unsigned MOU, days after issue"),
        max_length=60,
        default="3, 7, 14",
        validators=[days_only],
    )
    draft_reminder_days = models.CharField(
        _("reminders of an idle draft, days"), max_length=60, default="7, 21, 45", validators=[days_only]
    )
    answer_reminder_days = models.CharField(
        _("reminders before the answer-by date, days"),
        max_length=60,
        default="14, 3",
        validators=[days_only],
    )
    training_due_days = models.PositiveSmallIntegerField(
        _("days to complete training once assigned"), validators=[Between(1, 365)], default=14
    )
    learning_accounts = models.BooleanField(
        _("the help desk makes learning accounts"),
        default=True,
        help_text=_(
            "Courses are taken at a learning site (LMS), where the help desk makes each person’s account."
        ),
    )
    learning_site = models.URLField(
        _("address of the learning site"),
        max_length=300,
        blank=True,
        help_text=_("Shown where people see their courses. How to register for one is said at the course."),
    )
    learning_account_days = models.PositiveSmallIntegerField(
        _("a learning account is late after (days)"), validators=[Between(1, 365)], default=14
    )
    mou_term_months = models.PositiveSmallIntegerField(
        _("term of an MOU (months)"), validators=[Between(1, 240)], default=36
    )
    project_confirmation_months = models.PositiveSmallIntegerField(
        _("project data is confirmed again after (months)"), validators=[Between(0, 60)], default=12
    )
    readiness_months = models.PositiveSmallIntegerField(
        _("technical readiness is answered again after (months)"), validators=[Between(0, 60)], default=12
    )
    helper_days = models.PositiveSmallIntegerField(
        _("a link for somebody outside who helps with readiness is valid (days)"),
        default=14,
        validators=[Between(1, 90)],
    )
    yearly_reminder_days = models.CharField(
        _("reminders of yearly tasks, days before they are due"),
        max_length=60,
        default="30, 7, 0",
        validators=[days_only],
    )
    condition_reminder_days = models.CharField(
        _("reminders of a condition of approval, days before it is due"),
        max_length=60, default="14, 3, 0", validators=[days_only], help_text=_("And once when it is overdue."),
    )  # fmt: skip
    term_reminder_days = models.CharField(
        _("reminders of an MOU whose term ends, days before its last day"),
        max_length=60, default="90, 30, 7", validators=[days_only],
    )  # fmt: skip
    training_reminder_days = models.CharField(
        _("reminders of a course, days before it is due"),
        max_length=60, default="60, 30, 14, 7, 1", validators=[days_only, from_the_day_beside],
    )  # fmt: skip
    training_overdue_days = models.CharField(
        _("reminders of a course, days after it was due"),
        max_length=60, default="1, 7", validators=[days_only, from_the_day_beside],
    )  # fmt: skip
    retention_years = models.PositiveSmallIntegerField(
        _("years to keep signed documents after they end"),
        validators=[Between(1, 100)],
        null=True,
        blank=True,
        help_text=_("Empty: no signed document can be deleted. Ask counsel before you set it."),
    )
    four_eyes = models.BooleanField(_("approval needs a second person"), default=False)
    go_live_rule = models.CharField(
        _("an agency goes live when"), max_length=12, choices=GoLiveRule.choices, default=GoLiveRule.ALL_STAFF
    )
    managers_at_go_live = models.PositiveSmallIntegerField(
        _("managers an agency needs to go live"), default=2,
        validators=[Between(1, 5)],
        help_text=_("With two, one can be away. A deputy until a day is not counted."),
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = _("portal settings")
        constraints = [models.CheckConstraint(name="one_row_of_settings", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("Portal settings"))

    @classmethod
    def load(cls) -> Self:
        """The one row, from the cache; made with its defaults when the database is new."""
        shared = reading.get() or Reading(alone=False)
        if shared.row is None:
            past_the_cache = shared.alone or shared.written
            shared.row = cls.objects.get_or_create(pk=1)[0] if past_the_cache else cls._shared()
        row: Self = shared.row
        return row

    @classmethod
    def _shared(cls) -> Self:
        settings = cls.remembered()
        if settings is None:
            settings, _created = cls.objects.get_or_create(pk=1)
            cache.set(cls.CACHE_KEY, as_json.columns(settings), 60)
        return settings

    @classmethod
    def remembered(cls) -> Self | None:
        """The row as the cache has it, without asking the database."""
        columns = cache.get(cls.CACHE_KEY)
        return as_json.row(cls, columns) if columns else None

    @property
    def answer_within(self) -> str:
        """How soon support answers: "2 business days"."""
        count = self.support_answer_days
        return ngettext("%(count)d business day", "%(count)d business days", count) % {"count": count}

    def asks_for_channel(self, day: dt.date) -> bool:
        """Whether no account is made on that day for a person without a channel for sign-in codes."""
        return self.second_factor_from is not None and self.second_factor_from <= day

    @property
    def for_notices(self) -> str:
        """The Lead Agency's e-mail to which notices under an MOU go."""
        return self.notices_email or self.support_email

    @property
    def still_samples(self) -> list[str]:
        """The names of the contacts that nobody has changed from the invented ones that the portal comes with.

        The hours may well be right as they are: they are named only beside another.
        """
        same = [name for name in CONTACTS if getattr(self, name) == getattr(type(self)(), name)]
        return [] if same == ["support_hours"] else [str(label_for_field(name, type(self))) for name in same]

    @property
    def name(self) -> str:
        """What the portal is called."""
        return self.portal_name or gettext("%(hmis)s Onboarding Portal") % {"hmis": self.hmis_name}

    @property
    def training_ladder(self) -> tuple[int, ...]:
        """Days before a course is due on which people are reminded, the first one first; negative after it."""
        before = sorted(numbers_in(self.training_reminder_days), reverse=True)
        return (*before, *(-day for day in sorted(numbers_in(self.training_overdue_days))))

    days = staticmethod(numbers_in)


models.signals.post_save.connect(forget_settings, sender=PortalSettings, dispatch_uid="forget_settings")
