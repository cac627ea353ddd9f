"""What HUD's rules say beside a project's page, at first and while typing."""

from typing import Any

from django.utils.translation import gettext as _

from agencies.hud.drafts import checked
from agencies.hud.forms import ProjectForms
from agencies.hud.rules import Finding
from agencies.hud.summary import place_of


def judged(page: ProjectForms) -> ProjectForms:
    """Judge a page aside, whose forms are not shown: findings and what does not apply, without errors at the fields."""
    if page.data is None:
        page.findings = checked([page.project])[0].findings
    else:
        page.judge()
    return page


def beside(page: ProjectForms) -> dict[str, Any]:
    """The panel beside the page, and what its script begins with."""
    advice = advice_of(page)
    return {
        "said": [finding for finding in advice["findings"] if not finding["missing"]],
        "gaps": [finding for finding in advice["findings"] if finding["missing"]],
        "json": advice,
        "count": len(advice["findings"]),
        "texts": {"rule": _("rule"), "advice": _("advice")},
    }


def advice_of(page: ProjectForms) -> dict[str, Any]:
    """Findings, what does not apply, totals of beds."""
    return {
        "findings": [_finding(page, finding) for finding in page.findings],
        "hidden": page.hidden(),
        "totals": {form.key: form.total for form in page.rows["inventory"].visible},
    }


def _finding(page: ProjectForms, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "field": finding.field,
        "message": finding.message,
        "level": finding.level,
        "where": place_of(finding.field),
        "missing": page.lacks(finding.field),
    }
