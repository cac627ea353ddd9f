"""HUD project descriptor data (elements 2.02, 2.03, 2.06–2.09) of an agency's projects.

Field names are HUD's column names in snake case, so that the CSV writer, the rules and the forms speak of
one thing. A project being filled in may lack answers; what is missing is a finding of `agencies.hud.rules`,
what can never be right is refused here.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.text.words import date_words


def _ends_after_start(start: str, end: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{start}__isnull": True})
        | Q(**{f"{end}__isnull": True})
        | Q(**{f"{end}__gte": F(start)}),
        name=name,
    )


class HudRow(models.Model):
    """A row of a HUD CSV file; the primary key without hyphens is its HUD ID (at most 32 characters)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    date_created = models.DateTimeField(auto_now_add=True)
    date_updated = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @property
    def hud_id(self) -> str:
        return self.id.hex


def looked_at(prefix: str = "") -> Q:
    """Projects that somebody saved, or began without a copy; `prefix` where the project is reached over a relation.

    One that takes the place of another is begun by an act that says what it is: it starts after the other has ended.
    """
    ended = {f"{prefix}copied_from__operating_end_date__lt": F(f"{prefix}operating_start_date")}
    return (
        Q(**{f"{prefix}confirmed_at__isnull": False})
        | Q(**{f"{prefix}copied_from__isnull": True})
        | Q(**ended)
    )


class Project(HudRow):
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="projects")
    project_name = models.CharField(_("project name"), max_length=200)
    project_common_name = models.CharField(max_length=200, blank=True)
    operating_start_date = models.DateField(null=True, blank=True)
    operating_end_date = models.DateField(null=True, blank=True)
    continuum_project = models.PositiveSmallIntegerField(null=True, blank=True)
    project_type = models.PositiveSmallIntegerField(null=True, blank=True)
    rrh_sub_type = models.PositiveSmallIntegerField(null=True, blank=True)
    residential_affiliation = models.PositiveSmallIntegerField(null=True, blank=True)
    housing_type = models.PositiveSmallIntegerField(null=True, blank=True)
    target_population = models.PositiveSmallIntegerField(null=True, blank=True)
    hopwa_med_assisted_living_fac = models.PositiveSmallIntegerField(null=True, blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the data was last confirmed.")
    )
    confirmed_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    hmis_from = models.DateField(
        _("takes part in the HMIS from"),
        null=True,
        blank=True,
        help_text=_("A day chosen before go-live, when it is to be a later one than that of go-live."),
    )
    accepted_at = models.DateTimeField(
        _("accepted"),
        null=True,
        blank=True,
        help_text=_("When the HMIS Admin took it into the HMIS: with the application, or as a new project."),
    )
    accepted_by = models.ForeignKey(
        "agencies.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["project_name", "id"]
        indexes = [
            models.Index(Coalesce("confirmed_at", "date_created"), name="project_confirmed_longest_ago"),
            models.Index(fields=["confirmed_at"], name="project_to_accept", condition=Q(accepted_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(project_name=""), name="project_has_name"),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | Q(accepted_at__isnull=False),
                name="project_accepted_by_has_time",
            ),
            _ends_after_start("operating_start_date", "operating_end_date", "project_ends_after_start"),
            models.CheckConstraint(
                condition=Q(rrh_sub_type__isnull=True) | Q(project_type=13),
                name="project_rrh_sub_type_only_rrh",
            ),
            models.CheckConstraint(
                condition=Q(residential_affiliation__isnull=True)
                | Q(project_type=6)
                | Q(project_type=13, rrh_sub_type=1),
                name="project_affiliation_only_services",
            ),
            models.CheckConstraint(
                condition=Q(continuum_project__isnull=True) | Q(continuum_project__in=(0, 1)),
                name="project_continuum_is_0_or_1",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(confirmed_at__isnull=False),
                name="project_confirmed_by_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.project_name


class ProjectPart(HudRow):
    """A row that belongs to one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class ProjectCoC(ProjectPart):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="coc_rows")
    coc_code = models.CharField(max_length=6)
    geocode = models.CharField(max_length=6, blank=True)
    address1 = models.CharField(max_length=100, blank=True)
    address2 = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=5, blank=True)
    geography_type = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(ProjectPart.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["project", "coc_code"], name="project_coc_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(coc_code__regex=r"^[A-Z]{2}-\d{3}$"), name="project_coc_code_shape"
            ),
            models.CheckConstraint(
                condition=Q(geocode__regex=r"^(\d{6})?$"), name="project_coc_geocode_shape"
            ),
            models.CheckConstraint(condition=Q(zip__regex=r"^(\d{5})?$"), name="project_coc_zip_shape"),
        ]

    def __str__(self) -> str:
        return self.coc_code


class Funder(ProjectPart):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="funders")
    funder = models.PositiveSmallIntegerField()
    other_funder = models.CharField(max_length=100, blank=True)
    grant_id = models.CharField(max_length=100, blank=True)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)

    class Meta(ProjectPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=(Q(funder=46) & ~Q(other_funder="")) | (~Q(funder=46) & Q(other_funder="")),
                name="funder_other_only_46",
            ),
            _ends_after_start("start_date", "end_date", "funder_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.funder} {self.grant_id}".strip()


class Inventory(ProjectPart):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="inventory")
    coc_code = models.CharField(max_length=6)
    household_type = models.PositiveSmallIntegerField()
    es_bed_type = models.PositiveSmallIntegerField(null=True, blank=True)
    availability = models.PositiveSmallIntegerField(null=True, blank=True)
    ch_vet_bed_inventory = models.PositiveIntegerField(default=0)
    youth_vet_bed_inventory = models.PositiveIntegerField(default=0)
    vet_bed_inventory = models.PositiveIntegerField(default=0)
    ch_youth_bed_inventory = models.PositiveIntegerField(default=0)
    youth_bed_inventory = models.PositiveIntegerField(default=0)
    ch_bed_inventory = models.PositiveIntegerField(default=0)
    other_bed_inventory = models.PositiveIntegerField(default=0)
    bed_inventory = models.GeneratedField(
        expression=F("ch_vet_bed_inventory")
        + F("youth_vet_bed_inventory")
        + F("vet_bed_inventory")
        + F("ch_youth_bed_inventory")
        + F("youth_bed_inventory")
        + F("ch_bed_inventory")
        + F("other_bed_inventory"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    unit_inventory = models.PositiveIntegerField(default=0)
    inventory_start_date = models.DateField()
    inventory_end_date = models.DateField(null=True, blank=True)

    class Meta(ProjectPart.Meta):
        verbose_name_plural = _("inventory")
        constraints = [
            _ends_after_start("inventory_start_date", "inventory_end_date", "inventory_ends_after_start"),
            models.CheckConstraint(
                condition=Q(unit_inventory__lte=F("bed_inventory")), name="inventory_units_within_beds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coc_code}: {self.bed_inventory}"


class HMISParticipation(ProjectPart):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hmis_rows")
    hmis_participation_type = models.PositiveSmallIntegerField()
    hmis_participation_status_start_date = models.DateField()
    hmis_participation_status_end_date = models.DateField(null=True, blank=True)

    class Meta(ProjectPart.Meta):
        constraints = [
            _ends_after_start(
                "hmis_participation_status_start_date",
                "hmis_participation_status_end_date",
                "hmis_participation_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        day = date_words(self.hmis_participation_status_start_date)
        return gettext("HMIS participation from %(day)s") % {"day": day}


class CEParticipation(ProjectPart):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ce_rows")
    access_point = models.PositiveSmallIntegerField()
    prevention_assessment = models.PositiveSmallIntegerField(null=True, blank=True)
    crisis_assessment = models.PositiveSmallIntegerField(null=True, blank=True)
    housing_assessment = models.PositiveSmallIntegerField(null=True, blank=True)
    direct_services = models.PositiveSmallIntegerField(null=True, blank=True)
    receives_referrals = models.PositiveSmallIntegerField()
    ce_participation_status_start_date = models.DateField()
    ce_participation_status_end_date = models.DateField(null=True, blank=True)

    class Meta(ProjectPart.Meta):
        constraints = [
            _ends_after_start(
                "ce_participation_status_start_date",
                "ce_participation_status_end_date",
                "ce_participation_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(access_point=1)
                | Q(
                    prevention_assessment__isnull=True,
                    crisis_assessment__isnull=True,
                    housing_assessment__isnull=True,
                    direct_services__isnull=True,
                ),
                name="ce_services_only_access_point",
            ),
        ]

    def __str__(self) -> str:
        day = date_words(self.ce_participation_status_start_date)
        return gettext("Coordinated entry participation from %(day)s") % {"day": day}


class Affiliation(ProjectPart):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="affiliations")
    res_project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="affiliated_by")

    class Meta(ProjectPart.Meta):
        constraints = [
            models.UniqueConstraint(fields=["project", "res_project"], name="affiliation_once"),
            models.CheckConstraint(condition=~Q(project=F("res_project")), name="affiliation_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} → {self.res_project_id}"
