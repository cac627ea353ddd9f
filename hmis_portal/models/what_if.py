"""A change that steers access, tried without effect before it is made."""

from datetime import timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.running.tries import Tried


class Foretold(TypedDict):
    """What a change would do to some agencies."""

    lost: list[list[str]]  # access: the day, the person, the agency, its key
    gained: list[list[str]]
    tasks: list[list[Any]]  # the agency's key, its name, and the words of each
    at_once: int  # messages
    later: int
    otherwise: int  # messages that go out later without the change, too


NOTHING: Foretold = {"lost": [], "gained": [], "tasks": [], "at_once": 0, "later": 0, "otherwise": 0}


class WhatIf(Tried):
    """What a change would do, found out agency by agency; it is read once, and forgotten after some days."""

    class State(models.TextChoices):
        WORKING = "working", _("Being worked out")
        DONE = "done", _("Worked out")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=40)
    what = models.CharField(_("of what"), max_length=300)
    data = models.JSONField(default=dict)
    page = models.CharField(max_length=500)
    # What was sent to `page`, and is sent there again to make the change: pairs of name and value.
    posted = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    day = models.DateField()
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WORKING)
    todo = models.JSONField(default=list)  # lists of agencies that are tried together
    agencies = models.PositiveIntegerField(_("agencies"), default=0)
    done = models.PositiveIntegerField(_("agencies looked at"), default=0)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("what-if")
        verbose_name_plural = _("what-ifs")
        indexes = [models.Index(fields=["digest"], name="what_if_by_digest")]
        constraints = [
            models.CheckConstraint(
                name="what_if_done_is_whole", condition=~models.Q(state="done") | models.Q(todo=[])
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_open(self) -> bool:
        return self.state == self.State.WORKING

    def give_up(self) -> None:
        self.state = self.State.FAILED

    def lease(self) -> timedelta:
        """As long as a worker may take."""
        return timedelta(seconds=80)

    def add(self, outcome: Foretold) -> None:
        """What it would do to some more agencies."""
        before: Foretold = {**NOTHING, **self.result}
        self.result = Foretold(
            lost=before["lost"] + outcome["lost"],
            gained=before["gained"] + outcome["gained"],
            tasks=before["tasks"] + outcome["tasks"],
            at_once=before["at_once"] + outcome["at_once"],
            later=before["later"] + outcome["later"],
            otherwise=before["otherwise"] + outcome["otherwise"],
        )
