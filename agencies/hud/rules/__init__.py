"""HUD's rules for a project, R4–R25 (and R2 where it speaks inside one project), by element.

Used while the director types, at save, at submit, in the review and before an export. Each rule is a small function
over a `ProjectDraft`; a `Finding` names the rule, the field (the name of the form field) and the fix. "error" stops a
save; "warning" is advice.
"""

# Each module registers its rules; of two findings for one field the earlier module's is read first.
from agencies.hud.rules import values, project, coc, funding, inventory, participation, text  # noqa: F401, I001
from agencies.hud.rules.base import RULES, Finding, Surroundings, check, errors
from agencies.hud.rules.project import affiliation_applies
from agencies.hud.rules.values import MOST_BEDS

__all__ = ["MOST_BEDS", "RULES", "Finding", "Surroundings", "affiliation_applies", "check", "errors"]
