"""What the journey says of the texts that people agree to: what fills them, and what a newer version supersedes."""

from collections.abc import Mapping

from hmis_portal.signing.admin import texts
from hmis_portal.signing.models import TextVersion
from onboarding import mou as mous
from onboarding import mou_text
from onboarding.models import Mou

USER_AGREEMENT_VARIABLES = ("person", "agency", "hmis_name", "hmis_long_name", "lead_agency")


def values() -> Mapping[str, str]:
    return mou_text.values(None)


def waiting_mous() -> int:
    return Mou.objects.filter(state=Mou.State.ISSUED).count()


texts.uses |= {
    TextVersion.Kind.MOU: texts.Use(values, values, mous.publish, waiting_mous),
    TextVersion.Kind.USER_AGREEMENT: texts.Use(
        lambda: USER_AGREEMENT_VARIABLES, values, mous.publish, lambda: 0
    ),
    TextVersion.Kind.DISCLOSURE: texts.Use(values, values, mous.publish, lambda: 0),
}
