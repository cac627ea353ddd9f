"""What the journey says of the texts that people agree to: what fills them, and what a newer version supersedes."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from hmis_portal.signing.admin import publishing
from hmis_portal.signing.models import TextVersion
from onboarding.models import Mou
from onboarding.mou import newer_text, wording
from onboarding.mou import publishing as texts
from training.papers import agreement

MOU_AFTER = gettext_lazy(
    "Until that day the MOU that an agency signed before holds. An agency that has not signed this version by then loses "
    "access to the HMIS for all its people the day after, and gets it back once it signs. When both sides have signed, "
    "the MOU before ends. Managers are told at once, on the days before it that the settings name for a term that ends, and when it is over."
)
AGREEMENT_AFTER = gettext_lazy(
    "Until that day what people signed before holds. Whoever has not signed this version by then loses access to the HMIS "
    "the day after, and gets it back by signing. They are reminded 60, 30, 14 and 7 days and 1 day before the day and "
    "after it, their supervisors and coordinators with them. Who has never signed yet signs this version by their own due day."
)
USER_AGREEMENT_VARIABLES = ("person", "agency", "hmis_name", "hmis_long_name", "lead_agency")


def values() -> Mapping[str, str]:
    return wording.values(None)


def waiting_mous() -> int:
    return Mou.objects.filter(state=Mou.State.ISSUED).count()


publishing.uses |= {
    TextVersion.Kind.MOU: publishing.Use(
        values, values, texts.publish, waiting_mous,
        publishing.Signing(newer_text.askable, newer_text.progress, MOU_AFTER),
    ),
    TextVersion.Kind.USER_AGREEMENT: publishing.Use(
        lambda: USER_AGREEMENT_VARIABLES, values, texts.publish, lambda: 0,
        publishing.Signing(agreement.askable, agreement.progress, AGREEMENT_AFTER),
    ),
    TextVersion.Kind.DISCLOSURE: publishing.Use(values, values, texts.publish, lambda: 0),
}  # fmt: skip
