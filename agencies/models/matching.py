"""By what agencies and people are found, two agencies are found to be one, and whom somebody found not to be."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Domain(models.Func):
    """What follows the @ of an address, in small letters."""

    template = "lower(split_part(%(expressions)s, '@', 2))"
    output_field: ClassVar = models.CharField()


class Digits(models.Func):
    """The last ten digits of a phone number, however it was typed."""

    template = r"right(regexp_replace(%(expressions)s, '[^0-9]', '', 'g'), 10)"
    output_field: ClassVar = models.CharField()


class Number(models.Func):
    """A phone number in one piece without its extension."""

    template = "split_part(%(expressions)s, ' ext', 1)"
    output_field: ClassVar = models.CharField()


class Words(models.Func):
    """The words of names and addresses in small letters and without accents, to be found by how they begin.

    What an apostrophe parts is found as one word too: O'Brien as "obrien", St. Mary's as "st marys".
    Whoever looks for them parts what was typed in the same way: `agencies.desk.finding.read`.
    """

    arg_joiner = " || ' ' || "
    marks = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ufeff]+"
    accents = r"[\u0300-\u036f]"
    apostrophes = r"[\u0027\u0060\u02bb\u02bc\u2018\u2019\u2032]"
    plain = f"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '{accents}', '', 'g')"
    template = (
        f"to_tsvector('simple'::regconfig,regexp_replace({plain} || ' ' || "
        f"regexp_replace({plain}, '{apostrophes}', '', 'g'), '{marks}', ' ', 'g'))"
    )
    output_field: ClassVar = SearchVectorField()


class NotADuplicate(models.Model):
    """Two agencies that look alike and are two: who found that out, when and why."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=2000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("no duplicate")
        constraints = [
            models.UniqueConstraint(fields=["agency", "other"], name="not_a_duplicate_once"),
            # Each pair stands once, the smaller key first.
            models.CheckConstraint(
                name="not_a_duplicate_in_order", condition=models.Q(agency__lt=models.F("other"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} / {self.other}"
