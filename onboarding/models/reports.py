"""The figures of the reports as they were last counted. All of it follows from other rows and is written anew from them."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.running.tries import Tried

ALL = 0  # CoCs, CANs, reviewers
NOW = dt.date.min  # of no month: how things stood when they were counted


class ReportCount(Tried):
    """The last count: one row. What breaks off is tried again after a pause that grows, and never given up."""

    MOST_TRIES: ClassVar[int] = 30_000

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(_("counted"))
    seconds = models.FloatField(default=0)  # that it took
    zone = models.CharField(max_length=100)  # in which its days and months are
    people = models.JSONField(default=dict)  # by state of access
    ratings = models.JSONField(default=list)  # moment, rating, how many gave it

    class Meta:
        verbose_name = _("count of the reports")
        verbose_name_plural = _("counts of the reports")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="report_count_once")]

    def __str__(self) -> str:
        return str(self.at)

    @property
    def is_open(self) -> bool:
        return True

    def give_up(self) -> None:
        pass

    @property
    def breaks_off(self) -> bool:
        """Whether the last try did not end, as far as one can tell from here."""
        return bool(self.error) or self.attempts > 1

    def pause(self) -> dt.timedelta:
        return dt.timedelta(minutes=min(2**self.attempts, 60))

    def lease(self) -> dt.timedelta:
        return self.pause()


class ReportFigures(models.Model):
    """What was counted of one month (by its first day), CoC, CAN and reviewer, by their keys.

    counts  by the name of a figure how many rows it has of each kind: of a step by the business days that it took, of a
            place on the way by the day since when, of what can happen twice by the month in which it did before ("" where
            it did not), so that over several months each application is counted once
    """

    pk = models.CompositePrimaryKey("coc", "can", "reviewer", "month")
    month = models.DateField()
    coc = models.BigIntegerField()
    can = models.BigIntegerField()
    reviewer = models.BigIntegerField()
    counts = models.JSONField()

    class Meta:
        verbose_name = _("figures of the reports")
        verbose_name_plural = _("figures of the reports")

    def __str__(self) -> str:
        return f"{self.month}, {self.coc}, {self.can}, {self.reviewer}"
