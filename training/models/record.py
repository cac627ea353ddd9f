"""What was done, and the papers about it. A completion is written once; a mistake is mended by another row."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AppendOnly, StoredDocument
from hmis_portal.text.words import date_words
from training.models.course import Course
from training.models.door import Door


class CompletionQuerySet(models.QuerySet["Completion"]):
    def standing(self) -> Self:
        """Completions that nobody has voided."""
        return self.filter(void__isnull=True)


class Completion(AppendOnly):
    """One attempt at a course that ended, passed or failed; the last good day is decided here, once."""

    class Source(models.TextChoices):
        TRAINER = "trainer", _("recorded by a trainer")
        SIGNATURE = "signature", _("signed in the portal")
        EVIDENCE = "evidence", _("uploaded proof")
        SESSION = "session", _("attended session")
        PRACTICE = "practice", _("practice case")
        IMPORT = "import", _("imported")
        XAPI = "xapi", _("sent by a learning system (xAPI)")
        MOODLE = "moodle", _("taken from Moodle")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="completions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="completions")
    staff = models.ForeignKey(
        "agencies.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    completed_at = models.DateTimeField(_("completed at"))
    completed_on = models.DateField(_("completed"))
    source_time = models.CharField(_("time as the source wrote it"), max_length=60, blank=True)
    score = models.PositiveSmallIntegerField(_("score (percent)"), null=True, blank=True)
    passed = models.BooleanField(_("passed"))
    valid_through = models.DateField(_("valid through"), null=True, blank=True)
    window_opens_on = models.DateField(_("renewal opens"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    door = models.ForeignKey(
        Door,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="completions",
        verbose_name=_("source of results"),
    )
    external_id = models.CharField(_("its identity there"), max_length=200)
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = CompletionQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        ordering = ["-completed_on", "-pk"]
        verbose_name = _("completion")
        indexes = [
            models.Index(fields=["person", "course"], name="completion_by_person"),
            models.Index(fields=["-completed_on"], name="completion_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "door", "external_id"], nulls_distinct=False, name="completion_known_once"
            ),
            models.CheckConstraint(name="completion_has_identity", condition=~Q(external_id="")),
            models.CheckConstraint(
                name="completion_score_is_percent", condition=Q(score__isnull=True) | Q(score__lte=100)
            ),
            models.CheckConstraint(
                name="completion_failed_is_never_valid",
                condition=Q(passed=True) | Q(valid_through__isnull=True, window_opens_on__isnull=True),
            ),
            models.CheckConstraint(
                name="completion_valid_after_done",
                condition=Q(valid_through__isnull=True) | Q(valid_through__gte=F("completed_on")),
            ),
            models.CheckConstraint(
                name="completion_window_before_end",
                condition=Q(window_opens_on__isnull=True) | Q(window_opens_on__lte=F("valid_through")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.person}, {date_words(self.completed_on)}"


class CompletionVoid(AppendOnly):
    """A named person's statement that a completion does not count; the completion itself stays."""

    completion = models.OneToOneField(Completion, on_delete=models.PROTECT, related_name="void")
    reason = models.CharField(_("why"), max_length=500)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("voided completion")
        constraints = [models.CheckConstraint(name="void_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.completion} (voided)"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def standing(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Waiver(models.Model):
    """A course is not asked of a person for some days; it lapses by itself and prints no certificate."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="waivers", verbose_name=_("person")
    )
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="waivers", verbose_name=_("course")
    )
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until (last day)"))
    reason = models.CharField(_("why"), max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        verbose_name = _("waiver")
        constraints = [
            models.CheckConstraint(name="waiver_ends_after_start", condition=Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(name="waiver_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="waiver_ended_by_someone",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} for {self.person} until {date_words(self.last_on)}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def pending(self) -> Self:
        return self.filter(state=Evidence.State.PENDING)


class Evidence(models.Model):
    """A paper that somebody uploaded. It satisfies nothing until another named person has accepted it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be checked")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not accepted")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evidence")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="evidence")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(_("file"), max_length=150)
    claimed_on = models.DateField(_("completed, as stated"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_note = models.CharField(_("what was said"), max_length=500, blank=True)
    completion = models.OneToOneField(
        Completion, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence"
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = _("proof of training")
        verbose_name_plural = _("proofs of training")
        indexes = [
            models.Index(fields=["uploaded_at"], condition=Q(state="pending"), name="evidence_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                name="evidence_decided_by_another",
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("uploaded_by")) & ~Q(decided_by=F("person")),
            ),
            models.CheckConstraint(
                name="evidence_decision_is_whole",
                condition=Q(
                    state="pending", decided_by__isnull=True, decided_at__isnull=True, completion__isnull=True
                )
                | Q(
                    state="accepted",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    completion__isnull=False,
                )
                | Q(
                    state="refused",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    completion__isnull=True,
                )
                & ~Q(decision_note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.course}, {self.person})"

    @property
    def words(self) -> str:
        """Its state, with what was said."""
        state = self.get_state_display()
        return f"{state}: {self.decision_note}" if self.decision_note else f"{state}."


class Certificate(AppendOnly):
    """The paper for one passed completion. Its number is random, its words are those of the day it was made."""

    completion = models.OneToOneField(Completion, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(_("number"), max_length=30, unique=True)
    holder = models.CharField(_("name"), max_length=200)
    title = models.CharField(_("course"), max_length=150)
    issuer = models.CharField(_("issued by"), max_length=200)
    hmis = models.CharField(_("HMIS"), max_length=200)
    issued_on = models.DateField(_("issued"))

    class Meta(AppendOnly.Meta):
        ordering = ["-pk"]
        verbose_name = _("certificate")

    # 20 characters of a 32-letter alphabet: 100 bits, so a number cannot be guessed.
    ALPHABET: ClassVar[str] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    LENGTH: ClassVar[int] = 20

    def __str__(self) -> str:
        return f"{self.number} ({self.holder})"


class CertificateFile(AppendOnly):
    """The certificate as a PDF, made once."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="file")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("certificate file")

    def __str__(self) -> str:
        return str(self.certificate)
