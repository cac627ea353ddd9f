"""R25: characters that HUD strips."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from agencies.hud.elements import specification
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, each_row, rule, sentence

_FORBIDDEN = re.compile(r"[<>\[\]{}]")


@rule(25)
def no_brackets(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, row in each_row(draft):
        for element, column in specification(kind):
            value = getattr(row, element.name)
            if column.type == "string" and isinstance(value, str) and _FORBIDDEN.search(value):
                yield Finding(
                    25,
                    prefix + element.name,
                    _("%(what)s cannot contain < > [ ] { }: remove them")
                    % {"what": sentence(str(element.noun))},
                )
