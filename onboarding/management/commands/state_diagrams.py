"""Write docs/states.md from the transition tables, so that the pictures cannot differ from the code."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models
from django.utils import translation

from onboarding.workflow import TABLES, Move
from onboarding.workflow.moves import ADMIN, LEAD, MANAGER, SIGNATORY, SYSTEM

PEOPLE = {
    MANAGER: "agency manager",
    SIGNATORY: "signatory",
    ADMIN: "HMIS Admin",
    LEAD: "Lead signatory",
    SYSTEM: "the portal",
}


class Command(BaseCommand):
    help = "Write docs/states.md from the transition tables."

    def handle(self, *args: object, **options: object) -> None:
        path().write_text(document(), encoding="utf-8")
        self.stdout.write(f"Wrote {path().relative_to(settings.BASE_DIR)}.")


def path() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "states.md"


def document() -> str:
    """The whole page: a Mermaid diagram and a table for each kind of object."""
    with translation.override("en"):
        parts = [
            "# States",
            "",
            "Made by `manage.py state_diagrams` from `onboarding/workflow/`; a test compares the two.",
        ]
        for model, table in TABLES.items():
            parts += ["", f"## {_title(model)}", "", *_diagram(table), "", *_table(model, table)]
        return "\n".join(parts) + "\n"


def _diagram(table: tuple[Move, ...]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    for move in table:
        for source in move.sources or ("[*]",):
            lines.append(f"    {source} --> {move.target or source}: {move.verb}")
    return [*lines, "```"]


def _table(model: type[models.Model], table: tuple[Move, ...]) -> list[str]:
    names = dict(model.State.choices)  # type: ignore[attr-defined]
    lines = ["| act | who | from | to | asks for |", "|---|---|---|---|---|"]
    for move in table:
        who = ", ".join(PEOPLE[kind] for kind in move.who)
        sources = ", ".join(str(names[state]) for state in move.sources) or "–"
        asks = (
            "; ".join(str(text) for text in (move.guard, "a reason" if move.needs_reason else "") if text)
            or "–"
        )
        lines.append(
            f"| {move.label} (`{move.verb}`) | {who} | {sources} | {names.get(move.target, 'the same')} | {asks} |"
        )
    return lines


def _title(model: type[models.Model]) -> str:
    name = str(model._meta.verbose_name)
    return name[0].upper() + name[1:]
