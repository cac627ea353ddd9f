"""A file of results that somebody uploaded: it is read, tried without effect, looked at by a person, then recorded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.files.tables import Table
from hmis_portal.running.tries import Tried
from training.models.course import Course
from training.models.door import Door
from training.models.held import DoorRun


def _rows(first: int, last: int) -> models.Func:
    """These of the rows of the table, which the database cuts out."""
    path = f"jsonb_path_query_array(%(expressions)s, '$.rows[{first} to {last}]')"
    return models.Func(models.F("table"), template=path, output_field=models.JSONField())


class Upload(Tried):
    class State(models.TextChoices):
        COLUMNS = "columns", _("Its columns must be said")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, nothing is recorded yet")
        IMPORTING = "importing", _("Being recorded")
        DONE = "done", _("Recorded")
        DROPPED = "dropped", _("Dropped")
        FAILED = "failed", _("Failed")

    AT_WORK = (State.CHECKING, State.IMPORTING)

    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="uploads", verbose_name=_("source"))
    name = models.CharField(_("file"), max_length=150)
    kind = models.CharField(max_length=4)
    table = models.JSONField()
    # Which heading is what (see training.doors.files), how days are written, and the course where no column has it.
    columns = models.JSONField(default=dict)
    date_order = models.CharField(_("days are written"), max_length=3, blank=True)
    course = models.ForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course of the whole file"),
    )
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.COLUMNS)
    asked_at = models.DateTimeField(default=timezone.now)
    # [kind, words] for each row, as the last trial or the recording gave it.
    outcomes = models.JSONField(default=list)
    differs = models.BooleanField(default=False)  # what it would do had changed when it was to be recorded
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    run = models.ForeignKey(DoorRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("file of results")
        verbose_name_plural = _("files of results")
        constraints = [
            models.CheckConstraint(
                name="upload_done_has_its_run",
                condition=Q(state="done", run__isnull=False) | ~Q(state="done") & Q(run__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.door})"

    @property
    def read(self) -> Table:
        stored: Any = self.table
        return Table.of(stored)

    def parts(self, size: int) -> Iterator[Table]:
        """The same, so many rows at a time below the headings: no more of a large file are in memory."""
        file, begins = Upload.objects.filter(pk=self.pk), 1
        head: Any = file.values_list(_rows(0, 0), "table__numbers", "table__doubts").get()
        headings, numbers, doubts = head
        while cells := file.values_list(_rows(begins, begins + size - 1), flat=True).get():
            ends = begins + len(cells)
            known = [numbers[0], *numbers[begins:ends]] if numbers else [1, *range(begins + 1, ends + 1)]
            own = [(place - begins + 1, *doubt) for place, *doubt in doubts or () if begins <= place < ends]
            yield Table([*headings, *cells], known, own)
            begins = ends

    @property
    def is_open(self) -> bool:
        return self.state in self.AT_WORK

    def give_up(self) -> None:
        self.state = self.State.FAILED

    def lease(self) -> timedelta:
        """As long as a worker may take."""
        return timedelta(seconds=80)
