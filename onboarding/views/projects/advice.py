"""What HUD's rules say beside a project's page, at first and while typing."""

from dataclasses import dataclass
from typing import TypedDict

from django.utils.translation import gettext as _

from agencies.hud.drafts import checked
from agencies.hud.forms import ProjectForms
from agencies.hud.pages import page_of
from agencies.hud.rules import Finding
from agencies.hud.summary import place_of


class Advised(TypedDict):
    """A finding of HUD's rules; `where` names its row, `missing` says that an answer is not there yet."""

    rule: int
    field: str
    message: str
    level: str
    where: str
    missing: bool


class Advice(TypedDict):
    """What the page's script is told: findings, what does not apply, totals of beds, what a town tells of a site."""

    proposals: dict[str, str]
    findings: list[Advised]
    hidden: list[str]
    totals: dict[str, int]


@dataclass(frozen=True)
class Beside:
    """The panel beside the page, and what its script begins with."""

    findings: list[Advised]
    gaps: list[Advised]
    json: Advice
    count: int
    texts: dict[str, str]


def judged(form: ProjectForms) -> ProjectForms:
    """Judge a page aside, whose form is not shown: findings and what does not apply, without errors at the fields."""
    if form.is_bound:
        form.judge()
    else:
        findings = checked([form.project])[0].findings
        form.findings = [finding for finding in findings if page_of(finding.field) is form.page]
    return form


def beside(form: ProjectForms) -> Beside:
    advice = advice_of(form)
    return Beside(
        findings=[finding for finding in advice["findings"] if not finding["missing"]],
        gaps=[finding for finding in advice["findings"] if finding["missing"]],
        json=advice,
        count=len(advice["findings"]),
        texts={
            "rule": _("rule"),
            "advice": _("advice"),
            "proposed": _("From the town. Change it where it is wrong."),
        },
    )


def advice_of(form: ProjectForms) -> Advice:
    return {
        "proposals": form.proposals(),
        "findings": [_finding(form, finding) for finding in form.findings],
        "hidden": form.hidden(),
        "totals": {row.key: row.total for row in form.row_forms if row.kind == "inventory"},
    }


def _finding(form: ProjectForms, finding: Finding) -> Advised:
    return {
        "rule": finding.rule,
        "field": finding.field,
        "message": finding.message,
        "level": finding.level,
        "where": place_of(finding.field),
        "missing": form.lacks(finding.field),
    }
