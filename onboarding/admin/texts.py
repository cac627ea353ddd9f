"""What the journey says of the texts that people agree to: what fills them, and what a newer version supersedes."""

from collections.abc import Mapping

from hmis_portal.signing.admin import texts
from hmis_portal.signing.models import TextVersion
from onboarding.models import Mou
from onboarding.mou import agreement, wording

USER_AGREEMENT_VARIABLES = ("person", "agency", "hmis_name", "hmis_long_name", "lead_agency")


def values() -> Mapping[str, str]:
    return wording.values(None)


def waiting_mous() -> int:
    return Mou.objects.filter(state=Mou.State.ISSUED).count()


texts.uses |= {
    TextVersion.Kind.MOU: texts.Use(values, values, agreement.publish, waiting_mous),
    TextVersion.Kind.USER_AGREEMENT: texts.Use(
        lambda: USER_AGREEMENT_VARIABLES, values, agreement.publish, lambda: 0
    ),
    TextVersion.Kind.DISCLOSURE: texts.Use(values, values, agreement.publish, lambda: 0),
}
