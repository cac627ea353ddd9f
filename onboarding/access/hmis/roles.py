"""Which role in the HMIS a role here is, by the table of the HMIS Admin: the specific row before the general one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from agencies.hud import lists
from agencies.models import Project, Staff
from onboarding.models import RoleInHmis


@dataclass(frozen=True)
class There:
    """A person's roles and access levels in the HMIS's words, and what the table does not say."""

    roles: tuple[str, ...]
    levels: tuple[str, ...]
    missing: tuple[str, ...]


class Roles:
    """The table, read once."""

    def __init__(self, rows: Sequence[RoleInHmis]) -> None:
        self.rows = rows

    @classmethod
    def load(cls) -> Self:
        return cls(list(RoleInHmis.objects.all()))

    def of(self, staff: Staff) -> There:
        """Staff come with their projects and the projects' funders. Nothing is guessed."""
        projects: list[Project | None] = list(staff.projects.all())
        roles: dict[str, None] = {}
        levels: dict[str, None] = {}
        missing: dict[str, None] = {}
        for project in projects or [None]:
            rows = self._rows_for(staff, project)
            roles |= dict.fromkeys(name for row in rows for name in row.names)
            levels |= dict.fromkeys(row.level for row in rows if row.level)
            if not rows:
                missing[_missing(staff, project)] = None
        return There(tuple(roles), tuple(levels), tuple(missing))

    def _rows_for(self, staff: Staff, project: Project | None) -> list[RoleInHmis]:
        """The most specific of the rows that fit; several where a project has several funders."""
        funders = {row.funder for row in project.funders.all()} if project else set()
        kind = project.project_type if project else None
        fitting = [
            row
            for row in self.rows
            if row.role == staff.hmis_role
            and row.access_level in ("", staff.access_level)
            and row.project_type in (None, kind)
            and (row.funder is None or row.funder in funders)
        ]
        best = max((row.specificity for row in fitting), default=None)
        return [row for row in fitting if row.specificity == best]


def _missing(staff: Staff, project: Project | None) -> str:
    if project is None:
        words = _("No role in the HMIS is set for “%(role)s” without a project")
        return words % {"role": staff.get_hmis_role_display()}
    kind = lists.codes().label("2.02.6", project.project_type) or _("a project without a type")
    words = _("No role in the HMIS is set for “%(role)s” in %(kind)s (%(project)s)")
    return words % {"role": staff.get_hmis_role_display(), "kind": kind, "project": project.project_name}
